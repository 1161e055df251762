"""The log's page: newest first, filtered, in pages that never shift."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from luodi.audit.actions import record
from luodi.audit.models import Entry
from tests.core.record import load
from tests.ledger_files import row, write


def shown(client, query=""):
    answer = client.get(f"/audit/?{query}")
    assert answer.status_code == 200
    page = answer.content.decode()
    return [int(number) for number in re.findall(r"号数</span> (\d+)", page)], page


@pytest.fixture
def entries(account, monkeypatch):
    """120 numbered entries by two people; the names of details are shown, so each carries its number."""
    wang, li = account("project_office", username="wang"), account("leader", username="li")
    for number in range(120):
        record(
            wang if number % 3 else li,
            "dashboards.list.exported" if number % 2 else "snapshots.snapshot.taken",
            号数=number,
        )


def address(page, relation):
    found = re.search(rf'href="([^"]+)" rel="{relation}"', page)
    return found[1].replace("&amp;", "&").split("?")[1] if found else None


def test_the_newest_come_first_and_pages_hang_together(signed_in, entries):
    client = signed_in("auditor")
    first, page = shown(client)
    second, page_two = shown(client, address(page, "next"))
    third, page_three = shown(client, address(page_two, "next"))

    assert first + second + third == list(range(119, -1, -1))
    assert address(page, "prev") is None
    assert address(page_three, "next") is None
    assert shown(client, address(page_three, "prev"))[0] == second
    assert shown(client, address(page_two, "prev"))[0] == first


def test_new_entries_do_not_shift_an_older_page(signed_in, entries):
    client = signed_in("auditor")
    query = address(shown(client)[1], "next")
    before = shown(client, query)[0]

    record(None, "snapshots.snapshot.taken", 号数=999)

    assert shown(client, query)[0] == before
    assert shown(client)[0][0] == 999


def test_it_filters_by_action_person_and_day(signed_in, entries):
    client = signed_in("administrator")
    late = datetime(2020, 5, 6, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    Entry.objects.create(at=late, actor_name="控制台（root）", action="intake.batch.committed", detail={"号数": 555})

    assert shown(client, "action=dashboards.list.exported")[0][:3] == [119, 117, 115]
    assert shown(client, "person=li")[0][:3] == [117, 114, 111]
    assert shown(client, "day=2020-05-06")[0] == [555]
    assert shown(client, "day=2020-05-07")[0] == []
    assert shown(client, "person=%00li&day=9999-12-30")[0] == []
    assert len(shown(client, "day=9999-12-31&before=x&after=999999999999999999999999")[0]) == 50


def test_filters_stay_on_the_next_page(signed_in, entries):
    client = signed_in("auditor")
    first, page = shown(client, "action=dashboards.list.exported")

    second = shown(client, address(page, "next"))[0]

    assert first + second == list(range(119, 0, -2))


def test_actions_are_told_in_words(signed_in, entries):
    _, page = shown(signed_in("auditor"))

    assert '<td title="snapshots.snapshot.taken">生成快照</td>' in page


@pytest.mark.parametrize("role", ["project_office", "unit_clerk", "leader"])
def test_others_do_not_read_the_log(signed_in, role):
    assert signed_in(role).get("/audit/").status_code == 403


def test_an_entry_shows_what_it_changed_before_and_after(signed_in, account, tmp_path):
    office = account("project_office")
    for name, amount in (("一.xlsx", 1200), ("二.xlsx", 1500)):
        load(write(tmp_path / name, [row(1, "甲厂", amount=amount)]), office)
    committed = Entry.objects.filter(action="intake.batch.committed").first()

    page = signed_in("auditor").get(f"/audit/{committed.pk}/").content.decode()

    assert "总投资" in page
    assert "1,200" in page
    assert "1,500" in page
    assert "改动前" in page
    assert signed_in("leader").get(f"/audit/{committed.pk}/").status_code == 403
