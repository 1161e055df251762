"""On whom a chain hangs, held against every stop tried one by one, and against networkx on the undirected map."""

from itertools import combinations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.chains.engine.cuts import articulation, ends, holds, plants, reachable, smallest_cut
from luodi.chains.engine.model import Edge, Holder, Map, Node


def chart(edges, held):
    codes = sorted({code for edge in edges for code in edge} | {node for node, _ in held})
    holders = tuple(Holder(key, node, owner) for key, (node, owner) in enumerate(held))
    return Map(tuple(Node(code) for code in codes), tuple(Edge(a, b) for a, b in edges), holders)


def test_the_only_plant_between_two_halves_splits_the_map():
    found = chart(["AB", "BC"], [("A", "x"), ("A", "y"), ("B", "z"), ("C", "x")])

    assert articulation(found) == {("B", "z")}
    assert smallest_cut(found) in ({("B", "z")}, {("C", "x")})
    assert [(hold.owner, hold.alone, hold.lost, hold.splits) for hold in holds(found)] == [("z", ("B",), ("C",), True)]


def test_a_way_round_keeps_the_map_together_and_the_cut_larger():
    found = chart(["AB", "AC", "BD", "CD"], [("A", "p"), ("A", "q"), ("B", "x"), ("C", "y"), ("D", "p"), ("D", "q")])

    assert articulation(found) == set()
    assert len(smallest_cut(found)) == 2
    assert all(not hold.lost for hold in holds(found))


def test_one_owner_of_two_plants_fails_in_both():
    found = chart(["AB", "AC", "BD", "CD"], [("B", "x"), ("C", "x")])

    assert [(hold.owner, hold.alone, hold.lost) for hold in holds(found)] == [("x", ("B", "C"), ("D",))]


def test_a_node_that_nobody_is_said_to_carry_cannot_be_cut():
    assert smallest_cut(chart(["AB"], [])) is None
    assert smallest_cut(chart(["AB"], [("A", "x")])) == {("A", "x")}
    assert smallest_cut(chart([], [("A", "x")])) is None
    assert smallest_cut(chart(["AB", "BA"], [("A", "x")])) is None


@st.composite
def charts(draw):
    codes = "ABCDE"[: draw(st.integers(2, 5))]
    forward = [a + b for a, b in combinations(codes, 2)]
    edges = draw(st.lists(st.sampled_from(forward), unique=True, min_size=1))
    held = draw(st.lists(st.tuples(st.sampled_from(codes), st.sampled_from("xyz")), unique=True, max_size=6))
    return chart(edges, held)


def passes(found, stopped):
    """Whether material still gets from a beginning to an end when these plants stop, tried by walking every way."""
    left = {node: [o for o in owners if (node, o) not in stopped] for node, owners in plants(found).items()}
    dead = {node for node, owners in plants(found).items() if owners and not left[node]}
    begins, finishes = ends(found)

    def walk(code):
        if code in dead:
            return False
        return code in finishes or any(walk(edge.target) for edge in found.links if edge.source == code)

    return any(walk(code) for code in begins)


@given(charts())
@settings(max_examples=200)
def test_the_smallest_cut_is_the_smallest_of_all_that_were_tried(found):
    every = [(node, owner) for node, owners in plants(found).items() for owner in owners]
    tried = next((len(some) for size in range(len(every) + 1) for some in combinations(every, size) if not passes(found, set(some))), None)  # fmt: skip
    cut = smallest_cut(found)

    assert (None if cut is None else len(cut)) == tried
    assert cut is None or not passes(found, cut)


@given(charts())
@settings(max_examples=200)
def test_a_plant_splits_the_map_when_taking_it_out_makes_two_of_one(found):
    inner = {edge.source for edge in found.links} & {edge.target for edge in found.links}
    for node, owners in plants(found).items():
        graph = nx.Graph([(edge.source, edge.target) for edge in found.links])
        splits = False
        if len(owners) == 1 and node in inner:
            # Its inputs and its outputs come apart, unless a way round joins them.
            graph.remove_node(node)
            graph.add_edges_from((edge.source, "in") for edge in found.links if edge.target == node)
            graph.add_edges_from(("out", edge.target) for edge in found.links if edge.source == node)
            splits = not nx.has_path(graph, "in", "out")
        assert {(node, owner) in articulation(found) for owner in owners} <= {splits}


@given(charts(), st.sampled_from("xyz"))
def test_what_is_reached_without_an_owner_is_what_networkx_reaches(found, owner):
    graph = nx.DiGraph([(edge.source, edge.target) for edge in found.links])
    stopped = [node for node, owners in plants(found).items() if owners and set(owners) <= {owner}]
    graph.remove_nodes_from(stopped)
    begins = [code for code in ends(found)[0] if code in graph]
    theirs = set(begins).union(*(nx.descendants(graph, code) for code in begins))

    assert reachable(found, without=(owner,)) == theirs
