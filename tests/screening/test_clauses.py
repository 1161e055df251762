"""Incentive clauses: words are a question, another person says, and what is forbidden stops the signing."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.projects import reporting
from luodi.projects.gates import Refused
from luodi.projects.reporting import Claim
from luodi.screening import actions
from luodi.screening.facts import facts
from luodi.screening.models import Clause
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def world(tmp_path, account):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1000)]))
    return project("甲厂"), account("unit_clerk", unit="dawa"), account("project_office")


def forbidden(one):
    return facts([one.pk], as_of=TODAY)[one.pk].values.get("forbidden_clauses")


def test_nothing_is_known_before_a_clause_is_entered_nor_while_one_waits(world):
    one, clerk, _ = world

    assert forbidden(one) is None
    actions.state_clauses(actor=clerk, project=one, text="甲方将增值税地方留成部分全额返还乙方")
    assert forbidden(one) is None


def test_an_agreement_without_such_clauses_is_known_to_have_none(world):
    one, clerk, _ = world

    actions.state_clauses(actor=clerk, project=one, text="双方按照法律规定各自承担税费")

    assert Clause.objects.get().kinds == []
    assert forbidden(one) == 0


def test_what_another_person_calls_forbidden_stops_the_signing(world):
    one, clerk, office = world
    (clause,) = actions.state_clauses(actor=clerk, project=one, text="甲方将增值税地方留成部分全额返还乙方")

    actions.review_clause(actor=office, clause=clause, verdict="forbidden", reason="条例第十条第（一）项")

    with pytest.raises(Refused, match="G202"):
        reporting.report_step(actor=clerk, project=one, claim=Claim("signed", TODAY, TODAY))
    actions.withdraw_clause(actor=clerk, clause=clause)
    assert reporting.report_step(actor=clerk, project=one, claim=Claim("signed", TODAY, TODAY)).pk


def test_nobody_reviews_what_they_entered(world):
    one, _, office = world
    (clause,) = actions.state_clauses(actor=office, project=one, text="土地出让金全额返还")

    with pytest.raises(PermissionDenied):
        actions.review_clause(actor=office, clause=clause, verdict="allowed", reason="有依据")


def test_a_deposit_is_asked_about_and_never_proposed(world):
    one, clerk, _ = world

    (clause,) = actions.state_clauses(actor=clerk, project=one, text="乙方缴纳开工履约保证金500万元")

    assert clause.kinds, "deposits have been cleared away since 2016"


@pytest.mark.parametrize("text", ["", "  \n ", "x\n" * 1])
def test_lines_are_entered_once(world, text):
    one, clerk, _ = world
    actions.state_clauses(actor=clerk, project=one, text="x")

    with pytest.raises(ValidationError):
        actions.state_clauses(actor=clerk, project=one, text=text)
