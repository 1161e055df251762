"""A ledger as an office keeps it: two visible sheets and a hidden one, merged heads, sections, formulas, real dates, 同上."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

STEEL, FOOD = "重点项目", "食品"
HEAD = ["序号", "项目名称", "投资主体", "所在地区", "投资（亿元）", "", "签约时间", "备注"]
ROWS = (
    (1, "甲钢管厂", "某钢铁集团", "大洼区", 1.5, 0.5, date(2023, 3, 1), "-"),
    (2, "乙钢板厂", "", "大洼区", 2, 0.25, date(2023, 3, 2), "已供地"),
    (3, "丙钢丝厂", "丙公司", "双台子区", "=10000*3/10000", 0, "2023年上半年", "同上"),
)


def write_office_ledger(path: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """Write it; `changes` are other values for cells of the first sheet, {"E6": 3}."""
    with xlsxwriter.Workbook(path) as book:
        _first(book, dict(changes or {}))
        sheet = book.add_worksheet("旧表")
        sheet.write_row(0, 0, ["不要动", "=备注"])
        sheet.hide()
        second = book.add_worksheet(FOOD)
        second.write_row(0, 0, ["单位：万元"])
        second.write_row(1, 0, ["序号", "项目名称", "所在地区", "总投资", "备注"])
        second.write_row(2, 0, [1, "丁食品厂", "盘山县", 8500])
        second.write_string(2, 4, "=SUM(A1)")
    return path


def _first(book: Any, changes: dict[str, Any]) -> None:
    sheet = book.add_worksheet(STEEL)
    title = book.add_format({"bold": True, "font_size": 18, "align": "center"})
    head = book.add_format({"bold": True, "border": 1, "align": "center"})
    money = book.add_format({"num_format": "0.00", "border": 1})
    day = book.add_format({"num_format": "yyyy/m/d", "border": 1})
    sheet.merge_range("A1:H1", "盘锦市重点项目台账", title)
    for column, text in enumerate(HEAD):
        if text == "投资（亿元）":
            sheet.merge_range("E2:F2", text, head)
        elif text:
            sheet.merge_range(1, column, 2, column, text, head)
    sheet.write_row("E3", ["总投资", "其中：年度计划投资"], head)
    sheet.write_string("A4", "一、钢铁（3个）")
    for number, row in enumerate(ROWS, start=5):
        for column, value in enumerate(row):
            address = "ABCDEFGH"[column] + str(number)
            look = money if column in {4, 5} else day if column == 6 else None
            _put(sheet, address, changes.pop(address, value), look)
    sheet.merge_range("C5:C6", ROWS[0][2]) if "C6" not in changes else sheet.write_row("C5", [ROWS[0][2]])
    sheet.write_string("B8", "合计")
    sheet.write_formula("E8", "=SUM(E5:E7)", money, changes.pop("E8", 6.5))
    sheet.write_number("F8", changes.pop("F8", 0.75), money)
    for address, value in changes.items():
        _put(sheet, address, value, None)
    sheet.set_column("B:B", 33)
    sheet.freeze_panes(3, 0)


def _put(sheet: Any, address: str, value: Any, look: Any) -> None:
    if isinstance(value, str) and value.startswith("=10000"):
        sheet.write_formula(address, value, look, 3)
    elif isinstance(value, str):
        sheet.write_string(address, value, look)
    else:
        sheet.write(address, value, look)
