"""Progress and its basis; plans and how they slip; areas."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.projects.engine.areas import area_in, occupied_in
from luodi.projects.engine.progress import ProgressText, falls, read_progress
from luodi.projects.engine.slips import PlannedDay, lateness, slips


@pytest.mark.parametrize(
    ("text", "percent", "basis"),
    [
        ("27.5%（设计+采购+施工）", "27.5", "设计+采购+施工"),
        ("8 ％（施工）", "8", "施工"),
        ("0.35", "35", ""),
        ("35", "35", ""),
        ("总体进度122.6%", "122.6", ""),
    ],
)
def test_a_cell_gives_percent_and_basis(text, percent, basis):
    assert read_progress(text) == ProgressText(Decimal(percent), basis)


@pytest.mark.parametrize("text", ["", "主体封顶", "过半"])
def test_words_are_no_percentage(text):
    assert read_progress(text) is None


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (("27.5", "设计+采购+施工"), ("8", "施工"), False),
        (("27.5", "设计+采购+施工"), ("8", ""), True),
        (("27.5", ""), ("8", "施工"), False),
        (("27.5", "施工+采购"), ("8", "采购＋施工"), True),
        (("8", "施工"), ("27.5", "施工"), False),
        (("8", "施工"), ("8", "施工"), False),
    ],
)
def test_a_fall_is_one_on_the_same_basis(before, now, expected):
    assert falls(*(ProgressText(Decimal(percent), basis) for percent, basis in (before, now))) is expected


def said(day, ends_on, stage="produced", withdrawn=False):
    at = datetime(2024, 1, day, tzinfo=UTC)
    return PlannedDay(stage, ends_on, at, at if withdrawn else None)


def test_every_change_of_a_plan_counts_both_ways():
    plans = [
        said(1, date(2024, 12, 31)),
        said(2, date(2025, 6, 30)),
        said(3, date(2025, 6, 30)),
        said(4, date(2025, 3, 31)),
    ]

    assert [slip.days for slip in slips(plans)] == [181, -91]


def test_two_milestones_of_one_sentence_are_no_change():
    assert slips([said(1, date(2025, 1, 1)), said(1, date(2026, 1, 1))]) == []


def test_what_is_not_due_is_not_late():
    plans, today = [said(1, date(2027, 1, 1))], date(2026, 1, 1)

    assert [(one.days, one.overdue) for one in lateness(plans, {}, today=today)] == [(0, False)]
    assert [one.days for one in lateness(plans, {"produced": date(2026, 12, 1)}, today=today)] == [-31]


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 900)), max_size=20, unique_by=lambda pair: pair[0]))
def test_slips_are_what_a_walk_over_the_statements_finds(pairs):
    plans = [said(day, date.fromordinal(738_000 + offset)) for day, offset in pairs]
    days = [offset for _, offset in sorted(pairs)]

    assert [slip.days for slip in slips(plans)] == [b - a for a, b in zip(days, days[1:], strict=False) if a != b]


@pytest.mark.parametrize(
    ("text", "square_metres"),
    [("163亩", 108_667), ("占地7.17万m²", 71_700), ("约1.7公顷", 17_000), ("8.9km²", 8_900_000), ("42,790㎡", 42_790)],
)
def test_areas_as_ledgers_write_them(text, square_metres):
    assert round(area_in(text)) == square_metres


def test_floor_space_is_no_land_and_a_bare_number_takes_the_headings_unit():
    assert occupied_in("建面2万m²") is None
    assert occupied_in("占地2公顷、建面2万m²") == 20_000
    assert area_in("12") is None
    assert round(area_in("12", bare_unit="亩")) == 8000
