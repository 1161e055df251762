"""Pages asked about the past: two clocks on cockpit, list and project, with the same numbers everywhere."""

import io
import re
from datetime import date

import pytest
from django.utils import timezone

from luodi.evidence.actions import verify
from luodi.evidence.models import Evidence
from luodi.projects import reporting
from luodi.projects.models import Project
from luodi.projects.reporting import Claim
from luodi.snapshots import queries
from tests.dashboards.conftest import one

AS_OF = "2023-01-31"


@pytest.fixture
def changed(register, account):
    """The small ledger; then a source is rejected, a step reported, a project paused. Returns the moment before."""
    before = timezone.now()
    office = account("project_office")
    verify(actor=office, evidence=Evidence.objects.get(project=one("双台子粮库")), accept=False, reason="另一个项目")
    claim = Claim("started", date(2022, 6, 1), date(2022, 6, 1))
    reporting.report_step(
        actor=office, project=one("盘山外资项目"), claim=Claim(claim.stage, claim.first, claim.last, reason="补报")
    )
    terms = {"ground": "funds", "plan": "增资", "review_on": date(2025, 3, 1)}
    reporting.pause(actor=office, project=one("大洼食品厂"), day=date(2025, 1, 1), **terms)
    return before.isoformat()


def numbers(look, client, address):
    """Every figure of a page with the list that it leads to."""
    return [(link.text.strip(), link.href) for link in look(client, address).links if link.css == "count"]


@pytest.mark.parametrize(
    "query", [f"as_of={AS_OF}", "as_of=2024-12-31", "known_at={known}", "as_of=2024-12-31&known_at={known}"]
)
def test_every_number_of_a_past_cockpit_leads_to_as_many_rows(signed_in, changed, look, query):
    client = signed_in("leader")
    query = query.format(known=changed.replace("+", "%2B"))

    found = dict((href, text) for text, href in numbers(look, client, f"/?{query}"))

    assert len(found) > 10
    for href, text in found.items():
        assert re.search("as_of=|known_at=", href)
        context = client.get(href).context
        assert f"{context['whole']['projects']:,}" == text, href


def test_the_past_pages_say_what_the_figures_command_says(signed_in, changed, look):
    client, day = signed_in("leader"), date(2024, 12, 31)

    for known in ("", changed):
        moment = timezone.datetime.fromisoformat(known) if known else None
        figures = queries.figures_as_of(day, moment)
        for side in ("reported", "proven", "net"):
            asked = {
                "as_of": day.isoformat(),
                "known_at": known,
                "reached": "started",
                "side": side,
                "counting": "packaged",
            }
            context = client.get("/projects/", asked).context
            assert context["whole"]["projects"] == figures.reached["started"].side(side).packaged.projects


def test_a_project_is_shown_as_it_was_known(signed_in, changed, look):
    client, grain = signed_in("auditor"), one("双台子粮库").pk

    now = look(client, f"/projects/{grain}/").text
    then = look(client, f"/projects/{grain}/?known_at={changed.replace('+', '%2B')}").text

    assert "核实未通过：另一个项目" in now
    assert "核实未通过" not in then
    assert "已知的记录" in then
    early = look(client, f"/projects/{grain}/?as_of=2020-01-01").text
    assert "没有已发生的阶段记录" in early


def test_a_past_page_offers_nothing_to_write(signed_in, changed, client):
    office = signed_in("project_office")
    address = f"/projects/{one('大洼食品厂').pk}/"

    assert "记为复工" in office.get(address).content.decode()
    past = office.get(f"{address}?as_of=2025-06-01").content.decode()
    assert "记为复工" not in past
    assert "认定不计入净数</button>" not in past


def test_a_paused_project_is_counted_apart_and_found(signed_in, changed, look):
    client = signed_in("leader")

    text = re.sub(r"\s+", " ", look(client, "/").text)
    assert "停工 1" in text
    rows = client.get("/projects/?state=paused&cols=name,state").context["rows"]
    assert [(row["name"], row["cells"][0][1]) for row in rows] == [("大洼食品厂", "停工")]
    assert client.get("/projects/?state=paused&as_of=2024-12-31").context["rows"] == []


@pytest.mark.parametrize("query", ["as_of=yesterday", "known_at=2024-13-45", "as_of=&known_at=", "state=lost"])
def test_a_question_that_cannot_be_read_is_left_out(signed_in, register, query):
    client = signed_in("leader")

    assert client.get(f"/?{query}").status_code == 200
    assert client.get(f"/projects/?{query}").context["whole"]["projects"] == Project.objects.count()


def test_a_clerk_sees_no_other_units_past(signed_in, changed):
    client = signed_in("unit_clerk", unit="dawa")

    rows = client.get("/projects/?as_of=2024-12-31&size=200").context["rows"]
    assert {row["name"] for row in rows} == {p.name for p in Project.objects.filter(unit="dawa")}
    assert client.get(f"/projects/{one('双台子粮库').pk}/?as_of=2024-12-31").status_code == 404


def test_the_export_of_a_past_list_is_that_list(signed_in, changed):
    from openpyxl import load_workbook

    client = signed_in("leader")
    asked = {"as_of": "2024-12-31", "known_at": changed, "reached": "started", "side": "proven"}
    listed = [row["name"] for row in client.get("/projects/", asked).context["rows"]]
    answer = client.get("/projects/export/", asked)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    names = [str(cell.value) for row in sheet.iter_rows(min_row=3) for cell in row]
    assert set(listed) <= {name.lstrip("'") for name in names}
    assert "截至 2024-12-31" in str(sheet.cell(2, 1).value)
