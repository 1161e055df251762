"""The sheet, its rows, its workbook and the scorecards say one number; who sees which unit."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from luodi.audit.models import Entry
from luodi.core.installation import city
from luodi.intake import words
from luodi.outcomes import sheets, subjects
from luodi.outcomes.engine.measures import STANDINGS
from luodi.projects.models import NetDecision, Project
from luodi.snapshots import queries as snapshots
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, load
from tests.dashboards.conftest import loaded, many, register

__all__ = ["loaded", "register"]
pytestmark = pytest.mark.django_db
PAGES = ("/outcomes/sheet/", "/outcomes/unit/", "/outcomes/ranking/", "/outcomes/suppose/", "/outcomes/published/")
GAOAN = "sheet=gaoan-efficacy/2021-1"


def cells(page):
    """Score and address of every cell that leads somewhere."""
    found = re.findall(r'<a class="count[^"]*" href="(/outcomes/sheet/rows/[^"]+)"[^>]*>([^<]+)</a>', page)
    return [(text, url.replace("&amp;", "&")) for url, text in found]


@pytest.fixture
def published():
    for name in PUBLISHED:
        load(LEDGERS / name)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("query", ["", "?as_of=2024-06-30", "?sheet=nothing&standing=x&unit=y&page=z&at=q"])
def test_every_page_opens_empty_and_full(register, signed_in, address, query):
    assert signed_in("leader").get(address + query).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_an_empty_register_breaks_no_page(db, signed_in, address):
    assert signed_in("leader").get(address).status_code == 200


@pytest.mark.parametrize("sheet", [one.sheet.key for one in sheets.sheets()])
@pytest.mark.parametrize("standing", STANDINGS)
def test_every_cell_of_every_sheet_leads_to_its_own_score(register, signed_in, sheet, standing):
    client = signed_in("leader")
    found = cells(client.get(f"/outcomes/sheet/?sheet={sheet}&standing={standing}").content.decode())

    assert len(found) >= 12
    for text, url in found:
        page = client.get(url).content.decode()
        shown = re.search(r'<span class="sheet-score">(?:<span class="unknown">)?([^< ]+)', page)[1]
        assert shown == text, url


def test_a_cell_lists_the_projects_that_its_figures_count(published, signed_in):
    """Second source: the standings and days of the record, asked by hand."""
    client = signed_in("leader")
    page = client.get(
        "/outcomes/sheet/rows/?sheet=yulin/2008-1&standing=reported&unit=municipal&item=fulfilment"
    ).content.decode()
    signed = city().stage["signed"].order
    rows = Project.objects.current().filter(unit="municipal", standing__reported__gte=signed, standing__packed=1)
    dated = {
        one.pk for one in rows
        if (days := [e.ends_on for e in one.events.filter(kind="actual", stage="signed", withdrawn_at=None) if e.ends_on])
        and 2020 <= min(days).year <= 2025
    }  # fmt: skip

    listed = {int(pk) for pk in re.findall(r'<td class="name"><a href="/projects/(\d+)/">', page)}
    assert listed == dated
    assert dated


def test_today_from_stored_standings_is_today_from_every_statement(published, register):
    from django.utils import timezone

    from luodi.snapshots.clock import Clock

    assert subjects.subjects(None) == subjects.subjects(Clock(timezone.localdate()))


def test_the_workbook_says_what_the_page_says_and_is_in_the_log(register, signed_in):
    client = signed_in("leader")
    for query in (GAOAN, "standing=reported"):
        page = client.get(f"/outcomes/sheet/?{query}").content.decode()
        book = load_workbook(io.BytesIO(client.get(f"/outcomes/sheet/export/?{query}").getvalue()))
        read = sheets.sheet_of(query.partition("=")[2])
        table = book.worksheets[0]
        rows = {line[0]: line for line in table.iter_rows(min_row=3, values_only=True) if line[0]}
        for unit in ("dawa", "shuangtaizi"):
            body = page[page.index(f">{words.unit_name(unit)}</a></th>") :]
            shown = [text for text, _url in cells(body)][: len(read.sheet.items)]
            told = [
                "尚不可测" if one is None else f"{one:.2f}"
                for one in rows[words.unit_name(unit)][1 : len(read.sheet.items) + 1]
            ]
            assert told == shown
        caption = table["A1"].value
        assert all(part in caption for part in (read.sheet.version, "窗口", "截至", "口径", "快照"))
        assert book.worksheets[1].max_row > 2
    assert Entry.objects.order_by("id").last().action == "outcomes.sheet.exported"


def test_no_formula_leaves_with_a_name(register, signed_in):
    response = signed_in("leader").get("/outcomes/sheet/export/?standing=reported")
    names = [
        line[2].value for line in load_workbook(io.BytesIO(response.getvalue())).worksheets[1].iter_rows(min_row=3)
    ]

    assert "'@双台子炼化改造" in names


def test_a_clerk_sees_the_own_unit_only_and_no_ranking(register, signed_in):
    client = signed_in("unit_clerk", unit="panshan")
    page = client.get("/outcomes/sheet/").content.decode()

    assert "盘山县" in page
    assert "双台子" not in page
    assert client.get("/outcomes/unit/?unit=dawa").status_code == 404
    assert client.get("/outcomes/sheet/rows/?unit=dawa&item=chain").status_code == 404
    assert client.get("/outcomes/unit/").status_code == 200
    assert {client.get(f"/outcomes/{one}/").status_code for one in ("ranking", "suppose")} == {403}
    book = load_workbook(io.BytesIO(client.get("/outcomes/sheet/export/").getvalue()))
    assert {line[0] for line in book.worksheets[1].iter_rows(min_row=3, values_only=True)} <= {"盘山县"}


def test_with_few_projects_the_ranking_says_that_nobody_can_be_told_apart(published, signed_in):
    page = signed_in("leader").get("/outcomes/ranking/?history=listed&event=produced&at=1080").content.decode()

    assert "分不出高下：" in page


def test_supposing_a_fake_changes_its_unit_and_writes_nothing(register, signed_in):
    client = signed_in("project_office")
    client.get("/outcomes/suppose/")
    before = Entry.objects.count(), NetDecision.objects.count()
    project = Project.objects.get(name="@双台子炼化改造")
    page = client.get(f"/outcomes/suppose/?fake={project.pk}").content.decode()

    assert re.search(r'<tr class="current"><th scope="row">双台子区', page)
    assert "变了的单位 1 个" in page
    assert (Entry.objects.count(), NetDecision.objects.count()) == before


def test_what_is_supposed_is_what_a_real_decision_gives(register, signed_in, account):
    """Second source: the decision itself, taken."""
    from luodi.outcomes import ranking_pages, supposing
    from luodi.outcomes.engine.hypotheses import FAKE, Hypothesis
    from luodi.projects import actions

    project, read = Project.objects.get(name="@双台子炼化改造"), sheets.sheet_of("")
    _now, after = supposing.figures(read, [Hypothesis(FAKE, (project.pk,))], ranking_pages.Question())
    actions.exclude_from_net(actor=account("project_office"), project=project, ground="fake", reason="查无此事")
    then, _same = supposing.figures(read, [], ranking_pages.Question())

    assert {unit: [one.points for one in marks.scores] for unit, marks in after.marks.items()} == {
        unit: [one.points for one in marks.scores] for unit, marks in then.marks.items()
    }
    assert (after.naive, after.ranks) == (then.naive, then.ranks)


def test_a_real_package_is_what_supposing_one_gives_for_the_counts(loaded, signed_in):
    """Three parts of one plant: supposed as one they count once on the sheet and as one in the naive rate."""
    from luodi.outcomes import ranking_pages, supposing
    from luodi.outcomes.engine.hypotheses import ONE, Hypothesis

    source = "http://www.panjin.gov.cn/1"
    told = ("甲", "大洼区", "石化", "60000", "2022-01-10", "", "", "", "", source)
    loaded(rows=[(f"B{n}", f"拆厂{n}期", "", "", *told) for n in (1, 2, 3)])
    ids = tuple(Project.objects.filter(name__startswith="拆厂").values_list("id", flat=True))
    read = sheets.sheet_of("yulin/2008-1")
    before, after = supposing.figures(read, [Hypothesis(ONE, ids)], ranking_pages.Question())

    signed = [
        next(one for one in side.marks["dawa"].scores if one.item.code == "fulfilment").parts[0].bottom
        for side in (before, after)
    ]
    assert signed == [3, 1]
    assert [side.naive["dawa"].signed for side in (before, after)] == [3, pytest.approx(1)]


@pytest.mark.parametrize("address", PAGES)
def test_pages_take_the_same_few_queries_however_many_projects(loaded, signed_in, address):
    client, taken = signed_in("leader"), []
    for n in (20, 120):
        loaded(rows=list(many(n)), name=f"{n}.csv")
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        taken.append(len(queries))

    assert taken[0] == taken[1] <= 22


def test_nodes_collapse_to_what_was_counted_before(register):
    from django.utils import timezone

    from luodi.snapshots.engine.counting import collapse

    day = timezone.localdate()
    assert collapse(snapshots.nodes(None, as_of=day)) == snapshots.counted(None, as_of=day)
