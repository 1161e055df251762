"""The list: which rows a filter means, in which order, and what a person keeps of it."""

import re

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.accounts.models import User
from luodi.audit.models import Entry
from luodi.dashboards.filters import ProjectFilter
from luodi.dashboards.listing import ListState
from luodi.dashboards.models import SavedView
from luodi.projects.models import Project
from tests.dashboards.conftest import ROWS, one

NAMES = {row[0]: row[1] for row in ROWS}


def names(page):
    found = [link.text for link in page.links if re.fullmatch(r"/projects/\d+/", link.href)]
    return [next(number for number, name in NAMES.items() if name == text) for text in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "A1 A2 A3 A4 A5 A6 A7 A8"),
        ("q=炼化", "A3"),
        ("q=稻田园", "A1"),
        ("q=丁粮业", "A5"),
        ("q=A6", "A6"),
        ("q=DWSPC", "A8"),
        ("q=没有这个", ""),
        ("q=%25", ""),
        ("unit=dawa", "A1 A2 A8"),
        ("unit=-", ""),
        ("chain=装备", "A6 A7"),
        ("tier=T10", "A1 A3"),
        ("tier=-", "A4 A5 A6"),
        ("reached=signed", "A1 A2 A3 A4 A5 A7 A8"),
        ("reached=signed&side=proven", "A1 A2 A3 A5 A7"),
        ("reached=signed&side=net", "A1 A2 A3 A5"),
        ("reached=signed&side=water", "A4 A7 A8"),
        ("side=net", "A1 A2 A3 A5"),
        ("side=net&counting=packaged", "A1 A3 A5"),
        ("side=net&counting=unpacked", "A2 A3 A5"),
        ("counting=unpacked&sort=-amount&unit=dawa", "A2 A8"),
        ("counting=nonsense", "A1 A2 A3 A4 A5 A6 A7 A8"),
        ("nature=assets", "A1 A2 A3 A4 A5 A6 A7 A8"),
        ("nature=fund", ""),
        ("side=water", "A4 A6 A7 A8"),
        ("current=started", "A1 A2 A5"),
        ("current=started&side=net", "A1 A2 A5"),
        ("current=started&side=water", ""),
        ("reached=signed&current=started&unit=dawa&side=net", "A1 A2"),
        ("sort=-amount", "A3 A1 A2 A7 A8 A6 A5 A4"),
        ("sort=amount", "A8 A7 A2 A1 A3 A4 A5 A6"),
        ("reached=nonsense&side=x&sort=;drop&size=1e9&page=-1", "A1 A2 A3 A4 A5 A6 A7 A8"),
        ("page=99999999999", "A1 A2 A3 A4 A5 A6 A7 A8"),
        ("unit=%00dawa", "A1 A2 A8"),
    ],
)
def test_a_filter_means_these_rows(signed_in, register, look, query, expected):
    assert names(look(signed_in("leader"), f"/projects/?{query}")) == expected.split()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.text(max_size=120)
            for name in ("q", "unit", "chain", "reached", "side", "sort", "size", "page", "cols")
        },
    )
)
@settings(max_examples=200, deadline=None)
def test_any_address_has_one_meaning_and_that_meaning_one_address(query):
    given = QueryDict(mutable=True)
    given.update({name: text.encode("utf-8", "ignore").decode() for name, text in query.items()})

    person = User(role="project_office")
    state = ListState.from_query(given, person)

    assert ListState.from_query(QueryDict(state.query()), person) == state


def test_a_clerk_sees_the_own_unit_whatever_the_address_says(signed_in, register, look):
    client = signed_in("unit_clerk", unit="panshan")

    assert names(look(client, "/projects/")) == ["A4", "A6"]
    assert names(look(client, "/projects/?unit=dawa")) == []
    assert "大洼区" not in look(client, "/projects/").text
    assert "新材料" not in look(client, "/projects/").text


def test_amounts_that_are_not_exact_say_what_they_are(signed_in, register, look):
    text = look(signed_in("leader"), "/projects/").text

    assert "1,200 万美元" in text
    assert "≥ 10,000 万元" in text
    assert "未写明" in text
    assert "250,000.5" in text


def test_the_total_is_over_the_whole_filter_not_the_page(signed_in, loaded, look):
    rows = [(f"M{n}", f"第{n}号项目", "", "", "", "大洼区", "食品", "1000", *[""] * 6) for n in range(120)]
    loaded(rows, name="多.csv")
    client = signed_in("leader")

    pages = [look(client, f"/projects/?page={page}") for page in (1, 2, 3)]

    assert all("合计 打包 120 个、拆分 120 个" in page.text and "120,000" in page.text for page in pages)
    assert [re.search(r"第 .+? 条，共 .+? 条", page.text)[0] for page in pages] == [
        "第 1–50 条，共 120 条",
        "第 51–100 条，共 120 条",
        "第 101–120 条，共 120 条",
    ]
    shown = [link.href for page in pages for link in page.links if re.fullmatch(r"/projects/\d+/", link.href)]
    assert len(shown) == len(set(shown)) == 120
    assert "第 101–120 条" in look(client, "/projects/?page=77").text


def test_a_click_on_a_head_sorts_and_a_second_one_turns_it_round(signed_in, register, look):
    client = signed_in("leader")
    head = next(link for link in look(client, "/projects/").links if link.text == "总投资")
    assert names(look(client, head.href))[0] == "A3"

    again = next(link for link in look(client, head.href).links if link.text == "总投资")
    assert names(look(client, again.href))[0] == "A8"


def test_chips_name_the_conditions_and_take_them_away(signed_in, register, look):
    client = signed_in("leader")

    page = look(client, "/projects/?reached=started&side=net&unit=dawa&q=大洼")
    chips = {link.text.split(" ×")[0]: link.href for link in page.links if link.css == "chip"}

    assert list(chips) == ["搜索：大洼", "填报单位：大洼区", "已达到 开工", "口径：净"]
    assert "unit" not in chips["填报单位：大洼区"]
    assert names(look(client, chips["口径：净"])) == ["A1", "A2", "A8"]


def test_chosen_columns_are_shown_in_their_order(signed_in, register, look):
    client = signed_in("leader")

    response = client.get("/projects/?cols=started_on&cols=name&cols=package&cols=nonsense")
    heads = re.findall(r"<th[^>]*>(.*?)</th>", response.content.decode())

    assert [re.sub("<[^>]+>", "", head) for head in heads] == ["序号", "项目名称", "打包项目", "开工时间"]
    assert "2023-01-01 至 2023-06-30" in response.content.decode()


def test_htmx_gets_the_results_alone_and_history_the_whole_page(signed_in, register):
    client = signed_in("leader")

    part = client.get("/projects/?q=&unit=dawa&page=1", headers={"HX-Request": "true"})
    restored = client.get("/projects/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" not in part.content.decode()
    assert part.headers["HX-Push-Url"] == "/projects/?unit=dawa"
    assert "<html" in restored.content.decode()


def test_a_saved_view_keeps_conditions_columns_and_order(signed_in, register, look):
    client = signed_in("leader")
    client.post(
        reverse("save_view"),
        {"name": "大洼已开工", "query": "unit=dawa&reached=started&sort=-amount&cols=name,amount&junk=1"},
    )

    link = next(link for link in look(client, "/projects/").links if link.text == "大洼已开工")

    assert names(look(client, link.href)) == ["A1", "A2", "A8"]
    assert "junk" not in link.href
    assert "投资主体" not in look(client, link.href).text.split("序号")[1]
    assert Entry.objects.filter(action="dashboards.view.saved").count() == 1


def test_a_view_without_a_name_is_refused_and_the_same_name_replaces(signed_in, register):
    client = signed_in("leader")

    refused = client.post(reverse("save_view"), {"name": "  ", "query": ""}, follow=True)
    for unit in ("dawa", "panshan"):
        client.post(reverse("save_view"), {"name": "我的", "query": f"unit={unit}"})

    assert "请给这个视图起个名字" in refused.content.decode()
    assert [view.query for view in SavedView.objects.all()] == ["unit=panshan"]


def test_nobody_sees_or_deletes_the_view_of_another(signed_in, account, register, look):
    view = SavedView.objects.create(owner=account("leader"), name="别人的", query="")
    client = signed_in("leader")

    assert "别人的" not in look(client, "/projects/").text
    assert client.post(reverse("delete_view", args=[view.pk])).status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_an_own_view_is_deleted(signed_in, register):
    client = signed_in("leader")
    view = SavedView.objects.create(owner=client.user, name="旧的", query="unit=dawa")

    client.post(reverse("delete_view", args=[view.pk]))

    assert not SavedView.objects.exists()
    assert Entry.objects.get(action="dashboards.view.deleted").detail == {"query": "unit=dawa"}


def test_withdrawn_projects_are_gone_from_list_and_page(signed_in, register, look):
    from luodi.intake import actions as intake

    client, pk = signed_in("leader"), one("大洼食品厂").pk
    assert intake.revert(actor=None, batch=register) == []

    assert "项目库还是空的" in look(client, "/projects/").text
    assert client.get(f"/projects/{pk}/").status_code == 404


def test_filter_urls_and_rows_are_made_from_the_same_filter(register, account):
    leader = account("leader")

    filtered = ProjectFilter(unit="dawa", reached="started", side="water")

    assert filtered.url() == "/projects/?unit=dawa&reached=started&side=water"
    assert {project.name for project in filtered.apply(leader)} == {"大洼食品厂"}
    assert Project.objects.count() == len(ROWS)
