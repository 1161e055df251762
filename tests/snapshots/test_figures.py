"""The three figures add up."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.snapshots.engine.figures import Cell, figures, net_rank

CITY = load(Path("cities/panjin"))
TOP = len(CITY.stages) - 1


@st.composite
def cells(draw):
    reported = draw(st.integers(-1, TOP))
    proven = draw(st.integers(-1, reported))
    net = draw(st.sampled_from([-1, proven]))
    amount = draw(st.none() | st.integers(1, 10**14))
    return Cell(reported, proven, net, 1, amount or 0, int(amount is None))


def test_an_empty_register_has_no_figures():
    found = figures([], city=CITY)

    assert found.total.reported.projects == 0
    assert found.reached["signed"].water_projects == 0


def test_a_project_counts_in_every_stage_it_has_passed():
    started = CITY.stage["started"].order

    found = figures([Cell(started, 4, 4, 1, 500, 0)], city=CITY)

    assert found.reached["signed"].reported.projects == 1
    assert found.reached["started"].reported.amount_fen == 500
    assert found.reached["started"].proven.projects == 0
    assert found.reached["produced"].reported.projects == 0
    assert found.current["started"].reported.projects == 1


def test_a_member_does_not_count_beside_its_package():
    assert net_rank(5, decided_out=False, package_proven=4) == -1
    assert net_rank(5, decided_out=False, package_proven=-1) == 5


def test_a_confirmed_fake_is_out_of_net_only():
    assert net_rank(5, decided_out=True, package_proven=None) == -1


@given(st.lists(cells(), max_size=40))
def test_net_never_passes_proven_nor_proven_reported(found):
    for three in figures(found, city=CITY).reached.values():
        assert three.net.projects <= three.proven.projects <= three.reported.projects
        assert three.net.amount_fen <= three.proven.amount_fen <= three.reported.amount_fen


@given(st.lists(cells(), max_size=40))
def test_reached_is_what_a_loop_over_projects_counts(found):
    """Second source: one loop a stage."""
    result = figures(found, city=CITY)

    for stage in CITY.stages:
        for side in ("reported", "proven", "net"):
            there = [cell for cell in found if getattr(cell, side) >= stage.order]
            figure = getattr(result.reached[stage.code], side)
            assert figure.projects == len(there)
            assert figure.amount_fen == sum(cell.amount_fen for cell in there)
            assert figure.without_amount == sum(cell.without_amount for cell in there)


@given(st.lists(cells(), max_size=40), st.integers(0, 40))
def test_adding_up_groups_gives_what_adding_up_projects_gives(found, cut):
    """What lets the database do the first sum."""
    grouped = {}
    for cell in found:
        grouped.setdefault((cell.reported, cell.proven, cell.net), []).append(cell)
    cells_of_groups = [
        Cell(*ranks, len(group), sum(c.amount_fen for c in group), sum(c.without_amount for c in group))
        for ranks, group in grouped.items()
    ]

    assert figures(cells_of_groups, city=CITY) == figures(found, city=CITY)
