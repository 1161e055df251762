"""打包 and 拆分: two counts of one portfolio, and no amount counted with its parts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from luodi.snapshots.engine.counting import Node, alone, collapse

YI = 10_000_000_000


def node(package=None, *, reported=-1, proven=-1, out=False, amount=None, stated=None):
    return Node(package, reported, proven, out, amount and amount * YI, stated)


def sums(nodes):
    """(打包 count, 打包 amount, 拆分 count, 拆分 amount), amounts in 亿元."""
    found = collapse(nodes).values()
    packed = sum(one.amount_fen or 0 for one in found if one.packed)
    unpacked = sum(one.unpacked_fen or 0 for one in found if one.unpacked)
    return sum(c.packed for c in found), packed / YI, sum(c.unpacked for c in found), unpacked / YI


def test_the_published_bulletin_has_444_packed_and_569_unpacked():
    """444 undertakings, of which some are packages: here 25 with six members each, so 419 + 150 = 569."""
    nodes = {n: node() for n in range(444)}
    nodes |= {1000 + 6 * package + n: node(package) for package in range(25) for n in range(6)}

    assert sums(nodes)[::2] == (444, 569)


def test_p06_holds_p07_and_p08_and_is_counted_once():
    assert sums({6: node(amount=80), 7: node(6, amount=10), 8: node(6, amount=10)}) == (1, 80, 2, 20)


def test_x12_is_the_sum_of_its_parts_whichever_way_it_is_counted():
    assert sums({0: node(amount=23.8), 1: node(0, amount=9), 2: node(0, amount=14.8)}) == (1, 23.8, 2, 23.8)


def test_a_package_without_a_total_of_its_own_is_worth_what_its_members_state():
    assert sums({0: node(), 1: node(0, amount=9), 2: node(0)}) == (1, 9, 2, 9)


def test_a_basket_counts_as_stated_without_invented_items():
    assert sums({0: node(amount=40.8, stated=16)}) == (1, 40.8, 16, 40.8)
    assert len(collapse({0: node(amount=40.8, stated=16)})) == 1


def test_members_that_are_known_come_out_of_what_the_basket_states():
    """16 projects for 40.8亿, of which three are named without an amount and one with 2亿."""
    nodes = {0: node(amount=40.8, stated=16)} | {n: node(0) for n in (1, 2, 3)} | {4: node(0, amount=2)}

    assert sums(nodes) == (1, 40.8, 16, 40.8)
    assert collapse(nodes)[0].unpacked == 12


def test_more_members_than_stated_leave_nothing_over():
    assert collapse({0: node(stated=1), 1: node(0), 2: node(0)})[0].unpacked == 0


def test_a_package_that_says_nothing_stands_where_its_furthest_member_does():
    found = collapse({0: node(), 1: node(0, reported=7, proven=4), 2: node(0, reported=5, proven=5)})
    spoken = collapse({0: node(reported=4, proven=4), 1: node(0, reported=7, proven=7)})

    assert (found[0].reported, found[0].proven, found[0].net) == (7, 5, 5)
    assert (spoken[0].reported, spoken[0].proven) == (4, 4)


def test_who_is_decided_out_is_out_of_net_with_everything_inside():
    found = collapse({0: node(proven=4, out=True), 1: node(0, proven=4), 2: node(proven=4)})

    assert [found[n].net for n in (0, 1, 2)] == [-1, -1, 4]
    assert found[1].proven == 4


def test_a_fake_member_does_not_carry_its_package():
    found = collapse({0: node(), 1: node(0, proven=9, out=True), 2: node(0, proven=3)})

    assert (found[0].proven, found[0].net) == (9, 3)


def test_parts_of_one_undertaking_count_once_in_net_where_the_furthest_stands_and_lose_no_amount():
    whole = {
        1: node(reported=5, proven=3, amount=2),
        2: node(reported=5, proven=5, amount=3),
        3: node(proven=1, amount=9),
    }
    whole[4] = node(proven=-1, reported=4, amount=7)
    found = collapse({n: replace(one, undertaking=8 if n != 3 else None) for n, one in whole.items()})

    assert [found[n].net for n in (1, 2, 3, 4)] == [-1, 5, 1, -1]
    assert [found[n].part_of for n in (1, 2, 3, 4)] == [2, None, None, None]
    # What is proven nowhere adds nothing.
    assert (found[2].added_fen, found[2].added_unpacked_fen, found[3].added_fen) == (2 * YI, 2 * YI, 0)
    assert [found[n].reported for n in (1, 2, 4)] == [5, 5, 4]


def test_a_part_that_is_decided_out_takes_its_amount_with_it():
    found = collapse({n: replace(node(proven=4, amount=2, out=n == 1), undertaking=8) for n in (1, 2, 3)})

    assert [found[n].net for n in (1, 2, 3)] == [-1, 4, -1]
    assert found[2].added_fen == 2 * YI


def test_a_ring_of_packages_ends():
    assert len(collapse({0: node(1), 1: node(0)})) == 2


@st.composite
def forests(draw):
    size = draw(st.integers(0, 25))
    amounts = st.none() | st.integers(1, 50)
    return {
        n: node(
            draw(st.none() | st.integers(0, n - 1)) if n else None,
            reported=draw(st.integers(-1, 9)),
            proven=draw(st.integers(-1, 9)),
            out=draw(st.booleans()),
            amount=draw(amounts),
            stated=draw(st.none() | st.integers(1, 9)),
        )
        for n in range(size)
    }


@given(forests())
def test_the_counts_are_those_of_a_walk_over_the_tree(nodes):
    """Second source: walk down from each root."""
    found = collapse(nodes)

    def walk(project):
        inside = [n for n, one in nodes.items() if one.package == project]
        listed = sum(walk(member) for member in inside)
        stated = nodes[project].stated_members or 0
        return max(listed, stated) if inside else max(stated, 1)

    roots = [n for n, one in nodes.items() if one.package is None]
    assert sum(one.packed for one in found.values()) == len(roots)
    assert sum(one.unpacked for one in found.values()) == sum(walk(root) for root in roots)
    assert all(one.net <= one.proven for one in found.values())


@given(forests())
def test_no_amount_is_counted_with_its_parts(nodes):
    """What a package states bounds what is counted inside it, unless its members state more themselves."""
    found = collapse(nodes)
    leaves = {n for n in nodes if not any(one.package == n for one in nodes.values())}
    by_leaves = sum(found[n].unpacked_fen or 0 for n in leaves)
    assert by_leaves == sum(nodes[n].amount_fen or 0 for n in leaves)


@given(forests())
def test_a_project_alone_counts_as_in_a_forest_of_its_own(nodes):
    for held in nodes.values():
        single = replace(held, package=None)
        assert alone(single) == collapse({0: single})[0]
