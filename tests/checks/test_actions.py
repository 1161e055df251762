"""What documents say, findings kept from it, the unit's answer, the office's word; red is remembered."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.checks import actions
from luodi.checks.models import Finding, Particular
from luodi.checks.queries import RED, YELLOW, lamps
from luodi.evidence.models import Evidence, Judgement
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path, account):
    """A project of 大洼 with an approval and a works contract, filed by its clerk."""
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", investor="甲实业有限公司", amount=1000, started="2024-03-18")]))
    clerk = account("unit_clerk", unit="dawa")
    one = project("甲厂")
    papers = {
        kind: Evidence.objects.create(project=one, kind=kind, title=title, filed_by=clerk)
        for kind, title in (("project_filing", "备案证明"), ("construction_contract", "施工合同"))
    }
    return clerk, account("project_office"), one, papers


def state(actor, evidence, **given):
    return actions.state_particulars(actor=actor, evidence=evidence, given=given)


def colours(one):
    return {(lamp.check.code, lamp.result.state): lamp.colour for lamp in lamps(one.pk) if lamp.check.code[0] == "D"}


def test_particulars_are_kept_in_one_form_and_corrected_by_withdrawing(world):
    clerk, _, _, papers = world
    filing = papers["project_filing"]

    assert state(clerk, filing, party="甲实业有限公司", issued_on="2024-01-02", amount="1,000.5", area="") == 3
    assert state(clerk, filing, party="甲实业有限公司", issued_on="2024-01-02", amount="1000.50") == 0
    assert state(clerk, filing, party="甲实业有限公司", issued_on="", amount="900") == 2

    said = Particular.objects.order_by("id").values_list("name", "value", "withdrawn_at")
    assert [(name, value, gone is None) for name, value, gone in said] == [
        ("party", "甲实业有限公司", True),
        ("issued_on", "2024-01-02", False),
        ("amount", "1000500000", False),
        ("amount", "900000000", True),
    ]


@pytest.mark.parametrize(("name", "text"), [("issued_on", "去年"), ("amount", "约三亿"), ("amount", "-5"), ("area", "1e99")])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_kept(world, name, text):
    clerk, _, _, papers = world

    with pytest.raises(ValidationError, match="看不懂"):
        state(clerk, papers["project_filing"], party="甲实业有限公司", **{name: text})
    assert not Particular.objects.exists()


def test_a_contradiction_is_red_then_yellow_then_remembered(world):
    clerk, office, one, papers = world
    state(clerk, papers["project_filing"], party="甲实业有限公司", issued_on="2024-05-01")
    state(clerk, papers["construction_contract"], party="甲实业有限公司", issued_on="2024-03-01")
    finding = Finding.objects.get(check_code="D03")
    assert colours(one)["D03", "contradictory"] == RED

    said = actions.answer(actor=clerk, project=one, check_code="D03", subject=finding.subject, text="先签后补")
    assert colours(one)["D03", "contradictory"] == YELLOW
    actions.weigh(actor=office, finding=finding, take=False, text="须附说明材料")
    assert colours(one)["D03", "contradictory"] == RED
    actions.answer(actor=clerk, project=one, check_code="D03", subject=finding.subject, text="已附")
    actions.weigh(actor=office, finding=finding, take=True, text="")
    assert colours(one)["D03", "contradictory"] == YELLOW

    # Made good, it is closed, and the lamp still knows.
    state(clerk, papers["project_filing"], issued_on="2024-02-01")
    finding.refresh_from_db()
    assert finding.closed_at is not None
    assert [lamp.colour for lamp in lamps(one.pk) if lamp.check.code == "D03"] in ([YELLOW], ["grey"])
    assert said.text in [answer.text for answer in finding.answers.all()]


def test_a_rejected_paper_is_no_longer_held_against_the_project(world):
    clerk, office, one, papers = world
    state(clerk, papers["project_filing"], party="乙公司")
    assert colours(one)["D01", "contradictory"] == RED

    Judgement.objects.create(evidence=papers["project_filing"], verdict="rejected", said_by=office)

    assert ("D01", "contradictory") not in colours(one)


def test_only_the_unit_answers_and_nobody_weighs_their_own(world, account):
    clerk, office, one, papers = world
    state(clerk, papers["project_filing"], party="乙公司")
    subject = Finding.objects.get(check_code="D01").subject
    call = {"project": one, "check_code": "D01", "subject": subject, "text": "说明"}

    for stranger in (account("unit_clerk", unit="panshan"), account("leader"), account("auditor")):
        with pytest.raises(PermissionDenied):
            actions.answer(actor=stranger, **call)
    with pytest.raises(ValidationError, match="没有疑点"):
        actions.answer(actor=clerk, **{**call, "check_code": "D05"})
    with pytest.raises(ValidationError, match="情况"):
        actions.answer(actor=clerk, **{**call, "text": " "})
    actions.answer(actor=office, **call)
    with pytest.raises(PermissionDenied, match="自己"):
        actions.weigh(actor=office, finding=Finding.objects.get(check_code="D01"), take=True, text="")


def test_the_daily_look_keeps_and_closes_and_does_nothing_twice(world):
    _, _, one, papers = world
    Particular.objects.create(evidence=papers["project_filing"], name="party", value="乙公司")

    assert actions.note(actor=None, projects=[one.pk])[0] == 1
    assert actions.note(actor=None, projects=[one.pk]) == (0, 0)
    Particular.objects.update(value="甲实业有限公司")
    assert actions.note(actor=None, projects=[one.pk]) == (0, 1)


def test_the_same_number_and_the_same_file_elsewhere_are_told_by_name(world, tmp_path, account):
    clerk, _, one, papers = world
    load(write(tmp_path / "二.xlsx", [row(1, "乙厂", investor="甲实业有限公司", amount=900)]))
    twin = Evidence.objects.create(project=project("乙厂"), kind="project_filing", title="备案", sha256="a" * 64)
    Evidence.objects.filter(pk=papers["project_filing"].pk).update(sha256="a" * 64)
    Particular.objects.create(evidence=twin, name="number", value="盘发改备〔2024〕17号")
    state(clerk, papers["project_filing"], number="盘发改备〔2024〕17号")

    told = {f.check_code: f.values for f in Finding.objects.filter(project=one)}
    assert told["D12"]["other"] == told["D13"]["other"] == "乙厂"
