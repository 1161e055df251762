"""The chain map takes measured conversion where enough were followed, else the city's table."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from luodi.chains.landing import probabilities
from luodi.chains.words import landing_note
from luodi.jobs.models import Job
from luodi.outcomes import chances, record
from luodi.projects.models import Project, StageEvent
from luodi.projects.reporting import leave
from tests.dashboards.conftest import loaded

__all__ = ["loaded"]
pytestmark = pytest.mark.django_db
GOV = "http://www.panjin.gov.cn/"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.delete(chances.KEY)
    yield
    cache.delete(chances.KEY)


def world(loaded, young):
    """60 signed 900 days ago: 30 produce after 200 days, 20 after 600, 10 are still open; `young` signed 300 days ago."""
    today = timezone.localdate()

    def one(n, ago, after):
        signed = today - timedelta(days=ago)
        produced = str(signed + timedelta(days=after)) if after else ""
        return (f"C{n}", f"第{n}厂", "", "", f"第{n}公司", "大洼区", "食品", "900", str(signed), "", "", produced, "", f"{GOV}{n}")  # fmt: skip

    old = [one(n, 900, 200 if n < 30 else 600 if n < 50 else 0) for n in range(60)]
    new = [one(100 + n, 300, 0) for n in range(young)]
    gone = ("X", "退出的项目", "", "", "某公司", "大洼区", "食品", "900", "", "", "", "", "", GOV)
    loaded([*old, *new, gone])
    # The ledger names an exit, so it is no list of survivors.
    left = Project.objects.get(name="退出的项目")
    StageEvent.objects.create(project=left, stage="exited", kind="actual", row=left.created_from, ends_on=today)
    for kept in (record._known, record._whole, record._entered, record._stands):
        kept.cache_clear()


def tell():
    return chances.refresh_daily(Job(), lambda *_: None)


def test_a_chance_is_what_became_of_those_at_the_same_stage_for_as_long(loaded):
    world(loaded, young=40)
    young, old = Project.objects.get(name="第100厂").pk, Project.objects.get(name="第55厂").pk
    table = probabilities([young, old])

    assert tell().values == {"n": 40}

    # By hand: F(200) = 30/100; of the 30 left at day 600, 20 produce. (F(900) − F(300)) / S(300) = (0.7 · 2/3) / 0.7.
    assert probabilities([young])[young] == Decimal("0.67")
    # Nobody was followed longer than the oldest: the city's table holds for them.
    assert probabilities([old])[old] == table[old]
    assert "40 个项目按实测转化" in landing_note()


def test_too_few_tell_nothing(loaded):
    world(loaded, young=0)
    tell()
    assert chances.known(list(Project.objects.values_list("id", flat=True))) == {}
    assert "按实测转化" not in landing_note()


def test_who_left_since_the_night_is_not_told(loaded, account):
    world(loaded, young=40)
    tell()
    gone = Project.objects.get(name="第100厂")
    leave(actor=account("project_office"), project=gone, day=timezone.localdate(), ground="given_up", reason="放弃")
    assert probabilities([gone.pk])[gone.pk] == 0
