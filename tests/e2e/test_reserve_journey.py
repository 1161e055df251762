"""A clerk enters an idea, packages it and moves it by button, key and drag; the office edits many at once after a preview."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_checks import accessible

pytestmark = pytest.mark.e2e
NAME = "演示：海上风电装备园"


def card(page, stage):
    return page.locator(f".column[data-stage={stage}] .card", has_text=NAME)


def test_an_idea_travels_over_the_board(sign_in, site):
    page = sign_in("dawa")
    page.goto(f"{site}/reserve/ideas/new/")
    page.fill("#id-name", NAME)
    page.fill("#id-proposer", "大洼区招商局")
    accessible(page, "new idea")
    page.get_by_role("button", name="建立").click()

    expect(page.locator("h1")).to_contain_text(NAME)
    land = page.locator("tr", has_text="用地").first
    land.locator("summary").click()
    land.locator("select").select_option("no")
    land.locator("input[name=note]").fill("未供地")
    land.get_by_role("button", name="记下").click()
    expect(page.locator("tr", has_text="未供地")).to_contain_text("尚缺")
    accessible(page, "packaging")

    page.goto(f"{site}/reserve/")
    expect(card(page, "idea")).to_contain_text("金额未写明")
    accessible(page, "board")
    card(page, "idea").get_by_role("button", name="包装 →").click()
    expect(card(page, "packaged")).to_be_visible()

    card(page, "packaged").locator("a").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(card(page, "reserve")).to_be_visible()

    card(page, "reserve").drag_to(page.locator(".column[data-stage=negotiating] .column-head"))
    expect(card(page, "negotiating")).to_be_visible()

    card(page, "negotiating").get_by_role("link", name="← 储备").click()
    accessible(page, "move")
    page.get_by_role("button", name="移动").click()
    expect(page.locator(".note-warning")).to_contain_text("请写明理由")
    page.fill("#id-reason", "还没有谈")
    page.get_by_role("button", name="移动").click()
    expect(card(page, "reserve")).to_be_visible()
    assert [one for one in page.trouble if "422" not in one] == []


def test_the_office_edits_many_at_once(sign_in, site):
    page = sign_in("office")
    page.goto(f"{site}/reserve/")
    boxes = page.locator(".column[data-stage=negotiating] .card input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.locator("#bulk input[name=kind][value=key]").check()
    page.fill("#bulk input[name=reason]", "演示：列入重点")
    page.locator("#bulk").get_by_role("button", name="预览").click()

    expect(page.locator("table.grid")).to_contain_text("不在重点库")
    accessible(page, "preview")
    page.get_by_role("button", name="应用到 2 个项目").click()
    expect(page.locator(".note-success")).to_contain_text("已改 2 个项目")

    page.goto(f"{site}/reserve/pools/")
    row = page.locator("tbody tr", has_text="重点库").first
    expect(row.locator("a.count")).to_have_text("2")
    accessible(page, "pools")
    row.locator("a.count").click()
    expect(page.locator("nav.pager").first).to_contain_text("共 2 条")
    assert page.trouble == []
