"""Building the ledgers that the tests read: real workbooks on disk, opened the way an upload is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from luodi.intake.engine.layout import TableLayout, find_tables
from luodi.intake.engine.mapping import read_vocabulary
from luodi.intake.engine.workbooks import open_workbook

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = read_vocabulary(ROOT / "cities" / "panjin" / "ledgers" / "headings.toml")
PLAIN_HEAD = ["序号", "项目名称", "建设单位", "总投资（万元）", "开工时间", "备注"]


def saved(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]], Sequence[str]], hidden: Sequence[str] = ()) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows, merges in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if value == "" else value for value in row])
        for merge in merges:
            sheet.merge_cells(merge)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def tables(folder: Path, rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> tuple[TableLayout, ...]:
    (sheet,) = open_workbook(saved(folder / "台账.xlsx", ("台账", rows, merges))).sheets
    return find_tables(sheet, known=VOCABULARY.knows)


def project(number: Any, name: str, amount: float = 100, **more: str) -> list[Any]:
    return [number, name, "某公司", amount, "2023-03-29", more.get("remark", "")]


def names(table: TableLayout, column: int = 2) -> list[str]:
    return [row.values[column - 1] for row in table.data_rows()]


def kinds(table: TableLayout) -> dict[int, str]:
    return {row.number: str(row.kind) for row in table.rows() if row.kind != "data"}


def headings(table: TableLayout) -> list[str]:
    return [column.heading for column in table.columns]
