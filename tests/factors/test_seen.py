"""What a leader of a large city has to see first: whom to call, the month by factor, plans of other projects, pools that stand together."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from luodi.factors import planning, supplying, tasks, words
from luodi.factors.calling import by_factor, calls
from luodi.factors.comparing import compared
from luodi.factors.due import due
from luodi.factors.models import Plan, PlanLine
from luodi.factors.open_needs import outlook
from luodi.factors.panorama import first_of, overview
from luodi.factors.queries import pools_of
from luodi.factors.statements import Tranche
from luodi.jobs.models import Job
from luodi.jobs.worker import Progress
from tests.core.record import load
from tests.factors.conftest import DAY
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


def posted(client, address, **given):
    response = client.post(address, given, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_place_where_most_investment_waits_is_called_first(book):
    today = timezone.localdate()
    places = overview(pools_of(book.office), outlook(today), today)[1]

    found = calls(places, today, None)

    short = [one for one in places if one.short]
    assert {one["name"] for one in found} == {"化学需氧量", "电力容量"}
    assert [(not one["past"], -one["fen"]) for one in found] == sorted((not one["past"], -one["fen"]) for one in found)
    named = {words.factor_name(one.factor.code): one for one in short}
    for call in found:
        one = named[call["name"]]
        each = {need.project: need.amount_fen for need, _n in one.competing}  # a project counts once
        assert call["fen"] == sum(each.values())
        assert call["largest"].amount_fen == max(each.values())
        assert call["ask_by"] == one.short.day.replace(day=1) - timedelta(days=one.factor.lead_days)


def test_of_each_factor_the_place_that_holds_up_most_is_called(book, tmp_path):
    load(write(tmp_path / "盘山.xlsx", [row(1, "大厂", amount=900_000, signed="2025-06-01", place="盘山县")]))
    panshan = supplying.open_pool(actor=book.office, factor="power", unit="panshan")
    supplying.supply(actor=book.office, pool=panshan, tranche=Tranche(1, DAY, "函"))
    today = timezone.localdate()

    found = {one["name"]: one for one in calls(overview(pools_of(book.office), outlook(today), today)[1], today, None)}

    assert set(found) == {"化学需氧量", "电力容量"}
    assert found["电力容量"]["place"] == "盘山县"
    assert found["电力容量"]["largest"].name == "大厂"


def test_quotas_that_the_same_projects_wait_for_are_one_call(book, signed_in):
    nox = supplying.open_pool(actor=book.office, factor="nox", unit="")
    supplying.supply(actor=book.office, pool=nox, tranche=Tranche(1, DAY, "总量确认"))
    today = timezone.localdate()
    places = overview([book.cod, nox], outlook(today), today)[1]
    assert len({frozenset(one.waiting) for one in places}) == 1

    (call,) = calls(places, today, None)

    assert {call["name"], call["also"]} == {"化学需氧量", "氮氧化物"}
    assert "同一批项目还缺" in text(signed_in("leader"), "/factors/")


def test_the_cockpit_leaves_the_version_of_the_product_in_the_foot(book, signed_in):
    page = text(signed_in("leader"), "/factors/")

    assert "panjin-factors" not in page[page.index("<footer") :]


def test_of_projects_of_others_neither_name_nor_sum_is_told(book, signed_in):
    page = text(signed_in("unit_clerk", unit="panshan"), "/factors/")

    assert "先找谁" in page
    assert "另一单位的项目" in page
    assert "甲厂" not in page
    assert calls(overview([book.cod], outlook(timezone.localdate()), timezone.localdate())[1], timezone.localdate(), frozenset())[0]["fen"] == 0  # fmt: skip


def test_pools_of_one_place_by_label_are_short_together_or_not_at_all(book, signed_in):
    other = supplying.open_pool(actor=book.office, factor="cod", unit="", label="腾退")
    today = timezone.localdate()
    lacking = sum(n for _need, n in overview([book.cod], outlook(today), today)[1][0].competing) - 500
    supplying.supply(actor=book.office, pool=other, tranche=Tranche(lacking, DAY, "腾退清单"))

    (place,) = overview([book.cod, other], outlook(today), today)[1]

    assert place.now.granted == 500 + lacking
    assert place.short is None
    assert overview([book.cod], outlook(today), today)[1][0].short is not None
    assert "同处还有别的池" in text(signed_in("project_office"), f"/factors/pools/{book.cod.pk}/")


def test_a_factor_is_the_sum_of_its_places(book):
    panshan = supplying.open_pool(actor=book.office, factor="power", unit="panshan")
    supplying.supply(actor=book.office, pool=panshan, tranche=Tranche(77, DAY, "函"))
    today = timezone.localdate()

    whole, parts = overview([book.power, panshan], outlook(today), today)

    assert len(whole) == 1
    assert len(parts) == 2
    for number, month in enumerate(whole[0].months):
        for name in ("granted", "claimed", "needed", "planned"):
            assert getattr(month, name) == sum(getattr(part.months[number], name) for part in parts)


def test_a_day_that_is_past_is_no_sooner_than_today_and_then_the_largest_goes_first(book, signed_in):
    today = timezone.localdate()
    old = {"factor": "power", "amount": "1", "source": "函", "need_on": "2025-01-01"}
    posted(signed_in("project_office"), f"/factors/projects/{book.c.pk}/demand/", **old)
    now = old | {"need_on": today.isoformat()}
    posted(signed_in("project_office"), f"/factors/projects/{book.a.pk}/demand/", **now)
    (place,) = overview([book.power], outlook(today), today)[1]

    assert [need.name for need, _n in first_of(place.competing, today, 2)] == ["甲厂", "丙厂"]
    page = text(signed_in("project_office"), "/factors/parks/dawa/")
    assert page.index("甲厂") < page.index("丙厂")
    assert re.search(r"2025-01-01\s+<span class=.badge", page)


def test_the_month_counts_by_factor_what_it_lists_one_by_one(book, signed_in):
    client, today = signed_in("project_office"), timezone.localdate()
    soon = {"source": "函", "need_on": (today + timedelta(days=40)).isoformat()}
    for one in (book.a, book.b):
        posted(client, f"/factors/projects/{one.pk}/demand/", factor="power", amount="1", **soon)
    posted(client, f"/factors/projects/{book.c.pk}/demand/", factor="cod", amount="9999", **soon)
    found = due(today.replace(day=1), outlook(today), pools_of(book.office), today, None)

    groups = {one["code"]: one for one in by_factor(found.applications)}

    assert sum(one["many"] for one in groups.values()) == len(found.applications)
    power = [one for one in found.applications if one.gap.need.factor.code == "power"]
    assert {one.gap.need.name for one in power} >= {"甲厂", "乙厂"}
    assert groups["power"]["past"] == sum(one.overdue for one in power) >= 2
    assert groups["power"]["fen"] == sum({one.gap.need.project: one.gap.need.amount_fen for one in power}.values())
    assert groups["cod"]["never"] >= 1
    amounts = [one.gap.need.amount_fen for one in found.applications]
    assert amounts == sorted(amounts, reverse=True)
    only = text(client, "/factors/month/?factor=power&only=past&order=day")
    lines = only[only.index('id="asked"') :]
    assert "甲厂" in lines
    assert f"/ {groups['power']['past']}" in lines
    assert "化学需氧量</td>" not in lines
    assert "化学需氧量</td>" in text(client, "/factors/month/")


def test_plans_of_other_projects_are_compared_by_what_both_hold(book, signed_in):
    first, second = (
        Plan.objects.create(name=name, as_of=DAY, seconds=1, state=Plan.State.FOUND, waiting=1.0, bound=1.0) for name in "甲乙"
    )  # fmt: skip
    ends = {
        first: {book.a: (date(2028, 1, 3), 7), book.b: (date(2028, 1, 3), 70)},
        second: {book.a: (date(2028, 1, 10), 14), book.c: (date(2029, 1, 1), 0)},
    }
    for plan, lines in ends.items():
        for project, (day, waits) in lines.items():
            PlanLine.objects.create(
                plan=plan, project=project, weight=1, starts_on=DAY, ends_on=day, free_on=day, waits_days=waits
            )

    found = compared(first, second, None)

    assert [(row["line"].project.name, row["days"]) for row in found["rows"]] == [
        ("甲厂", 7),
        ("丙厂", None),
        ("乙厂", None),
    ]
    assert (found["both"], found["only_a"], found["only_b"], found["kept"], found["later"]) == (1, 1, 1, 0, 1)
    assert [one["both_days"] for one in found["totals"]] == ["7", "14"]
    page = text(signed_in("leader"), f"/factors/plans/compare/?a={first.pk}&b={second.pk}")
    assert "合计不能直接相比" in page
    assert "合计不能直接相比" not in text(signed_in("leader"), f"/factors/plans/compare/?a={first.pk}&b={first.pk}")


def test_hundreds_that_fit_nowhere_are_folded_by_the_pool_that_lacks(book, signed_in):
    plan = planning.ask_plan(actor=book.office, name="年度排期", as_of=timezone.localdate(), seconds=1)
    job = Job.objects.get(pk=plan.job)
    tasks.compute_plan(job, Progress(job))
    unfit = [[book.a.pk, "", book.cod.pk]] * 100 + [[book.b.pk, "", book.power.pk]]
    Plan.objects.filter(pk=plan.pk).update(unfit=unfit)

    page = text(signed_in("project_office"), f"/factors/plans/{plan.pk}/")

    assert "另有 101 个项目排不进" in page
    folded = re.findall(r"<summary>(.*?)</summary>", page[page.index("note-warning") :])
    assert folded[:2] == ["化学需氧量 · 全市：100 个", "电力容量 · 大洼区：1 个"]
    assert "已显示 30 / 100" in page
