"""The three figures add up, counted both ways."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.snapshots.engine.figures import COUNTINGS, Cell, Count, figures

CITY = load(Path("cities/panjin"))
TOP = len(CITY.stages) - 1


def counts():
    return st.builds(Count, st.integers(0, 20), st.integers(0, 10**14), st.integers(0, 5))


@st.composite
def cells(draw):
    reported = draw(st.integers(-1, TOP))
    proven = draw(st.integers(-1, reported))
    net = draw(st.sampled_from([-1, proven]))
    nature = draw(st.sampled_from(["", "fixed", "fund"]))
    return Cell(reported, proven, net, draw(counts()), draw(counts()), nature=nature)


def one(fen):
    return Count(1, fen or 0, int(fen is None))


def added(found, counting):
    whole = Count()
    for cell in found:
        whole.add(getattr(cell, counting))
    return whole


def test_an_empty_register_has_no_figures():
    found = figures([], city=CITY)

    assert found.total.reported.packaged == found.reached["signed"].water.unpacked == Count()


def test_a_project_counts_in_every_stage_it_has_passed():
    started = CITY.stage["started"].order

    found = figures([Cell(started, 4, 4, one(500), one(500))], city=CITY)

    assert found.reached["signed"].reported.packaged.projects == 1
    assert found.reached["started"].reported.unpacked.amount_fen == 500
    assert found.reached["started"].proven.packaged.projects == 0
    assert found.reached["produced"].reported.packaged.projects == 0
    assert found.current["started"].reported.packaged.projects == 1


def test_funds_and_frameworks_stay_out_of_fixed_assets_and_are_named():
    found = figures([Cell(4, 4, 4, one(500), one(500), nature=n) for n in ("", "fixed", "fund")], city=CITY)

    assert found.total.reported.packaged.amount_fen == 1500
    assert found.fixed.reported.packaged == Count(2, 1000, 0)
    assert {code: three.net.unpacked for code, three in found.outside.items()} == {"fund": Count(1, 500, 0)}


@given(st.lists(cells(), max_size=40))
def test_net_never_passes_proven_nor_proven_reported(found):
    for three in figures(found, city=CITY).reached.values():
        for counting in COUNTINGS:
            net, proven, reported = (three.side(side).counted(counting) for side in ("net", "proven", "reported"))
            assert net.projects <= proven.projects <= reported.projects
            assert net.amount_fen <= proven.amount_fen <= reported.amount_fen


@given(st.lists(cells(), max_size=40))
def test_reached_is_what_a_loop_over_projects_counts(found):
    """Second source: one loop a stage."""
    result = figures(found, city=CITY)

    for stage in CITY.stages:
        for side in ("reported", "proven", "net"):
            there = [cell for cell in found if getattr(cell, side) >= stage.order]
            for counting in COUNTINGS:
                assert result.reached[stage.code].side(side).counted(counting) == added(there, counting)


@given(st.lists(cells(), max_size=40))
def test_adding_up_groups_gives_what_adding_up_projects_gives(found):
    """What lets the database do the first sum."""
    grouped = {}
    for cell in found:
        grouped.setdefault((cell.reported, cell.proven, cell.net, cell.nature), []).append(cell)
    cells_of_groups = [
        Cell(*ranks, *(added(group, counting) for counting in COUNTINGS), nature=nature)
        for (*ranks, nature), group in grouped.items()
    ]

    assert figures(cells_of_groups, city=CITY) == figures(found, city=CITY)
