"""A second person's yes or no, and what it does to the figures."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.evidence.actions import answer, ask, verify
from luodi.evidence.models import Evidence, Support
from luodi.projects.models import StageEvent
from tests.core.record import figures_agree, load, net_of, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def loader(account):
    return account("project_office", username="loader")


@pytest.fixture
def report(loader, tmp_path):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2020", source="http://www.panjin.gov.cn/a")]), loader)
    return Evidence.objects.get()


def test_proven_follows_the_verdict(report, account):
    office = account("project_office")
    assert net_of("甲厂") == "started"

    verify(actor=office, evidence=report, accept=False, reason="网页说的是另一家")
    assert net_of("甲厂") == ""
    assert figures_agree()

    verify(actor=office, evidence=report, accept=True)
    assert net_of("甲厂") == "started"
    assert figures_agree()


def test_a_photo_counts_once_a_second_person_has_seen_it(tmp_path, account):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2020")]))
    filer, verifier = account("unit_clerk"), account("project_office")
    photo, contract = (
        Evidence.objects.create(
            project=project("甲厂"), kind=kind, title=kind, filed_by=filer, taken_at=timezone.now(), place="三号地块"
        )
        for kind in ("piling_photo", "construction_contract")
    )
    for piece in (photo, contract):
        Support.objects.create(evidence=piece, event=StageEvent.objects.get())
    verify(actor=verifier, evidence=contract, accept=True)
    assert net_of("甲厂") == ""

    verify(actor=verifier, evidence=photo, accept=True)

    assert net_of("甲厂") == "started"
    assert figures_agree()


def test_who_loaded_the_ledger_cannot_verify_its_sources(report, loader):
    with pytest.raises(PermissionDenied, match="核实人不能是填报人"):
        verify(actor=loader, evidence=report, accept=True)
    report.refresh_from_db()
    assert report.verdict == ""


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_needs_a_reason(report, account, reason):
    with pytest.raises(ValidationError, match="理由"):
        verify(actor=account("project_office"), evidence=report, accept=False, reason=reason)
    assert net_of("甲厂") == "started"


@pytest.mark.parametrize("role", ["leader", "auditor", "administrator", "unit_clerk"])
def test_nobody_but_the_project_office_verifies(report, account, role):
    with pytest.raises(PermissionDenied):
        verify(actor=account(role), evidence=report, accept=True)


def test_the_verdict_names_its_person_and_moment(report, account):
    office = account("project_office")

    judged = verify(actor=office, evidence=report, accept=False, reason=" 日期不符 ")

    assert (judged.verdict, judged.said_by, judged.reason) == ("rejected", office, "日期不符")
    assert report.verdict == "rejected"


def test_a_later_word_does_not_erase_an_earlier_one(report, account):
    one, other = account("project_office"), account("project_office")

    verify(actor=one, evidence=report, accept=True)
    verify(actor=other, evidence=report, accept=False, reason="复看时网页已改")

    assert list(report.judgements.order_by("id").values_list("verdict", "said_by")) == [
        ("accepted", one.pk),
        ("rejected", other.pk),
    ]
    assert net_of("甲厂") == ""


def test_a_question_and_its_answer_leave_the_verdict_as_it_is(report, account, loader):
    office = account("project_office")
    verify(actor=office, evidence=report, accept=True)

    ask(actor=office, evidence=report, question="哪一期？")
    answer(actor=loader, evidence=report, text="一期")

    assert (report.verdict, net_of("甲厂")) == ("accepted", "started")
    with pytest.raises(PermissionDenied):
        ask(actor=loader, evidence=report, question="自问？")
    with pytest.raises(ValidationError):
        answer(actor=loader, evidence=report, text=" ")


def test_a_contract_is_verified_by_another_unit_than_the_filing_one(tmp_path, account):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", signed="2020")]))
    filer, colleague = account("project_office"), account("project_office")
    contract = Evidence.objects.create(project=project("甲厂"), kind="contract", title="合同", filed_by=filer)

    with pytest.raises(PermissionDenied, match="以外的单位"):
        verify(actor=colleague, evidence=contract, accept=True)
