"""The board, its paging, previews and exports; the pools against the standings."""

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from luodi.core.installation import city
from luodi.projects.models import Project
from luodi.reserve import actions, board, pooling, queries
from luodi.reserve.engine.pools import Ending
from luodi.reserve.models import KeyDecision
from luodi.reserve.settings import reserve_settings
from luodi.snapshots.models import Standing
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, load, project
from tests.ledger_files import HEADINGS, write

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
HEADS = [*HEADINGS[:6], "谋划时间", "储备时间", "开工时间", "投产时间"]


def line(n, name, *, idea="", reserve="", started="", produced="", amount=None, place="大洼区"):
    return [n, name, "甲实业有限公司", place, "新材料", amount, idea, reserve, started, produced]


def filed(tmp_path, lines, name="库.xlsx"):
    load(write(tmp_path / name, lines, headings=HEADS))


@pytest.fixture
def ideas(tmp_path):
    recent = (TODAY - timedelta(days=5)).isoformat()
    lines = [line(n, f"园区{n:03}", idea="2020-03-01", amount=n) for n in range(1, 46)]
    filed(tmp_path, [*lines, line(90, "新园", idea=recent), line(91, "储备园", reserve="2021-01-01")])


def test_a_column_shows_a_page_and_says_of_how_many(ideas, signed_in):
    client = signed_in("project_office")
    first = client.get("/reserve/").content.decode()
    third = client.get("/reserve/?pages=3-1-1-1").content.decode()

    assert "已显示 1–20 / 46" in first
    assert "已显示 41–46 / 46" in third
    assert first.count('class="card ') + first.count('class="card"') == 21
    # The largest first, what states no amount last.
    assert "园区045" in first
    assert "新园" in third


def test_the_number_of_a_column_is_the_number_of_its_list(ideas, signed_in):
    client = signed_in("leader")
    page = client.get("/reserve/").content.decode()

    for url, text in re.findall(r'<a class="count" href="([^"]+)">(\d+)</a>', page):
        listed = client.get(url.replace("&amp;", "&")).content.decode()
        assert int(re.search(r"共 (\d+) 条", listed)[1]) == int(text)


def test_what_stood_still_is_flagged_and_can_be_asked_for_alone(ideas, signed_in):
    client = signed_in("project_office")
    page, stale = client.get("/reserve/").content.decode(), client.get("/reserve/?stale=1").content.decode()

    assert "停滞 45" in page
    assert "已显示 1–20 / 45" in stale
    assert "新园" not in client.get("/reserve/?stale=1&pages=3").content.decode()


def test_the_flag_of_a_card_and_the_count_of_its_column_are_one_reckoning(ideas, account):
    office = account("project_office")
    actions.tick(actor=office, project=project("园区001"), item="land", verdict="no", note="未供地")
    ids = list(Project.objects.values_list("id", flat=True))
    cut = queries.stale_before(TODAY)
    moved = board.last_moves(ids)

    going = set(Project.objects.filter(queries.moving_since(cut)).values_list("id", flat=True))

    assert going == {project for project, day in moved.items() if day and day > cut}
    assert project("园区001").pk in going


def test_a_reader_sees_cards_and_no_buttons_and_a_clerk_only_their_own(ideas, signed_in):
    page = signed_in("leader").get("/reserve/").content.decode()
    assert "园区045" in page
    assert "card-moves" not in page
    assert "园区045" not in signed_in("unit_clerk", unit="panshan").get("/reserve/").content.decode()


def test_a_card_is_moved_without_scripts_and_asks_for_a_reason_where_one_is_needed(ideas, signed_in):
    client = signed_in("unit_clerk", unit="dawa")
    one = project("园区045")

    assert client.post(f"/reserve/projects/{one.pk}/move/", {"stage": "packaged"}).status_code == 302
    assert Standing.objects.get(project=one).reported == 1
    asked = client.post(f"/reserve/projects/{one.pk}/move/", {"stage": "reserve", "day": "2010-01-01"})
    assert asked.status_code == 422
    assert "请写明理由" in asked.content.decode()
    assert client.post(f"/reserve/projects/{one.pk}/move/", {"stage": "reserve", "day": "昨天"}).status_code == 422
    assert signed_in("unit_clerk", unit="panshan").get(f"/reserve/projects/{one.pk}/move/").status_code == 404


def test_a_bulk_edit_shows_its_diff_and_writes_only_when_told(ideas, signed_in):
    client = signed_in("project_office")
    ids = [project(name).pk for name in ("园区001", "储备园")]
    form = {"project": ids, "kind": "stage", "stage": "reserve"}

    page = client.post("/reserve/bulk/", form).content.decode()
    assert '<del class="diff-old">谋划</del>' in page
    assert "没有变化" in page
    assert "应用到 1 个项目" in page
    assert Standing.objects.get(project=ids[0]).reported == 0

    client.post("/reserve/bulk/", {**form, "project": ids[:1], "apply": "1"})
    assert Standing.objects.get(project=ids[0]).reported == 2
    assert client.post("/reserve/bulk/", {"project": ids}).status_code == 302
    assert client.post("/reserve/bulk/", {"kind": "stage", "stage": "idea"}).status_code == 302


def test_an_idea_is_entered_on_the_page_and_packaged(signed_in):
    client = signed_in("unit_clerk", unit="dawa")
    terms = {"name": "海上风电装备园", "unit": "dawa", "proposer": "招商局", "total_investment": "50000"}

    assert client.post("/reserve/ideas/new/", terms).status_code == 302
    again = client.post("/reserve/ideas/new/", terms)
    assert "同名" in again.content.decode()
    one = project("海上风电装备园")
    client.post(f"/reserve/projects/{one.pk}/tick/", {"item": "land", "verdict": "no", "note": "未供地"})
    page = client.get(f"/reserve/projects/{one.pk}/").content.decode()
    assert "尚缺" in page
    assert "未供地" in page
    assert "估算" in page
    assert client.post(f"/reserve/projects/{one.pk}/key/", {"reason": "x"}).status_code == 403


def test_every_card_is_in_the_workbook_and_unknown_is_blank(ideas, signed_in):
    response = signed_in("leader").get("/reserve/export/")
    rows = list(load_workbook(io.BytesIO(response.getvalue())).active.iter_rows(min_row=3, values_only=True))
    found = {line[1]: line for line in rows if line[1]}

    assert len(found) == 47
    assert found["新园"][4] is None
    assert found["园区045"][4] == 45


@pytest.fixture
def published():
    for name in PUBLISHED:
        load(LEDGERS / name)


def test_who_is_inside_a_pool_by_its_stays_is_who_is_inside_by_the_standings(published, ideas):
    """Two ways: walking the events, and the stored standings that everything else is counted from."""
    inside = {}
    for one, own in queries.histories(TODAY).items():
        for stay in own:
            if stay.ending is Ending.INSIDE:
                inside.setdefault(stay.pool, set()).add(one)

    for pool in reserve_settings().pools:
        held = queries.inside(Project.objects.current(), pool).values_list("id", flat=True)
        assert inside[pool.code] == set(held)


def test_the_number_of_a_pool_is_the_number_of_its_list(published, signed_in, account):
    office = account("project_office")
    for name in ("轻烃综合利用项目", "精细化工及原料工程"):
        actions.enter_key(actor=office, project=project(name), reason="省重点")
    client = signed_in("leader")
    links = re.findall(r'<a class="count" href="([^"]+)">([\d,]+)</a>', client.get("/reserve/pools/").content.decode())

    assert len(links) == 3
    for url, text in links:
        listed = client.get(url).content.decode()
        assert re.search(r"共 ([\d,]+) 条", listed)[1] == text


def test_a_pool_of_a_past_day_is_told_without_amounts(published, signed_in):
    page = signed_in("leader").get("/reserve/pools/?as_of=2019-12-31").content.decode()
    flows = {one.pool: one for one in pooling.flows(None, TODAY.replace(year=2019))}

    assert "?pool=" not in page
    assert flows["build"].entered == flows["build"].inside + flows["build"].on + flows["build"].out


def test_the_command_says_the_same(published, capsys):
    import json

    from luodi.reserve.commands import pools

    pools.main(["--json"], standalone_mode=False)
    said = json.loads(capsys.readouterr().out)

    assert [one["pool"] for one in said["pools"]] == ["reserve", "build", "key"]
    assert all(one["entered"] == one["inside"] + one["on"] + one["out"] for one in said["pools"])


def test_the_board_takes_the_same_queries_however_many_cards(ideas, signed_in, tmp_path):
    client, taken = signed_in("project_office"), []
    client.get("/reserve/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as used:
            client.get("/reserve/")
        taken.append(len(used))
        filed(tmp_path, [line(n, f"又一园{n:03}", idea="2022-01-01") for n in range(200)], "又.xlsx")

    assert taken[0] == taken[1] <= 20


def test_the_city_file_names_only_what_the_city_has():
    held = reserve_settings()

    assert {stage for pool in held.pools for stage in pool.stages} <= city().stage.keys()
    assert sum(item.points for item in held.items if not item.industries) == 100
    assert KeyDecision._meta.get_field("reason").max_length >= 100
