"""A clerk loads the office's own ledger without help: upload, mapping, problems, differences, commit, return, revert."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.e2e.looking import accessible
from tests.ledger_files import row, write

pytestmark = pytest.mark.e2e
AXE = Path("node_modules/axe-core/axe.min.js")
ROWS = [
    row(1, "临港智能冷库", investor="辽宁冷链有限公司", amount=12000, signed="2025-03-01", started="2025年6月"),
    row(2, "水产品精深加工园", investor="盘锦渔业有限公司", amount="1.5亿元", signed="2025上半年", started="计划2026"),
    row(3, "写错日期的项目", amount=3000, signed="2025-02-30"),
    row(4, "", amount=500),
]


def upload(page, site, path):
    page.goto(f"{site}/intake/")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form button")
    page.wait_for_url("**/intake/batches/**")
    return page.url.split("?")[0]


def test_a_clerk_loads_a_ledger_and_takes_it_back(sign_in, site, tmp_path):
    page = sign_in("dawa")
    batch = upload(page, site, write(tmp_path / "大洼区项目台账.xlsx", ROWS))

    # What each column was read as.
    expect(page.locator("main")).to_contain_text("总投资（万元）")
    expect(page.locator("main")).to_contain_text("有把握")

    # Every problem at once, with sheet, row and column.
    page.goto(f"{batch}?step=problems")
    table = page.locator("table.grid tbody")
    expect(table.locator("tr")).to_have_count(2)
    expect(table).to_contain_text("2025-02-30")
    expect(table.locator("tr", has_text="2025-02-30")).to_contain_text("台账")
    expect(table.locator("tr", has_text="2025-02-30")).to_contain_text("5")
    expect(table.locator("tr", has_text="2025-02-30")).to_contain_text("G")

    page.goto(f"{batch}?step=changes")
    expect(page.locator("main")).to_contain_text("水产品精深加工园")

    # Commit; a reload lands on the result.
    page.goto(f"{batch}?step=commit")
    page.click("text=确认入库")
    expect(page.locator("main")).to_contain_text("已于")
    page.reload()
    expect(page.locator("main")).to_contain_text("已于")

    # The rest comes back as a workbook with reasons.
    with page.expect_download() as download:
        page.click("text=下载退回的行")
    returned = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).active
    texts = [[str(cell.value or "") for cell in line] for line in returned.iter_rows()]
    assert any("退回原因" in text for line in texts for text in line)
    assert any("日历上没有这一天" in text for line in texts for text in line)

    page.goto(f"{site}/projects/?q=临港智能冷库")
    expect(page.locator("table.grid")).to_contain_text("12,000")

    # Revert whole: the projects are gone.
    page.goto(batch)
    page.click("text=整批撤回")
    page.locator("dialog[open] button", has_text="整批撤回").click()
    expect(page.locator("main")).to_contain_text("已整批撤回")
    page.goto(f"{site}/projects/?q=临港智能冷库")
    expect(page.locator("main")).to_contain_text("没有符合条件的项目")
    assert page.trouble == []


def test_a_row_like_a_known_project_is_told_before_it_is_committed(sign_in, site, tmp_path):
    """The demo knows 钢结构加工生产 of the same company: preview, link, commit all the same; then the entry form asks once."""
    page = sign_in("dawa")
    again = row(1, "钢结构加工基地", investor="杭萧钢构股份有限公司", amount=8500, signed="2026-03-01")
    batch = upload(page, site, write(tmp_path / "大洼区新增.xlsx", [again]))

    page.goto(f"{batch}?step=problems")
    told = page.locator("tr", has_text="和已有项目相似")
    expect(told).to_contain_text("投资主体相同、总投资相同；概率")
    accessible(page, "problems with a likeness")
    page.goto(f"{batch}?step=commit")
    expect(page.locator("main")).to_contain_text("1 行和已有项目相似")
    page.goto(f"{batch}?step=changes")
    page.click("text=钢结构加工生产")
    expect(page.locator("h1")).to_contain_text("钢结构加工生产")
    page.goto(f"{batch}?step=commit")
    page.click("text=确认入库")
    expect(page.locator("main")).to_contain_text("入库时已经提醒过")
    page.click("text=整批撤回")
    page.locator("dialog[open] button", has_text="整批撤回").click()
    expect(page.locator("main")).to_contain_text("已整批撤回")

    page.goto(f"{site}/reserve/ideas/new/")
    for name, text in (
        ("name", "钢结构加工二基地"),
        ("proposer", "招商局"),
        ("investor", "杭萧钢构股份有限公司"),
        ("total_investment", "8500"),
    ):
        page.fill(f"#id-{name if name != 'total_investment' else 'amount'}", text)
    page.click("main form button")
    expect(page.locator("main")).to_contain_text("和已有项目相似，还没有建立")
    accessible(page, "the entry form asks")
    page.click("text=不是同一个，建立")
    expect(page.locator("h1")).to_contain_text("钢结构加工二基地")
    # The browser notes the form's 422 as an error of its console; nothing else may be there.
    assert [text for text in page.trouble if "422" not in text] == []


def test_a_file_that_is_no_ledger_is_refused_in_words(sign_in, site, tmp_path):
    page = sign_in("office")
    path = tmp_path / "报告.xlsx"
    path.write_bytes(b"%PDF-1.7 not a workbook")

    upload(page, site, path)

    expect(page.locator("[role=alert]")).to_be_visible()
    assert page.trouble == []


def test_a_large_ledger_is_checked_by_the_worker_while_the_page_shows_how_far(sign_in, site, tmp_path):
    page = sign_in("office")
    lines = [
        row(
            n,
            f"批量项目第{n}号厂房",
            investor=f"盘锦第{n}有限公司",
            amount=1000 + n,
            signed="2025-01-01",
            source=f"https://panjin.gov.cn/{n}",
        )
        for n in range(1, 6001)
    ]
    batch = upload(page, site, write(tmp_path / "大台账.xlsx", lines))

    page.wait_for_selector("text=总投资（万元）", timeout=60_000)
    page.goto(f"{batch}?step=commit")
    page.click("text=确认入库")
    page.wait_for_selector("text=已于", timeout=90_000)

    page.goto(f"{site}/projects/?q=批量项目第5999号")
    expect(page.locator("table.grid")).to_contain_text("6,999")
    page.goto(batch)
    page.click("text=整批撤回")
    page.locator("dialog[open] button", has_text="整批撤回").click()
    expect(page.locator("main")).to_contain_text("已整批撤回", timeout=60_000)
    assert page.trouble == []


def test_the_pages_of_the_wizard_are_accessible_and_fit_the_screen(sign_in, site):
    page = sign_in("office")
    for address in [
        "/intake/",
        "/intake/batches/",
        "/intake/batches/1/?step=mapping",
        "/intake/batches/1/?step=problems",
        "/intake/batches/1/?step=changes",
        "/intake/batches/1/",
    ]:
        page.goto(f"{site}{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], address
    assert page.trouble == []
