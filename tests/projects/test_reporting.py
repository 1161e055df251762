"""Steps reported by people: taken with a reason when they are odd, withdrawn and never erased; pauses, exits, returns."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.audit.models import Entry
from luodi.projects import reporting
from luodi.projects.models import Project, StageEvent
from luodi.projects.reporting import Claim, NeedsReason
from luodi.snapshots import queries
from tests.core.record import figures_agree, load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 6)


@pytest.fixture
def clerk(account, tmp_path):
    load(
        write(
            tmp_path / "台账.xlsx", [row(1, "甲厂", amount=9000, signed="2022-03-01"), row(2, "乙厂", place="盘山县")]
        )
    )
    return account("unit_clerk")


def report(actor, stage="started", day=DAY, name="甲厂", **more):
    return reporting.report_step(actor=actor, project=project(name), claim=Claim(stage, day, day, **more))


def state(name="甲厂"):
    return project(name).standing.state


def test_a_step_moves_the_reported_figure_and_nothing_else(clerk):
    before = queries.figures_as_of(timezone.localdate())

    event = report(clerk)

    after = queries.figures_as_of(timezone.localdate())
    assert (event.filed_by, event.row, event.starts_on) == (clerk, None, DAY)
    assert (
        after.reached["started"].reported.packaged.projects == before.reached["started"].reported.packaged.projects + 1
    )
    assert after.reached["started"].proven.packaged.projects == before.reached["started"].proven.packaged.projects
    assert figures_agree()


def test_an_odd_order_is_asked_about_and_taken_with_a_reason(clerk):
    with pytest.raises(NeedsReason) as asked:
        report(clerk, day=date(2021, 1, 1))
    assert [one.other.stage for one in asked.value.violations] == ["signed"]
    assert not StageEvent.objects.filter(stage="started").exists()

    event = report(clerk, day=date(2021, 1, 1), reason="先开工后补签正式合同")

    assert event.reason == "先开工后补签正式合同"
    assert Entry.objects.first().detail["reason"] == "先开工后补签正式合同"


@pytest.mark.parametrize("stage", ["", "paused", "nonsense"])
def test_only_stages_of_the_city_are_steps(clerk, stage):
    with pytest.raises(ValidationError):
        report(clerk, stage=stage)


def test_what_has_not_come_yet_is_a_plan(clerk):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="计划"):
        report(clerk, day=tomorrow)

    report(clerk, day=tomorrow, kind="planned")
    assert project("甲厂").standing.reported < 4 + 4  # a plan reaches nothing beyond what is signed


def test_another_unit_and_readers_are_refused(clerk, account):
    with pytest.raises(PermissionDenied):
        report(clerk, name="乙厂")
    for role in ("leader", "auditor", "administrator"):
        with pytest.raises(PermissionDenied):
            report(account(role))
    with pytest.raises(PermissionDenied):
        reporting.leave(actor=clerk, project=project("甲厂"), ground="given_up", day=DAY, reason="来函")


def test_a_withdrawn_step_stays_readable(clerk):
    event = report(clerk)

    reporting.withdraw_step(actor=clerk, event=event, reason="报错了项目")

    event.refresh_from_db()
    assert (event.withdrawal, event.withdrawn_by) == ("报错了项目", clerk)
    assert event.withdrawn_at is not None
    assert figures_agree()
    with pytest.raises(ValidationError, match="已经撤回"):
        reporting.withdraw_step(actor=clerk, event=event, reason="再来")
    with pytest.raises(ValidationError, match="台账"):
        reporting.withdraw_step(actor=clerk, event=StageEvent.objects.get(stage="signed"), reason="不要")


def pause(actor, **changes):
    terms = {"ground": "funds", "day": DAY, "plan": "增资后复工", "review_on": DAY + timedelta(days=60)} | changes
    return reporting.pause(actor=actor, project=project("甲厂"), **terms)


def test_a_pause_counts_the_project_apart_until_it_resumes(clerk):
    pause(clerk)
    now = queries.figures_as_of(timezone.localdate())
    assert (
        state(),
        now.states["paused"].reported.packaged.projects,
        now.states["active"].reported.packaged.projects,
    ) == ("paused", 1, 1)
    assert now.reached["signed"].reported.packaged.projects == 1
    assert figures_agree()

    reporting.resume(actor=clerk, project=project("甲厂"), day=DAY + timedelta(days=30), reason="资金到位")

    assert state() == "active"
    assert queries.figures_as_of(DAY).states["paused"].reported.packaged.projects == 1
    with pytest.raises(ValidationError, match="没有停工"):
        reporting.resume(actor=clerk, project=project("甲厂"), day=DAY, reason="又")


@pytest.mark.parametrize(
    "changes",
    [
        {"ground": "nonsense"},
        {"ground": "given_up"},
        {"plan": " "},
        {"review_on": DAY - timedelta(days=1)},
        {"review_on": DAY + timedelta(days=91)},
    ],
)
def test_a_pause_needs_a_listed_reason_a_plan_and_a_near_review(clerk, changes):
    with pytest.raises(ValidationError):
        pause(clerk, **changes)
    assert state() == "active"


def test_an_overdue_review_is_listed_until_the_pause_is_looked_at_again(clerk):
    today = timezone.localdate()
    pause(clerk)
    assert [event.project.name for event in queries.overdue_reviews(Project.objects.all(), today)] == ["甲厂"]

    pause(clerk, day=today, plan="等待增资决议", review_on=today + timedelta(days=90))

    assert queries.overdue_reviews(Project.objects.all(), today) == []
    assert state() == "paused"


def test_who_left_may_come_back_and_keeps_what_was_reached(clerk, account):
    office = account("project_office")
    reporting.leave(actor=office, project=project("甲厂"), ground="no_start", day=DAY, reason="限期开工通知到期")
    assert (state(), queries.figures_as_of(DAY).states["exited"].reported.packaged.projects) == ("exited", 1)
    with pytest.raises(NeedsReason):
        report(clerk, stage="registered", day=DAY + timedelta(days=5))

    reporting.reenter(actor=office, project=project("甲厂"), day=DAY + timedelta(days=9), reason="重新签约")

    assert state() == "active"
    report(clerk, stage="registered", day=DAY + timedelta(days=20))
    assert figures_agree()
