"""A whole ledger: its tables found, its columns mapped, its rows understood one after another, its totals checked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from luodi.core.city import City
from luodi.intake.engine.amounts import Amount, read_amount
from luodi.intake.engine.dates import read_dates
from luodi.intake.engine.facts import AMOUNT_FIELDS, is_stage_field
from luodi.intake.engine.layout import DataRow, TableLayout, find_tables, why_no_table
from luodi.intake.engine.mapping import ColumnMatch, Vocabulary, heading_key, propose
from luodi.intake.engine.problems import WARNING, Problem
from luodi.intake.engine.rowkinds import RowKind
from luodi.intake.engine.statuses import status_claims
from luodi.intake.engine.text import clean
from luodi.intake.engine.totals import LedgerLine, TotalCheck, check_totals, step_of
from luodi.intake.engine.understanding import MappedColumn, Reader, UnderstoodRow
from luodi.intake.engine.units import UNITS, Unit, format_minor
from luodi.intake.engine.workbooks import SkippedSheet, Workbook, column_letter, open_workbook

_NUMBERING = re.compile(
    r"^[（(]?[一二三四五六七八九十\d]+[）)、.．]\s*|[（(]\s*共?\d+\s*[个项家].*?[）)]|项目(?=$|[（(：:])|：$|:$"
)
_SAMPLES = 3


@dataclass
class Table:
    """One table with what its columns are about. `unit_assumed`: no unit is written anywhere, the city's own was taken."""

    layout: TableLayout
    matches: tuple[ColumnMatch, ...]
    columns: tuple[MappedColumn, ...]
    key: str
    unit_assumed: bool
    checks: tuple[TotalCheck, ...] = ()
    lines: Sequence[LedgerLine] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def has_names(self) -> bool:
        return any(column.field == "name" for column in self.columns)


class Ledger:
    """An opened ledger. `rows()` may be called once; `report()` afterwards."""

    def __init__(
        self, workbook: Workbook, tables: Sequence[Table], skipped: Sequence[SkippedSheet], city: City
    ) -> None:
        self.workbook = workbook
        self.tables = tables
        self.skipped = skipped
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
        """Per table, as JSON: where the head is, what the columns are, units, totals; then the sheets left out."""
        tables = [_table_report(table) for table in self.tables]
        return tables + [{"sheet": s.name, "skipped": s.reason, "totals_wrong": [], "notes": []} for s in self.skipped]

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
            skipped.append(SkippedSheet(sheet.name, "表头里没有项目名称一列，请在“列的对应”里指定"))
        # A sheet on which no name column is found stays visible, so that a person can point at it.
        tables += named
    return Ledger(workbook, tables, skipped, city)


def _map(
    layout: TableLayout,
    vocabulary: Vocabulary,
    remembered: Mapping[str, Mapping[str, str]],
    corrections: Mapping[str, str],
    city: City,
) -> Table:
    key = heading_key(layout.columns)
    known = {**remembered.get(key, {}), **corrections}
    samples = _samples(layout)
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


def _samples(layout: TableLayout) -> dict[int, list[Any]]:
    """The first filled cells of each column."""
    samples: dict[int, list[Any]] = {column.index: [] for column in layout.columns}
    for number, row in enumerate(layout.data_rows()):
        if number >= _SAMPLES * 10:
            break
        for column in layout.columns:
            value = row.values[column.index - 1] if column.index <= len(row.values) else ""
            if value not in (None, "") and len(samples[column.index]) < _SAMPLES * 2:
                samples[column.index].append(value)
    return samples


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


def _table_report(table: Table) -> dict[str, Any]:
    units = {column.letter: column.unit for column in table.columns if column.field in AMOUNT_FIELDS}
    samples = _samples(table.layout)
    return {
        "sheet": table.layout.sheet.name,
        "heading_rows": list(table.layout.heading_rows),
        "caption": list(table.layout.caption),
        "reporting_unit": table.layout.reporting_unit,
        "unit_assumed": table.unit_assumed,
        "columns": [
            {
                "letter": match.column.letter,
                "heading": match.column.heading,
                "field": match.field or "",
                "confidence": match.confidence,
                "how": match.how,
                "alternatives": [name for name, _ in match.alternatives],
                "unit": unit.code if (unit := units.get(match.column.letter)) else "",
                "samples": [clean(value)[:60] for value in samples[match.column.index][:_SAMPLES]],
            }
            for match in table.matches
        ],
        "left_out": table.left_out,
        "totals_checked": len(table.checks),
        "totals_wrong": [_wrong(table, check) for check in table.checks if not check.agrees],
        "notes": [],
    }


def _wrong(table: Table, check: TotalCheck) -> dict[str, Any]:
    column = next((c for c in table.columns if check.column is not None and c.position + 1 == check.column), None)
    if column is None or column.unit is None:
        stated, computed, difference = (str(n) for n in (check.stated, check.computed, check.difference))
        name = "个"
    else:
        name = column.unit.code
        stated, computed, difference = (format_minor(n, name) for n in (check.stated, check.computed, check.difference))
    unknown = f"（有 {check.unknown} 行没有确切金额）" if check.unknown else ""
    return {
        "row": check.row,
        "column": column.letter if column else "",
        "label": check.label,
        "message": f"“{check.label}”写的是 {stated} {name}，各行相加是 {computed} {name}，相差 {difference} {name}{unknown}",
    }
