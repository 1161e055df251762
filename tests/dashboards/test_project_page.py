"""One project's page: where it stands and why, who said so, and what named persons decide about it."""

import re
from datetime import date

import pytest
from django.urls import reverse

from luodi.evidence.models import Evidence
from luodi.intake import actions as intake
from luodi.intake import words
from luodi.projects.models import NetDecision, Project
from luodi.snapshots.models import Standing
from tests.conftest import LEDGERS
from tests.dashboards.conftest import GOV, ROWS, one


def text_of(page):
    return re.sub(r"\s+", " ", page.text)


def open_page(look, client, name):
    return text_of(look(client, f"/projects/{one(name).pk}/"))


def test_each_standing_says_why(signed_in, register, look):
    text = open_page(look, signed_in("leader"), "大洼产业园")

    assert "上报 开工 2023年上半年，台账.csv 台账!K2" in text
    assert f"佐证 开工 2023年上半年，佐证 1 份：{GOV}1" in text
    assert "净 开工 与佐证一致" in text


def test_a_member_counts_in_its_package(signed_in, register, look):
    client = signed_in("leader")
    package = one("大洼产业园")

    page = look(client, f"/projects/{one('大洼产业园一期工程').pk}/")

    assert "净 开工 拆分口径按子项目计；打包口径并入“大洼产业园”只计一次" in text_of(page)
    assert any(link.href == f"/projects/{package.pk}/" for link in page.links)
    assert "子项目 大洼产业园一期工程" in open_page(look, client, "大洼产业园")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("盘山外资项目", ["上报 签约 2022年", "佐证 缺佐证", "1,200 万美元", "层级 未写明"]),
        ("盘山意向项目", ["上报 未写明 没有已发生的阶段记录", "签约 计划", "≥ 10,000 万元", "超亿元"]),
        ("双台子粮库", ["没有写明金额", "丁粮业", "佐证 开工"]),
        ("兴隆台空壳项目", ["净 不计", "认定为虚假签约：合同查无此事"]),
        ("大洼产业园", ["别名 稻田园", "投资方 甲实业有限公司", "行政区划 大洼区", "编号 A1"]),
    ],
)
def test_it_tells_what_is_known_and_what_is_not(signed_in, register, look, name, words):
    text = open_page(look, signed_in("leader"), name)

    for part in words:
        assert part in text, part


def test_every_field_names_its_cell_and_who_may_opens_the_batch(signed_in, account, register, look):
    client, pk = signed_in("auditor"), one("双台子粮库").pk
    page = look(client, f"/projects/{pk}/")
    batch = reverse("intake:batch", args=[register.pk])

    assert any(link.href == batch and link.text == "台账.csv　台账!B6" for link in page.links)
    client.force_login(account("leader"))
    for_leader = look(client, f"/projects/{pk}/")
    assert "台账!B6" in for_leader.text
    assert not [link for link in for_leader.links if link.href == batch]


def test_a_clerk_opens_the_own_batch_but_not_the_office_s(signed_in, register, look):
    client = signed_in("unit_clerk", unit="dawa")

    page = look(client, f"/projects/{one('大洼食品厂').pk}/")

    assert "台账!B9" in page.text
    assert not [
        link for link in page.links if link.href.startswith("/intake/batches/") and link.text.startswith("台账.csv")
    ]


def test_the_project_of_another_unit_is_not_found(signed_in, register):
    client = signed_in("unit_clerk", unit="dawa")

    assert client.get(f"/projects/{one('盘山外资项目').pk}/").status_code == 404
    assert client.get(f"/projects/{one('大洼食品厂').pk}/").status_code == 200


def test_a_clerk_sees_no_member_of_another_unit(signed_in, loaded, register, look):
    loaded(
        [("C1", "盘山配套", "", "大洼产业园", "", "盘山县", "新材料", "100", "", "", "", "", "", "")], name="跨区.csv"
    )

    page = look(signed_in("unit_clerk", unit="dawa"), f"/projects/{one('大洼产业园').pk}/")
    assert "子项目 大洼产业园一期工程" in text_of(page)
    assert "盘山配套" not in page.text

    other = signed_in("unit_clerk", unit="panshan")
    mine = look(other, f"/projects/{one('盘山配套').pk}/")
    assert "打包项目 （其他单位的打包项目）" in text_of(mine)
    assert "大洼产业园" not in mine.text
    assert f"/projects/{one('大洼产业园').pk}/" not in {link.href for link in mine.links}


def test_what_was_corrected_stays_readable(signed_in, loaded, register, look):
    row = list(ROWS[0])
    row[7], row[10] = "120000", "2023-07-01"
    assert loaded([tuple(row)], name="更正.csv").counts["changed"] == 1

    page = look(signed_in("leader"), f"/projects/{one('大洼产业园').pk}/")
    text = text_of(page)

    assert "上报 开工 2023-07-01，更正.csv" in text
    assert "已更正或撤回的 1 条" in text
    assert "120,000 万元" in text
    assert "（已更正） 100,000 万元" in text


@pytest.mark.parametrize(
    ("start", "end", "precision", "said"),
    [
        (None, None, "", "未写日期"),
        (date(2023, 3, 29), date(2023, 3, 29), "day", "2023-03-29"),
        (date(2023, 3, 1), date(2023, 3, 31), "month", "2023年3月"),
        (date(2023, 7, 1), date(2023, 9, 30), "quarter", "2023年3季度"),
        (date(2023, 1, 1), date(2023, 6, 30), "half", "2023年上半年"),
        (date(2023, 7, 1), date(2023, 12, 31), "half", "2023年下半年"),
        (date(2022, 1, 1), date(2022, 12, 31), "year", "2022年"),
        (date(2022, 1, 1), date(2023, 12, 31), "year", "2022-01-01 至 2023-12-31"),
        (date(2017, 11, 1), date(2017, 12, 31), "approx", "约 2017-11-01 至 2017-12-31"),
        (date(2021, 12, 31), date(2021, 12, 31), "approx", "不晚于 2021-12-31"),
    ],
)
def test_a_period_is_told_as_precisely_as_it_was_said(start, end, precision, said):
    assert words.period(start, end, precision) == said


def test_excluding_needs_ground_and_reason_and_changes_the_net_standing(signed_in, register, look):
    client, project = signed_in("project_office"), one("双台子粮库")
    address = reverse("decide_net", args=[project.pk])

    refused = client.post(address, {"decision": "exclude", "ground": "fake", "reason": " "}, follow=True)
    assert "请选择认定类型并写明理由" in refused.content.decode()
    assert Standing.objects.get(pk=project.pk).net >= 0

    client.post(address, {"decision": "exclude", "ground": "duplicate", "reason": "与A1重复"})
    assert Standing.objects.get(pk=project.pk).net == -1
    again = client.post(address, {"decision": "exclude", "ground": "fake", "reason": "再来"}, follow=True)
    assert "该项目已有有效的认定" in again.content.decode()

    client.post(address, {"decision": "include", "reason": "查清不是重复"})
    assert Standing.objects.get(pk=project.pk).net >= 0
    text = open_page(look, client, "双台子粮库")
    assert "重复申报" in text
    assert "已撤销" in text


def test_a_report_of_low_grade_is_told_apart_from_one_that_counts(signed_in, loaded, look):
    row = (
        "D1",
        "双台子新项目",
        "",
        "",
        "",
        "双台子区",
        "装备",
        "100",
        "2024-01-01",
        "",
        "",
        "",
        "",
        GOV + " | http://blog.test/x",
    )
    loaded([row])

    text = open_page(look, signed_in("leader"), "双台子新项目")

    assert "公开发布，免核 公开报道 等级 A" in text
    assert "等级不够 公开报道 等级 B" in text
    assert "来源等级 B，口径只认 A" in text


def test_only_the_project_office_sees_and_uses_the_net_box(signed_in, register):
    client, project = signed_in("leader"), one("双台子粮库")

    assert "认定不计入净数" not in client.get(f"/projects/{project.pk}/").content.decode()
    answer = client.post(reverse("decide_net", args=[project.pk]), {"ground": "fake", "reason": "x"})
    assert answer.status_code == 403
    assert NetDecision.objects.filter(project=project).count() == 0


def test_a_second_person_rejects_evidence_and_the_proof_is_gone(signed_in, register, look):
    client, project = signed_in("project_office"), one("双台子粮库")
    piece = Evidence.objects.get(project=project)
    address = reverse("evidence:say", args=[piece.pk])

    refused = client.post(address, {"word": "reject", "reason": "", "back": "project"}, follow=True)
    assert "退回佐证须写明理由" in refused.content.decode()
    client.post(address, {"word": "reject", "reason": "页面说的是另一个项目"})

    assert Standing.objects.get(pk=project.pk).proven == -1
    text = open_page(look, client, "双台子粮库")
    assert "佐证 缺佐证" in text
    assert "核实未通过：页面说的是另一个项目" in text


def test_who_loaded_the_ledger_cannot_verify_it(client, register, look):
    client.force_login(register.created_by)
    piece = Evidence.objects.get(project=one("双台子粮库"))

    answer = client.post(reverse("evidence:say", args=[piece.pk]), {"word": "accept", "back": "project"}, follow=True)

    assert "核实人不能是填报人" in answer.content.decode()
    assert "由您填报，须由另一人核实" in answer.content.decode()
    piece.refresh_from_db()
    assert piece.verdict == ""


def test_every_published_project_has_a_page_in_both_languages(signed_in, look, db):
    intake.load(actor=None, path=LEDGERS / "published-projects.csv", name="published-projects.csv")
    client = signed_in("auditor")

    for pk in Project.objects.values_list("pk", flat=True):
        look(client, f"/projects/{pk}/")
    client.cookies["django_language"] = "en"
    text = text_of(look(client, f"/projects/{Project.objects.first().pk}/"))
    assert "Reported Started 2023-03-29" in text
    assert not set(re.findall(r"上报|佐证|阶段|填报单位|金额|来源", text.split("Where each field came from")[0])) - {
        "金额"
    }
