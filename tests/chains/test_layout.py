"""Where boxes stand: layers follow who feeds whom, nothing overlaps, the same map is drawn the same."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.chains.engine.layout import WIDTH, _inversions, draw, layers

CODES = [f"N{i}" for i in range(9)]
EDGES = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)).filter(lambda e: e[0] != e[1]), unique=True)


def test_layers_run_from_what_begins_to_what_ends():
    found = layers("ABCD", [("A", "B"), ("B", "D"), ("A", "D"), ("C", "D")])

    # C only feeds D, so it stands right before it.
    assert found == {"A": 0, "B": 1, "C": 1, "D": 2}


def test_what_goes_round_stands_in_one_layer():
    assert layers("ABC", [("A", "B"), ("B", "A"), ("B", "C")]) == {"A": 0, "B": 0, "C": 1}


def test_two_crossing_feeds_are_untangled():
    drawn = draw("ABCD", [("A", "D"), ("B", "C")])
    y = {box.code: box.y for box in drawn.boxes}

    assert (y["A"] < y["B"]) == (y["D"] < y["C"])


def test_nothing_to_draw_is_no_error():
    assert draw([], []).boxes == ()
    assert len(draw(["A"], []).boxes) == 1


@given(EDGES)
@settings(max_examples=150, deadline=None)
def test_boxes_never_overlap_and_stay_on_the_page(edges):
    drawn = draw(CODES, edges)

    assert sorted(box.code for box in drawn.boxes) == CODES
    assert {(link.source, link.target) for link in drawn.links} == set(edges)
    for box in drawn.boxes:
        assert box.x >= 0
        assert box.x + box.width <= WIDTH + 0.2
        assert box.y >= -0.2
        assert box.y + box.height <= drawn.height + 1
    for one, other in combinations(drawn.boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert beside or one.y + one.height <= other.y + 0.2 or other.y + other.height <= one.y + 0.2
    assert draw(CODES, edges) == drawn


@given(EDGES)
def test_a_feed_goes_to_the_right_unless_it_goes_round(edges):
    layer = layers(CODES, edges)
    reach = {code: {code} for code in CODES}
    for _ in CODES:
        for a, b in edges:
            reach[a] |= reach[b]

    assert all(layer[a] < layer[b] or a in reach[b] for a, b in edges)
    assert min(layer.values()) == 0


@given(st.lists(st.integers(0, 20)))
def test_inversions_are_counted_as_by_trying_every_pair(numbers):
    assert _inversions(numbers) == sum(a > b for a, b in combinations(numbers, 2))
