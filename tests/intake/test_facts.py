"""One canonical text for everything that means the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.amounts import read_amount
from luodi.intake.engine.dates import read_dates
from luodi.intake.engine.facts import amount_fact, claims_fact, facts_of, is_stage_field, plain, show, stage_of
from luodi.intake.engine.units import UNITS

NAMES = {"signed": "签约", "started": "开工"}


@pytest.mark.parametrize(
    ("field", "stage", "is_stage"),
    [
        ("signed_on", "signed", True),
        ("planned_started_on", "started", True),
        ("negotiated_on", "negotiating", True),
        ("full_capacity_on", "full_capacity", True),
        ("status", "status", True),
        ("total_investment", "total_investment", False),
    ],
)
def test_the_stage_of_a_field(field, stage, is_stage):
    assert (stage_of(field), is_stage_field(field)) == (stage, is_stage)


@pytest.mark.parametrize(
    "cells",
    [
        ["8,370,000.00", "８３７００００", "837亿元", 8370000, "8370000万元"],
        ["10亿元以上", "超10亿元", "≥10亿元"],
        ["3200万英镑", "£32,000,000"],
    ],
)
def test_ways_to_write_one_amount_give_one_fact(cells):
    facts = {amount_fact(read_amount(cell, unit=UNITS["万元"]).main) for cell in cells}

    assert len(facts) == 1


@pytest.mark.parametrize(
    "cells",
    [
        ["2023-03-29", "2023年3月29日", "2023/3/29", "2023.03.29", date(2023, 3, 29)],
        ["2023上半年", "2023年上半年"],
        ["2019-02-22 合作协议；2023-03-26 股东协议", "2019.02.22 合作协议；2023.03.26 股东协议"],
    ],
)
def test_ways_to_write_one_day_give_one_fact(cells):
    assert len({claims_fact(read_dates(cell).claims, "signed") for cell in cells}) == 1


def test_a_fact_names_kind_stage_and_period():
    claims = read_dates("2019-02-22；计划2025").claims

    assert claims_fact(claims, "signed") == "actual signed 2019-02-22/2019-02-22; planned signed 2025-01-01/2025-12-31"


@pytest.mark.parametrize(
    ("field", "fact", "shown"),
    [
        ("total_investment", "CNY 8370000000000 exact", "8,370,000 万元"),
        ("total_investment", "CNY 100000000000 at_least", "≥ 100,000 万元"),
        ("total_investment", "USD 1200000000000 exact", "1,200,000 万美元"),
        ("paid_in", "GBP 320000000 about", "约 320 万英镑"),
        ("signed_on", "actual signed 2019-02-22/2019-02-22", "签约 2019-02-22"),
        ("started_on", "planned started 2025-01-01/2025-12-31", "计划开工 2025-01-01 至 2025-12-31"),
        ("status", "actual started ?", "开工 未写日期"),
        ("remark", "分三期", "分三期"),
    ],
)
def test_a_fact_is_shown_in_words(field, fact, shown):
    assert show(field, fact, stage_names=NAMES) == shown


def test_the_unit_of_the_person_is_used():
    assert show("total_investment", "CNY 8370000000000 exact", stage_names={}, unit="亿元") == "837 亿元"


@given(st.integers(1, 10**15))
def test_an_amount_shown_reads_back_as_the_same(minor):
    shown = show("total_investment", f"CNY {minor} exact", stage_names={})

    assert amount_fact(read_amount(shown.replace(" ", ""), unit=None).main) == f"CNY {minor} exact"


def test_values_as_facts_and_as_plain_data_say_the_same():
    values = {
        "name": "甲厂",
        "total_investment": read_amount("10亿元以上", unit=None).main,
        "signed_on": read_dates("2023上半年").claims,
    }

    assert facts_of(values) == {
        "name": "甲厂",
        "total_investment": "CNY 100000000000 at_least",
        "signed_on": "actual signed 2023-01-01/2023-06-30",
    }
    data = plain(values)
    assert data["total_investment"] == {
        "minor": 100_000_000_000,
        "currency": "CNY",
        "bound": "at_least",
        "amount": "1000000000",
    }
    assert {key: data["signed_on"][0][key] for key in ("stage", "kind", "start", "end")} == {
        "stage": "signed",
        "kind": "actual",
        "start": "2023-01-01",
        "end": "2023-06-30",
    }
