"""Pages: what is asked, of whom, for whom; personal fields only with a trace; words that ask."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luodi.audit.models import Entry
from luodi.evidence.actions import verify
from luodi.evidence.models import Evidence
from luodi.integrity import hearing
from luodi.integrity.engine.indicators import indicators
from luodi.integrity.models import Case, ScanFinding
from luodi.projects.models import Project
from tests.integrity.asked import ledger, scanned

pytestmark = pytest.mark.django_db
ACCUSING = ("造假", "作假", "违规", "虚报", "嫌疑", "查处")


@pytest.fixture
def ids(tmp_path, settings, account):
    settings.DATA_DIR = tmp_path
    ids = ledger(tmp_path)
    office = account("project_office", username="loader")
    for one in Evidence.objects.all():
        verify(actor=office, evidence=one, accept=True)
    scanned(ids)
    return ids


@pytest.fixture
def case(ids, account):
    return hearing.open_case(
        actor=account("project_office", username="opener"),
        scheme="split",
        projects=ids[:3],
        question="请说明是几项工程",
    )


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_inbox_filters_by_scheme_unit_state_and_need(ids, case, signed_in):
    client = signed_in("project_office")

    def shown(query):
        found = re.findall(
            r'<th scope="row" class="name"><a href="[^"]*">([^<]*)<', text(client, f"/integrity/?{query}")
        )
        return sorted(found)

    assert shown("") == ["丙厂", "乙海上风电场", "甲装置一期", "甲装置公用工程", "甲装置罐区"]
    assert shown("scheme=dup") == ["乙海上风电场"]
    assert shown("unit=panshan") == ["丙厂"]
    assert shown("state=new") == ["丙厂", "乙海上风电场"]
    assert shown("state=case") == ["甲装置一期", "甲装置公用工程", "甲装置罐区"]
    assert shown("band=asked") == ["丙厂"]
    assert shown("scheme=%00x&band=x&state=x&page=x") == shown("")


def test_a_unit_sees_its_own_questions_and_cases_and_no_other(ids, case, signed_in):
    client = signed_in("unit_clerk", unit="panshan")
    page = text(client, "/integrity/")

    assert "丙厂" in page
    assert "甲装置" not in page
    assert "甲装置" not in text(client, "/integrity/cases/")
    mine = ScanFinding.objects.get(project=ids[5])
    other = ScanFinding.objects.get(project=ids[0])
    assert client.get(reverse("integrity:finding", args=[mine.pk])).status_code == 200
    for name, pk in (("finding", other.pk), ("case", case.pk), ("panel", ids[0])):
        assert client.get(reverse(f"integrity:{name}", args=[pk])).status_code == 404
    for name in ("answer", "appeal", "contacts"):
        assert client.post(reverse(f"integrity:{name}", args=[case.pk]), {"text": "x"}).status_code == 404


def test_a_partner_in_another_unit_is_not_named(ids, signed_in):
    Project.objects.filter(pk=ids[1]).update(unit="panshan")
    one = ScanFinding.objects.get(project=ids[0])

    page = text(signed_in("unit_clerk", unit="dawa"), reverse("integrity:finding", args=[one.pk]))

    assert "甲装置公用工程" not in page
    assert "另一单位的项目" in page
    assert "甲装置罐区" in page


def test_side_by_side_marks_what_is_the_same(ids, signed_in):
    page = text(signed_in("leader"), reverse("integrity:finding", args=[ScanFinding.objects.get(project=ids[0]).pk]))

    assert re.search(r"投资主体 .{0,200}相同", page, re.DOTALL)
    assert "不是结论" in page


def test_who_may_not_see_what_sentences_tell_of_is_refused(ids, case, signed_in):
    client = signed_in("administrator")

    assert client.get("/integrity/").status_code == 403


def test_contacts_are_shown_with_a_trace_and_only_to_who_may(ids, case, signed_in):
    Project.objects.filter(pk=ids[0]).update(facts={"phone": ["13800000000", None]})
    client = signed_in("unit_clerk", unit="dawa")
    assert "13800000000" not in text(client, reverse("integrity:case", args=[case.pk]))

    shown = client.post(reverse("integrity:contacts", args=[case.pk])).content.decode()

    assert "13800000000" in shown
    entry = Entry.objects.get(action="integrity.contact.read")
    assert (entry.actor, entry.detail["projects"]) == (client.user, ids[:3])
    leader = signed_in("leader")
    assert leader.post(reverse("integrity:contacts", args=[case.pk])).status_code == 403


def test_the_whole_way_by_the_pages(ids, signed_in):
    office = signed_in("project_office")
    finding = ScanFinding.objects.get(project=ids[0], scheme="split")
    office.post(
        "/integrity/cases/open/", {"scheme": "split", "project": ids[:3], "question": "请说明", "finding": finding.pk}
    )
    case = Case.objects.get()
    page = reverse("integrity:case", args=[case.pk])
    assert "立件人不能核定" in text(office, page)

    clerk = signed_in("unit_clerk", unit="dawa")
    clerk.post(reverse("integrity:answer", args=[case.pk]), {"text": "一个环评"})
    assert "您的意见" in text(clerk, page) or "提交说明" in text(clerk, page)

    decider = signed_in("project_office")
    decider.post(reverse("integrity:rule", args=[case.pk]), {"verdict": "confirmed", "reason": "同一环评"})
    assert "只计一次" in text(decider, page)

    clerk = signed_in("unit_clerk", unit="dawa")
    clerk.post(reverse("integrity:appeal", args=[case.pk]), {"text": "三份环评"})
    second = signed_in("project_office")
    assert "撤销，恢复数字" in text(second, page)
    second.post(reverse("integrity:rule", args=[case.pk]), {"verdict": "overturned", "reason": "核对三份"})

    case.refresh_from_db()
    assert (case.state, case.verdict) == ("closed", "explained")
    assert "已撤回" in text(second, page)
    assert "黄 · 已说明清楚" in text(second, reverse("integrity:panel", args=[ids[0]]))


def test_what_an_action_refuses_is_said_on_the_page(ids, signed_in):
    client = signed_in("project_office")
    response = client.post(
        "/integrity/cases/open/", {"scheme": "split", "project": ids[:1], "question": "请"}, follow=True
    )

    assert "至少要选两个项目" in response.content.decode()
    assert client.post("/integrity/scan/", {"as_of": "x"}, follow=True).status_code == 200


def test_each_indicator_has_its_page_and_the_model_its_card(ids, signed_in):
    client = signed_in("unit_clerk")
    page = text(client, "/integrity/indicators/")
    assert all(one.number in page for one in indicators())

    for one in indicators():
        shown = text(client, reverse("integrity:indicator", args=[one.number]))
        assert one.name["zh"] in shown
        assert "触发" in shown
    assert client.get("/integrity/indicators/X99/").status_code == 404
    assert "AUPRC" in text(client, "/integrity/model/")


def test_the_words_ask_and_do_not_accuse(ids, case, signed_in):
    client = signed_in("project_office")
    finding = ScanFinding.objects.get(project=ids[0], scheme="split").pk
    pages = [
        "/integrity/", f"/integrity/findings/{finding}/", "/integrity/cases/", f"/integrity/cases/{case.pk}/",
        "/integrity/samples/", "/integrity/indicators/", "/integrity/model/", f"/integrity/projects/{ids[0]}/",
    ]  # fmt: skip

    for address in pages:
        page = text(client, address)
        assert not [word for word in ACCUSING if word in page], address


@pytest.mark.parametrize(
    ("address", "budget"),
    [("/integrity/", 10), ("/integrity/cases/", 9), ("/integrity/samples/", 9), ("case", 20), ("finding", 12), ("panel", 8)],
)  # fmt: skip
def test_pages_keep_their_budget_of_queries(ids, case, signed_in, address, budget, django_assert_max_num_queries):
    client = signed_in("project_office")
    finding = ScanFinding.objects.get(project=ids[0], scheme="split").pk
    pk = {"case": case.pk, "finding": finding, "panel": ids[0]}.get(address)
    address = address if pk is None else reverse(f"integrity:{address}", args=[pk])
    client.get(address)

    with django_assert_max_num_queries(budget):
        assert client.get(address).status_code == 200


def test_an_open_case_leads_to_what_would_change_and_writes_nothing(ids, case, account, signed_in):
    """Of a split all parts are taken for one, of a duplicate the first signed stays; a unit is not asked to suppose."""
    twice = hearing.open_case(
        actor=account("project_office", username="opener2"),
        scheme="dup",
        projects=[ids[4], ids[3]],
        question="是一项吗",
    )
    client = signed_in("project_office")
    for one, query in ((case, "&amp;".join(f"one={pk}" for pk in ids[:3])), (twice, f"duplicate={ids[4]}")):
        page = text(client, f"/integrity/cases/{one.pk}/")
        assert f'href="/outcomes/suppose/?{query}"' in page
    entries = Entry.objects.count()
    assert "乙海上风电场" in text(client, f"/outcomes/suppose/?duplicate={ids[4]}")
    assert Entry.objects.count() == entries
    quiet = hearing.open_case(
        actor=account("project_office", username="opener3"), scheme="fake", projects=[ids[5]], question="现在到哪一步"
    )
    assert "/outcomes/suppose/" not in text(signed_in("unit_clerk", unit="panshan"), f"/integrity/cases/{quiet.pk}/")


def test_a_case_of_more_projects_asks_no_more_queries(ids, account, signed_in):
    office, client = account("project_office", username="opener4"), signed_in("leader")
    counts = []
    for some in (ids[:2], ids[2:5]):
        one = hearing.open_case(actor=office, scheme="split", projects=some, question="请说明是几项工程")
        text(client, f"/integrity/cases/{one.pk}/")
        with CaptureQueriesContext(connection) as made:
            text(client, f"/integrity/cases/{one.pk}/")
        counts.append(len(made))
    assert counts[0] == counts[1], counts
