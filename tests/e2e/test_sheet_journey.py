"""From the sheet to a cell, its rows and a project; the workbook holds the page's numbers; supposing writes nothing."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

AXE = Path("node_modules/axe-core/axe.min.js")
SHEET = "/outcomes/sheet/?sheet=city-2024-result/2024-1&standing=reported"
pytestmark = pytest.mark.e2e


def look_over(page):
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]] == []


def test_a_score_leads_to_its_projects_and_the_workbook_says_the_same(sign_in, page, site, tmp_path):
    sign_in("chief")
    page.goto(site + SHEET)
    look_over(page)
    row = page.locator("table.grid tr", has_text="市直")
    shown = [text.strip() for text in row.locator("td a.count").all_inner_texts()]

    with page.expect_download() as saved:
        page.get_by_role("link", name="导出").click()
    saved.value.save_as(tmp_path / "考核表.xlsx")
    book = load_workbook(tmp_path / "考核表.xlsx")
    line = next(line for line in book.worksheets[0].iter_rows(min_row=3, values_only=True) if line[0] == "市直")
    assert ["尚不可测" if one is None else f"{one:.2f}" for one in line[1 : len(shown) + 1]] == shown

    row.locator("td a.count").last.click()
    expect(page.locator("h1")).to_contain_text("超时限未开工")
    expect(page.locator(".sheet-score")).to_contain_text(f"{shown[-1]} 分")
    look_over(page)
    project = page.locator("td.name a").first
    name = project.inner_text()
    listed = {line[2] for line in book.worksheets[1].iter_rows(min_row=3, values_only=True) if line[0] == "市直"}
    assert name in listed
    project.click()
    expect(page.locator("h1")).to_contain_text(name)
    assert page.trouble == []


def test_supposing_a_fake_shows_before_and_after(sign_in, page, site):
    sign_in("chief")
    page.goto(f"{site}/outcomes/suppose/")
    page.locator("input[name=fake]").first.check()
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("body")).to_contain_text("变了的单位 1 个")
    look_over(page)
    for address in ("/outcomes/unit/", "/outcomes/ranking/", "/outcomes/published/"):
        page.goto(site + address)
        look_over(page)
    assert page.trouble == []
