"""A leader looks at the forest, opens a project in it, follows a number of the ladder to its list, and asks who moved."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_checks import accessible

pytestmark = pytest.mark.e2e


def test_a_leader_reads_the_forest_and_drills_down(sign_in, site):
    page = sign_in("leader")
    page.goto(f"{site}/formation/")
    expect(page.locator("h1")).to_contain_text("方阵与项目森林")
    expect(page.locator(".headline")).to_contain_text("百亿带动 4")
    accessible(page, "formation")

    page.locator("svg.forest a", has_text="精细化工及原料工程").first.click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    page.goto(f"{site}/formation/?side=reported&by=tier")
    expect(page.locator("svg.forest .wet").first).to_be_attached()
    accessible(page, "formation by tier")

    cell = page.locator("section[aria-labelledby=ladder] tr", has_text="合计").locator("td.fig-net a.count")
    number = cell.inner_text()
    cell.click()
    expect(page.locator("nav.pager").first).to_contain_text(f"共 {number} 条")
    assert page.trouble == []


def test_a_leader_asks_who_moved(sign_in, site):
    page = sign_in("leader")
    page.goto(f"{site}/formation/moves/?from=2022-12-31")
    moved = page.locator("section[aria-labelledby=who] tbody tr")
    expect(moved.filter(has_text="北斗通航装备制造产业园基础设施")).to_contain_text("新得佐证")
    accessible(page, "moves")

    page.locator(".moves-grid td:not(.stayed) a.count").first.click()
    expect(page.locator("#who")).to_contain_text("不在此列 →")
    assert page.trouble == []
