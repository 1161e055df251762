"""Balances and gaps: hand-counted cases, and a second way to count everything on random maps."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from luodi.chains.engine.balance import Lack, balances, flows
from luodi.chains.engine.gaps import MISSING, SHORT, SINGLE, SUPPLIED, SURPLUS, UNKNOWN, WEAK, analyse, surplus_total
from luodi.chains.engine.model import Edge, Holder, Map, Node, Norms

BY = date(2029, 12, 31)
D = Decimal
N = Norms()


def node(code, supply=None, demand=None, **more):
    return Node(
        code, supply=None if supply is None else D(supply), demand=None if demand is None else D(demand), **more
    )


def told(*nodes, edges=(), holders=(), by=BY):
    return analyse(Map(nodes, tuple(edges), tuple(holders)), by, N)


def test_nothing_made_and_something_asked_is_missing_less_is_short_more_is_surplus():
    found = told(node("A", 0, 5), node("B", 3, 5), node("C", 9, 5), node("D", 5, 5))

    assert [(gap.kind, gap.node, gap.amount) for gap in found.gaps] == [
        (MISSING, "A", D(5)),
        (SHORT, "B", D(2)),
        (SURPLUS, "C", D(4)),
    ]
    assert found.states == {"A": MISSING, "B": SHORT, "C": SURPLUS, "D": SUPPLIED}


def test_what_is_not_known_is_no_gap_and_the_missing_figures_are_named():
    found = told(node("A", 0), node("B", None, 5), node("C"))

    assert not found.gaps
    assert set(found.states.values()) == {UNKNOWN}
    assert [[lack.figure for lack in found.balances[code].lacks] for code in "ABC"] == [
        ["demand"],
        ["supply"],
        ["supply", "demand"],
    ]


def test_a_little_over_is_no_surplus():
    assert told(node("A", 100, 95)).states["A"] == SUPPLIED
    assert told(node("A", 100, D("94.9"))).states["A"] == SURPLUS


def test_projects_count_by_their_probability_and_only_when_they_are_in_time():
    holders = (
        Holder(1, "A", "x", D(10), runs=False, probability=D("0.5"), ready_on=date(2028, 6, 30)),
        Holder(2, "A", "y", D(10), runs=False, probability=D("0.5"), ready_on=date(2031, 1, 1)),
        Holder(3, "A", "z", None, runs=False, probability=D("0.5"), ready_on=date(2028, 1, 1)),
        Holder(4, "A", "z", D(4), runs=False, probability=None, ready_on=None),
    )
    own = balances(Map((node("A", 2, 12),), (), holders), BY)["A"]

    assert (own.expected, own.planned, own.by_then) == (D(5), D(10), D(-5))
    assert own.lacks == (Lack("capacity", "3"), Lack("probability", "4"), Lack("ready", "4"))
    assert balances(Map((node("A", 2, 12),), (), holders), date(2028, 6, 29))["A"].expected == 0
    assert balances(Map((node("A", 2, 12),), (), holders), date(2031, 1, 1))["A"].expected == D(10)


def test_supply_is_summed_from_who_runs_only_when_everyone_said_how_much():
    running = (Holder(1, "A", "x", D(3)), Holder(2, "A", "y", D(4)))
    assert balances(Map((node("A"),), (), running), BY)["A"].supply == 7
    unsaid = (*running, Holder(3, "A", "z"))
    assert balances(Map((node("A"),), (), unsaid), BY)["A"].supply is None
    only_planned = (Holder(1, "A", "x", D(3), runs=False, probability=D(1), ready_on=BY),)
    # Who else makes it, nobody said: a project that is to come does not make today's supply zero.
    assert balances(Map((node("A"),), (), only_planned), BY)["A"].supply is None


def test_uses_of_a_product_add_up_and_products_of_a_process_come_together():
    product = Map((node("A", 50), node("B", 10), node("C", 8)), (Edge("A", "B", D("0.5")), Edge("A", "C", D(2))))
    process = Map((node("A", 50, is_process=True), *product.nodes[1:]), product.edges)

    assert balances(product, BY)["A"].demand == 24  # 10 / 0.5 + 8 / 2
    assert balances(process, BY)["A"].demand == 20
    assert [(flow.now, flow.taken) for flow in flows(product, BY)] == [(20, 20), (4, 4)]
    assert [(flow.now, flow.taken) for flow in flows(process, BY)] == [(10, 20), (8, 4)]


def test_one_unknown_ratio_makes_the_demand_unknown_unless_it_was_stated():
    edges = (Edge("A", "B", D(1)), Edge("A", "C"))
    assert balances(Map((node("A", 9), node("B", 1), node("C", 1)), edges), BY)["A"].demand is None
    assert balances(Map((node("A", 9, 2), node("B", 1), node("C", 1)), edges), BY)["A"].demand == 2
    # What is not made at all takes nothing, whatever the ratio.
    assert balances(Map((node("A", 9), node("B", 1), node("C", 0)), edges), BY)["A"].demand == 1


def test_who_carries_a_node_alone_is_told_unless_the_stated_supply_is_larger():
    edges = (Edge("A", "B", D(1)),)
    alone = (Holder(1, "A", "x", D(9)),)
    gap = told(node("A", 10, 10), node("B", 10, 10), edges=edges, holders=alone).gaps[0]
    assert (gap.kind, gap.values["owner"], gap.values["lost"]) == (SINGLE, "x", ["B"])
    assert not told(node("A", 20, 20), node("B", 10, 10), edges=edges, holders=alone).gaps
    two = (*alone, Holder(2, "A", "y", D(1)))
    assert not told(node("A", 10, 10), node("B", 10, 10), edges=edges, holders=two).gaps


def test_old_and_small_plants_make_a_node_weak_from_the_share_that_is_the_citys():
    own = node("A", 10, 10, norm_size=D(5), norm_years=20)
    old, small, good = Holder(1, "A", "x", D(6), since=2000), Holder(2, "A", "y", D(4)), Holder(3, "A", "z", D(30))

    gap = told(own, holders=(old, small)).gaps[0]
    assert (gap.kind, gap.amount, gap.values["old"], gap.values["small"]) == (WEAK, D(10), 1, 1)
    assert not told(own, holders=(old, small, good)).gaps
    assert not told(node("A", 10, 10), holders=(old, small)).gaps


QUANTITIES = st.none() | st.integers(0, 40).map(D)
CODES = "ABCDE"


@st.composite
def maps(draw):
    codes = CODES[: draw(st.integers(1, 5))]
    nodes = [Node(c, supply=draw(QUANTITIES), demand=draw(QUANTITIES), is_process=draw(st.booleans())) for c in codes]
    pairs = draw(st.sets(st.tuples(st.sampled_from(codes), st.sampled_from(codes))))
    edges = [Edge(a, b, draw(st.none() | st.integers(1, 5).map(D))) for a, b in sorted(pairs) if a != b]
    holders = []
    for key in range(draw(st.integers(0, 6))):
        ready = draw(st.none() | st.sampled_from([date(2027, 1, 1), BY, date(2030, 1, 1)]))
        chance = draw(st.none() | st.sampled_from([D(0), D("0.5"), D(1)]))
        where, owner = draw(st.sampled_from(codes)), draw(st.sampled_from("xyz"))
        holders.append(Holder(key, where, owner, draw(QUANTITIES), draw(st.booleans()), chance, ready))
    return Map(tuple(nodes), tuple(edges), tuple(holders))


def by_hand(chart):
    """The same balances in plain fractions, written without looking at the engine."""
    made, hoped = {}, {}
    for one in chart.nodes:
        here = [h for h in chart.holders if h.node == one.code]
        made[one.code] = made_by_hand(one, [h.capacity for h in here if h.runs])
        sure = [h for h in here if not h.runs and None not in (h.capacity, h.probability, h.ready_on)]
        hoped[one.code] = sum((Fraction(h.capacity) * Fraction(h.probability) for h in sure if h.ready_on <= BY), ZERO)
    rest = {}
    for one in chart.nodes:
        out = [e for e in chart.edges if e.source == one.code]
        now = [ZERO if made[e.target] == 0 else per(made[e.target], e.ratio) for e in out]
        then = [per(hoped[e.target], e.ratio) for e in out if hoped[e.target] and e.ratio is not None]
        add = (lambda quantities: max(quantities, default=ZERO)) if one.is_process else sum
        asked = Fraction(one.demand) if one.demand is not None else add(now) if out and None not in now else None
        told = None in (asked, made[one.code])
        rest[one.code] = None if told else made[one.code] + hoped[one.code] - asked - add(then)
    return rest


ZERO = Fraction(0)


def per(output, ratio):
    return None if None in (output, ratio) else output / Fraction(ratio)


def made_by_hand(one, running):
    if one.supply is not None:
        return Fraction(one.supply)
    return None if not running or None in running else sum(map(Fraction, running), ZERO)


@given(maps())
def test_every_balance_is_the_one_counted_by_hand(chart):
    found = balances(chart, BY)

    for code, rest in by_hand(chart).items():
        ours = found[code].by_then
        assert (ours is None) == (rest is None), code
        assert rest is None or abs(Fraction(ours) - rest) < Fraction(1, 10**9), code
        assert ours is not None or found[code].lacks


@given(maps())
def test_a_node_is_never_both_short_and_surplus_and_the_state_is_one_of_its_gaps(chart):
    found = analyse(chart, BY, N)

    for one in chart.nodes:
        kinds = [gap.kind for gap in found.gaps if gap.node == one.code]
        assert len(set(kinds) & {MISSING, SHORT, SURPLUS}) <= 1
        assert found.states[one.code] in (kinds or [SUPPLIED, UNKNOWN])
    assert all(gap.amount is None or gap.amount >= 0 for gap in found.gaps)


@given(maps(), st.integers(1, 50).map(D))
def test_more_supply_never_makes_a_shortage_larger(chart, more):
    def short(one):
        return {gap.node: gap.amount for gap in analyse(one, BY, N).gaps if gap.kind in {MISSING, SHORT}}

    first = chart.nodes[0]
    if first.supply is None:
        return
    richer = Node(first.code, supply=first.supply + more, demand=first.demand, is_process=first.is_process)
    before, after = short(chart), short(Map((richer, *chart.nodes[1:]), chart.edges, chart.holders))
    assert after.get(first.code, D(0)) <= before.get(first.code, D(0))


def test_the_surplus_of_a_map_is_the_sum_of_its_surplus_nodes():
    assert surplus_total(told(node("A", 9, 5), node("B", 7, 1), node("C", 1, 5))) == 10
