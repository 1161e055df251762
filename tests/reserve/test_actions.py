"""What people do in the reserve: success and refusal side by side."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.audit.models import Entry
from luodi.projects.models import Project, StageEvent
from luodi.projects.reporting import NeedsReason
from luodi.reserve import actions
from luodi.reserve.actions import Bulk
from luodi.reserve.models import Idea, KeyDecision, Tick
from tests.core.record import figures_agree, load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def idea(actor, name="海上风电装备园", unit="dawa", **given):
    return actions.new_idea(actor=actor, name=name, unit=unit, proposer="招商局", given=given)


def stage_of(one):
    one = Project.objects.select_related("standing").get(pk=one.pk)
    return one.standing.reported


def test_an_idea_stands_in_the_register_like_any_project_with_what_is_known_and_no_more(account):
    made = idea(account("unit_clerk"), chain="装备制造", total_investment="50000", investor="甲实业有限公司")

    assert (made.unit, made.chain, made.standing.amount_fen, made.standing.reported) == (
        "dawa",
        "装备制造",
        50_000_000_000,
        0,
    )
    assert made.facts["total_investment"][0] == "CNY 50000000000 exact"
    assert made.participations.get().party.name == "甲实业有限公司"
    assert Idea.objects.get().proposer == "招商局"
    assert figures_agree()
    assert idea(account("unit_clerk"), "别的").standing.amount_fen is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请写项目名称"),
        ({"unit": "nowhere"}, "请选择填报单位"),
        ({"proposer": " "}, "由谁提出"),
        ({"name": "海上风电装备园"}, "同名"),
    ],
)
def test_an_idea_that_is_not_whole_is_refused_whole(account, change, words):
    office = account("project_office")
    idea(office)
    terms = {"name": "新园", "unit": "dawa", "proposer": "招商局", "given": {}, **change}

    with pytest.raises(ValidationError, match=words):
        actions.new_idea(actor=office, **terms)
    assert Project.objects.count() == 1


def test_an_amount_that_nobody_can_read_is_refused(account):
    with pytest.raises(ValidationError):
        idea(account("project_office"), total_investment="三头牛")
    assert Project.objects.count() == 0


def test_a_clerk_enters_ideas_of_their_unit_only(account):
    with pytest.raises(PermissionDenied):
        idea(account("unit_clerk", unit="panshan"))


def test_a_card_moves_on_by_a_reported_step_and_back_by_its_withdrawal(account):
    clerk = account("unit_clerk")
    made = idea(clerk)
    actions.move(actor=clerk, project=made, stage="reserve", day=TODAY)
    assert stage_of(made) == 2

    actions.move(actor=clerk, project=Project.objects.get(pk=made.pk), stage="packaged", day=TODAY, reason="报早了")

    assert stage_of(made) == 1
    assert list(StageEvent.objects.order_by("id").values_list("stage", "withdrawal")) == [
        ("idea", ""), ("reserve", "报早了"), ("packaged", "")
    ]  # fmt: skip


def test_a_card_does_not_move_back_without_a_reason_nor_over_what_a_ledger_says(account, tmp_path):
    clerk = account("unit_clerk")
    made = idea(clerk)
    actions.move(actor=clerk, project=made, stage="reserve", day=TODAY)
    with pytest.raises(ValidationError, match="理由"):
        actions.move(actor=clerk, project=Project.objects.get(pk=made.pk), stage="idea", day=TODAY)

    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", signed="2024-01-01")]))
    with pytest.raises(ValidationError, match="台账"):
        actions.move(actor=clerk, project=project("甲厂"), stage="idea", day=TODAY, reason="报早了")
    assert stage_of(project("甲厂")) == 4


def test_the_rules_of_reporting_hold_on_the_board(account):
    clerk = account("unit_clerk")
    made = idea(clerk)

    with pytest.raises(NeedsReason):
        actions.move(actor=clerk, project=made, stage="packaged", day=TODAY - timedelta(days=400))
    with pytest.raises(PermissionDenied):
        actions.move(actor=account("unit_clerk", unit="panshan"), project=made, stage="packaged", day=TODAY)
    with pytest.raises(ValidationError):
        actions.move(actor=clerk, project=made, stage="started", day=TODAY)


def test_a_gate_that_is_put_before_reporting_stops_the_card(account, monkeypatch):
    """Whoever refuses a step refuses it on the board as well: there is no other way on."""
    from luodi.projects import reporting

    def refuse(**_):
        raise ValidationError("准入未通过")

    made = idea(account("unit_clerk"))
    monkeypatch.setattr(reporting, "report_step", refuse)
    with pytest.raises(ValidationError, match="准入未通过"):
        actions.move(actor=account("unit_clerk"), project=made, stage="packaged", day=TODAY)


def test_a_later_word_on_an_item_replaces_the_earlier_and_both_stay_readable(account):
    clerk = account("unit_clerk")
    made = idea(clerk)
    actions.tick(actor=clerk, project=made, item="land", verdict="no", note="未供地")
    actions.tick(actor=clerk, project=made, item="land", verdict="yes", note="211100-01 号")

    assert Tick.objects.count() == 2
    assert Tick.objects.get(withdrawn_at=None).verdict == "yes"
    actions.tick(actor=clerk, project=made, item="land", verdict="", note="")
    assert not Tick.objects.filter(withdrawn_at=None).exists()
    with pytest.raises(ValidationError, match="依据"):
        actions.tick(actor=clerk, project=made, item="land", verdict="yes", note=" ")
    with pytest.raises(ValidationError):
        actions.tick(actor=clerk, project=made, item="gold", verdict="yes", note="有")


def test_readiness_is_said_of_the_future_with_a_reason(account):
    clerk = account("unit_clerk")
    made = idea(clerk)
    with pytest.raises(ValidationError):
        actions.state_readiness(actor=clerk, project=made, ready_on=date(2020, 1, 1), note="计划")
    with pytest.raises(ValidationError):
        actions.state_readiness(actor=clerk, project=made, ready_on=None, note="")

    said = actions.state_readiness(actor=clerk, project=made, ready_on=TODAY + timedelta(days=90), note="施工图已送审")
    assert made.readiness.get(withdrawn_at=None) == said


def test_the_key_list_is_decided_by_the_office_by_name(account):
    office = account("project_office")
    made = idea(office)
    with pytest.raises(PermissionDenied):
        actions.enter_key(actor=account("unit_clerk"), project=made, reason="省重点")
    actions.enter_key(actor=office, project=made, reason="省重点")
    with pytest.raises(ValidationError, match="已在"):
        actions.enter_key(actor=office, project=made, reason="再来")

    actions.leave_key(actor=office, project=made, reason="已投产")

    held = KeyDecision.objects.get()
    assert (held.reason, held.end_reason, held.ended_by) == ("省重点", "已投产", office)


def test_a_bulk_edit_is_all_or_nothing_with_an_entry_each(account):
    office = account("project_office")
    one, two = idea(office, "一号园"), idea(office, "二号园")
    actions.enter_key(actor=office, project=two, reason="省重点")
    before = Entry.objects.count()

    with pytest.raises(ValidationError, match="二号园.*全部没有改"):
        actions.apply_bulk(actor=office, projects_=[one, two], bulk=Bulk("key", "in", "省重点", TODAY))
    assert Entry.objects.count() == before
    assert KeyDecision.objects.count() == 1

    assert actions.apply_bulk(actor=office, projects_=[one, two], bulk=Bulk("stage", "packaged", "", TODAY)) == 2
    assert [stage_of(one), stage_of(two)] == [1, 1]
    assert Entry.objects.count() == before + 2
    with pytest.raises(ValidationError):
        actions.apply_bulk(actor=office, projects_=[], bulk=Bulk("key", "in", "省重点", TODAY))
