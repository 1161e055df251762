"""Rejected rows come back in their own ledger with the reason beside them; mended and loaded again, they are in."""

from pathlib import Path

import openpyxl
import pytest

from luodi.intake.engine.workbooks import open_workbook
from luodi.intake.returning import REASON, rejected_workbook
from luodi.projects.models import Project
from tests.core.record import load
from tests.intake.office_ledger import STEEL, write_office_ledger
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
HEAD = "项目名称,所在地区,总投资（万元）,备注"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def returned(batch, folder: Path) -> Path:
    path = folder / "退回.xlsx"
    path.write_bytes(rejected_workbook(batch))
    return path


def lines(path: Path) -> list[list[object]]:
    (sheet,) = open_workbook(path).sheets
    return [list(line) for line in sheet.rows]


def test_only_rejected_rows_come_back_below_their_head_with_every_reason(tmp_path):
    rows = [row(1, "甲厂", amount=1), row(2, "", amount="5O万", signed="2023-13-45"), row(3, "丙厂", amount=2)]
    batch = load(write(tmp_path / "台账.xlsx", rows, title="某区项目台账（单位：万元）"))

    title, head, mended = lines(returned(batch, tmp_path))

    assert title[0] == "某区项目台账（单位：万元）"
    assert head == [*HEADINGS, REASON]
    assert mended[:7] == [2, "", "", "大洼区", "新材料", "5O万", "2023-13-45"]
    reasons = mended[-1].split("\n")
    assert len(reasons) == len(batch.rows.get(state="rejected").problems) == 3
    assert {reason.split("：")[0] for reason in reasons} == {"项目名称", "总投资（万元）", "签约时间"}
    assert all("；" in reason for reason in reasons), "what is wrong and what to do"


def test_a_mended_row_goes_in_and_the_reason_is_not_read(tmp_path):
    batch = load(
        write(
            tmp_path / "台账.xlsx",
            [row(1, "甲厂", amount=1), row(2, "", amount=7, source="http://www.panjin.gov.cn/1")],
        )
    )
    path = returned(batch, tmp_path)
    book = openpyxl.load_workbook(path)
    book["台账"]["B3"] = "乙厂"
    book.save(path)

    again = load(path)

    counts = {"created": 1, "changed": 0, "unchanged": 0, "rejected": 0, "warnings": 0, "pending": 0, "rows": 1}
    assert again.counts == counts
    facts = {name: text for name, (text, _) in Project.objects.get(name="乙厂").facts.items()}
    assert facts["total_investment"] == "CNY 7000000 exact"
    assert facts["source"] == "http://www.panjin.gov.cn/1"
    assert REASON not in str(facts)
    assert [c["field"] for c in again.sheets[0]["columns"] if c["heading"] == REASON] == [""]


def test_returned_unmended_it_is_rejected_again_for_the_same_reasons_in_one_reason_column(tmp_path):
    batch = load(write(tmp_path / "台账.xlsx", [row(1, "", amount="5O万")]))
    first = returned(batch, tmp_path)
    once = lines(first)

    again = load(first)

    assert again.counts["rejected"] == 1
    assert lines(returned(again, tmp_path)) == once


def test_sheets_looks_and_sections_of_the_office_ledger_survive(tmp_path):
    path = write_office_ledger(tmp_path / "台账.xlsx", {"E6": "5O亿"})
    batch = load(path)

    back = returned(batch, tmp_path)

    old, new = openpyxl.load_workbook(path), openpyxl.load_workbook(back)
    assert new.sheetnames == [STEEL]
    sheet = new[STEEL]
    assert [sheet[f"A{n}"].value for n in range(1, 6)] == ["盘锦市重点项目台账", "序号", None, "一、钢铁（3个）", 2]
    assert sheet["C5"].value == "某钢铁集团", "it stood in a merged range"
    assert (sheet["E5"].value, sheet["I2"].value) == ("5O亿", REASON)
    assert {str(merge) for merge in sheet.merged_cells.ranges} >= {"A1:H1", "A2:A3", "E2:F2", "I2:I3"}
    assert sheet.column_dimensions["B"].width == old[STEEL].column_dimensions["B"].width
    assert sheet["A2"].font.b
    assert sheet["G5"].number_format == "yyyy/m/d"
    assert sheet["G5"].is_date
    assert sheet["I5"].alignment.wrap_text
    sheet["E5"] = 2
    new.save(back)
    again = load(back)
    assert again.counts["created"] == 1
    facts = Project.objects.get(name="乙钢板厂").facts
    assert [facts[name][0] for name in ("chain", "investor", "total_investment")] == [
        "钢铁",
        "某钢铁集团",
        "CNY 20000000000 exact",
    ]


def test_formulas_come_back_as_their_values_and_same_as_above_in_full(tmp_path):
    path = write_office_ledger(tmp_path / "台账.xlsx", {"B7": "", "C7": "同上"})

    (*_, mended) = lines(returned(load(path), tmp_path))

    assert mended[2:8] == ["某钢铁集团", "双台子区", 3, 0, "2023年上半年", "已供地"]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-x", "@SUM(A1)", "<b>&\"'"])
def test_a_text_stays_a_text_whatever_it_starts_with(tmp_path, text):
    line = row(1, "", amount=1)
    line[2] = text
    source = tmp_path / "台账.xlsx"
    book = openpyxl.load_workbook(write(source, [row(1, "", amount=1)]))
    book["台账"]["C3"].value = text
    book["台账"]["C3"].data_type = "s"
    book.save(source)

    back = returned(load(source), tmp_path)

    cell = openpyxl.load_workbook(back)["台账"]["C3"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(("suffix", "encoding"), [(".csv", "gb18030"), (".csv", "utf-8-sig")])
def test_a_text_table_comes_back_as_a_workbook_that_can_be_mended(tmp_path, suffix, encoding):
    path = tmp_path / f"台账{suffix}"
    path.write_bytes(f"{HEAD}\n甲厂,大洼区,1,\n,大洼区,20,=x\n".encode(encoding))
    batch = load(path)

    back = returned(batch, tmp_path)

    head, mended = lines(back)
    assert head == [*HEAD.split(","), REASON]
    assert mended[:4] == ["", "大洼区", "20", "=x"]
    book = openpyxl.load_workbook(back)
    assert book["台账"]["D2"].data_type == "s"
    book["台账"]["A2"] = "乙厂"
    book.save(back)
    assert load(back).counts["created"] == 1


def test_an_old_workbook_comes_back_as_a_new_one(tmp_path):
    from tests.conftest import LEDGERS
    from tests.core.record import PUBLISHED

    batch = load(LEDGERS / next(name for name in PUBLISHED if name.endswith(".xls")))
    first, second = batch.rows.order_by("id")[:2]
    for one in (first, second):
        one.state = "rejected"
        one.save(update_fields=["state"])

    found = lines(returned(batch, tmp_path))

    original = open_workbook(batch.file.path).sheets[0]
    assert [line[:-1] for line in found] == [original.row(n) for n in (1, first.number, second.number)]
    assert found[0][-1] == REASON


def test_two_tables_on_a_sheet_each_keep_their_head(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    for line in (
        ["一、在建项目情况"], ["序号", "项目名称", "所在地区", "总投资（万元）"], [1, "甲厂", "大洼区", 5], [2, "", "大洼区", 6], [],
        ["储备项目一览表"], ["序号", "项目名称", "所在地区", "产业类别", "总投资（亿元）"], [1, "", "盘山县", "石化", 7], [2, "丁厂", "盘山县", "石化", 8],
    ):  # fmt: skip
        sheet.append(line)
    book.save(tmp_path / "台账.xlsx")
    batch = load(tmp_path / "台账.xlsx")
    assert batch.counts["rejected"] == 2
    back = returned(batch, tmp_path)

    mended = openpyxl.load_workbook(back)
    for cell in mended["台账"]["B"]:
        if cell.value is None and isinstance(mended["台账"].cell(cell.row, 1).value, int):
            cell.value = f"新厂{cell.row}"
    mended.save(back)

    assert load(back).counts["created"] == 2
    amounts = {p.facts["total_investment"][0] for p in Project.objects.filter(name__startswith="新厂")}
    assert amounts == {"CNY 6000000 exact", "CNY 70000000000 exact"}
