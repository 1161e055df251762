"""The outcome page: every number is its list, a unit sees its own, nothing grows with the register, and what is not known is no zero."""

import io
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from luodi.audit.models import Entry
from luodi.outcomes import words
from luodi.outcomes.asking import View, cohort_of, last_of
from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.spells import read_spells
from luodi.outcomes.record import LISTED, Question, table
from luodi.outcomes.triangle import MONTH, triangle
from luodi.projects.models import StageEvent
from luodi.snapshots import actions as snapshots
from luodi.snapshots.clock import Asked, Clock
from tests.dashboards.conftest import loaded, look

__all__ = ["loaded", "look"]
pytestmark = pytest.mark.django_db
GOV = "http://www.panjin.gov.cn/"


def rows(count=60):
    """Signed a fortnight apart, every second starts 100 days later, every fifth lies in Panshan."""
    for n in range(count):
        signed = date(2023, 1, 10) + timedelta(days=14 * n)
        started = signed + timedelta(days=100) if n % 2 == 0 else ""
        unit = "盘山县" if n % 5 == 0 else "大洼区"
        chain = "石化" if n % 3 else "食品"
        said = (f"R{n}", f"第{n}号工程", "", "", f"第{n}公司", unit, chain, str(1000 + n), str(signed))
        yield (*said, "", str(started), "", "", GOV + str(n))


def totals(page):
    return int(re.search(r"共 ([\d,]+) 条", page)[1].replace(",", ""))


def links(page, part):
    section = page[page.index(f'aria-labelledby="{part}"') :].partition("</section>")[0]
    found = re.findall(r'<a[^>]* href="([^"]+)"[^>]*>([^<]+)</a>(?:<small>([\d,.]+)/)?', section)
    return [(text, url.replace("&amp;", "&"), small) for url, text, small in found]


@pytest.mark.parametrize(
    "query",
    [
        "?history=listed&event=started",
        "?history=listed&event=started&standing=reported&as_of=2025-01-31",
        "?history=listed&event=started&by=unit&group=panshan",
    ],
)
def test_a_number_is_the_number_of_the_list_behind_it(loaded, signed_in, query):
    loaded(rows())
    client = signed_in("leader")
    page = client.get(f"/outcomes/{query}").content.decode()

    funnel = [(text, url) for text, url, _small in links(page, "funnel")]
    cells = [(small or text, url) for text, url, small in links(page, "triangle")]
    assert len(funnel) > 6
    assert len(cells) > 20
    for number, address in funnel + cells:
        assert totals(client.get(address).content.decode()) == int(number.replace(",", "")), address


def test_the_triangle_is_a_count_by_hand(loaded):
    loaded(rows())
    day = date(2025, 1, 31)
    lines = table(Clock(day), Question("started", "reported", history=LISTED)).lines
    signed = dict(StageEvent.objects.filter(stage="signed", ends_on__lte=day).values_list("project_id", "ends_on"))
    started = dict(StageEvent.objects.filter(stage="started", ends_on__lte=day).values_list("project_id", "ends_on"))

    for batch in triangle(lines, "started", day):
        inside = [project for project, on in signed.items() if cohort_of(on, day) == batch.cohort]
        assert batch.projects == len(inside)
        for cell in batch.cells:
            done = [p for p in inside if p in started and (started[p] - signed[p]).days <= cell.months * MONTH]
            grown = [p for p in inside if (day - signed[p]).days >= cell.months * MONTH]
            assert (cell.events, cell.grown) == (len(done), len(grown))
            # Measurable only when the whole period has come so far, not just those who happen to be in it.
            can = last_of(batch.cohort, day) + timedelta(days=cell.months * MONTH) <= day
            assert cell.share == (len(done) / len(inside) if can else None)


@pytest.mark.parametrize("day", [date(2026, 11, 26), date(2025, 1, 1), date(2024, 3, 31)])
def test_batches_neither_overlap_nor_leave_a_day_out(day):
    last = {}
    for back in range(4000):
        one_day = day - timedelta(days=back)
        last[cohort_of(one_day, day)] = max(one_day, last.get(cohort_of(one_day, day), date.min))
    for cohort, newest in last.items():
        assert newest == min(last_of(cohort, day), day), cohort


def test_who_is_young_is_said_and_is_no_zero(loaded, signed_in, look):
    today = timezone.localdate()
    fresh = [
        ("F1", "新签项目", "", "", "甲", "大洼区", "食品", "100", str(today - timedelta(days=20)), "", "", "", "", GOV)
    ]
    old = [("F2", "旧签项目", "", "", "乙", "大洼区", "食品", "100", "2020-01-01", "", "2020-03-01", "", "", GOV)]
    loaded([*fresh, *old])
    page = look(signed_in("leader"), "/outcomes/?history=listed&event=started")

    assert "尚不可测：2 个中 1 个签约不满 12 个月" in page.text
    assert "满期 0" in page.text


def test_an_interval_that_says_nothing_makes_no_headline(loaded, signed_in, look):
    loaded([("F2", "旧签项目", "", "", "乙", "大洼区", "食品", "100", "2020-01-01", "", "2020-03-01", "", "", GOV)])
    page = look(signed_in("leader"), "/outcomes/?history=listed&event=started")

    assert "还说不准" in page.text
    assert "签约 1 个，已开工 1 个" in page.text
    assert "签约满一年，开工 100%" not in page.text


@pytest.mark.parametrize(
    "note",
    [
        "尚不可测：7 个进入都不满 360 天",
        "尚不可测：9 个中 2 个进入不满 360 天，其余都已不在观测",
        "已校正录入时滞，最近 30 天不用；方差按 6 个组成组抽样",
        "按录入完整度 91.0%（另一来源已知 40 个）校正",
        "各年快慢不一（标准差 12%），区间说的是下一批",
        "各年快慢不一（标准差 12%），区间已放宽；向总体靠拢",
    ],
)
def test_what_the_engine_remarks_is_told_in_the_readers_language(note):
    assert words.remark(note) == note
    with translation.override("en"):
        assert not re.search(r"[\u3000-\u9fff]", words.remark(note))


def test_history_told_later_is_not_measurable_and_says_why(loaded, signed_in, look):
    loaded(rows())
    page = look(signed_in("leader"), "/outcomes/?event=started")
    assert "都是签约以后才由台账补录的" in page.text
    assert "尚不可测" in page.text
    assert "照台账所列算" in look(signed_in("leader"), "/outcomes/?event=started&history=listed").text


def test_a_unit_sees_its_own_and_no_other_units_name(loaded, signed_in, look):
    loaded(rows())
    client = signed_in("unit_clerk", unit="panshan")
    page = look(client, "/outcomes/?history=listed&event=started&by=unit")
    assert "大洼" not in page.text
    assert "分母：签约 12 个" in page.text

    foreign = "/outcomes/projects/?history=listed&what=entered&by=unit&group=dawa"
    assert "没有项目" in look(client, foreign).text
    exported = client.get("/outcomes/spells/?history=listed&event=started").content.decode()
    assert Counter(line.split(",")[8] for line in exported.splitlines()[1:]) == {"panshan": 12}


def test_by_amount_it_weighs_the_money(loaded, signed_in):
    loaded([
        ("W1", "大项目", "", "", "甲", "大洼区", "食品", "90000", "2023-01-01", "", "2023-02-01", "", "", GOV),
        ("W2", "小项目", "", "", "乙", "大洼区", "食品", "10000", "2023-01-01", "", "", "", "", GOV),
        ("W3", "没写金额", "", "", "丙", "大洼区", "食品", "", "2023-01-01", "", "2023-02-01", "", "", GOV),
    ])  # fmt: skip
    page = (
        signed_in("leader")
        .get("/outcomes/?history=listed&event=started&standing=reported&weight=amount")
        .content.decode()
    )
    assert "开工 90%" in page
    assert "金额未写明，按金额时不计" in page


def test_the_pages_figures_are_those_of_the_exported_table(loaded, signed_in, tmp_path):
    loaded(rows())
    client = signed_in("project_office")
    answer = client.get("/outcomes/spells/?history=listed&event=started&as_of=2025-06-30")
    path = tmp_path / "table.csv"
    path.write_bytes(answer.content)

    own = estimate(cut(read_spells(path), "started", date(2025, 6, 30)), [360])[0]
    page = client.get("/outcomes/?history=listed&event=started&as_of=2025-06-30").content.decode()
    assert f"签约满一年，开工 {own.estimate * 100:.0f}%" in page
    assert Entry.objects.filter(action="outcomes.spells.exported").count() == 1


def test_the_workbook_has_what_the_page_shows_and_runs_nothing(loaded, signed_in):
    loaded([(*row[:6], "=cmd|'x'!A1", *row[7:]) for row in rows(20)])
    answer = signed_in("project_office").get("/outcomes/export/?history=listed&event=started&by=chain")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))

    assert book.sheetnames == ["曲线", "分组", "批次", "漏斗"]
    assert book["分组"]["A3"].value.startswith("'=cmd")
    assert book["曲线"].max_row > 5
    assert Entry.objects.filter(action="outcomes.page.exported").count() == 1


def test_a_frozen_day_names_its_snapshot(loaded, signed_in, account, look):
    loaded(rows(10))
    taken = snapshots.take(actor=account("project_office"), as_of=date(2025, 1, 31))
    assert taken.sha256[:12] in look(signed_in("leader"), "/outcomes/?as_of=2025-01-31").text
    assert taken.sha256[:12] not in look(signed_in("leader"), "/outcomes/?as_of=2025-01-30").text


def test_queries_do_not_grow_with_the_register(loaded, signed_in, look):
    client = signed_in("leader")
    asked = []
    for count in (12, 60):
        loaded([(f"Q{count}{row[0]}", f"{count}-{row[1]}", *row[2:]) for row in rows(count)], name=f"{count}.csv")
        with CaptureQueriesContext(connection) as queries:
            look(client, "/outcomes/?history=listed&event=started")
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 24
    with CaptureQueriesContext(connection) as again:
        look(client, "/outcomes/?history=listed&event=started")
    assert len(again) <= 10


@pytest.mark.parametrize("query", ["event=nothing&standing=x&by=y&weight=z&history=q&group=nobody", "as_of=2019-99-99", "event=signed"])  # fmt: skip
def test_what_an_address_does_not_know_is_left_out(loaded, signed_in, query):
    loaded(rows(5))
    client = signed_in("leader")
    assert client.get(f"/outcomes/?{query}").status_code == 200
    assert client.get(f"/outcomes/projects/?{query}&at=-3&page=99999999999&what=event&cohort=xQ").status_code == 200


def test_an_address_is_read_back_as_it_was_written():
    view = View(Asked("2025-01-31", ""), "started", "reported", "amount", LISTED, "chain", "石化")
    assert View.from_query(QueryDict(view.url().partition("?")[2])) == view


def test_an_empty_register_offers_the_next_step(db, signed_in, look):
    page = look(signed_in("leader"), "/outcomes/")
    assert "还没有签约的项目" in page.text


def test_the_mean_wait_is_the_area_above_the_curve(loaded, signed_in, look):
    """Half start after 100 days, half never: over 720 days they wait (100 + 720) / 2 on average."""
    loaded(rows(20))
    text = look(signed_in("leader"), "/outcomes/?history=listed&event=started&standing=reported").text
    assert re.search(r"到开工平均 410 天（\d+–\d+）；没有的按 720 天计", text)
