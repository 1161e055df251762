"""Pools and packaging against second sources: a published median, day-by-day walking, every path through the items."""

import random
from datetime import date, timedelta

import networkx
import pytest

from luodi.reserve.engine.packaging import Holding, Item, Known, checklist, estimate, maturity
from luodi.reserve.engine.pools import Ending, Happened, flow, median_of, stays

ORDER = {"idea": 0, "reserve": 1, "signed": 2, "started": 3, "produced": 4}
POOLS = {"idea": "reserve", "reserve": "reserve", "signed": "reserve", "started": "build"}
TODAY = date(2026, 11, 26)


def day(n):
    return date(2024, 1, 1) + timedelta(days=n)


def told(events, as_of=TODAY):
    return stays([Happened(stage, day(n)) for stage, n in events], order=ORDER, pool_of=POOLS, as_of=as_of)


def test_a_stay_begins_with_the_first_stage_of_a_pool_and_ends_with_the_next_pool():
    first, second = told([("idea", 0), ("signed", 30), ("started", 100), ("produced", 400)])

    assert (first.pool, first.entered_on, first.left_on, first.target, first.days) == (
        "reserve",
        day(0),
        day(100),
        "build",
        100,
    )
    assert (second.pool, second.ending, second.target, second.days) == ("build", Ending.ON, "", 300)


def test_who_left_is_out_and_who_came_back_stays_anew():
    found = told([("idea", 0), ("exited", 50), ("signed", 60), ("reentered", 90)])

    assert [(s.ending, s.days) for s in found] == [(Ending.OUT, 50), (Ending.INSIDE, (TODAY - day(90)).days)]


def test_a_stage_reported_late_moves_nobody_back():
    assert [s.pool for s in told([("started", 10), ("idea", 20)])] == ["build"]


def test_a_day_that_was_never_claimed_is_reckoned_with_by_nobody():
    events = [Happened("idea", day(0), dated=False), Happened("started", day(9))]

    assert stays(events, order=ORDER, pool_of=POOLS, as_of=TODAY)[0].days is None


@pytest.mark.parametrize("seed", range(30))
def test_stays_are_what_asking_on_every_day_finds(seed):
    """Second source: the pool of each single day, from all events until then."""
    dice = random.Random(seed)
    events = [(dice.choice([*ORDER, "exited", "reentered"]), dice.randint(0, 60)) for _ in range(dice.randint(1, 7))]

    def pool_on(n):
        furthest, out = -1, False
        for stage, at in sorted(events, key=lambda e: (e[1], ORDER.get(e[0], -1))):
            if at > n:
                continue
            furthest = max(furthest, ORDER.get(stage, -1))
            out = stage == "exited" if stage in {"exited", "reentered"} else out
        return "" if out or furthest < 0 else POOLS.get(list(ORDER)[furthest], "")

    inside = {n: "" for n in range(70)}
    for stay in told(events, as_of=day(69)):
        last = 69 if stay.left_on is None else (stay.left_on - day(0)).days - 1
        for n in range((stay.entered_on - day(0)).days, last + 1):
            assert inside[n] == ""
            inside[n] = stay.pool
    assert inside == {n: pool_on(n) for n in range(70)}


def test_the_median_is_the_published_one():
    """Freireich et al. (1963), remission under 6-MP in weeks, as in every textbook of survival: median 23, with 12 of 21 censored."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    watched = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

    assert median_of([(n, True) for n in ended] + [(n, False) for n in watched]) == 23
    assert median_of([(n, True) for n in placebo]) == 8


def test_while_most_are_still_inside_there_is_no_median():
    assert median_of([(5, True), (9, False), (9, False)]) is None
    assert median_of([]) is None


def test_a_flow_counts_everything_that_ever_entered():
    found = flow(
        "reserve", told([("idea", 0), ("started", 100)]) + told([("idea", 0)]) + told([("idea", 0), ("exited", 9)])
    )

    assert (found.entered, found.on, found.inside, found.out, found.targets) == (3, 1, 1, 1, {"build": 1})
    assert found.watched == 3


def item(code, *, lead=10, after=(), kinds=("k",), points=10, **more):
    return Item(code, code, code, points, "", frozenset(kinds), lead_days=lead, after=tuple(after), **more)


@pytest.mark.parametrize(
    ("holding", "known"),
    [
        (Holding(), Known.UNKNOWN),
        (Holding(filed=frozenset({"k"})), Known.FILED),
        (Holding(verified=frozenset({"k"}), filed=frozenset({"k"}), ticks={"a": "no"}), Known.PROVEN),
        (Holding(filed=frozenset({"k"}), ticks={"a": "no"}), Known.MISSING),
        (Holding(ticks={"a": "yes"}), Known.STATED),
        (Holding(facts=frozenset({"f"})), Known.LEDGER),
        (Holding(facts=frozenset({"f"}), ticks={"a": "no"}), Known.MISSING),
        (Holding(ticks={"a": "na"}), Known.NOT_NEEDED),
    ],
)
def test_what_is_known_of_an_item(holding, known):
    assert [line.known for line in checklist([item("a", facts=frozenset({"f"}))], holding)] == [known]


def test_an_item_of_some_industries_is_not_asked_of_others_and_unsure_where_nobody_said():
    one = item("a", industries=("26",), fixed_assets=True)

    def known(**of):
        return checklist([one], Holding(**of))[0].known

    assert known(industry="2614") == Known.UNKNOWN
    assert known(industry="1011") == Known.NOT_NEEDED
    assert known() == Known.UNSURE
    assert known(industry="2614", fixed_assets=False) == Known.NOT_NEEDED


def test_unknown_is_not_no_so_maturity_is_a_range():
    items = [item("a", points=30), item("b", points=20), item("c", points=50, kinds=("z",))]
    found = maturity(checklist(items, Holding(verified=frozenset({"k"}), ticks={"c": "na"})))
    open_ = maturity(checklist(items, Holding(ticks={"a": "yes", "b": "no"})))

    assert (found.low, found.high, found.whole, found.proven) == (100, 100, 50, 50)
    assert (open_.low, open_.high, open_.missing, open_.unknown) == (30, 80, 20, 50)


def test_nothing_asked_is_no_maturity():
    assert maturity([]).whole == 0


@pytest.mark.parametrize("seed", range(30))
def test_the_estimate_is_the_longest_path_through_what_is_open(seed):
    """Second source: networkx over the same items."""
    dice = random.Random(seed)
    codes = [f"i{n}" for n in range(9)]
    items = [
        item(code, lead=dice.randint(1, 90), after=dice.sample(codes[:n], min(n, dice.randint(0, 3))))
        for n, code in enumerate(codes)
    ]
    done = dict.fromkeys(dice.sample(codes, 3), "yes")
    graph = networkx.DiGraph()
    for one in items:
        if one.code not in done:
            graph.add_edge("now", one.code, weight=one.lead_days)
            graph.add_edges_from((b, one.code, {"weight": one.lead_days}) for b in one.after if b not in done)

    found = estimate(checklist(items, Holding(ticks=done)), today=TODAY)

    assert (found.ready_on - TODAY).days == networkx.dag_longest_path_length(graph)


def test_without_a_lead_time_nobody_can_tell_and_with_nothing_open_it_is_today():
    unknown = estimate(checklist([item("a", lead=None), item("b")], Holding()), today=TODAY)

    assert (unknown.ready_on, unknown.without) == (None, ("a",))
    assert estimate(checklist([item("a")], Holding(ticks={"a": "yes"})), today=TODAY).ready_on == TODAY
