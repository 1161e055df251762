"""Small ledgers for tests, written as an office would and read by the real reader."""

from pathlib import Path

from openpyxl import Workbook

HEADINGS = [
    "序号",
    "项目名称",
    "投资主体",
    "所在地区",
    "产业类别",
    "总投资（万元）",
    "签约时间",
    "开工时间",
    "投产时间",
    "信息来源",
]


def row(
    number,
    name,
    *,
    investor="",
    place="大洼区",
    chain="新材料",
    amount=None,
    signed="",
    started="",
    produced="",
    source="",
):
    """One line in the order of HEADINGS."""
    return [number, name, investor, place, chain, amount, signed, started, produced, source]


def write(path: Path, rows, *, headings=HEADINGS, title="项目台账") -> Path:
    """A workbook with a title row, a head and the rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append([title])
    sheet.append(headings)
    for line in rows:
        sheet.append(line)
    book.save(path)
    return path
