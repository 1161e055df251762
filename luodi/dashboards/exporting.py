"""The list as a workbook: exactly the filter and the columns that are seen, bounded, with what it is written on it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.core.templatetags.money import SCALES
from luodi.core.workbook import safe
from luodi.dashboards import columns
from luodi.dashboards.listing import ListState, Whole, as_told, chips, headline, total_words, totals
from luodi.intake import words

LIMIT = 200_000
"""Rows in one workbook: what Excel of an office computer opens in reasonable time."""
HEAD_ROW = 2


@dataclass(frozen=True, slots=True)
class Export:
    """`rows` of `total` are in it."""

    file: io.BytesIO
    rows: int
    total: int


def build(state: ListState, user: User, *, today: date, head: str) -> Export:
    """Write the workbook row by row: in memory stands the packed file only, some 100 bytes a row."""
    import xlsxwriter

    whole = totals(state, user)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = _Sheet(book, state, user.money_unit)
    sheet.write_top(_caption(state, user, today))
    written = 0
    for written, row in enumerate(_rows(state, user), start=1):
        sheet.write_row(written, row)
    sheet.write_end(written, whole, head)
    book.close()
    file.seek(0)
    return Export(file, written, whole.rows)


def _rows(state: ListState, user: User) -> Iterator[dict[str, Any]]:
    scope = scope_of(user)
    rows = state.filter.apply(user).values(*columns.FIELDS)[:LIMIT].iterator(chunk_size=2000)
    for row in as_told(rows, state):
        yield columns.counted(columns.bounded(row, scope), state.filter.counting)


def _caption(state: ListState, user: User, today: date) -> str:
    """Who, when, which definition, which unit, which filter."""
    active = "；".join(chip["text"] for chip in chips(state)) or _("全部")
    parts = [
        (words.field_name("unit"), user.unit_label or city().name),
        (_("日期"), today.isoformat()),
        (_("口径"), city().definition["version"]),
        (_("金额单位"), str(words.UNITS[user.money_unit])),
        (_("筛选"), active),
    ]
    return "　".join(f"{label}{_('：')}{value}" for label, value in parts)


class _Sheet:
    """One worksheet: formats, head, rows, end."""

    def __init__(self, book: Any, state: ListState, unit: str) -> None:
        base = {"font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#999999"}
        places = SCALES[unit][1]
        self.sheet = book.add_worksheet(_("项目清单"))
        self.state, self.unit = state, unit
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "left"})
        self.plain = book.add_format({"font_size": 10})
        self.head = book.add_format({**base, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDF2F2"})
        self.text = book.add_format({**base, "text_wrap": True})
        self.number = book.add_format({**base, "num_format": f"#,##0.{'0' * places}"})
        self.bold = book.add_format({**base, "bold": True, "num_format": f"#,##0.{'0' * places}"})

    def write_top(self, caption: str) -> None:
        sheet, last = self.sheet, len(self.state.cols)
        sheet.set_column(0, 0, 6)
        for index, code in enumerate(self.state.cols, start=1):
            sheet.set_column(index, index, columns.BY_CODE[code].width)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        sheet.set_footer("&C&P / &N")
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, _("%(city)s项目清单") % {"city": city().name}, self.title)
        sheet.write_string(1, 0, safe(caption), self.plain)
        sheet.set_row(HEAD_ROW, 30)
        sheet.write_string(HEAD_ROW, 0, _("序号"), self.head)
        for index, code in enumerate(self.state.cols, start=1):
            unit = f"{_('（')}{words.UNITS[self.unit]}{_('）')}" if code == "amount" else ""
            sheet.write_string(HEAD_ROW, index, columns.BY_CODE[code].label + unit, self.head)
        self.last_column = last

    def write_row(self, number: int, row: dict[str, Any]) -> None:
        line = HEAD_ROW + number
        self.sheet.write_number(line, 0, number, self.text)
        for index, code in enumerate(self.state.cols, start=1):
            if code == "amount" and row["standing__amount_fen"] is not None:
                self.sheet.write_number(line, index, self._in_unit(row["standing__amount_fen"]), self.number)
            else:
                self.sheet.write_string(line, index, safe(columns.text(code, row, self.unit)), self.text)

    def write_end(self, written: int, whole: Whole, head: str) -> None:
        """The sum over the whole filter, how it is counted, and how much of it is here."""
        line = HEAD_ROW + written + 1
        self.sheet.write_string(line, 0, _("合计"), self.bold)
        for index, code in enumerate(self.state.cols, start=1):
            if code == "amount" and whole.amount is not None:
                self.sheet.write_number(line, index, self._in_unit(whole.amount), self.bold)
            else:
                self.sheet.write_string(line, index, total_words(whole) if code == "name" else "", self.bold)
        done = _("已导出 %(rows)s / %(total)s 行") % {"rows": f"{written:,}", "total": f"{whole.rows:,}"}
        if written < whole.rows:
            done += _("：一个文件最多 %(limit)s 行，请缩小筛选范围后分次导出") % {"limit": f"{LIMIT:,}"}
        notes = [done, headline(whole)]
        if whole.count.without_amount:
            without = {"n": f"{whole.count.without_amount:,}"}
            notes.append(_("合计金额不含 %(n)s 个没有写明确切人民币金额的项目") % without)
        notes.append(_("审计日志树头 %(head)s") % {"head": head})
        for offset, note in enumerate(notes, start=1):
            self.sheet.write_string(line + offset, 0, note, self.plain)
        self.sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(written, 1), self.last_column)
        self.sheet.print_area(0, 0, line + len(notes), self.last_column)

    def _in_unit(self, fen: int) -> Decimal:
        return Decimal(fen) / SCALES[self.unit][0]
