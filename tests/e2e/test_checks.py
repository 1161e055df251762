"""A question on a project's page is answered and turns yellow; the auditor reads what was done, and the footer bears the tree's head."""

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import accessible

pytestmark = pytest.mark.e2e


def test_a_lamp_is_answered_and_remembers(sign_in, site):
    page = sign_in("office")
    page.goto(f"{site}/projects/?q=轻烃综合利用项目")
    page.locator("table.grid tbody a", has_text="轻烃综合利用项目").first.click()
    lamp = page.locator("li.lamp", has_text="自称完成")
    expect(lamp).to_contain_text("46.2%")
    expect(lamp).to_contain_text("红 · 待说明")
    accessible(page, "project")

    lamp.locator("summary").click()
    lamp.locator("textarea").fill("报道所说的总额不含流动资金")
    lamp.locator("button").click()

    lamp = page.locator("li.lamp", has_text="自称完成")
    expect(lamp).to_contain_text("黄 · 曾为红")
    expect(lamp).to_contain_text("报道所说的总额不含流动资金")
    page.goto(f"{site}/checks/")
    expect(page.locator("table.grid")).to_contain_text("轻烃综合利用项目")
    accessible(page, "findings")
    assert page.trouble == []


def test_the_auditor_follows_an_action_to_its_leaf(sign_in, site):
    page = sign_in("audit")
    page.goto(f"{site}/audit/?action=intake.batch.committed")
    page.locator("table.grid tbody a").last.click()

    expect(page.locator("main")).to_contain_text("片叶")
    expect(page.locator("main")).to_contain_text("新增 项目")
    expect(page.locator("footer")).to_contain_text("树根")
    accessible(page, "entry")
    assert page.trouble == []
