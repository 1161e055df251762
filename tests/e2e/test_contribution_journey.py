"""A project's end is stated, a promise and what came of it are filled in, a second person verifies, and the table of the city follows."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = Path("node_modules/axe-core/axe.min.js")
pytestmark = pytest.mark.e2e


@pytest.fixture
def enter(sign_in, page):
    """Sign in as another person, in the same window."""

    def go(username):
        page.context.clear_cookies()
        return sign_in(username)

    return go


def look_over(page):
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]] == []


def fill(page, kind, value, year, source):
    panel = page.locator("section", has=page.locator("#contribution"))
    panel.get_by_text("填承诺或兑现").click()
    panel.locator("select[name=kind]").select_option(kind)
    panel.locator("select[name=measure]").select_option("jobs")
    panel.locator("input[name=value]").fill(value)
    panel.locator("input[name=year]").fill(year)
    panel.locator("input[name=source]").fill(source)
    panel.get_by_role("button", name="记下").click()
    page.wait_for_selector("#contribution")


def test_what_was_promised_and_brought_is_told_verified_and_counted(enter, page, site):
    enter("dawa")
    page.goto(f"{site}/projects/?size=200")
    page.locator("td.name a").first.click()
    page.wait_for_selector("#contribution")
    address = page.url
    panel = page.locator("section", has=page.locator("#contribution"))
    panel.get_by_text("认定目的").click()
    panel.locator("input[name=end]").first.check()
    panel.locator("input[name=reason]").fill("延伸产业链")
    panel.get_by_role("button", name="认定").click()
    page.wait_for_selector("#contribution")
    fill(page, "promise", "300", "", "投资协议第五条")
    fill(page, "delivery", "240", "2025", "社保参保人数")
    expect(panel).to_contain_text("80%")
    look_over(page)

    enter("chief")
    page.goto(address)
    page.wait_for_selector("#contribution")
    panel.locator("summary", has_text="核实").first.click()
    panel.locator("input[name=note]").first.fill("社保局参保记录")
    panel.get_by_role("button", name="属实").first.click()
    page.wait_for_selector("#contribution")
    page.goto(f"{site}/contribution/")
    expect(page.locator("table.grid").first).to_contain_text("300")
    expect(page.locator("table.grid").first).to_contain_text("240")
    expect(page.locator("table.grid tr", has_text="合计")).to_contain_text("80%")
    look_over(page)
    assert page.trouble == []
