"""A whole ledger: its tables found, its columns mapped, its rows understood one after another, its totals checked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from luodi.core.city import City
from luodi.intake.engine.amounts import Amount, read_amount
from luodi.intake.engine.dates import read_dates
from luodi.intake.engine.facts import AMOUNT_FIELDS, is_stage_field
from luodi.intake.engine.layout import DataRow, TableLayout, find_tables, why_no_table
from luodi.intake.engine.mapped import Table, samples_of
from luodi.intake.engine.mapping import ColumnMatch, Vocabulary, heading_key, propose
from luodi.intake.engine.problems import WARNING, Problem
from luodi.intake.engine.reports import table_report
from luodi.intake.engine.rowkinds import RowKind
from luodi.intake.engine.statuses import status_claims
from luodi.intake.engine.totals import LedgerLine, check_totals, step_of
from luodi.intake.engine.understanding import MappedColumn, Reader, UnderstoodRow
from luodi.intake.engine.units import UNITS, Unit
from luodi.intake.engine.workbooks import SkippedSheet, Workbook, column_letter, open_workbook

_NUMBERING = re.compile(
    r"^[（(]?[一二三四五六七八九十\d]+[）)、.．]\s*|[（(]\s*共?\d+\s*[个项家].*?[）)]|项目(?=$|[（(：:])|：$|:$"
)
_NO_NAME = "表头里没有项目名称一列，请在“列的对应”里指定"


class Ledger:
    """An opened ledger. `rows()` may be called once; `report()` afterwards."""

    def __init__(
        self,
        workbook: Workbook,
        tables: Sequence[Table],
        skipped: Sequence[SkippedSheet],
        city: City,
        nameless: Sequence[Table] = (),
    ) -> None:
        self.workbook = workbook
        self.tables = tables
        self.skipped = skipped
        self.nameless = nameless
        self._city = city

    @property
    def row_estimate(self) -> int:
        return sum(table.layout.last_row - table.layout.first_row + 1 for table in self.tables)

    def rows(self) -> Iterator[UnderstoodRow]:
        """Every data row of every table, understood."""
        for table in self.tables:
            yield from self.table_rows(table)

    def table_rows(self, table: Table) -> Iterator[UnderstoodRow]:
        """The data rows of one table, understood; afterwards its `lines` and `checks` are known."""
        sheet = table.layout.sheet
        letters = [column_letter(i + 1) for i in range(sheet.width)]
        reader = Reader(
            columns=table.columns,
            status_stage=status_claims,
            epoch=self.workbook.epoch,
            errors=sheet.errors,
            stated_on=_day_of(table.layout.filled_on_text),
        )
        lines: list[LedgerLine] = []
        section, first = None, True
        for data in table.layout.rows():
            if data.kind is RowKind.DATA:
                if data.section != section:
                    section = data.section
                    reader.defaults = self._defaults(table, data.section)
                row = reader.read(sheet.name, data.number, data.values, letters=letters)
                if first:
                    row.problems.extend(_table_problems(table))
                    first = False
                lines.append(LedgerLine(data.number, data.kind, "", _known_amounts(table, row)))
                yield row
            else:
                table.left_out[str(data.kind)] = table.left_out.get(str(data.kind), 0) + 1
                lines.append(_total_line(table, data))
        table.lines, table.checks = lines, check_totals(lines)

    def _defaults(self, table: Table, section: str) -> dict[str, Any]:
        """What the section title, the sheet's name and the caption say for every row below."""
        mapped = {column.field for column in table.columns}
        defaults: dict[str, Any] = {}
        for text in [*section.split(" / "), table.layout.sheet.name]:
            words = _NUMBERING.sub("", text).strip()
            if not words:
                continue
            if self._is_place(words):
                defaults.setdefault("place", words)
            elif not any(is_stage_field(name) for name in mapped) and (claims := status_claims(words)):
                defaults.setdefault("status", claims)
            elif text is not table.layout.sheet.name and "chain" not in mapped and not status_claims(words):
                defaults.setdefault("chain", words[:80])
        reporter = table.layout.reporting_unit
        if reporter and "unit" not in mapped and "place" not in mapped and self._city.place(reporter):
            defaults.setdefault("place", reporter)
        return defaults

    def _is_place(self, words: str) -> bool:
        return any(words in (unit.name, unit.short, *unit.places) for unit in self._city.units) or (
            words in self._city.divisions.values()
        )

    def report(self) -> list[dict[str, Any]]:
        """Per table, as JSON: where the head is, what the columns are, units, totals; then the sheets left out and why.

        A sheet without a column of names is left out too, but with its columns, so that a person can point at that one.
        """
        nameless = [{**table_report(table), "skipped": _NO_NAME} for table in self.nameless]
        skipped = [{"sheet": s.name, "skipped": s.reason, "totals_wrong": [], "notes": []} for s in self.skipped]
        return [*map(table_report, self.tables), *nameless, *skipped]

    def heading_fields(self) -> dict[str, dict[str, str]]:
        """The mapping in force by heading, per set of headings: what is remembered."""
        return {t.key: {m.column.heading: m.field or "" for m in t.matches if m.column.heading} for t in self.tables}


def read_ledger(
    path: Path,
    *,
    vocabulary: Vocabulary,
    city: City,
    remembered: Mapping[str, Mapping[str, str]],
    corrections: Mapping[str, Mapping[str, str]],
    name: str = "",
) -> Ledger:
    """Open a file and map its tables. `corrections`: {sheet: {letter: field}}. Raises `Refusal` when it cannot be read at all."""
    workbook = open_workbook(path, name=name)
    tables: list[Table] = []
    nameless: list[Table] = []
    skipped = list(workbook.skipped)
    for sheet in workbook.sheets:
        found = [
            _map(layout, vocabulary, remembered, corrections.get(sheet.name, {}), city)
            for layout in find_tables(sheet, known=vocabulary.knows)
        ]
        named = [table for table in found if table.has_names]
        if not found:
            skipped.append(SkippedSheet(sheet.name, why_no_table(sheet)))
        elif not named:
            # A sheet on which no name column is found stays visible, so that a person can point at it.
            nameless += found
        tables += named
    return Ledger(workbook, tables, skipped, city, nameless)


def _map(
    layout: TableLayout,
    vocabulary: Vocabulary,
    remembered: Mapping[str, Mapping[str, str]],
    corrections: Mapping[str, str],
    city: City,
) -> Table:
    key = heading_key(layout.columns)
    known = {**remembered.get(key, {}), **corrections}
    samples = samples_of(layout)
    matches = propose(layout.columns, vocabulary, known or None, samples)
    columns, assumed = [], False
    common = layout.unit or _unit_of_others(matches)
    for match in matches:
        if match.field is None:
            continue
        unit = match.column.unit or common
        if match.field in AMOUNT_FIELDS | {"amount_text"} and unit is None:
            unit, assumed = UNITS[city.default_unit], assumed or match.field in AMOUNT_FIELDS
        columns.append(
            MappedColumn(match.column.index - 1, match.column.letter, match.column.heading, match.field, unit)
        )
    # The number column is read before the amount in words, which is only its cross-check.
    columns.sort(key=lambda column: (column.field == "amount_text", column.position))
    return Table(layout, matches, tuple(columns), key, assumed)


def _unit_of_others(matches: Sequence[ColumnMatch]) -> Unit | None:
    """The unit that the other amount columns name, when they all name the same: "总投资（万元）" speaks for the row of them."""
    named = {m.column.unit.code: m.column.unit for m in matches if m.field in AMOUNT_FIELDS and m.column.unit}
    return next(iter(named.values())) if len(named) == 1 else None


def _day_of(text: str | None) -> date | None:
    """The last day of what a 填报日期 says."""
    periods = [claim.period for claim in read_dates(text).claims if claim.period] if text else []
    return periods[0].end if periods else None


def _table_problems(table: Table) -> Iterator[Problem]:
    if table.unit_assumed:
        heads = [column for column in table.columns if column.field in AMOUNT_FIELDS]
        message = "台账没有写金额单位，已按本市默认单位理解"
        yield Problem(
            WARNING,
            "unit_assumed",
            message,
            "在表头或表格上方写明单位，例如“单位：万元”",
            heads[0].letter,
            heads[0].heading,
        )


def _known_amounts(table: Table, row: UnderstoodRow) -> dict[int, int | None]:
    """Amounts that stand as plain numbers in their own column: what a total can be the sum of."""
    values: dict[int, int | None] = {}
    for column in table.columns:
        if column.field in AMOUNT_FIELDS:
            amount = row.values.get(column.field) if row.columns.get(column.field) == column.letter else None
            plain = isinstance(amount, Amount) and amount.bound == "exact"
            values[column.position + 1] = amount.minor if plain and isinstance(amount, Amount) else None
    return values


def _total_line(table: Table, data: DataRow) -> LedgerLine:
    values: dict[int, int | None] = {}
    steps: dict[int, int] = {}
    for column in table.columns:
        if column.field not in AMOUNT_FIELDS or column.position >= len(data.values) or column.unit is None:
            continue
        value = data.values[column.position]
        reading = read_amount(value, unit=column.unit)
        if reading.main is not None and reading.problem is None:
            values[column.position + 1] = reading.main.minor
            steps[column.position + 1] = step_of(value, column.unit.minor_per_unit)
    return LedgerLine(data.number, data.kind, data.label, values, steps)
