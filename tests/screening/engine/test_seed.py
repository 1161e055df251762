"""Panjin's seed rulebook: it reads, its cases agree, and every rule says where it comes from."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.screening.engine.cases import run_cases
from luodi.screening.engine.larger import select_rules
from luodi.screening.engine.reading import read_folder
from luodi.screening.engine.rulebook import Rulebook
from luodi.screening.engine.screening import screen
from tests.screening import projects
from tests.screening.engine.kleene import Kleene
from tests.screening.engine.test_three_values import expected

FOLDER = Path("cities/panjin")
BOOK = read_folder(FOLDER / "rulebook")
CITY = load(FOLDER)


@pytest.mark.parametrize("ran", run_cases(BOOK), ids=lambda ran: f"{ran.case.rule} {ran.case.name}")
def test_a_case_an_official_wrote_comes_out_as_written(ran):
    assert ran.agrees, "；".join(ran.differs)


def _cases(book: Rulebook, code: str) -> list[str]:
    return [case.expect for case in book.cases if case.rule == code]


def test_every_gate_rule_has_a_case_that_passes_and_one_that_fails():
    gates = [rule.code for rule in BOOK.rules.values() if rule.is_gate]

    assert not [code for code in gates if not {"pass", "fail"} <= set(_cases(BOOK, code))]
    assert len(gates) >= 25


def test_gates_stand_where_the_city_has_the_stage():
    assert {gate.stage: gate.rank for gate in BOOK.gates} == {
        gate.stage: CITY.stage[gate.stage].order for gate in BOOK.gates
    }
    assert BOOK.values_on(BOOK.valid_from)["rank_signed"] == CITY.stage["signed"].order


def test_every_kind_of_evidence_is_one_of_the_city():
    assert set(BOOK.evidence_kinds) <= set(CITY.evidence_kind)


def test_figures_of_other_cities_are_never_said_to_bind_panjin():
    elsewhere = ("隆昌", "寿光", "团风", "阜阳", "一县", "另一县", "四川", "广东", "深汕")
    wrong = [
        code
        for code, parameter in BOOK.parameters.items()
        for dated in parameter.values
        if dated.status == "有出处" and any(place in dated.source for place in elsewhere)
    ]

    assert not wrong


def test_score_rules_are_enough_and_each_has_a_case_that_gives_its_points():
    scores = [rule.code for rule in BOOK.rules.values() if not rule.is_gate]

    assert not [code for code in scores if not {"pass", "fail"} & set(_cases(BOOK, code))]
    assert len(scores) >= 40


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    day=st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    unknown=st.sampled_from([0.0, 0.2, 0.6]),
)
def test_every_seed_rule_comes_out_the_same_in_another_engine(tmp_path_factory, seed, day, unknown):
    folder = tmp_path_factory.mktemp("duck")
    screened = screen(BOOK, projects.table(BOOK, 400, seed, unknown), day)
    screened.facts.drop(list(BOOK.derived)).write_parquet(folder / "facts.parquet")

    with duckdb.connect() as other:
        other.sql(f"CREATE VIEW facts AS SELECT * FROM '{folder / 'facts.parquet'}'")
        other.sql(f"COPY ({select_rules(BOOK, day, 'facts', 'duckdb')}) TO '{folder / 'out.parquet'}' (FORMAT parquet)")

    found = pl.read_parquet(folder / "out.parquet").sort("id")
    assert len(BOOK.rules_on(day)) >= 100
    for name in found.columns:
        assert screened.results[name].cast(found[name].dtype).equals(found[name], null_equal=True), name


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), unknown=st.sampled_from([0.2, 0.6]))
def test_every_seed_rule_comes_out_the_same_a_value_at_a_time(seed, unknown):
    day = date(2026, 11, 26)
    screened = screen(BOOK, projects.table(BOOK, 30, seed, unknown), day)

    for row, facts in zip(screened.results.iter_rows(named=True), screened.facts.iter_rows(named=True), strict=True):
        one = Kleene(facts, BOOK.values_on(day), BOOK.derived)
        for parsed in BOOK.rules_on(day):
            assert row[parsed.rule.code] == expected(one, parsed), parsed.rule.code


def test_the_seed_can_be_said_in_the_sql_of_a_cluster():
    text = select_rules(BOOK, BOOK.valid_from, "facts", "spark")

    assert text.startswith("WITH step_0 AS (SELECT *, ")
    assert "ADD_MONTHS(`signed_on`, 6)" in text
