"""A chain chief reads the map on one screen; the office takes a gap up; the unit reports; a workbook fills an empty map."""

from datetime import date, timedelta

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.e2e.looking import accessible

pytestmark = pytest.mark.e2e
MAP = "/chains/map/fine-chemicals/"


def test_a_chief_sees_the_chain_on_one_screen(sign_in, site):
    page = sign_in("leader")
    page.goto(f"{site}/chains/")
    expect(page.locator("main")).to_contain_text("待核（9 条名称未公开）")
    accessible(page, "dictionary")
    page.get_by_role("link", name="精细化工", exact=True).first.click()

    drawing = page.locator("svg.chain-map")
    box = drawing.bounding_box()
    assert box["y"] + box["height"] <= 768, box
    expect(page.locator("main")).to_contain_text("链图合计一致")
    accessible(page, "map")

    # By mouse: the node's numbers stand beside the map, its neighbours stand out.
    page.locator('a[data-node="M15"]').click()
    panel = page.locator("#node-panel")
    expect(panel).to_contain_text("只有演示企业甲（40 万吨）一家")
    expect(panel).to_contain_text("24.8 万吨")
    expect(page.locator('a[data-node="M15"]')).to_have_class("box box-surplus box-demo chosen near")
    assert page.locator("path.link.on").count() == 2
    assert page.url.endswith(MAP)
    # By keyboard the same.
    page.locator('a[data-node="D05"]').focus()
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("本地不生产，需要 75 万吨")
    accessible(page, "panel")
    panel.get_by_role("link", name="打开环节页").click()
    expect(page.locator("h1")).to_have_text("聚酯切片")
    accessible(page, "node")
    for address in ("/chains/targets/", "/chains/words/", f"{MAP}gaps/", "/chains/editions/2022/"):
        page.goto(site + address)
        accessible(page, address)
    assert page.trouble == []


def test_a_gap_becomes_a_task_that_its_unit_finishes(sign_in, site, browser):
    page = sign_in("office")
    page.goto(f"{site}{MAP}nodes/D03/")
    page.get_by_role("link", name="设为招引目标").click()
    accessible(page, "target form")
    page.get_by_label("哪些地区有").fill("山东、江苏")
    page.get_by_role("button", name="设为目标").click()
    expect(page.locator("h1")).to_have_text("引进特种橡胶")
    page.get_by_text("交办任务", exact=True).click()
    page.get_by_label("做什么").fill("去对接两家橡胶企业")
    page.get_by_label("承办单位").select_option("dawa")
    page.get_by_label("期限").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="交办", exact=True).click()
    expect(page.locator("#tasks + ul")).to_contain_text("还有 30 天")
    accessible(page, "target")
    address = page.url
    assert page.trouble == []

    page.context.clear_cookies()
    clerk = sign_in("dawa")
    clerk.goto(f"{site}/chains/targets/?mine=1")
    clerk.get_by_role("link", name="引进特种橡胶").click()
    assert clerk.url == address
    clerk.locator("#tasks + ul summary").click()
    clerk.get_by_label("办理结果").fill("一家愿意来看地")
    clerk.get_by_role("button", name="办结").click()
    expect(clerk.locator("#tasks + ul")).to_contain_text("按期办结")
    assert clerk.trouble == []


def test_a_workbook_fills_an_empty_map_or_says_every_cell(sign_in, site, tmp_path):
    def book(quantity):
        made = Workbook()
        sheet = made.active
        sheet.title = "环节"
        for line in (
            ["环节编号", "环节名称", "本地供给", "本地需求"],
            ["G1", "稻谷", 100, 60],
            ["G2", "米糠油", quantity, 5],
        ):
            sheet.append(line)
        feeds = made.create_sheet("上下游")
        feeds.append(["上游编号", "下游编号", "单位产出"])
        feeds.append(["G1", "G2", 0.02])
        made.save(tmp_path / "粮.xlsx")
        return tmp_path / "粮.xlsx"

    page = sign_in("office")
    page.goto(f"{site}/chains/map/grain-cluster/")
    expect(page.locator("main")).to_contain_text("这条链还没有链图")
    accessible(page, "empty")
    page.get_by_role("link", name="导入链图").click()
    page.set_input_files("input[type=file]", book("不少"))
    page.get_by_role("button", name="核对并写入").click()
    row = page.locator("tr.problem-error")
    expect(row).to_contain_text("不是数字")
    expect(row).to_contain_text("不少")
    accessible(page, "problems")
    page.set_input_files("input[type=file]", book(0))
    page.get_by_role("button", name="核对并写入").click()
    expect(page.locator("#messages")).to_contain_text("新增 3")
    expect(page.locator('a[data-node="G2"]')).to_have_class("box box-missing")
    page.goto(f"{site}/projects/?q=精细化工及原料工程")
    page.locator("table.grid tbody a", has_text="精细化工及原料工程").first.click()
    expect(page.locator("section", has=page.locator("#on-chain"))).to_contain_text("头部筑根基")
    assert page.trouble == []
