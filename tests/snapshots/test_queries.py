"""Stored standings are what every statement together says, today and as of any day."""

import random
from datetime import date

import pytest
from django.db.models import Sum
from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.actions import verify
from luodi.evidence.models import Evidence
from luodi.intake import actions as intake
from luodi.intake.models import Batch
from luodi.projects.actions import exclude_from_net, include_in_net
from luodi.projects.models import Amount, NetDecision, Project, StageEvent
from luodi.snapshots import keeping, queries
from luodi.snapshots.models import Standing
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, everything, figures_agree, load, project, ranks
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
DAYS = (date(2014, 12, 31), date(2019, 12, 31), date(2024, 12, 31))


@pytest.fixture
def published():
    for name in PUBLISHED:
        load(LEDGERS / name)


def test_figures_of_earlier_days_grow_with_time_and_stay_below_the_whole(published):
    by_day = [queries.figures_as_of(day) for day in (*DAYS, timezone.localdate())]

    for stage in city().stages:
        for side in ("reported", "proven"):
            reached = [found.reached[stage.code].side(side) for found in by_day]
            assert [one.packaged.projects for one in reached] == sorted(one.packaged.projects for one in reached)
            assert [one.unpacked.amount_fen for one in reached] == sorted(one.unpacked.amount_fen for one in reached)
        for found in by_day:
            three = found.reached[stage.code]
            assert (
                three.net.packaged.projects
                <= three.proven.packaged.projects
                <= three.reported.packaged.projects
                <= found.total.reported.packaged.projects
                == 92
            )


@pytest.mark.parametrize("day", DAYS)
def test_reported_as_of_a_day_is_what_a_loop_over_the_events_finds(published, day):
    """Second source: every live event, read one by one."""
    reached = dict.fromkeys(Project.objects.values_list("id", flat=True), -1)
    for event in StageEvent.objects.filter(withdrawn_at=None, kind="actual"):
        by = event.ends_on or event.known_on or timezone.localtime(event.recorded_at).date()
        if by <= day and event.stage in city().stage:
            reached[event.project_id] = max(reached[event.project_id], city().stage[event.stage].order)

    found = queries.figures_as_of(day)
    members = dict(Project.objects.exclude(package=None).values_list("id", "package_id"))
    shells = set(members.values())
    for package in shells:  # a package that says nothing stands where its furthest member does
        inside = [reached[member] for member, around in members.items() if around == package]
        reached[package] = reached[package] if reached[package] >= 0 else max(inside)
    for stage in city().stages:
        there = {project for project, rank in reached.items() if rank >= stage.order}
        figure = found.reached[stage.code].reported
        assert figure.packaged.projects == len(there - members.keys())
        assert figure.unpacked.projects == len(there - shells)


def test_stored_standings_equal_recomputed_ones(published):
    stored = ranks()

    assert keeping.refresh_all() == 94
    assert ranks() == stored
    assert figures_agree()


def test_the_amount_counted_is_the_sum_of_the_live_exact_statements_in_cny(published):
    exact = Amount.objects.filter(withdrawn_at=None, kind="total_investment", currency="CNY", bound="exact")

    total = queries.figures_as_of(timezone.localdate()).total.reported
    alone = exact.filter(project__package=None)
    assert total.packaged.amount_fen == alone.aggregate(fen=Sum("minor"))["fen"]
    assert total.packaged.without_amount == 92 - alone.count()
    leaves = exact.filter(project__members=None)
    assert total.unpacked.amount_fen == leaves.aggregate(fen=Sum("minor"))["fen"]
    assert total.unpacked.without_amount == 93 - leaves.count()


def test_a_ledgers_own_day_bounds_what_it_says_without_a_date(tmp_path):
    load(ledger_of_a_day(tmp_path / "台账.xlsx", "填报日期：2021年6月30日", [row(1, "甲厂", started="在建")]))

    started = [
        queries.figures_as_of(day).reached["started"].reported.packaged.projects
        for day in (date(2021, 6, 29), date(2021, 6, 30))
    ]
    assert started == [0, 1]


def ledger_of_a_day(path, caption, lines):
    from openpyxl import load_workbook

    write(path, lines)
    book = load_workbook(path)
    book.active.append([caption])
    book.save(path)
    return path


def test_a_period_counts_from_its_last_day_on(tmp_path):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2023上半年")]))

    started = [
        queries.figures_as_of(day).reached["started"].reported.packaged.projects
        for day in (date(2023, 6, 29), date(2023, 6, 30))
    ]
    assert started == [0, 1]


def test_a_day_that_has_come_since_is_counted_by_the_daily_refresh(tmp_path):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2020")]))
    Standing.objects.update(reported=-1, proven=-1, net=-1)

    assert keeping.refresh_daily(None, None).values == {"n": 1}
    assert city().stages[project("甲厂").standing.reported].code == "started"


@pytest.mark.parametrize("seed", range(6))
def test_no_sequence_of_actions_parts_stored_standings_from_recomputed_ones(tmp_path, account, seed):
    choose = random.Random(seed)
    office = account("project_office")
    for step in range(14):
        choose.choice([load_some, load_some, judge, decide, revert_some])(tmp_path / f"{step}.xlsx", choose, office)
        assert figures_agree()
    stored = everything()["standings"]
    keeping.refresh_all()
    assert everything()["standings"] == stored


def load_some(path, choose, _office):
    names = ["甲厂", "乙厂", "丙厂", "丁厂", "戊厂", "己厂"]
    lines = [
        [
            *row(
                number,
                name,
                amount=choose.choice([None, 1000, 120_000]),
                signed=choose.choice(["", "2019-02"]),
                started=choose.choice(["", "2020-01", "在建"]),
                produced=choose.choice(["", "2022", "计划2031"]),
                source=choose.choice(["", "http://www.panjin.gov.cn/a", "http://www.panjin.gov.cn/b"]),
            ),
            choose.choice(["", "甲厂", "乙厂"]),
        ]
        for number, name in enumerate(choose.sample(names, 4), start=1)
    ]
    load(write(path, lines, headings=[*HEADINGS, "所属打包项目"]))


def judge(_path, choose, office):
    pieces = list(Evidence.objects.filter(withdrawn_at=None).order_by("id"))
    if pieces:
        verify(actor=office, evidence=choose.choice(pieces), accept=choose.random() < 0.5, reason="核对原件")


def decide(_path, choose, office):
    projects = list(Project.objects.current().order_by("id"))
    if not projects:
        return
    one = choose.choice(projects)
    if NetDecision.objects.filter(project=one, revoked_at=None).exists():
        include_in_net(actor=office, project=one, reason="撤销")
    else:
        exclude_from_net(actor=office, project=one, ground="fake", reason="虚假")


def revert_some(_path, _choose, office):
    last = Batch.objects.filter(state="committed").order_by("-id").first()
    if last:
        assert intake.revert(actor=office, batch=last) == []
