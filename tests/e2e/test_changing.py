"""A submitted project changes by request: a clerk asks, the office looks and applies, and the page keeps what stood before."""

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import AXE

pytestmark = pytest.mark.e2e
NAME = "大洼西湖公园开发"
"""One of the clerk's own in the demonstration: 38,000 万元."""


def unfair(page):
    """What keeps somebody from reading the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    return [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]]


def open_project(page, site):
    page.goto(f"{site}/projects/?q={NAME}")
    page.click(f"td.name >> text={NAME}")
    return page.url


def test_a_clerk_submits_asks_and_the_office_applies(sign_in, site):
    page = sign_in("dawa")
    address = open_project(page, site)
    panel = page.locator("section[aria-labelledby=requests]")
    panel.locator("button", has_text="报送").click()
    page.locator("dialog button", has_text="报送").click()
    expect(panel).to_contain_text("已报送")

    panel.locator("a", has_text="申请变更").click()
    page.fill("#f-total_investment", "2.5亿元")
    page.fill("#f-planned_produced_on", "2027年6月")
    page.fill("#f-reason", "增资协议 2026-11")
    page.click("text=提交申请")
    expect(panel).to_contain_text("待审核")
    expect(panel).to_contain_text("38,000 万元")
    expect(page.locator("section[aria-labelledby=amounts]")).not_to_contain_text("25,000")
    assert unfair(page) == []
    assert page.trouble == []

    # The office, in a window of its own.
    page.context.clear_cookies()
    office = sign_in("office")
    office.goto(f"{site}/changes/")
    asked = office.locator("section.panel", has_text=NAME)
    expect(asked).to_contain_text("增资协议 2026-11")
    asked.locator("input[name=reason]").fill("附增资协议")
    asked.locator("text=同意并更改").click()
    expect(office.locator("main")).to_contain_text("已同意并更改")

    office.goto(address)
    told = office.locator("section[aria-labelledby=requests]")
    for words in ("38,000 万元", "25,000 万元", "增资协议 2026-11", "项目办", "附增资协议"):
        expect(told).to_contain_text(words)
    expect(office.locator("section[aria-labelledby=amounts]")).to_contain_text("25,000 万元")
    expect(office.locator("section[aria-labelledby=slips]")).to_contain_text("2027-06-30")
    for path in ("/changes/?state=decided", "/doubts/", "/parties/", "/rates/"):
        office.goto(f"{site}{path}")
        assert office.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert unfair(office) == [], path
    assert office.trouble == []
