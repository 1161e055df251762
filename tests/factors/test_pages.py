"""Pages of the book and of plans: what each person sees of them, what forms do, and that nothing grows with the table."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luodi.factors import planning, reserving, supplying, tasks
from luodi.factors.answering import Refusal
from luodi.factors.models import Demand, Plan, Pool, Reservation, Supply, Work
from luodi.factors.reserving import Claim
from luodi.factors.statements import Tranche
from luodi.jobs.models import Job
from luodi.jobs.worker import Progress
from tests.core.record import load, project
from tests.factors.conftest import DAY
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


def text(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def posted(client, address, **given):
    response = client.post(address, given, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def planned(book):
    plan = planning.ask_plan(actor=book.office, name="年度排期", as_of=timezone.localdate(), seconds=1)
    job = Job.objects.get(pk=plan.job)
    tasks.compute_plan(job, Progress(job))
    return Plan.objects.get(pk=plan.pk)


def test_the_cockpit_says_which_factor_falls_short_first_and_what_nobody_entered(book, signed_in):
    page = text(signed_in("project_office"), "/factors/")

    assert "五年内 2 种要素不够用" in page
    assert "没有录供给的（不知道，不等于没有）" in page
    assert "建设用地" in page


def test_an_empty_book_says_what_to_do_next(db, signed_in):
    assert "设指标池" in text(signed_in("project_office"), "/factors/")
    assert "还没有指标池" in text(signed_in("leader"), "/factors/")


@pytest.mark.parametrize("role", ["leader", "auditor", "unit_clerk", "department", "project_office"])
def test_every_reader_opens_every_page_in_both_languages(book, signed_in, role):
    plan = planned(book)
    client = signed_in(role)
    addresses = [
        "/factors/", "/factors/month/", "/factors/factor/power/", "/factors/parks/dawa/", "/factors/plans/",
        f"/factors/pools/{book.cod.pk}/", f"/factors/plans/{plan.pk}/", f"/factors/plans/compare/?a={plan.pk}&b={plan.pk}",
        "/factors/import/",
    ]  # fmt: skip
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for address in addresses:
            assert client.get(address, follow=True).status_code == 200, address


def test_a_clerk_of_another_place_sees_neither_its_pools_nor_whose_they_are(book, signed_in):
    held = reserving.hold(actor=book.office, project=book.a, pool=book.cod, claim=Claim(100, DAY, "申请"))
    reserving.promise(actor=book.office, reservation=held, from_on=DAY, basis="批复")
    client = signed_in("unit_clerk", unit="panshan")

    assert client.get(f"/factors/pools/{book.power.pk}/").status_code == 404
    assert client.get(f"/factors/projects/{book.a.pk}/").status_code == 404
    assert client.post(f"/factors/reservations/{held.pk}/", {"what": "release", "reason": "x"}).status_code == 404
    page = text(client, f"/factors/pools/{book.cod.pk}/")
    assert "另一单位的项目" in page
    assert "甲厂" not in page
    assert "甲厂" not in text(client, f"/factors/plans/{planned(book).pk}/")


def test_need_hold_promise_and_delivery_by_pages(book, signed_in):
    client, address = signed_in("unit_clerk"), f"/factors/projects/{book.a.pk}/"
    need = {"factor": "power", "amount": "12.5", "basis": "contracted", "source": "供用电合同"}
    assert "已记下需求" in posted(client, f"{address}demand/", **need)
    assert Demand.objects.get(withdrawn_at=None).amount == 1250
    claim = {"pool": book.power.pk, "amount": "5", "from_on": "2026-01-05", "basis": "报装申请"}
    assert "已预留" in posted(client, f"{address}hold/", **claim)
    assert "不够 500" in posted(client, f"{address}hold/", **claim | {"amount": "500"})
    held = Reservation.objects.get()
    client = signed_in("project_office")
    change = f"/factors/reservations/{held.pk}/"
    posted(client, change, what="promise", day="2026-02-01", reason="供电方案答复")
    page = posted(client, change, what="deliver", day="2026-03-01", reason="送电单")

    assert "已登记到位" in page
    assert Reservation.objects.get().state == "delivered"
    assert "未落实" in page  # 5 of 12.5 MVA


def test_supply_and_works_by_pages(book, signed_in):
    client, address = signed_in("project_office"), f"/factors/pools/{book.power.pk}/"
    supply = {"amount": "1,000.5", "from_on": "2026-06-01", "mark": "confirmed", "source": "供电公司函"}
    assert "已记下供给" in posted(client, f"{address}supply/", **supply)
    assert Supply.objects.get(amount=100_050).mark == "confirmed"
    work = {
        "name": "二号变电站",
        "adds": "60",
        "days": "400",
        "earliest_on": "2026-01-01",
        "cost": "8000",
        "source": "纪要",
    }
    assert "二号变电站" in posted(client, f"{address}work/", **work)
    one = Work.objects.get()
    posted(client, f"/factors/works/{one.pk}/", what="start", day="2026-02-01", reason="开工令")
    page = posted(client, f"/factors/works/{one.pk}/", what="finish", day="2026-11-01", reason="验收单")
    assert "建成" in page
    assert "很多”不是数" in posted(client, f"{address}supply/", **supply | {"amount": "很多"})


def test_a_plan_is_asked_for_read_and_adopted_by_pages(book, signed_in):
    client = signed_in("project_office")
    page = posted(client, "/factors/plans/", name="四季度", as_of=timezone.localdate().isoformat(), seconds="1")
    plan = Plan.objects.get()
    assert "排队中" in page
    job = Job.objects.get(pk=plan.job)
    tasks.compute_plan(job, Progress(job))
    page = text(client, f"/factors/plans/{plan.pk}/")
    assert "采纳人不能是提出排期的人" in page
    other = signed_in("project_office")
    page = posted(other, f"/factors/plans/{plan.pk}/adopt/", reason="会议纪要")

    assert "已采纳" in page
    assert "现行" in page
    assert "甲厂" in text(
        other, f"/factors/month/?month={Plan.objects.get().lines.earliest('starts_on').starts_on:%Y-%m}"
    )
    assert "现行排期“四季度”：" in text(other, f"/factors/projects/{book.c.pk}/")
    assert "现行排期“四季度”排不进：" in text(other, f"/factors/projects/{book.a.pk}/")


def test_what_is_supposed_is_asked_for_by_the_form_and_told_on_the_page(book, signed_in):
    client = signed_in("project_office")
    late = book.power.supplies.order_by("from_on")[1]
    given = {"later": late.pk, "weeks": "26", "arriving": "巨型项目", "arriving_amount": "50", "arriving_unit": "dawa"}
    posted(client, "/factors/plans/", name="假如", as_of="", seconds="1", **given)
    plan = Plan.objects.get()

    assert plan.change == {"later": {str(late.pk): 26}, "arriving": [["巨型项目", "dawa", 500_000_000_000, ""]]}
    assert "请写批次晚到几周" in posted(client, "/factors/plans/", name="假如", seconds="1", later=late.pk, weeks="几")


def test_a_failed_plan_names_what_conflicts_and_where_to_go(book, signed_in):
    plan = planning.ask_plan(actor=book.office, name="排期", as_of=timezone.localdate(), seconds=1)
    planning.fail(
        actor=book.office, plan=plan, trouble=Refusal("化学需氧量 共要 10000", "10000 of COD are needed"), entry=None
    )

    client = signed_in("project_office")

    assert "化学需氧量 共要 10000" in text(client, f"/factors/plans/{plan.pk}/")
    client.cookies["django_language"] = "en"
    english = text(client, f"/factors/plans/{plan.pk}/")
    assert "10000 of COD are needed" in english
    assert "化学需氧量" not in english


def test_the_month_asks_for_what_is_due_and_marks_what_is_past(book, signed_in):
    today = timezone.localdate()
    client = signed_in("project_office")
    late = {"factor": "power", "amount": "1", "source": "函", "need_on": (today + timedelta(days=40)).isoformat()}
    posted(client, f"/factors/projects/{book.a.pk}/demand/", **late)

    page = text(client, "/factors/month/")

    assert "甲厂" in page
    assert "已过" in page


def test_a_number_that_is_no_id_is_told_and_breaks_nothing(book, signed_in):
    client = signed_in("project_office")

    assert client.post(f"/factors/projects/{book.a.pk}/hold/", {"pool": "9" * 30, "amount": "1"}).status_code == 404
    assert client.get("/factors/plans/compare/?a=x&b=y").status_code == 404
    asked = {
        "name": "排期",
        "seconds": "²",
        "later": "²",
        "arriving": "厂",
        "arriving_amount": "²",
        "arriving_unit": "dawa",
    }
    assert "总投资" in posted(client, "/factors/plans/", **asked)
    work = {"name": "站", "adds": "1", "days": "²", "earliest_on": "2026-01-01", "source": "纪要"}
    assert "请写工期" in posted(client, f"/factors/pools/{book.power.pk}/work/", **work)
    assert text(client, "/factors/month/?month=x")
    assert text(client, f"/factors/pools/{book.power.pk}/?page=x")


PAGES = {
    "/factors/": 14,
    "/factors/month/": 18,
    "/factors/factor/power/": 14,
    "/factors/parks/dawa/": 14,
    "/factors/plans/": 14,
    "/factors/pools/{pool}/": 22,
    "/factors/projects/{project}/": 24,
    "/factors/projects/{project}/panel/": 24,
}


@pytest.mark.parametrize("address", PAGES)
def test_pages_ask_no_more_queries_when_there_is_more(book, signed_in, address, tmp_path):
    client = signed_in("project_office")
    address_ = address.format(pool=book.power.pk, project=book.a.pk)
    client.get(address_)
    few = _queries(client, address_)
    load(
        write(
            tmp_path / "更多.xlsx", [row(n, f"第{n}号厂", amount=10_000 + n, signed="2025-06-01") for n in range(1, 30)]
        )
    )
    for factor in ("steam", "water", "gas"):
        pool = supplying.open_pool(actor=None, factor=factor, unit="dawa")
        supplying.supply(actor=None, pool=pool, tranche=Tranche(10_000, DAY, "函"))
        claim = Claim(5, DAY, "申请")
        reserving.hold(actor=None, project=project("第1号厂"), pool=pool, claim=claim)
    client.get(address_)

    assert _queries(client, address_) <= few + 1  # the first claim adds its project
    assert few <= PAGES[address]
    assert Pool.objects.count() == 5


def _queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_a_plan_of_many_projects_asks_no_more_queries(book, signed_in, tmp_path):
    client = signed_in("project_office")
    few = planned(book)
    client.get(f"/factors/plans/{few.pk}/")
    before = _queries(client, f"/factors/plans/{few.pk}/")
    load(
        write(
            tmp_path / "更多.xlsx", [row(n, f"第{n}号厂", amount=10_000 + n, signed="2025-06-01") for n in range(1, 30)]
        )
    )
    supplying.supply(actor=None, pool=book.cod, tranche=Tranche(100_000, date(2027, 1, 4), "函"))
    supplying.supply(actor=None, pool=book.power, tranche=Tranche(100_000, date(2027, 1, 4), "函"))
    many = planned(book)

    assert many.lines.count() == 3 + 29
    client.get(f"/factors/plans/{many.pk}/")
    assert _queries(client, f"/factors/plans/{many.pk}/") <= before + 1


def test_while_it_plans_everyone_reads_how_far_it_is_in_their_own_language(book, signed_in):
    plan = planning.ask_plan(actor=book.office, name="排期", as_of=timezone.localdate(), seconds=1)
    told = []

    def note(done, total, message):
        Job.objects.filter(pk=plan.job).update(state=Job.State.RUNNING, done=done, total=total, message=message)
        told.append(text(client, f"/factors/plans/{plan.pk}/progress/"))
        client.cookies["django_language"] = "en" if len(told) % 2 else "zh-hans"

    client = signed_in("project_office")
    tasks.compute_plan(Job.objects.get(pk=plan.job), note)

    assert "加权周，下界" in told[0]
    assert "weighted weeks, bound" in told[1]
    assert "加权周" not in told[1]
