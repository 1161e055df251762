"""The table, the panel on a project's page, the workbook, the command."""

import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from luodi.contribution import actions
from luodi.contribution.actions import Said
from luodi.contribution.commands import table
from luodi.contribution.models import Delivery, EndStatement
from luodi.projects.models import Project
from tests.conftest import LEDGERS
from tests.contribution.test_actions import HEADS, plant
from tests.core.record import PUBLISHED, load, project
from tests.ledger_files import write

__all__ = ["plant"]
pytestmark = pytest.mark.django_db


def test_a_clerk_states_on_the_project_page_and_the_office_verifies(signed_in, plant, account):
    client, address = signed_in("unit_clerk", unit="dawa"), f"/contribution/projects/{plant.pk}/"
    page = client.get(address).content.decode()
    assert "还没有人认定它服务于哪个目的" in page
    assert "120" in page

    client.post(address + "ends/", {"end": ["industry"], "reason": "化工"})
    given = {"kind": "delivery", "measure": "jobs", "value": "90", "year": "2025", "source": "社保名册"}
    client.post(address + "state/", given)
    page = client.get(address).content.decode()
    assert "转型升级" in page
    assert "75%" in page
    assert "待核实" in page

    client.force_login(account("project_office"))
    client.post(address + "verify/", {"statement": Delivery.objects.get().pk, "verdict": "accept", "note": "核对名册"})
    assert "已核实" in client.get(address).content.decode()
    client.post(address + "withdraw/", {"kind": "delivery", "statement": Delivery.objects.get().pk, "reason": "填错"})
    assert "已撤回" in client.get(address).content.decode()


def test_the_project_page_fetches_the_panel_and_stays_light(signed_in, plant):
    page = signed_in("leader").get(f"/projects/{plant.pk}/").content.decode()

    assert f'hx-get="/contribution/projects/{plant.pk}/"' in page


def test_another_units_project_is_not_found(signed_in, plant):
    client = signed_in("unit_clerk", unit="panshan")

    assert client.get(f"/contribution/projects/{plant.pk}/").status_code == 404
    for form in ("ends", "state", "withdraw"):
        assert client.post(f"/contribution/projects/{plant.pk}/{form}/", {}).status_code == 404


@pytest.mark.parametrize("by", ["end", "unit", "chain", "project"])
def test_the_table_says_what_nobody_said(signed_in, plant, by):
    page = signed_in("leader").get(f"/contribution/?measure=tax&by={by}").content.decode()

    assert "尚不可测" in page
    assert "500" in page
    assert signed_in("administrator").get("/contribution/").status_code == 403


def test_an_empty_register_has_an_empty_table(signed_in, db):
    assert "还没有人说过承诺或兑现" in signed_in("leader").get("/contribution/?by=project").content.decode()


@pytest.mark.parametrize("by", ["end", "unit", "chain", "project"])
def test_the_workbook_is_the_table_and_blank_is_unknown(signed_in, plant, account, by):
    office = account("project_office")
    actions.state_ends(actor=office, project=plant, ends=["industry"], reason="化工")
    response = signed_in("leader").get(f"/contribution/export/?measure=jobs&by={by}")
    rows = {
        line[0]: line
        for line in load_workbook(io.BytesIO(response.getvalue())).active.iter_rows(min_row=3, values_only=True)
    }

    total = rows["合计"]
    assert (total[1], total[2], total[3], total[4], total[5]) == (3, 120, 2, None, 0)


def test_the_command_says_the_same(plant, capsys):
    table.main(["--by", "unit", "--measure", "jobs", "--json"], standalone_mode=False)
    (said,) = json.loads(capsys.readouterr().out)["measures"]
    dawa = next(row for row in said["rows"] if row["unit"] == "dawa")

    assert dawa["promised"] == {"projects": 2, "value": "120"}
    assert dawa["reported"] == {"projects": 0, "value": None}
    assert dawa["ratio_reported"]["percent"] is None


def test_the_published_projects_get_proposals_that_nobody_has_said(signed_in):
    load(LEDGERS / PUBLISHED[3])
    client = signed_in("project_office")
    page = client.get(f"/contribution/projects/{project('轻烃综合利用项目').pk}/").content.decode()
    table_ = client.get("/contribution/").content.decode()

    assert "不算任何人的认定" in page
    n = Project.objects.current().filter(standing__packed=1).count()
    assert f'<a href="/contribution/ends/">{n}</a>' in table_


def test_pages_take_the_same_queries_however_many_projects(signed_in, plant, tmp_path, account):
    client = signed_in("leader")
    taken = {}
    for address in (
        "/contribution/",
        "/contribution/?by=project",
        "/contribution/ends/",
        f"/contribution/projects/{plant.pk}/",
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as used:
            client.get(address)
        taken[address] = len(used)
    lines = [[n, f"又一厂{n}", "大洼区", "化工", n, n, ""] for n in range(1, 300)]
    load(write(tmp_path / "又.xlsx", lines, headings=HEADS))
    said = Said(measure="jobs", value="5", source="月报", year="2025")
    for one in Project.objects.filter(name__startswith="又一厂")[:5]:
        actions.state_delivery(actor=account("project_office"), project=one, said=said)

    for address, before in taken.items():
        with CaptureQueriesContext(connection) as used:
            client.get(address)
        assert len(used) == before <= 16, address


def test_many_projects_get_their_ends_at_once_from_the_worklist(signed_in, plant):
    client = signed_in("project_office")
    ids = {name: project(name).pk for name in ("甲厂", "乙厂", "丙厂")}
    page = client.get("/contribution/ends/").content.decode()
    assert page.count('name="end-') == 9
    assert "建议" in page

    form = {f"end-{ids['甲厂']}": ["industry"], f"end-{ids['乙厂']}": ["people", "city"], "page": "1"}
    client.post("/contribution/ends/", {**form, "reason": " "})
    assert EndStatement.objects.count() == 0
    client.post("/contribution/ends/", {**form, "reason": "看过可研"})

    assert sorted(EndStatement.objects.values_list("project__name", "end")) == [
        ("乙厂", "city"),
        ("乙厂", "people"),
        ("甲厂", "industry"),
    ]
    assert client.get("/contribution/ends/").content.decode().count('name="end-') == 3
    assert 'name="end-' not in signed_in("leader").get("/contribution/ends/").content.decode()


def test_a_clerk_states_ends_of_their_own_projects_only(signed_in, plant):
    client = signed_in("unit_clerk", unit="panshan")
    client.post("/contribution/ends/", {f"end-{plant.pk}": ["industry"], "reason": "看过可研"})

    assert EndStatement.objects.count() == 0
    assert client.get("/contribution/ends/").content.decode().count('name="end-') == 3
