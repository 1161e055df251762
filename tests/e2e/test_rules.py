"""A rule is changed in the browser, tried, published by a second person; a vetoed project is refused on page and in a ledger; the day before replays."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ledger_files import row, write

AXE = Path("node_modules/axe-core/axe.min.js")
pytestmark = pytest.mark.e2e


@pytest.fixture
def enter(sign_in, page, site):
    """Sign in as another person, in the same window."""

    def go(username):
        page.context.clear_cookies()
        return sign_in(username)

    return go


def fine(page):
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]] == []


def test_rules_are_changed_tried_published_and_hold_everywhere(enter, page, site, tmp_path):
    enter("office")
    page.goto(f"{site}/screening/")
    expect(page.locator("main")).to_contain_text("尚不可判")
    fine(page)
    name = a_vetoed_project(page, site)
    draft = tried(page, site, name)
    fine(page)
    published(enter, page, draft)
    refused_on_the_page(enter, page, site)
    refused_in_a_ledger(page, site, tmp_path)
    replayed(page, site)
    # A form that is refused answers 422, which the browser notes.
    assert [one for one in page.trouble if "422" not in one] == []


def a_vetoed_project(page, site):
    """A fact is stated that the rules of tomorrow will mind, those of today do not. Returns the project's name."""
    page.goto(f"{site}/projects/?q=京粮")
    page.click("td.name a:has-text('京粮')")
    page.wait_for_selector("#screening >> text=准入与评分")
    page.click("text=逐条理由")
    page.select_option("#fact", value="catalogue_class")
    page.fill("#value", "allowed")
    page.click("section:has(#facts) button:has-text('记下')")
    expect(page.locator("main")).to_contain_text("已按新的事实重算")
    expect(page.locator("tr", has_text="G207").first).to_contain_text("通过")
    fine(page)
    name = page.locator("h1").inner_text()
    page.goto(f"{site}/screening/")
    page.click("text=重新测算")
    expect(page.locator("main")).to_contain_text("个项目")
    return name


def tried(page, site, name):
    """Copy, change one rule, see who would change. Returns the draft's address."""
    page.goto(f"{site}/screening/books/")
    page.fill("#reason", "只引进鼓励类")
    page.click("text=复制现行规则")
    draft = page.url
    page.click(".entry-list a:has-text('G207')")
    page.fill("#holds", "catalogue_class = 'encouraged' AND 没有的事实")
    page.click("text=存入草稿并试算")
    expect(page.locator("main")).to_contain_text("没有的事实")
    page.fill("#holds", "catalogue_class = 'encouraged'")
    page.click("text=存入草稿并试算")
    moved = page.locator("section:has(#simulation)")
    expect(moved).to_contain_text(re.compile(r"准入结论变 1 个"))
    expect(moved).to_contain_text(name)
    expect(page.locator("main")).to_contain_text("须由起草人以外的人发布")
    assert page.locator("text=发布为现行规则").count() == 0
    return draft


def published(enter, page, draft):
    enter("chief")
    page.goto(draft)
    page.fill("#publish-reason", "市政府常务会同意")
    page.click("text=发布为现行规则")
    page.click("dialog[open] [data-confirm-ok]")
    expect(page.locator("h1")).to_contain_text("已发布")


def refused_on_the_page(enter, page, site):
    enter("office")
    page.goto(f"{site}/projects/?q=京粮")
    page.click("td.name a:has-text('京粮')")
    page.click("text=报送阶段")
    page.select_option("#stage-choice", label="签约")
    page.wait_for_selector("#report-form")
    page.fill("#first", "2026-11-20")
    page.click("#report-form >> text=报送")
    expect(page.locator("main")).to_contain_text("准入未通过：G207")


def refused_in_a_ledger(page, site, folder):
    path = write(folder / "月报.xlsx", [row(1, "京粮（盘锦）粮食物流基地", place="辽东湾新区", signed="2026-11-20")])
    page.goto(f"{site}/intake/")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form button")
    page.wait_for_url("**/intake/batches/**")
    page.goto(f"{page.url.split('?')[0]}?step=problems")
    expect(page.locator("main")).to_contain_text("准入未通过：G207", timeout=30_000)


def replayed(page, site):
    page.goto(f"{site}/screening/books/")
    page.locator("text=重放").last.click()
    expect(page.locator("main")).to_contain_text("重放一致")
