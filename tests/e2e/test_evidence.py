"""A clerk reports a start with a photo that contradicts it, explains; another unit verifies; the proven figure moves by one."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import accessible
from tests.evidence import papers

pytestmark = pytest.mark.e2e


@pytest.fixture
def enter(sign_in, page, site):
    """Sign in as another person, in the same window."""

    def go(username):
        page.context.clear_cookies()
        return sign_in(username)

    return go


def started(page, site):
    """Projects reported and proven as started, from the cockpit's own numbers."""
    page.goto(f"{site}/")
    found = {}
    for side in ("reported", "proven"):
        link = page.locator(f"a.count[href*='reached=started'][href*='side={side}']").first
        found[side] = int(link.inner_text().replace(",", ""))
    return found


def open_project(page, site, name):
    page.goto(f"{site}/projects/?q={name}")
    page.click(f"td.name a:has-text('{name}')")
    page.wait_for_selector("#steps")


def report(page, site, folder):
    """The clerk reports a start with a photo of another day and place, and the contract. Returns the project's name."""
    page.goto(f"{site}/projects/?size=200")
    names = page.locator("tr[data-href] td.name").all_inner_texts()
    name = next(text for text in names if _is_open(page, text))
    open_project(page, site, name)
    page.click("text=报送阶段")
    page.select_option("#stage-choice", label="开工")
    page.wait_for_selector("#report-form")
    expect(page.locator("main")).to_contain_text("场平（平场）不是开工")
    page.fill("#first", "2026-05-06")
    taken = papers.TAKEN.replace(year=2026, month=3, day=1)
    photo = papers.photo(folder / "打桩.jpg", taken=taken, place=papers.SHENYANG)
    contract = papers.contract(folder / "施工合同.pdf", "施工合同", f"工程名称：{name}")
    page.set_input_files("input[name='file-piling']", photo)
    page.set_input_files("input[name='file-works_contract']", contract)
    page.click("#report-form >> text=报送")
    page.wait_for_selector("text=材料已齐，等待核实")
    expect(page.locator("ol.timeline")).to_contain_text("填报员 报送于")
    return name


def explain(page):
    """The contradiction is shown, and the clerk answers it. Returns the document's address."""
    page.locator("article.piece").get_by_text("打桩.jpg").click()
    expect(page.locator("#contradiction")).to_contain_text("矛盾")
    expect(page.locator("main")).to_contain_text("比所报的日期早 66 天")
    assert page.locator("figure.preview img").evaluate("image => image.naturalWidth") == 320
    page.fill("#answer-text", "相机时钟未校准，照片由监理单位在沈阳导出；现场桩号见合同附图")
    page.click("#answer-form button")
    page.wait_for_selector("text=已说明，材料回到核实队列")
    assert page.locator("#judge-form").count() == 0
    return page.url


def verify(page, site):
    """The housing office finds it in the queue and accepts both documents."""
    page.click("nav >> text=核实")
    page.click("nav >> text=佐证核实")
    expect(page.locator("table.grid")).to_contain_text("照片矛盾")
    expect(page.locator("table.grid")).to_contain_text("已说明")
    for kind in ("打桩现场照片", "施工合同"):
        page.goto(f"{site}/evidence/?waits=verifier&mine=1")
        page.click(f"th.name a:has-text('{kind}')")
        page.fill("#judge-reason", "与监理日志核对一致")
        page.click("#judge-form >> text=核实无误")
        page.wait_for_selector("text=佐证已核实")


def test_a_start_is_reported_questioned_explained_verified_and_counted(enter, site, tmp_path):
    before = started(enter("leader"), site)
    page = enter("dawa")
    name = report(page, site, tmp_path)
    address = explain(page)
    assert enter("panshan").goto(address).status == 404
    verify(enter("housing"), site)

    page = enter("leader")
    after = started(page, site)
    assert {side: after[side] - before[side] for side in before} == {"reported": 1, "proven": 1}
    open_project(page, site, name)
    timeline = page.locator("ol.timeline").first
    expect(timeline).to_contain_text("有佐证")
    timeline.locator("summary").last.click()
    expect(timeline).to_contain_text(re.compile("核实员.*核实：一致"))
    expect(timeline).to_contain_text("照片矛盾")
    assert page.trouble == []


@pytest.mark.parametrize("username", ["dawa", "housing", "office"])
def test_pages_of_evidence_are_accessible_and_fit_the_screen(enter, site, username):
    page = enter(username)
    addresses = ["/evidence/", "/evidence/?waits=all", "/evidence/rechecks/"]
    for address in addresses:
        page.goto(f"{site}{address}")
        accessible(page, address)
    page.goto(f"{site}/evidence/?waits=all")
    if page.locator("th.name a").count():
        page.locator("th.name a").first.click()
        accessible(page, "piece")
    if username == "dawa":
        page.goto(f"{site}/projects/?size=200")
        page.locator("td.name a").first.click()
        accessible(page, "project")
        page.click("text=报送阶段")
        page.select_option("#stage-choice", label="入统")
        page.wait_for_selector("#report-form")
        accessible(page, "report")
    assert page.trouble == []


def _is_open(page, name):
    """A project of which nothing beyond the signing is on record yet."""
    row = page.locator("tr[data-href]", has=page.locator(f"td.name a:text-is('{name}')"))
    return "开工" not in row.inner_text() and "投产" not in row.inner_text() and "竣工" not in row.inner_text()
