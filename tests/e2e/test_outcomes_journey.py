"""A leader asks what became of the signed, hears what cannot be known yet, and follows a number to its projects."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_checks import accessible

pytestmark = pytest.mark.e2e


def test_a_leader_reads_the_outcomes_and_drills_down(sign_in, site):
    page = sign_in("leader")
    page.goto(f"{site}/outcomes/")
    expect(page.locator(".headline")).to_contain_text("尚不可测")
    expect(page.locator(".note")).to_contain_text("台账补录")
    accessible(page, "outcomes, nothing measurable")

    page.locator("select[name=event]").select_option("started")
    page.locator("select[name=standing]").select_option("reported")
    page.locator("select[name=history]").select_option("listed")
    page.get_by_role("button", name="查看").last.click()
    expect(page.locator("svg.incidence path.event")).to_be_visible()
    expect(page.locator(".note")).to_contain_text("偏高")
    accessible(page, "outcomes as listed")

    page.locator("section[aria-labelledby=curve] summary", has_text="怎么看").click()
    expect(page.locator("section[aria-labelledby=curve] .help")).to_contain_text("一百个项目")

    cell = page.locator("section[aria-labelledby=funnel] tr", has_text="开工").locator("td.fig-reported a.count")
    number = cell.inner_text()
    cell.click()
    expect(page.locator("nav.pager").first).to_contain_text(f"共 {number} 条")
    accessible(page, "projects behind a number")
    page.locator("table.grid tbody td.name a").first.click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    assert page.trouble == []
