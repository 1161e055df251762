"""No path moves a vetoed project on: page, action, ledger, change, review, re-entry. An exemption names its approver."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from luodi.audit.models import Entry
from luodi.intake import actions as intake
from luodi.intake.models import Row
from luodi.projects import actions as projects
from luodi.projects import reporting
from luodi.projects.gates import Refused
from luodi.projects.models import Project, StageEvent
from luodi.projects.reporting import Claim
from luodi.screening import actions
from luodi.screening.models import Exemption
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SIGNING = Claim(stage="signed", first=TODAY, last=TODAY)
IN_A_MONTH = TODAY + timedelta(days=30)
OUTSIDE_PARKS = row(1, "年产5万吨丙烯腈", place="大洼临港经济开发区", chain="石化", signed="2025-03-01")
"""A chemical project on land that is no recognised chemical park: rule G101."""


@pytest.fixture
def vetoed(tmp_path, account):
    """A project that nobody has signed yet, of an eliminated class: rule G207 vetoes its signing."""
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1000)]))
    clerk, office = account("unit_clerk", unit="dawa"), account("project_office")
    one = project("甲厂")
    actions.declare(actor=clerk, project=one, fact="catalogue_class", value="eliminated")
    return one, clerk, office


def steps(one):
    return list(
        StageEvent.objects.filter(project=one, withdrawn_at=None, kind="actual").values_list("stage", flat=True)
    )


def test_a_vetoed_project_is_refused_with_the_rule_its_reason_and_what_to_do(vetoed):
    one, clerk, _ = vetoed

    with pytest.raises(Refused, match="准入未通过：G207 .*淘汰"):
        reporting.report_step(actor=clerk, project=one, claim=SIGNING)
    assert steps(one) == []


def test_the_console_of_the_server_is_refused_as_well(vetoed):
    with pytest.raises(Refused):
        reporting.report_step(actor=None, project=vetoed[0], claim=SIGNING)


def test_the_page_says_so_and_writes_nothing(vetoed, client):
    one, clerk, _ = vetoed
    client.force_login(clerk)
    posted = {"stage": "signed", "first": TODAY.isoformat(), "kind": "actual"}

    answer = client.post(reverse("evidence:report", args=[one.pk]), posted, follow=True)

    assert "G207" in answer.content.decode()
    assert steps(one) == []


def test_a_plan_is_no_move(vetoed):
    one, clerk, _ = vetoed
    plan = Claim(stage="signed", first=IN_A_MONTH, last=IN_A_MONTH, kind="planned")

    assert reporting.report_step(actor=clerk, project=one, claim=plan).pk


def test_what_lies_before_the_gate_is_free(vetoed):
    one, clerk, _ = vetoed

    reporting.report_step(actor=clerk, project=one, claim=Claim(stage="negotiating", first=TODAY, last=TODAY))

    assert steps(one) == ["negotiating"]


def test_a_change_of_the_fields_cannot_go_round(vetoed):
    one, clerk, _ = vetoed

    with pytest.raises(Refused, match="G207"):
        projects.change(actor=clerk, project=one, given={"signed_on": TODAY.isoformat()}, reason="补报")
    assert steps(one) == []


def test_a_review_cannot_let_through_what_was_asked_before_the_veto(tmp_path, account):
    load(write(tmp_path / "台账.xlsx", [row(1, "乙厂", amount=1000)]))
    clerk, office, one = account("unit_clerk", unit="dawa"), account("project_office"), project("乙厂")
    projects.submit(actor=clerk, project=one)
    asked = projects.change(actor=clerk, project=one, given={"signed_on": TODAY.isoformat()}, reason="签约")
    actions.declare(actor=clerk, project=one, fact="catalogue_class", value="eliminated")

    with pytest.raises(Refused, match="G207"):
        projects.review_change(actor=office, request=asked, accept=True, reason="")
    assert projects.review_change(actor=office, request=asked, accept=False, reason="准入未过").state == "refused"
    assert steps(one) == []


def test_a_ledger_brings_no_new_project_past_the_gate(tmp_path, account):
    good = row(2, "丙厂", place="大洼区", chain="农产品", signed="2025-03-01")

    batch = load(write(tmp_path / "台账.xlsx", [OUTSIDE_PARKS, good]), account("unit_clerk", unit="dawa"))

    assert batch.counts["created"] == 1
    assert batch.counts["rejected"] == 1
    refused = Row.objects.get(batch=batch, state=Row.State.REJECTED)
    assert [problem["code"] for problem in refused.problems] == ["gate"]
    assert "G101" in refused.problems[0]["message"]
    assert not Project.objects.filter(name__startswith="年产5万吨丙烯腈").exists()


def test_the_preview_of_a_ledger_says_the_same_before_anything_is_written(tmp_path, account):
    path = write(tmp_path / "台账.xlsx", [OUTSIDE_PARKS])
    clerk = account("unit_clerk", unit="dawa")
    batch = intake.check(actor=clerk, batch=intake.receive(actor=clerk, path=path, name=path.name))

    assert batch.counts["rejected"] == 1


def test_a_ledger_moves_no_known_project_on_but_may_correct_it(vetoed, tmp_path):
    one, clerk, _ = vetoed
    on = write(tmp_path / "月报.xlsx", [row(1, "甲厂", amount=2000, signed="2026-03-01")])
    corrected = write(tmp_path / "更正.xlsx", [row(1, "甲厂", amount=2000)])

    assert load(on, clerk).counts["rejected"] == 1
    assert steps(one) == []
    assert load(corrected, clerk).counts["changed"] == 1


def test_two_rows_of_one_ledger_are_taken_together(tmp_path, account):
    """The first row brings the project, the second would sign it."""
    rows = [
        row(1, "年产5万吨丙烯腈", place="大洼临港经济开发区", chain="石化"),
        row(2, "年产5万吨丙烯腈", place="大洼临港经济开发区", chain="石化", signed="2025-03-01"),
    ]

    batch = load(write(tmp_path / "台账.xlsx", rows), account("unit_clerk", unit="dawa"))

    assert (batch.counts["created"], batch.counts["rejected"]) == (1, 1)
    assert steps(project("年产5万吨丙烯腈")) == []


def test_history_from_before_a_rule_is_told_by_the_office_only(tmp_path, account):
    past = row(1, "年产5万吨丙烯腈", place="大洼临港经济开发区", chain="石化", signed="2012-03-01")

    assert load(write(tmp_path / "县区.xlsx", [past]), account("unit_clerk", unit="dawa")).counts["rejected"] == 1
    assert load(write(tmp_path / "全市.xlsx", [past]), account("project_office")).counts["created"] == 1


def test_a_step_that_is_on_record_can_be_told_again_with_a_better_day(tmp_path, account):
    load(write(tmp_path / "全市.xlsx", [row(1, "丁厂", signed="2025年")]))
    one, clerk = project("丁厂"), account("unit_clerk", unit="dawa")
    actions.declare(actor=clerk, project=one, fact="catalogue_class", value="eliminated")

    assert load(write(tmp_path / "更正.xlsx", [row(1, "丁厂", signed="2025-03-01")]), clerk).counts["changed"] == 1
    with pytest.raises(Refused):
        reporting.report_step(
            actor=clerk, project=one, claim=Claim(stage="started", first=TODAY, last=TODAY, reason="x")
        )


def test_who_had_left_does_not_come_back_past_a_veto(tmp_path, account):
    load(write(tmp_path / "全市.xlsx", [row(1, "戊厂", signed="2025-03-01")]))
    one, office = project("戊厂"), account("project_office")
    reporting.leave(actor=office, project=one, ground="given_up", day=TODAY, reason="来函")
    actions.declare(actor=office, project=one, fact="catalogue_class", value="eliminated")

    with pytest.raises(Refused):
        reporting.reenter(actor=office, project=one, day=TODAY, reason="重新签约")


def test_an_exemption_lets_another_person_move_it_on_and_stays_for_life(vetoed):
    one, clerk, office = vetoed
    given = actions.exempt(actor=office, project=one, rules=["G207"], reason="常务会同意", expires_on=IN_A_MONTH)

    with pytest.raises(Refused, match="您批准的"):
        reporting.report_step(actor=office, project=one, claim=SIGNING)
    reporting.report_step(actor=clerk, project=one, claim=SIGNING)
    actions.revoke_exemption(actor=office, exemption=given, reason="条件未兑现")

    assert steps(one) == ["signed"]
    assert Exemption.objects.get().approved_by == office
    told = Entry.objects.get(action="screening.exemption.granted")
    assert (told.actor, told.detail["rules"]) == (office, ["G207"])
    with pytest.raises(ValidationError, match="已经撤销"):
        actions.revoke_exemption(actor=office, exemption=given, reason="再")


def test_an_exemption_ends_with_its_day(vetoed, monkeypatch):
    one, clerk, office = vetoed
    actions.exempt(actor=office, project=one, rules=["G207"], reason="常务会同意", expires_on=TODAY)
    after = TODAY + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: after)

    with pytest.raises(Refused):
        reporting.report_step(actor=clerk, project=one, claim=SIGNING)


@pytest.mark.parametrize(
    ("rules", "reason", "expires_on"),
    [
        ([], "同意", IN_A_MONTH),
        (["G207"], " ", IN_A_MONTH),
        (["G307"], "同意", IN_A_MONTH),
        (["G207"], "同意", TODAY - timedelta(days=1)),
        (["G207"], "同意", date(2099, 1, 1)),
    ],
)
def test_an_exemption_needs_a_failing_rule_a_reason_and_a_near_end(vetoed, rules, reason, expires_on):
    one, _, office = vetoed

    with pytest.raises(ValidationError):
        actions.exempt(actor=office, project=one, rules=rules, reason=reason, expires_on=expires_on)


def test_a_clerk_cannot_approve(vetoed):
    one, clerk, _ = vetoed

    with pytest.raises(PermissionDenied):
        actions.exempt(actor=clerk, project=one, rules=["G207"], reason="同意", expires_on=IN_A_MONTH)


def test_unknown_does_not_veto(tmp_path, account):
    load(write(tmp_path / "台账.xlsx", [row(1, "己厂", amount=1000)]))
    one = project("己厂")

    reporting.report_step(actor=account("unit_clerk", unit="dawa"), project=one, claim=SIGNING)

    assert steps(one) == ["signed"]


def test_steps_are_written_only_where_the_gate_is_asked():
    """A new way to write a step, or to reach the writing of a ledger's row, has to ask the gate and be named here."""
    writes = re.compile(r"StageEvent\.objects\.(?:bulk_)?create|insert_rows\(StageEvent|StageEvent\((?!Filed)")
    reaches = re.compile(r"\bwriting\.write\(")
    sources = {path.as_posix(): path.read_text(encoding="utf-8") for path in Path("luodi").rglob("*.py")}
    code = {
        path: text for path, text in sources.items() if "/migrations/" not in path and not path.endswith("models.py")
    }

    assert {path for path, text in code.items() if writes.search(text)} == {
        "luodi/projects/reporting.py",
        "luodi/projects/statements.py",
    }
    # An idea that is opened stands before every gate.
    assert {path for path, text in code.items() if reaches.search(text)} == {
        "luodi/projects/changes.py",
        "luodi/projects/ledger.py",
        "luodi/projects/opening.py",
    }
