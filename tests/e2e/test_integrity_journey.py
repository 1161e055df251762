"""From a scan of an imported ledger to a collapsed split in the cockpit, and back by appeal: five people, the real engine."""

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import accessible
from tests.integrity.split_ledger import PARTS, parts_ledger

pytestmark = pytest.mark.e2e


def net_started(page, site):
    """The cockpit's net figure of the start: the number, and the address behind it."""
    page.goto(f"{site}/")
    link = page.locator(
        'td.fig-net a[href*="reached=started"][href*="side=net"], dd.fig-net a[href*="reached=started"]'
    ).first
    return int(link.inner_text().replace(",", "")), link.get_attribute("href")


def load_ledger(clerk, site, path):
    clerk.goto(f"{site}/intake/")
    clerk.set_input_files("input[type=file]", str(path))
    clerk.click("main form button")
    clerk.wait_for_url("**/intake/batches/**")
    clerk.goto(clerk.url.split("?")[0] + "?step=commit")
    clerk.click("text=确认入库")
    expect(clerk.locator("main")).to_contain_text("已于")


def scan_and_open(office, site):
    """The office lets the record be scanned: the real engine finds the parts and asks nothing of the sixty others.

    The part that was signed first is less surely one by itself; it stands among the others' partners.
    """
    office.goto(f"{site}/integrity/")
    office.click("text=现在扫描")
    expect(office.locator(".messages")).to_contain_text("已排队扫描")
    rows = office.locator("table.grid tbody tr")
    for _ in range(60):
        office.goto(f"{site}/integrity/?unit=dawa&scheme=split")
        if rows.count() >= len(PARTS) - 1:
            break
        office.wait_for_timeout(1000)
    assert len(PARTS) - 1 <= rows.count() <= len(PARTS)
    expect(rows.first).to_contain_text("同一投资方、同一建设地点")
    expect(rows.first).to_contain_text("红 · 待立件")
    accessible(office, "inbox")
    rows.first.locator("a").first.click()
    accessible(office, "finding")
    expect(office.locator("fieldset input:checked")).to_have_count(2)
    office.click("text=立件 >> nth=-1")
    expect(office.locator("h1")).to_contain_text("核查件")
    expect(office.locator("main")).to_contain_text("立件人不能核定自己立的件")
    return office.url


def say(page, case, form, text):
    page.goto(case)
    page.fill(f"#{form}-text", text)
    page.click(f"#{form}-form button")


def rule(page, case, verdict, reason):
    page.goto(case)
    page.check(f"input[value={verdict}]")
    page.fill("#rule-reason", reason)
    page.click("#rule-form button")
    page.locator("dialog[open] button", has_text="作出结论").click()


def behind_the_figure(leader, address):
    """The list behind the net figure: one row stands for the three, with all their money."""
    leader.goto(address)
    leader.fill("input[name=q]", "辽河聚酯")
    leader.keyboard.press("Enter")
    rows = leader.locator("table.grid tbody tr", has_text="辽河聚酯")
    expect(rows).to_have_count(1)
    expect(leader.locator("main")).to_contain_text("30,900")


def test_a_split_is_found_answered_confirmed_collapsed_appealed_and_given_back(people, own_site, tmp_path):
    clerk, office, chief, deputy, leader = (people(name) for name in ("dawa", "office", "chief", "deputy", "leader"))
    load_ledger(clerk, own_site, parts_ledger(tmp_path / "大洼区台账.xlsx"))
    before, _url = net_started(leader, own_site)
    case = scan_and_open(office, own_site)

    say(clerk, case, "answer", "三项共用一个环评，分别备案")
    expect(clerk.locator(".messages")).to_contain_text("由红转黄")
    accessible(clerk, "case of the unit")

    rule(chief, case, "confirmed", "同一环评、同一宗地")
    expect(chief.locator("main")).to_contain_text("净数按同一工程只计一次")
    accessible(chief, "case confirmed")
    after, behind = net_started(leader, own_site)
    assert after == before - 2
    behind_the_figure(leader, own_site + behind)

    # The unit appeals, a third person overturns, and every figure is as it was.
    say(clerk, case, "appeal", "三项各有环评批复")
    expect(clerk.locator("main")).to_contain_text("正在由另一人复核")
    chief.goto(case)
    expect(chief.locator("main")).to_contain_text("复核人不能是原核定人")
    rule(deputy, case, "overturned", "三份批复核对无误")
    expect(deputy.locator("main")).to_contain_text("已撤回")
    assert net_started(leader, own_site)[0] == before

    office.goto(f"{own_site}/integrity/?unit=dawa&scheme=split&state=all")
    expect(office.locator("table.grid tbody tr").first).to_contain_text("黄 · 已说明清楚")
    for address in (
        "/integrity/samples/",
        "/integrity/indicators/",
        "/integrity/model/",
        "/integrity/cases/?state=all",
    ):
        office.goto(own_site + address)
        accessible(office, address)
    assert people.trouble == []
