"""Pages of the register: parties, requests, doubts, rates, progress; each bounded by what the reader may see."""

import re
from datetime import date
from decimal import Decimal

import pytest

from luodi.organizations import actions as organizations
from luodi.organizations.models import Party, Shareholding
from luodi.projects import actions
from luodi.projects.models import ChangeRequest, DoubtfulPair, ExchangeRate, Progress
from tests.dashboards.conftest import one


@pytest.fixture
def people(account):
    return {"clerk": account("unit_clerk", username="dawa-clerk"), "office": account("project_office", username="po")}


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_party_lists_its_projects_within_the_readers_scope(signed_in, register):
    owner = Party.objects.get(name="甲实业有限公司")
    client = signed_in("unit_clerk", unit="dawa")

    assert "大洼产业园一期工程" in text(client, f"/parties/{owner.pk}/")
    assert "丙国际" not in text(client, "/parties/")
    stranger = Party.objects.get(name="丙国际")
    assert client.get(f"/parties/{stranger.pk}/").status_code == 404
    assert "丙国际" in text(signed_in("leader"), "/parties/")


def test_a_former_name_finds_the_party_and_its_projects(signed_in, register, people, look):
    party = Party.objects.get(name="丁粮业")
    said = {"from_on": date(2001, 1, 1), "to_on": date(2019, 12, 31), "source": "工商档案"}
    organizations.state_alias(actor=people["office"], party=party, name="双台子区粮食局粮库", kind="former", **said)
    client = signed_in("leader")

    assert "丁粮业" in text(client, "/parties/?q=粮食局粮库")
    assert "双台子粮库" in text(client, "/projects/?q=粮食局")
    page = text(client, f"/parties/{party.pk}/")
    assert "曾用名 双台子区粮食局粮库 2001-01-01 — 2019-12-31" in page


def test_a_ledger_with_a_former_name_meets_the_same_party(loaded, register, people):
    party = Party.objects.get(name="丁粮业")
    organizations.state_alias(
        actor=people["office"],
        party=party,
        name="老粮库有限公司",
        kind="former",
        from_on=None,
        to_on=None,
        source="档案",
    )

    loaded([("N1", "新粮库", "", "", "老粮库有限公司", "双台子区", "粮食", "", "", "", "", "", "", "")], name="新.csv")

    assert one("新粮库").participations.get().party == party


def test_shares_of_one_day_never_pass_a_hundred(signed_in, register):
    party = Party.objects.get(name="丙国际")
    client = signed_in("project_office")
    share = {"what": "share", "source": "章程", "from_on": "2020-01-01"}

    for name, percent in (("北方集团", "51"), ("阿美", "30"), ("鑫诚", "19"), ("第四家", "0.5")):
        client.post(f"/parties/{party.pk}/state/", {**share, "name": name, "share": percent})

    assert sum(held.share for held in Shareholding.objects.all()) == 100
    assert "51%" in text(client, f"/parties/{party.pk}/")
    held = Shareholding.objects.get(holder__name="鑫诚")
    client.post(f"/parties/{party.pk}/withdraw/", {"what": "share", "statement": held.pk, "reason": "录错"})
    assert "鑫诚" not in text(client, f"/parties/{party.pk}/")


@pytest.mark.parametrize("what", ["alias", "share", "capital", "controller", "nonsense"])
def test_what_cannot_be_read_is_refused_in_words(signed_in, register, what):
    party, client = Party.objects.get(name="丙国际"), signed_in("project_office")

    answer = client.post(f"/parties/{party.pk}/state/", {"what": what, "share": "x", "amount": "一百"}, follow=True)

    assert "请写明" in answer.content.decode()


def test_the_queue_shows_a_clerk_only_the_own_units_requests(signed_in, register, people):
    for name, unit in (("大洼食品厂", "dawa"), ("盘山外资项目", "panshan")):
        project = actions.submit(actor=people["office"], project=one(name))
        assert project.unit == unit
        actions.change(actor=people["office"], project=project, given={"chain": "新材料二类"}, reason=f"更正{unit}")

    own = text(signed_in("unit_clerk", unit="dawa"), "/changes/")
    assert "更正dawa" in own
    assert "更正panshan" not in own
    assert "更正panshan" in text(signed_in("auditor"), "/changes/")


def test_a_stranger_neither_changes_nor_finds(signed_in, register, people):
    project = one("盘山外资项目")
    client = signed_in("unit_clerk", unit="dawa")

    for address in ("submit", "change", "progress"):
        assert client.post(f"/projects/{project.pk}/{address}/", {"reason": "x", "chain": "x"}).status_code == 404
    asked = ChangeRequest.objects.create(project=project, changes={}, values={}, reason="x")
    assert client.post(f"/changes/{asked.pk}/withdraw/").status_code == 404


def test_the_form_keeps_what_was_typed_when_it_is_refused(signed_in, register):
    project, client = one("大洼食品厂"), signed_in("unit_clerk", unit="dawa")

    answer = client.post(f"/projects/{project.pk}/change/", {"total_investment": "12O0", "reason": "更正"})

    assert 'value="12O0"' in answer.content.decode()
    assert "总投资" in answer.content.decode()
    answer = client.post(f"/projects/{project.pk}/change/", {"total_investment": "1200", "reason": "更正"}, follow=True)
    assert "已修改" in answer.content.decode()
    assert one("大洼食品厂").standing.amount_fen == 1200 * 1_000_000


def test_progress_is_typed_with_its_basis(signed_in, register):
    project, client = one("大洼食品厂"), signed_in("unit_clerk", unit="dawa")
    form = {"percent": "27.5%", "basis": "设计+采购+施工", "stated_on": "2023-12-31"}

    client.post(f"/projects/{project.pk}/progress/", form)
    refused = client.post(
        f"/projects/{project.pk}/progress/", {**form, "percent": "8", "stated_on": "2024-06-18"}, follow=True
    )
    client.post(
        f"/projects/{project.pk}/progress/", {**form, "percent": "8", "basis": "施工", "stated_on": "2024-06-18"}
    )

    assert "请写明原因" in refused.content.decode()
    assert [(p.percent, p.filed_by) for p in Progress.objects.order_by("id")] == [
        (Decimal("27.5"), client.user),
        (Decimal("8"), client.user),
    ]
    assert "2024-06-18 8% 施工" in text(client, f"/projects/{project.pk}/")


def test_a_pair_is_raised_and_decided_by_name(signed_in, register):
    client, project = signed_in("project_office"), one("大洼产业园")
    client.post(f"/projects/{project.pk}/doubt/", {"other": "A8", "why": "同一地块"})
    pair = DoubtfulPair.objects.get()
    assert (pair.other.number, pair.filed_by) == ("A8", client.user)
    assert "同一地块" in text(client, f"/projects/{pair.other_id}/")

    client.post(f"/doubts/{pair.pk}/decide/", {"verdict": "same", "reason": "同一批复", "leave": pair.other_id})

    assert "同一批复" in text(client, "/doubts/?state=decided")
    assert one("大洼食品厂").net_decisions.get().ground == "duplicate"
    assert signed_in("unit_clerk").get("/doubts/").status_code == 403


def test_a_rate_with_day_and_source_converts_beside_the_original(signed_in, register):
    client, address = signed_in("project_office"), f"/projects/{one('盘山外资项目').pk}/"
    rate = {"currency": "USD", "rate": "6.5", "rated_on": "2022-01-04", "source": "外汇交易中心"}
    assert "外汇交易中心" not in text(client, address)

    client.post("/rates/", rate)
    refused = client.post("/rates/", {**rate, "rate": "-1"}, follow=True)

    assert ExchangeRate.objects.count() == 1
    assert "大于零" in refused.content.decode()
    page = text(client, address)
    assert "1,200 万美元" in page
    assert "7,800 万元（2022-01-04 汇率 6.5，外汇交易中心）" in page


def test_a_reader_who_may_not_see_amounts_sees_no_question_about_them(signed_in, register, settings, account):
    client = signed_in("administrator")

    assert "需要说明的问题" not in text(client, f"/projects/{one('大洼产业园').pk}/")
