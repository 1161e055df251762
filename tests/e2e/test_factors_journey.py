"""A shortage is seen, a work is added, the plan is made anew: three projects move, the rest keep their days, a second person adopts it."""

from datetime import date, timedelta

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.e2e.looking import accessible
from tests.ledger_files import row, write

pytestmark = pytest.mark.e2e
NEED = 20
"""万吨/年 of transport that each of six projects needs; half of them find it at first."""


def load_ledger(page, site, path):
    page.goto(f"{site}/intake/")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form button")
    page.wait_for_url("**/intake/batches/**")
    page.goto(page.url.split("?")[0] + "?step=commit")
    page.click("text=确认入库")
    expect(page.locator("main")).to_contain_text("已于")


def book_file(folder):
    """Supply for three now, for the other three in six years; what each needs."""
    book, today = Workbook(), date.today()
    book.remove(book.active)
    supplies = book.create_sheet("供给")
    supplies.append(["要素", "所在", "数量", "从哪天起", "依据"])
    for amount, day in ((3 * NEED, today), (3 * NEED, today + timedelta(weeks=300))):
        supplies.append(["运输能力", "盘山县", amount, day.isoformat(), "港口函"])
    needs = book.create_sheet("需求")
    needs.append(["项目名称", "要素", "数量", "依据"])
    for number in range(1, 7):
        needs.append([f"盘山第{number}厂", "运输能力", NEED, "可研"])
        # Of all else they say that they need none, which is not the same as saying nothing.
        for factor in ("建设用地", "电力容量", "供水", "天然气", "施工队伍"):
            needs.append([f"盘山第{number}厂", factor, 0, "可研"])
    path = folder / "要素账.xlsx"
    book.save(path)
    return path


def plan(page, site, name):
    """Ask for a plan and wait until it is there."""
    page.goto(f"{site}/factors/plans/")
    page.fill("#p-name", name)
    page.fill("#p-seconds", "10")
    page.click("text=排一次 >> nth=-1")
    expect(page.locator("section[aria-labelledby=bars]")).to_be_visible(timeout=120_000)
    return page.url


def adopt(page, address):
    page.goto(address)
    page.fill("#a-reason", "市政府专题会议纪要")
    page.click("text=采纳这份排期")
    expect(page.locator(".messages")).to_contain_text("已采纳")


def waiting(page, address):
    """Names of projects of 盘山县 that wait."""
    page.goto(f"{address}?unit=panshan&only=waiting")
    return page.locator(".gantt-table tbody th a").all_inner_texts()


def test_from_a_shortage_to_an_adopted_plan(people, own_site, tmp_path):
    office, chief, leader = people("office"), people("chief"), people("leader")
    pool = shortage_seen(office, own_site, tmp_path)

    first = plan(office, own_site, "现状排期")
    late = waiting(office, first)
    assert len(late) == 3
    accessible(office, "plan")
    expect(office.locator("section[aria-labelledby=bars]")).to_contain_text("等 运输能力 · 盘山县")
    adopt(chief, first)

    add_work(office, pool)
    second = plan(office, own_site, "加专用线")
    only_those_moved(office, second, late)

    adopt(chief, second)
    # The line that a briefing quotes.
    expect(chief.locator("main")).to_contain_text("3 个提前、0 个推后")
    expect(chief.locator("main")).to_contain_text("任何排法不低于")
    leader.goto(f"{own_site}/factors/month/?month={date.today():%Y-%m}")
    accessible(leader, "month")
    leader.goto(f"{own_site}/factors/")
    expect(leader.locator("main")).to_contain_text("按现行排期“加专用线”的日期")
    assert leader.locator("text=设指标池").count() == 0
    assert people.trouble == []


def shortage_seen(office, site, folder):
    """Six projects come with a ledger, their needs and the supply with a workbook; the cockpit says what lacks. Returns the pool's page."""
    rows = [
        row(n, f"盘山第{n}厂", place="盘山县", chain="物流", amount=10_000 * n, signed="2026-06-01")
        for n in range(1, 7)
    ]
    load_ledger(office, site, write(folder / "盘山.xlsx", rows))
    office.goto(f"{site}/factors/import/")
    office.set_input_files("input[type=file]", str(book_file(folder)))
    office.click("text=核对并写入")
    expect(office.locator(".messages")).to_contain_text("新增 38")
    tile = office.locator(".multiple", has_text="运输能力")
    expect(tile).to_contain_text("起缺 60 万吨/年")
    accessible(office, "cockpit")
    tile.click()
    expect(office.locator("h1")).to_contain_text("运输能力 · 盘山县")
    expect(office.locator("section[aria-labelledby=waiting]")).to_contain_text("盘山第6厂")
    accessible(office, "pool")
    return office.url


def add_work(office, pool):
    office.goto(pool)
    office.click("text=提出准备工程")
    for field, value in {"name": "铁路专用线", "adds": str(3 * NEED), "days": "200", "source": "会议纪要"}.items():
        office.fill(f"#w-{field}", value)
    office.fill("#w-earliest", date.today().isoformat())
    office.click("text=记下工程")
    expect(office.locator(".messages")).to_contain_text("已记下准备工程")


def only_those_moved(office, plan_, late):
    """Nobody of the place waits longer than the weeks that are frozen, and nobody but those who waited has another day."""
    waiting(office, plan_)
    assert all(int(days) <= 28 for days in office.locator(".gantt-table tbody td.num").all_inner_texts())
    office.goto(f"{plan_}?unit=panshan&only=moved")
    moved = office.locator(".gantt-table tbody tr")
    expect(moved).to_have_count(3)
    assert sorted(moved.locator("th a").all_inner_texts()) == sorted(late)
    expect(moved.first).to_contain_text("提前")
    office.goto(plan_)
    expect(office.locator("main")).to_contain_text("采纳人不能是提出排期的人")
    expect(office.locator("section[aria-labelledby=works]")).to_contain_text("铁路专用线")
    office.click("text=与现行的比")
    expect(office.locator("section[aria-labelledby=ends]")).to_contain_text(late[0])
    accessible(office, "compare")
