"""Panjin's seed rulebook: it reads, its cases agree, and every rule says where it comes from."""

from pathlib import Path

import pytest

from luodi.core.city import load
from luodi.screening.engine.cases import run_cases
from luodi.screening.engine.reading import read_folder
from luodi.screening.engine.rulebook import Rulebook

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
