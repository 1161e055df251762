"""An assessment sheet scores exactly, caps only where it says so, and never takes the unknown for nought."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path

import pytest

from luodi.outcomes.engine.hypotheses import FAKE, ONE, Hypothesis, supposed
from luodi.outcomes.engine.measures import Measure, Subject, Terms, tally
from luodi.outcomes.engine.sheet import Item, Term, Value, assess, rounded, score
from luodi.outcomes.engine.sheet_reading import SheetRefused, read_sheet
from luodi.snapshots.engine.counting import Node, collapse

FOLDER = Path("cities/panjin/assessment")
STAGES = ("signed", "registered", "landed", "started", "completed", "produced", "full_capacity")
ORDER = {stage: number for number, stage in enumerate(STAGES)}
YI = 10_000_000_000


def published(name):
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return read_sheet(text, name, stages=frozenset(STAGES), units=frozenset({"a", "b"}))


def figures(**numbers):
    return {
        code: Value(
            *(None if one is None else F(str(one)) for one in (pair if isinstance(pair, tuple) else (pair, pair)))
        )
        for code, pair in numbers.items()
    }


OTHERS = {"awards": 0, "onsite": 1, "overdue": 1, "fake": 0}
RESULT_2024 = [
    ("2.78", ["0.48", "0.6", "0.5", "0.5", "0.3", "0.4"],
     {"provincial": "0.96", "foreign": "1.2", "signed": (28, "177.7"), "size_3_10": 7, "size_10_20": 4, "size_20": 1, **OTHERS, "leaders": 1}),
    ("2.95", ["0.45", "0.6", "0.5", "0.5", "0.5", "0.4"],
     {"provincial": "0.90", "foreign": "1.2", "signed": (29, "141.94"), "size_3_10": 9, "size_10_20": 4, "size_20": 1, **OTHERS, "leaders": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("total", "items", "numbers"), RESULT_2024, ids=[row[0] for row in RESULT_2024])
def test_the_published_rows_of_2024_recompute(total, items, numbers):
    marks = assess(published("city-2024-result").sheet.items, {"a": figures(**numbers)})["a"]

    assert [one.points for one in marks.scores] == [F(points) for points in items]
    assert marks.total == F(total)
    assert marks.scores[2].capped
    assert rounded(marks.scores[2].raw, 2) == (Decimal("1.08") if total == "2.78" else Decimal("0.93"))


def test_each_step_of_a_chain_is_divided_by_the_step_before():
    """渭南: 292 signed, 198 started, 18 in production: 67.8 % and 9.1 % of thirty points each half."""
    item = next(one for one in published("henan-three-batches").sheet.items if one.code == "starting")
    found = score(item, figures(fulfilled=292, started=198, produced=18))

    assert [part.result for part in found.parts] == [F(198, 292), F(18, 198)]
    assert found.points == 15 * F(198, 292) + 15 * F(18, 198)


def test_a_step_that_nothing_reached_cannot_be_divided_by_and_the_range_is_told():
    item = next(one for one in published("henan-three-batches").sheet.items if one.code == "starting")
    found = score(item, figures(fulfilled=10, started=0, produced=0))

    assert (found.points, found.low, found.high, found.why) == (None, 0, 15, "started")


def test_the_efficacy_method_gives_sixty_to_the_lowest_and_a_hundred_to_the_highest():
    items = [one for one in published("gaoan-efficacy").sheet.items if one.code == "big"]
    marks = assess(items, {unit: figures(signed_yi=n) for unit, n in (("a", 10), ("b", 30), ("c", 20))})

    assert {unit: one.total for unit, one in marks.items()} == {"a": 6, "b": 10, "c": 8}


def test_units_that_are_all_alike_cannot_be_told_apart_by_efficacy():
    items = [one for one in published("gaoan-efficacy").sheet.items if one.code == "big"]
    marks = assess(items, {unit: figures(signed_yi=5) for unit in "ab"})["a"]

    assert (marks.total, marks.low, marks.high) == (None, 6, 10)


def test_a_rate_above_one_hundred_counts_in_full_unless_the_sheet_says_otherwise():
    """黑龙江: a published 资金到位率 of 115 %; 一市 2024 caps 外商直接投资 at 120 %."""
    item = Item("x", "", "", "completion", F(10), (Term("done", F(100)),))

    assert score(item, figures(done=115)).points == F("11.5")
    capped = Item("x", "", "", "completion", F(10), (Term("done", F(100)),), rate_cap=F("1.2"))
    assert [score(capped, figures(done=n)).points for n in (115, 150)] == [F("11.5"), 12]


def test_deductions_end_at_the_floor_and_unknown_ones_leave_a_range():
    item = next(one for one in published("city-2024-result").sheet.items if one.code == "faults")

    assert score(item, figures(overdue=2, fake=1)).points == F("0.1")
    assert score(item, figures(overdue=9, fake=1)).points == 0
    unknown = score(item, figures(overdue=2, fake=None))
    assert (unknown.points, unknown.low, unknown.high, unknown.why) == (None, 0, F("0.3"), "fake")


def test_half_by_count_half_by_amount_keeps_the_half_that_is_known():
    item = Item("x", "", "", "rate", F(20), (Term("s", "n", "count", F(1, 2)), Term("s", "n", "amount", F(1, 2))))
    found = score(item, figures(s=(3, None), n=(4, None)))

    assert (found.points, found.low, found.high) == (None, F("7.5"), F("17.5"))


# --- a second evaluator, by another way: floats, one project at a time, no tallies


def brute(items, projects, terms, measures):
    def inside(code):
        return [one for one in projects if in_set(measures[code], one, terms)]

    total = 0.0
    for item in items:
        points = 0.0
        for term in item.terms:
            top = inside(term.figure)
            if item.kind in ("deductions", "bonus"):
                points += float(term.share) * sum(one.packed for one in top)
                continue
            bottom = inside(term.against)
            sides = [
                sum(one.packed if term.basis == "count" else (one.amount_fen or 0) / YI for one in some)
                for some in (top, bottom)
            ]
            points += float(item.weight * term.share) * sides[0] / sides[1]
        points = max(float(item.start) - points, float(item.floor)) if item.kind == "deductions" else points
        total += points if item.cap is None else min(points, float(item.cap))
    return total


def in_set(measure, one, terms):
    rank = getattr(one, terms.standing)
    if measure.fakes_stay and terms.standing == "net" and one.decided == "fake":
        rank = min(one.proven, ORDER["signed"])
    day = one.days.get(measure.window) if measure.window else None
    return all([
        one.packed,
        not measure.reached or rank >= ORDER[measure.reached],
        not measure.before or rank < ORDER[measure.before],
        not measure.decided or one.decided == measure.decided,
        not measure.state or one.state == measure.state,
        measure.from_fen is None or (one.amount_fen is not None and one.amount_fen >= measure.from_fen),
        not measure.since or (measure.since in one.days and (terms.as_of - one.days[measure.since]).days > measure.days),
        not measure.window or (day is not None and measure.opens <= day <= measure.closes),
    ])  # fmt: skip


def some_projects(dice, n=120):
    made = []
    for number in range(n):
        reported = dice.randrange(-1, len(STAGES))
        proven = dice.randrange(-1, reported + 1) if dice.random() < 0.5 else reported
        decided = "fake" if dice.random() < 0.1 else ""
        first = date(2019, 6, 1) + timedelta(days=dice.randrange(2600))
        days = {stage: first + timedelta(days=90 * place) for place, stage in enumerate(STAGES) if dice.random() < 0.9}
        packed, fen = int(dice.random() < 0.9), dice.choice([None, 2 * YI, 12 * YI])
        state = dice.choice(["active", "exited"])
        net = -1 if decided else proven
        made.append(Subject(number, "a", reported, proven, net, packed, 1, fen, fen, state, "", decided, days))
    return made


@pytest.mark.parametrize("standing", ["reported", "proven", "net"])
@pytest.mark.parametrize("seed", range(12))
def test_the_citys_sheet_is_what_a_loop_over_its_projects_gives(seed, standing):
    """Second source: floats and one project at a time."""
    read = published("panjin-initial")
    items = [one for one in read.sheet.items if one.code != "completion"]
    projects, terms = some_projects(random.Random(seed)), Terms(ORDER, date(2026, 11, 26), standing)
    marks = assess(items, {"a": tally(read.measures, projects, terms)})["a"]

    assert float(marks.total) == pytest.approx(brute(items, projects, terms, {one.code: one for one in read.measures}))


def test_a_project_without_the_day_of_the_window_is_told_and_in_no_set():
    measure = Measure("m", "", "", reached="signed", window="signed", opens=date(2020, 1, 1), closes=date(2020, 12, 31))
    terms = Terms(ORDER, date(2026, 1, 1), "reported")
    found = tally(
        [measure], [Subject(7, "a", 3, 3, 3), Subject(8, "a", 0, 0, 0, days={"signed": date(2020, 5, 5)})], terms
    )["m"]

    assert (found.count, found.ids, found.unplaced) == (1, (8,), (7,))


def test_splitting_a_project_buys_nothing_once_it_is_confirmed_as_one():
    """One project of 6 with three ranks, told in three parts, counts once, with all its amount, where its furthest part stands."""
    nodes = {n: Node(None, rank, rank, False, 2 * YI) for n, rank in ((1, 0), (2, 3), (3, 0))}
    counted = collapse(nodes)
    projects = [
        Subject(n, "a", one.reported, one.proven, one.net, one.packed, one.unpacked, one.amount_fen, one.unpacked_fen)
        for n, one in counted.items()
    ]
    after = supposed(projects, nodes, [Hypothesis(ONE, (1, 2, 3), "过度拆分", "G1")])

    counting = [(one.id, one.net, one.amount_fen + one.added_fen) for one in after if one.net >= 0]
    assert counting == [(2, 3, 6 * YI)]
    assert [one.reported for one in after] == [0, 3, 0]


def test_a_fake_stays_in_what_is_divided_by_and_leaves_what_is_divided():
    read = published("panjin-initial")
    nodes = {n: Node(None, 3, 3, False, YI) for n in (1, 2)}
    day = {stage: date(2024, 1, 1) for stage in STAGES}
    projects = [Subject(n, "a", 3, 3, 3, amount_fen=YI, unpacked_fen=YI, days=day) for n in nodes]
    terms = Terms(ORDER, date(2026, 1, 1), "net")
    after = tally(read.measures, supposed(projects, nodes, [Hypothesis(FAKE, (2,))]), terms)

    assert [after[code].count for code in ("signed", "started", "fake")] == [2, 1, 1]


def test_every_mistake_of_a_sheet_is_told_at_once_with_its_place():
    text = """
schema: luodi.outcomes.sheet/1
code: x
version: 1
year: 2024
valid_from: 2024-01-01
title: 表
title_en: S
source: 待核
status: 草稿
window: {from: 2024-12-31, to: 2024-01-01}
measures:
  signed: {name: 签约, reached: sined}
items:
  - {code: a, name: 甲, name_en: A, weight: ten, formula: {kind: rate, numerator: signed, denominator: landed}}
  - {code: a, name: 乙, name_en: B, weight: 3, colour: red, formula: {kind: chain, steps: [signed]}}
"""
    with pytest.raises(SheetRefused) as refused:
        read_sheet(text, "x.yaml", stages=frozenset(STAGES), units=frozenset())

    told = {(one.item, one.field) for one in refused.value.problems}
    assert told >= {
        ("", "status"),
        ("", "window"),
        ("signed", "reached"),
        ("a", "weight"),
        ("a", "colour"),
        ("a", "code"),
    }
    assert told >= {("a", "formula.denominator"), ("a", "formula.steps")}
    assert "x.yaml · a · formula.denominator：没有这个口径 'landed'" in str(refused.value)


@pytest.mark.parametrize("text", ["[", "- a", "schema: other/1"])
def test_what_is_no_sheet_is_refused(text):
    with pytest.raises(SheetRefused):
        read_sheet(text, "x.yaml", stages=frozenset(), units=frozenset())


def test_rounding_is_half_up_and_done_once():
    assert [rounded(F(one), 2) for one in ("0.125", "-0.125", "2.675")] == [Decimal("0.13"), Decimal("-0.13"), Decimal("2.68")]  # fmt: skip
