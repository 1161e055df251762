"""An administrator makes a clerk's account; the clerk chooses a password and a second factor, and is locked out after guessing."""

import base64
import hmac
import struct
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e
AXE = Path("node_modules/axe-core/axe.min.js")
CHOSEN = "Liao-He-Delta-26"


def code(secret):
    """RFC 6238, as the authenticator on a phone reckons it."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time() // 30)), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def enter(page, site, username, password):
    page.goto(f"{site}/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("#login-form button.btn-primary")


def leave(page):
    page.click(".topbar-tools details.menu summary")
    page.click("text=退出登录")


def make_account(page, site, username):
    """The administrator's part: returns the first password, read from the page that shows it once."""
    page.goto(f"{site}/accounts/new/")
    page.fill("#id_username", username)
    page.fill("#id_name", "赵六")
    page.fill("#id_title", "科员")
    page.select_option("#id_unit", "dawa")
    page.select_option("#id_role", "unit_clerk")
    page.click("main form button.btn-primary")
    return page.inner_text("[data-first-password]")


def test_from_a_new_account_to_a_second_factor_to_a_lock(sign_in, site):
    page = sign_in("admin")
    first = make_account(page, site, "zhao")
    expect(page.locator("main")).to_contain_text("大洼区 赵六 科员")
    leave(page)

    enter(page, site, "zhao", first)
    page.wait_for_url(f"{site}/account/password/")
    page.goto(f"{site}/projects/")
    assert page.url == f"{site}/account/password/", "nothing else opens before"
    page.fill("#id_old", first)
    page.fill("#id_new", CHOSEN)
    page.fill("#id_again", CHOSEN)
    page.click("main form button.btn-primary")
    page.wait_for_url(f"{site}/")

    page.goto(f"{site}/account/factor/new/")
    assert page.eval_on_selector("img.qr", "picture => picture.complete && picture.naturalWidth > 0")
    secret = page.inner_text("[data-factor-secret]")
    page.fill("#id_code", code(secret))
    page.click("main form button.btn-primary")
    expect(page.locator("ul.codes li")).to_have_count(10)
    recovery = page.inner_text("ul.codes li:first-child")
    leave(page)

    enter(page, site, "zhao", CHOSEN)
    page.wait_for_url(f"{site}/login/second/")
    page.fill("#id_code", recovery)
    page.click("main form button.btn-primary")
    page.wait_for_url(f"{site}/")
    leave(page)
    assert page.trouble == []

    for _ in range(5):
        enter(page, site, "zhao", "not-the-password")
    expect(page.locator("h1")).to_have_text("账号已锁定")
    enter(page, site, "zhao", CHOSEN)
    expect(page.locator("h1")).to_have_text("账号已锁定")

    enter(page, site, "admin", "luodi-demo-2026")
    page.goto(f"{site}/accounts/?state=locked")
    page.click("text=zhao")
    page.click("text=解锁")
    expect(page.locator("#messages")).to_contain_text("已解锁")


def test_the_pages_of_accounts_are_accessible_and_fit_the_screen(sign_in, site):
    page = sign_in("admin")
    for address in (
        "/accounts/",
        "/accounts/new/",
        "/accounts/2/",
        "/account/",
        "/account/password/",
        "/account/factor/new/",
    ):
        page.goto(f"{site}{address}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], address
    assert page.trouble == []


def test_a_department_sees_what_is_in_its_hands(sign_in, site):
    page = sign_in("housing")
    page.goto(f"{site}/projects/?size=200")

    heads = page.locator("table.grid thead th").all_inner_texts()
    column = [text.strip() for text in heads].index("填报单位") + 1
    units = page.locator(f"table.grid tbody tr[data-href] td:nth-child({column})").all_inner_texts()
    assert {text.strip() for text in units} == {"大洼区"}
    assert page.goto(f"{site}/projects/1/").status == 404
