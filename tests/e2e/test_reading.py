"""A leader reads the cockpit, follows a number to its rows and a row to its proof."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e
AXE = Path("node_modules/axe-core/axe.min.js")
PAGES = ["/", "/projects/", "/projects/1/"]


def test_every_number_of_the_cockpit_leads_to_as_many_rows(sign_in, site):
    page = sign_in("leader")
    numbers = page.eval_on_selector_all(
        "a.count", "links => links.map(a => [a.textContent.trim(), a.getAttribute('href')])"
    )
    seen = dict((href, text) for text, href in numbers)
    assert len(seen) > 20

    for href, text in list(seen.items())[:25]:
        page.goto(f"{site}{href}")
        shown = re.search(r"共\s*([\d,]+)\s*个", page.inner_text("main"))
        assert shown is not None, href
        assert shown[1] == text, href

    assert page.trouble == []


def test_a_project_shows_its_steps_with_what_proves_them(sign_in, site):
    page = sign_in("leader")
    page.goto(f"{site}/projects/?q=兵器")
    page.click("text=精细化工及原料工程")

    expect(page.locator("h1")).to_contain_text("精细化工及原料工程")
    expect(page.locator("ol.timeline")).to_contain_text("2019-02-22")
    expect(page.locator("ol.timeline")).to_contain_text("有佐证")
    expect(page.locator("main")).to_contain_text("沙特阿美")
    assert page.trouble == []


def test_pinyin_initials_find_a_project(sign_in, site):
    page = sign_in("leader")
    page.goto(f"{site}/projects/?q=qtzhly")

    expect(page.locator("main")).to_contain_text("轻烃综合利用")


def test_amounts_can_be_read_in_yi(sign_in, site):
    page = sign_in("leader")
    page.click("button[value='亿元']")

    expect(page.locator("main")).to_contain_text("亿元")
    page.click("button[value='万元']")
    expect(page.locator("main")).to_contain_text("万元")


def test_the_site_speaks_english(sign_in, site):
    page = sign_in("leader")
    page.click("text=English")

    expect(page.locator("h1")).to_have_text("Cockpit")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_leader_is_offered_nothing_to_write(sign_in, site):
    page = sign_in("leader")

    assert page.locator("nav.nav").inner_text().split() == [
        "驾驶舱",
        "项目库",
        "储备",
        "准入",
        "产业链",
        "方阵",
        "要素",
        "落地结果",
        "核实",
        "真实性",
        "主体",
    ]
    page.goto(f"{site}/projects/1/")
    assert page.locator("main form[method=post]").count() == 0
    assert page.goto(f"{site}/intake/").status == 403


def test_a_clerk_sees_their_own_unit_only(sign_in, site):
    page = sign_in("dawa")

    page.goto(f"{site}/projects/?size=200")
    heads = page.locator("table.grid thead th").all_inner_texts()
    column = [text.strip() for text in heads].index("填报单位") + 1
    units = page.locator(f"table.grid tbody tr[data-href] td:nth-child({column})").all_inner_texts()
    assert len(units) >= 6  # of the ledger; a journey before this one may have entered an idea
    assert {text.strip() for text in units} == {"大洼区"}
    assert page.goto(f"{site}/projects/1/").status == 404


@pytest.mark.parametrize("username", ["leader", "office"])
def test_pages_are_accessible_and_fit_the_screen(sign_in, site, username):
    page = sign_in(username)
    for address in PAGES:
        page.goto(f"{site}{address}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], address
    assert page.trouble == []


def test_the_cockpit_prints(sign_in, site, tmp_path):
    page = sign_in("leader")
    page.wait_for_selector("[data-ready='1']")

    page.emulate_media(media="print")

    assert not page.locator("nav.nav").is_visible()
    assert page.locator("p.headline").is_visible()
