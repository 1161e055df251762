"""The formation page, its lists and its workbook say one number; the movement says who and why."""

import io
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from luodi.audit.models import Entry
from luodi.core.installation import city
from luodi.formation import queries
from luodi.formation.engine.table import STEPS, total
from luodi.projects.models import Amount, Project
from luodi.snapshots import actions as snapshots
from luodi.snapshots import queries as snapshots_queries
from luodi.snapshots.clock import Clock
from luodi.snapshots.models import Standing
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, load
from tests.dashboards.conftest import loaded, register
from tests.ledger_files import row, write

__all__ = ["loaded", "register"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    for name in PUBLISHED:
        load(LEDGERS / name)


def links(page):
    """Every cell of the ladder that leads somewhere: (count, address)."""
    table = page[page.index('id="ladder"') :]
    found = re.findall(r'<a class="count" href="([^"]+)">([\d,]+)</a>', table)
    return [(int(text.replace(",", "")), url.replace("&amp;", "&")) for url, text in found]


def headline(page):
    """The number of rows that the list says it has."""
    return int(re.search(r"第 [\d,]+–[\d,]+ 条，共 ([\d,]+) 条", page)[1].replace(",", ""))


@pytest.mark.parametrize("query", ["", "?as_of=2019-12-31", "?as_of=2024-06-30"])
def test_a_number_on_the_ladder_is_the_number_of_the_list_behind_it(published, signed_in, query):
    client = signed_in("leader")
    found = links(client.get(f"/formation/{query}").content.decode())

    assert len(found) > 10
    for number, address in found:
        assert headline(client.get(address).content.decode()) == number, address


def test_the_ladder_is_what_a_loop_over_the_standings_finds(published):
    """Second source: every stored standing, one by one."""
    floors = {tier.code: tier.floor * 1_000_000 for tier in city().tiers}
    net = Counter()
    for standing in Standing.objects.filter(packed=1, net__gte=0, project__withdrawn_at=None):
        fen = standing.amount_fen
        under = [code for code, floor in sorted(floors.items(), key=lambda pair: -pair[1]) if (fen or 0) >= floor]
        net[under[0] if fen is not None else ""] += 1

    assert {line.tier: line.cells["net"].projects for line in queries.lines(None, None)} == {
        **dict.fromkeys([*queries.tiers(), ""], 0), **net
    }  # fmt: skip


def test_the_ladder_adds_up_to_the_figures_of_the_cockpit(published, register):
    """Second source: the figures engine, which knows no tiers."""
    whole = total(queries.lines(None, None))
    figures = snapshots_queries.figures_as_of(timezone.localdate()).total

    for side in ("reported", "proven", "net"):
        count = figures.side(side).packaged
        assert (whole.cells[side].projects, whole.cells[side].amount_fen) == (count.projects, count.amount_fen)


def test_today_from_stored_standings_is_today_from_every_statement(published, register):
    now, then = queries.lines(None, None), queries.lines(None, Clock(timezone.localdate()))

    assert now == then
    assert sum(line.cells["excluded"].projects for line in now) == 1
    assert sum(line.cells["folded"].projects for line in now) > 0


def test_the_workbook_says_what_the_page_says_and_is_in_the_log(register, signed_in):
    client = signed_in("leader")
    response = client.get("/formation/export/")
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    rows = {line[0]: line for line in sheet.iter_rows(min_row=3, values_only=True) if line[0]}

    for line in queries.lines(None, None):
        name = next((tier.name for tier in city().tiers if tier.code == line.tier), "金额未写明")
        assert list(rows[name][1::2])[: len(STEPS)] == [line.cells[step].projects for step in STEPS]
    assert Entry.objects.order_by("id").last().action == "formation.table.exported"


def test_no_formula_leaves_with_a_name(register, signed_in):
    response = signed_in("leader").get("/formation/moves/export/?side=reported&from=1990-01-01&known=1")
    names = [line[0].value for line in load_workbook(io.BytesIO(response.getvalue())).active.iter_rows(min_row=3)]

    assert "'@双台子炼化改造" in names


def test_a_clerk_sees_the_formation_of_their_unit_only(register, signed_in):
    page = signed_in("unit_clerk", unit="panshan").get("/formation/").content.decode()

    assert "双台子" not in page
    assert signed_in("administrator").get("/formation/").status_code == 403


def test_an_empty_register_offers_the_next_step(db, signed_in):
    assert "还没有项目" in signed_in("leader").get("/formation/").content.decode()


@pytest.mark.parametrize("query", ["", "?by=tier&side=reported", "?by=unit&as_of=2020-01-01"])
def test_every_project_is_in_the_forest_once_drawn_bare_or_among_the_rest(published, signed_in, query):
    page = signed_in("leader").get(f"/formation/{query}").content.decode()
    drawing = page[page.index('<svg class="forest"') : page.index("</svg>", page.index("forest-legend"))]
    alone = len(re.findall(r'href="/projects/\d+/[^"]*" tabindex', drawing))
    rest = sum(int(n) for n in re.findall(r"<title>其余 (\d+) 个", drawing))
    known = int(re.search(r"(\d+) 个写明金额的项目", page)[1])

    assert alone + rest == known
    assert page.count('class="sapling"') == int((re.search(r"金额未写明 (\d+) 个，不是零", page) or [0, 0])[1])


def test_what_is_too_small_to_be_drawn_alone_still_shows_where_it_stands(db, tmp_path, signed_in):
    """Two hundred projects of one size in one chain: 150 stand alone, the rest by the band of their stages."""
    source = "http://www.panjin.gov.cn/a"
    done = {0: {"produced": "2021"}, 1: {"started": "2020"}, 2: {"signed": "2020"}}
    load(
        write(tmp_path / "林.xlsx", [row(n, f"{n}号厂", amount=1000, source=source, **done[n % 3]) for n in range(200)])
    )

    page = signed_in("leader").get("/formation/").content.decode()
    drawing = page[page.index('<svg class="forest"') : page.index("forest-legend")]
    lumps = re.findall(r"<title>其余 (\d+) 个，(.*?)，.*?</title>", drawing)

    assert {band for _n, band in lumps} <= {"已签约、未开工", "已开工、未投产", "已投产"}
    assert len(lumps) == 3
    assert sum(int(n) for n, _band in lumps) == 50


def test_who_moved_and_why_between_two_snapshots(tmp_path, signed_in, settings):
    settings.DATA_DIR = tmp_path
    source = "http://www.panjin.gov.cn/a"
    lines = [
        row(1, "涨价厂", amount=90_000, started="2020", source=source),
        row(2, "不动厂", amount=90_000, started="2020", source=source),
        row(3, "未写厂", started="2020", source=source),
    ]
    load(write(tmp_path / "一.xlsx", lines))
    first = snapshots.take(actor=None, as_of=date(2025, 1, 1))
    lines[0][5], lines[2][5] = 120_000, 20_000
    load(write(tmp_path / "二.xlsx", [*lines, row(4, "新厂", amount=5_000, started="2020", source=source)]))
    second = snapshots.take(actor=None, as_of=date(2025, 1, 1))
    client = signed_in("leader")

    page = client.get(f"/formation/moves/?from=s{first.pk}&to=s{second.pk}").content.decode()
    cell = client.get(f"/formation/moves/?from=s{first.pk}&to=s{second.pk}&a=T1&b=T10").content.decode()

    told = re.findall(
        r'<td class="name"><a[^>]*>([^<]+)</a></td><td>([^<]+)</td><td>([^<]+)</td><td>([^<]+)</td>', page
    )
    assert sorted(told) == [
        ("新厂", "不在此列", "亿元以下", "新入库"),
        ("未写厂", "金额未写明", "亿元集聚", "写明了金额"),
        ("涨价厂", "亿元集聚", "十亿支撑", "金额变化"),
    ]
    assert "涨价厂" in cell
    assert "未写厂" not in cell


def test_as_it_was_known_on_the_day_a_corrected_amount_moves_the_project(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "涨价厂", amount=90_000)]))
    load(write(tmp_path / "二.xlsx", [row(1, "涨价厂", amount=120_000)]))
    today = timezone.localdate()
    long_ago = timezone.now() - timedelta(days=400)
    # As if the first ledger had been loaded more than a year ago, and the correction today.
    QuerySet.update(Amount.objects.filter(pk=Amount.objects.order_by("id").first().pk), recorded_at=long_ago)
    QuerySet.update(Project.objects.all(), created_at=long_ago)
    then = queries.positions(None, queries.moment(today - timedelta(days=30), known=True))
    now = queries.positions(None, queries.moment(today, known=True))

    assert [one.tier for one in then.values()] == ["T1"]
    assert [one.tier for one in now.values()] == ["T10"]


def test_the_page_takes_the_same_few_queries_however_many_projects(signed_in, register):
    client, taken = signed_in("leader"), []
    client.get("/formation/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries_:
            client.get("/formation/")
        taken.append(len(queries_))
        load(LEDGERS / PUBLISHED[3])

    assert taken[0] == taken[1] <= 9
