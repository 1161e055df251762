"""Opening files: rows with Excel's own numbers, dates, merges, hidden sheets, formula errors, text encodings."""

import datetime
import io
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine import reader
from luodi.intake.engine.delimited import find_delimiter
from luodi.intake.engine.guards import Limits, Refusal
from luodi.intake.engine.packages import NO_RESULT, column_number
from luodi.intake.engine.workbooks import Merge, SkippedSheet, _load, column_letter, open_workbook

ROOT = Path(__file__).resolve().parents[2]
EVENING = datetime.datetime.fromisoformat("2023-03-29T18:30")
SPREADSHEETS = ROOT.parent / "shared" / "data" / "spreadsheets"


def new_book() -> Any:
    from openpyxl import Workbook

    return Workbook()


def saved(book: Any, path: Path) -> Path:
    book.save(path)
    return path


def test_rows_and_columns_keep_excels_own_numbers(tmp_path: Path) -> None:
    book = new_book()
    book.active["C5"] = "项目名称"
    book.active["E7"] = 3.5
    (sheet,) = open_workbook(saved(book, tmp_path / "a.xlsx")).sheets
    assert (sheet.first_row, sheet.last_row, sheet.width) == (5, 7, 5)
    assert sheet.row(5) == ["", "", "项目名称", "", ""]
    assert sheet.row(7)[4] == 3.5
    assert sheet.row(1) == sheet.row(99) == [""] * 5
    assert [number for number, _ in sheet.numbered()] == [5, 6, 7]


def test_values_come_as_they_are(tmp_path: Path) -> None:
    book = new_book()
    book.active.append(["013800138000", 12, 1.25, True, datetime.date(2023, 3, 29), EVENING])
    (sheet,) = open_workbook(saved(book, tmp_path / "a.xlsx")).sheets
    values = sheet.row(1)
    assert values[:4] == ["013800138000", 12, 1.25, True]
    assert str(values[4])[:10] == "2023-03-29"
    assert values[5] == EVENING


def test_hidden_chart_and_empty_sheets_are_named_with_the_reason(tmp_path: Path) -> None:
    book = new_book()
    book.active.append(["a"])
    for title, state in (("填表说明", "hidden"), ("字典", "veryHidden"), ("空表", "visible")):
        book.create_sheet(title).sheet_state = state
    book["填表说明"].append(["x"])
    book.create_chartsheet("图")
    opened = open_workbook(saved(book, tmp_path / "a.xlsx"))
    assert len(opened.sheets) == 1
    assert {one.name: one.reason for one in opened.skipped} == {
        "填表说明": "工作表已隐藏",
        "字典": "工作表已深度隐藏",
        "空表": "空白工作表",
        "图": "图表工作表，没有单元格",
    }


def test_merges_are_told_for_xlsx_and_xls(tmp_path: Path) -> None:
    book = new_book()
    book.active["B2"] = "x"
    book.active.merge_cells("B2:D5")
    (sheet,) = open_workbook(saved(book, tmp_path / "a.xlsx")).sheets
    assert sheet.merges == (Merge(2, 2, 5, 4),)
    assert open_workbook(SPREADSHEETS / "calamine" / "merged_range.xls").sheets[0].merges


def test_the_1904_epoch_is_told() -> None:
    for name in ("date_1904.xlsx", "date_1904.xls"):
        assert open_workbook(SPREADSHEETS / "calamine" / name).epoch == 1904
    assert open_workbook(SPREADSHEETS / "calamine" / "date.xlsb").epoch == 1900


def test_formula_errors_and_formulas_never_calculated_are_told_by_cell(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表<1>&")
        sheet.write_row("A1", ["项目", "金额"])
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B3", "=1+1", None, 2)
        sheet.write_formula("B4", "=SUM(B2:B3)", None, "")
        sheet.write_formula("C4", '=IF(1,"","x")', None, "")
    opened = open_workbook(path).sheets[0]
    assert opened.errors[2, 2] == "#DIV/0!"
    assert (3, 2) not in opened.errors
    uncalculated = new_book()
    uncalculated.active.append(["项目", "=1+1"])
    assert open_workbook(saved(uncalculated, tmp_path / "b.xlsx")).sheets[0].errors == {(1, 2): NO_RESULT}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_tables_are_read_in_each_encoding_and_with_each_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [["项目名称", "总投资", "备注"], ["㐂镕轻烃，一期", "1，730", '他说"好"'], ["乙", "", "两\n行"]]
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = tmp_path / "台账.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    (sheet,) = open_workbook(path).sheets
    assert (sheet.name, list(sheet.rows)) == ("台账", rows)


def test_nul_bytes_are_dropped_and_an_unclosed_quotation_mark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\x00c\r\n1,2\r\n")
    assert list(open_workbook(path).sheets[0].rows) == [["a", "bc"], ["1", "2"]]
    stored = path.rename(tmp_path / "d1f0")
    assert open_workbook(stored, name="台账.csv").sheets[0].name == "台账"
    path = tmp_path / "b.csv"
    path.write_bytes(b'a,b\r\n"1,2\r\n' + b"x,y\r\n" * 20000)
    with pytest.raises(Refusal) as caught:
        open_workbook(path)
    assert caught.value.code == "broken_csv"


def test_a_text_that_is_neither_utf8_nor_gb18030_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n\xff\x00\xff,1\r\n")
    with pytest.raises(Refusal) as caught:
        open_workbook(path)
    assert caught.value.code == "encoding"


@given(st.sampled_from(",;\t|"), st.integers(2, 6), st.integers(1, 5))
def test_the_delimiter_is_found_whatever_it_is(delimiter: str, columns: int, rows: int) -> None:
    assert find_delimiter([delimiter.join("值" * columns) + "\n"] * rows) == delimiter


@given(st.integers(1, 16384))
def test_column_letters_agree_with_openpyxl_and_turn_back(number: int) -> None:
    from openpyxl.utils import get_column_letter

    assert column_letter(number) == get_column_letter(number)
    assert column_number(column_letter(number)) == number


def sparse(path: Path, address: str) -> Path:
    book = new_book()
    book.active["A1"] = "项目名称"
    book.active[address] = "x"
    return saved(book, path)


def test_a_sheet_as_wide_as_excel_is_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        open_workbook(sparse(tmp_path / "a.xlsx", "XFD2"))
    assert caught.value.code == "too_wide"
    assert "第 2 行用到了第 16384 列" in caught.value.message


@pytest.mark.parametrize("address", ["XFD1048576", "DZ1048576"])
def test_a_stray_cell_in_the_far_corner_cannot_exhaust_the_memory(tmp_path: Path, address: str) -> None:
    with pytest.raises(Refusal) as caught:
        open_workbook(sparse(tmp_path / "a.xlsx", address))
    assert caught.value.code in {"too_complex", "too_wide"}
    assert "Ctrl+End" in caught.value.advice or "列" in caught.value.advice


def test_a_sheet_a_million_rows_tall_but_nearly_empty_is_read(tmp_path: Path) -> None:
    (sheet,) = open_workbook(sparse(tmp_path / "a.xlsx", "C1048576")).sheets
    assert len(sheet.rows) == 1_048_576
    assert sheet.row(1_048_576)[2] == "x"


def test_limits_of_cells_time_and_memory_end_in_a_refusal(tmp_path: Path) -> None:
    book = new_book()
    for _ in range(100):
        book.active.append(["x"] * 10)
    path = saved(book, tmp_path / "a.xlsx")
    for limits, code in (
        (Limits(cells=500), "too_many_cells"),
        (Limits(seconds=0.001), "too_complex"),
        (Limits(columns=5), "too_wide"),
    ):
        with pytest.raises(Refusal) as caught:
            open_workbook(path, limits=limits)
        assert caught.value.code == code


def test_a_damaged_sheet_inside_a_sound_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = new_book()
    book.active.append(["x"])
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, content[: len(content) // 2] if "sheet1" in entry.filename else content)
    with pytest.raises(Refusal) as caught:
        open_workbook(path)
    assert caught.value.code == "corrupt"


def test_the_parent_unpacks_plain_values_only() -> None:
    assert _load(pickle.dumps([1, "x", datetime.date(2023, 1, 1)])) == [1, "x", datetime.date(2023, 1, 1)]
    with pytest.raises(pickle.UnpicklingError):
        _load(pickle.dumps(subprocess.run))


def test_rows_can_be_sliced_indexed_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(f"{number},项目{number}" for number in range(2000)), encoding="utf-8")
    rows = open_workbook(path).sheets[0].rows
    assert len(rows) == 2000 > reader.BLOCK_ROWS
    assert rows[-1] == ["1999", "项目1999"]
    assert rows[510:514] == [[str(n), f"项目{n}"] for n in range(510, 514)]
    assert list(rows) == list(rows)
    with pytest.raises(IndexError):
        rows[2000]


def test_a_ledger_of_three_million_cells_stays_small_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    line = ",".join(["辽宁某某新材料有限公司年产五万吨项目", "1234567.89", "2023-03-29"] * 10)
    path.write_text("\n".join(f"{number}{line}" for number in range(100_000)), encoding="utf-8")
    script = (
        "import resource, sys; from pathlib import Path; from luodi.intake.engine.workbooks import open_workbook;"
        "rows = open_workbook(Path(sys.argv[1])).sheets[0].rows; print(sum(1 for _ in rows));"
        # A process begins with the maximum of the one that started it, here pytest's; its own peak is VmHWM.
        "own = next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'));"
        "print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    count, kilobytes = map(int, done.stdout.split())
    assert count == 100_000
    assert kilobytes < 600_000


def test_a_hidden_sheet_of_the_real_ledger_is_named() -> None:
    opened = open_workbook(ROOT.parent / "shared" / "data" / "ledgers" / "盘锦市招商引资项目台账.xlsx")
    assert opened.skipped == (SkippedSheet("填表说明", "工作表已隐藏"),)
    assert opened.sheets[0].row(5)[2].startswith("精细化工及原料工程项目")
