"""The lamps on a project's page, the list of findings, the form of particulars."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luodi.checks import actions
from luodi.checks.models import Finding, Particular
from luodi.evidence.models import Evidence
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(tmp_path):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", investor="甲实业有限公司", amount=1000, started="2024-03-18")]))
    paper = Evidence.objects.create(project=project("甲厂"), kind="project_filing", title="备案证明")
    Particular.objects.create(evidence=paper, name="party", value="乙化工有限公司")
    return paper


def test_a_clerk_sees_the_question_answers_it_and_the_lamp_turns(signed_in, filing):
    client = signed_in("unit_clerk", unit="dawa")
    address = f"/checks/projects/{filing.project_id}/"
    page = client.get(address).content.decode()
    assert "批文写给“乙化工有限公司”，项目填的是“甲实业有限公司”" in page
    assert "红 · 待说明" in page

    done = client.post(address + "answer/", {"check": "D01", "subject": str(filing.pk), "text": "更名前的批文"})

    assert done.status_code == 302
    page = client.get(address).content.decode()
    assert "黄 · 曾为红" in page
    assert "更名前的批文" in page


def test_particulars_are_typed_as_they_stand_and_come_back_so(signed_in, filing):
    client = signed_in("unit_clerk", unit="dawa")
    address = f"/checks/evidence/{filing.pk}/"

    assert (
        client.post(address, {"party": "甲实业有限公司", "amount": "1000.5", "issued_on": "2024-01-02"}).status_code
        == 302
    )
    page = client.get(address).content.decode()

    assert 'value="1000.5"' in page
    assert 'value="2024-01-02"' in page
    wrong = client.post(address, {"issued_on": "昨天"})
    assert "看不懂" in wrong.content.decode()


@pytest.mark.parametrize("address", ["/checks/projects/{p}/", "/checks/evidence/{e}/"])
def test_another_units_project_is_not_found(signed_in, filing, address):
    client = signed_in("unit_clerk", unit="panshan")

    assert client.get(address.format(p=filing.project_id, e=filing.pk)).status_code == 404
    assert client.post(f"/checks/projects/{filing.project_id}/answer/", {"text": "x"}).status_code == 404


def test_the_list_has_what_is_within_reach(signed_in, filing):
    actions.note(actor=None, projects=[filing.project_id])
    finding = Finding.objects.get(check_code="D01")

    page = signed_in("leader").get("/checks/").content.decode()
    assert "甲厂" in page
    assert "矛盾" in page
    assert "甲厂" not in signed_in("unit_clerk", unit="panshan").get("/checks/").content.decode()
    assert "甲厂" not in signed_in("project_office").get(f"/checks/?before={finding.pk - 1}").content.decode()
    assert signed_in("administrator").get("/checks/").status_code == 403


def test_the_published_projects_are_checked_in_a_fixed_number_of_queries(signed_in):
    load(LEDGERS / PUBLISHED[3])
    client = signed_in("project_office")
    pages = {}
    for name in ("金属镁及镁合金制成品", "精细化工及原料工程"):
        with CaptureQueriesContext(connection) as queries:
            pages[name] = client.get(f"/checks/projects/{project(name).pk}/").content.decode()
        assert len(queries) <= 20, name
    # L36: 90 亿元 on 7.17 万m².
    assert "每亩 8,368 万元" in pages["金属镁及镁合金制成品"]
