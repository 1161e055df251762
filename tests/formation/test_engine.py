"""The ladder, its movement and the rectangles, each against a second way of finding the same."""

import random

import pytest

from luodi.formation.engine.moves import ABSENT, Cause, Position, matrix, moves
from luodi.formation.engine.table import STEPS, Group, formation, total
from luodi.formation.engine.treemap import Box, squarify

TIERS = ("T100", "T10", "T1")
YI = 10_000_000_000


def group(tier="T10", *, packed=True, proven=True, net=True, n=1, fen=20 * YI):
    return Group(tier, packed, proven and packed, net and proven and packed, n, fen)


def position(yi=20, *, packed=True, proven=True, net=True):
    tier = "" if yi is None else next((t for t, floor in (("T100", 100), ("T10", 10)) if yi >= floor), "T1")
    return Position(tier, None if yi is None else yi * YI, packed, proven, net and packed and proven)


def some_positions(dice, ids):
    found = {}
    for project in ids:
        if dice.random() < 0.8:
            proven = dice.random() < 0.6
            found[project] = position(
                dice.choice([None, 2, 30, 500]), packed=dice.random() < 0.8, proven=proven, net=dice.random() < 0.8
            )
    return found


def test_a_member_is_told_apart_and_counted_nowhere_else():
    line = formation([group(packed=False)], tiers=TIERS)[1]

    assert {step: cell.projects for step, cell in line.cells.items()} == dict.fromkeys(STEPS, 0) | {"folded": 1}


def test_an_unknown_amount_has_a_line_of_its_own_and_is_no_zero():
    lines = formation([group("", fen=0), group("T1", fen=0)], tiers=TIERS)

    assert [(line.tier, line.cells["net"].projects) for line in lines] == [("T100", 0), ("T10", 0), ("T1", 1), ("", 1)]


@pytest.mark.parametrize("seed", range(20))
def test_the_differences_are_made_of_what_they_say(seed):
    """Second source: each position asked on its own."""
    every = list(some_positions(random.Random(seed), range(200)).values())

    for line in formation([one.group() for one in every], tiers=TIERS):
        mine = [one for one in every if one.tier == line.tier]
        cells = {step: cell.projects for step, cell in line.cells.items()}
        assert cells["reported"] == cells["unproven"] + cells["proven"]
        assert cells["proven"] == cells["excluded"] + cells["net"]
        assert cells["folded"] + cells["reported"] == len(mine)
        assert cells["net"] == sum(one.packed and one.net for one in mine)
        assert line.cells["net"].amount_fen == sum(one.amount_fen or 0 for one in mine if one.packed and one.net)


@pytest.mark.parametrize("side", ["reported", "proven", "net"])
@pytest.mark.parametrize("seed", range(10))
def test_rows_of_the_matrix_are_the_first_formation_and_columns_the_second(seed, side):
    dice = random.Random(seed)
    before, after = (some_positions(dice, range(150)) for _ in range(2))
    counts = matrix(moves(before, after, side=side))

    for day, found in ((0, before), (1, after)):
        for line in formation([one.group() for one in found.values()], tiers=TIERS):
            mine = sum(n for places, n in counts.items() if places[day] == line.tier)
            assert mine == line.cells[side].projects
    assert counts[ABSENT, ABSENT] == 0


@pytest.mark.parametrize(
    ("before", "after", "cause", "places"),
    [
        (position(20), position(25), Cause.STAYED, ("T10", "T10")),
        (position(90), position(120), Cause.AMOUNT, ("T10", "T100")),
        (position(None), position(20), Cause.STATED, ("", "T10")),
        (position(20), position(None), Cause.UNSTATED, ("T10", "")),
        (None, position(20), Cause.ENTERED, (ABSENT, "T10")),
        (position(20), None, Cause.LEFT, ("T10", ABSENT)),
        (position(20), position(20, packed=False), Cause.JOINED, ("T10", ABSENT)),
        (position(20, packed=False), position(20), Cause.UNFOLDED, (ABSENT, "T10")),
        (position(20, proven=False), position(20), Cause.PROVEN, (ABSENT, "T10")),
        (position(20), position(20, proven=False), Cause.UNPROVEN, ("T10", ABSENT)),
        (position(20), position(20, net=False), Cause.EXCLUDED, ("T10", ABSENT)),
        (position(20, net=False), position(20), Cause.READMITTED, (ABSENT, "T10")),
    ],
)
def test_every_move_has_its_cause(before, after, cause, places):
    found = moves({7: before} if before else {}, {7: after} if after else {}, side="net")

    assert [(one.cause, (one.origin, one.target)) for one in found] == [(cause, places)]


def test_a_project_that_counts_on_neither_day_moves_nowhere():
    assert moves({1: position(proven=False)}, {1: position(packed=False)}, side="net") == []


def test_the_published_example_is_laid_out_as_published():
    """Bruls, Huizing, van Wijk (2000), figure 5: 6, 6, 4, 3, 2, 2, 1 in a box of 6 × 4."""
    boxes = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))

    assert [(round(b.width, 2), round(b.height, 2)) for b in boxes[:4]] == [(3, 2), (3, 2), (1.71, 2.33), (1.29, 2.33)]


@pytest.mark.parametrize("seed", range(20))
def test_rectangles_fill_the_box_in_proportion_and_never_overlap(seed):
    dice = random.Random(seed)
    values = sorted((dice.random() ** 4 * 1000 + 0.01 for _ in range(60)), reverse=True)
    boxes = squarify(values, Box(3, 5, 300, 120))

    for value, box in zip(values, boxes, strict=True):
        assert box.area == pytest.approx(value / sum(values) * 36_000, rel=1e-6)
        assert box.x >= 3 - 1e-6
        assert box.y >= 5 - 1e-6
        assert box.x + box.width <= 303 + 1e-6
        assert box.y + box.height <= 125 + 1e-6
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
            high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
            assert wide <= 1e-6 or high <= 1e-6


def test_nothing_is_drawn_in_no_room():
    assert [box.area for box in squarify([1, 2], Box(0, 0, 0, 5))] == [0, 0]
    assert squarify([], Box(0, 0, 4, 5)) == []


def test_the_total_is_of_all_lines():
    lines = formation([group("T1", n=2, fen=3), group("", n=1, fen=0)], tiers=TIERS)

    assert (total(lines).cells["net"].projects, total(lines).cells["net"].amount_fen) == (3, 3)
