"""Giving a ledger back: the stored original, with only those cells rewritten of which the record has learnt something newer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of
from luodi.core.city import Place
from luodi.core.installation import city
from luodi.intake.checking import Run, mapping_of
from luodi.intake.engine.editing import NewCell
from luodi.intake.engine.facts import AMOUNT_FIELDS, facts_of
from luodi.intake.engine.mapped import Table
from luodi.intake.engine.refilling import refilled
from luodi.intake.engine.restating import JOINED, in_unit, moved_totals, restated, shared_out
from luodi.intake.engine.text import clean, is_same_as_above
from luodi.intake.engine.understanding import MappedColumn, UnderstoodRow
from luodi.intake.engine.widths import fold
from luodi.intake.engine.workbooks import Workbook
from luodi.intake.models import Batch, Row
from luodi.intake.target import target

PLACES = ("unit", "place", "address")
"""Fields by which a row says where its project is, in the order in which they are asked."""
_OWN_WORDS = frozenset({*PLACES, "name", "serial", "amount_text", "unit_text", "division"})
"""Fields that are told by codes or are set once: the ledger keeps its own wording."""
_MANY = 1000

Facts = Mapping[str, list[Any]]
Cells = dict[tuple[int, int], NewCell]


@dataclass(frozen=True, slots=True)
class Exported:
    """A ledger given back. Of its data `rows`, `withdrawn` are about projects that no longer stand and were left as they were.

    `changed_cells` counts cells brought up to date, totals included; `left` those that the layout cannot express.
    """

    content: bytes
    filename: str
    rows: int
    changed_cells: int
    withdrawn: int = 0
    left: int = 0


@dataclass(slots=True)
class _Changes:
    """New cells by sheet, (row, column) from 1; and what was counted on the way."""

    cells: dict[str, Cells] = field(default_factory=dict)
    rows: int = 0
    withdrawn: int = 0
    left: int = 0


def export_ledger(batch: Batch, *, reader: User | None = None) -> Exported:
    """The ledger of a committed batch with what the record holds now; where nothing is newer, the very bytes that came in.

    Of projects that are out of the reader's scope by now, and of fields they may not see, the ledger keeps its own words.

    Raises `Refusal` when the stored file cannot be read, ValidationError when the batch is not committed.
    """
    if batch.state != Batch.State.COMMITTED:
        raise ValidationError(_("只有已入库的批次可以导出。"))
    run = Run(batch.file.path, name=batch.name, actor=None, unit=None, corrections=mapping_of(batch), writing=False)
    found = _changes(batch, run, reader)
    count = sum(len(cells) for cells in found.cells.values())
    workbook = run.ledger.workbook
    content, unset = refilled(batch.file.path, workbook, found.cells)
    name = batch.name if workbook.kind in {"xlsx", "csv"} else f"{Path(batch.name).stem}.xlsx"
    return Exported(content, name, found.rows, count - unset, found.withdrawn, found.left + unset)


def _changes(batch: Batch, run: Run, reader: User | None) -> _Changes:
    rows = batch.rows.exclude(target_id=None).only("sheet", "number", "target_id")
    stored = {(row.sheet, row.number): row for row in rows}
    current = _current([row.target_id or 0 for row in stored.values()], reader)
    sayings = _Sayings(current, batch)
    found = _Changes()
    for table in run.ledger.tables:
        sheet = _SheetChanges(table, run.ledger.workbook, sayings)
        for row in run.ledger.table_rows(table):
            found.rows += 1
            own = stored.get((row.sheet, row.number))
            if own is not None and own.target_id in current:
                sheet.take(row, own.pk, current[own.target_id])
            elif own is not None:
                found.withdrawn += 1
        sheet.add_totals()
        found.left += sheet.left
        found.cells.setdefault(table.layout.sheet.name, {}).update(sheet.cells)
    return found


def _current(ids: list[int], reader: User | None) -> dict[int, Facts]:
    """Facts of the projects that stand, as far as the reader may see them, asked in portions that every database takes."""
    wanted, sees = sorted(set(ids)), fields_of(reader)
    current: dict[int, Facts] = {}
    for start in range(0, len(wanted), _MANY):
        held = target().current(wanted[start : start + _MANY], reader=reader)
        current |= {key: {name: fact for name, fact in facts.items() if sees[name]} for key, facts in held.items()}
    return current


class _Sayings:
    """Who said a fact: whether that was after a row of this batch, and in which words."""

    def __init__(self, current: Mapping[int, Facts], batch: Batch) -> None:
        self._own = set(batch.rows.values_list("id", flat=True))
        first = min(self._own, default=0)
        later = {by for facts in current.values() for _, by in facts.values() if by and by > first} - self._own
        wanted = sorted(later)
        self._rows: dict[int, Row] = {}
        for start in range(0, len(wanted), _MANY):
            self._rows |= Row.objects.only("batch_id", "sheet", "cells").in_bulk(wanted[start : start + _MANY])
        self._letters: dict[tuple[int, str], dict[str, str]] = {}

    def is_newer(self, said_by: int | None, own: int) -> bool:
        """A fact without a row was said by a person, after every ledger that is being exported."""
        return said_by is None or (said_by > own and said_by not in self._own)

    def words(self, field_name: str, said_by: int | None) -> Any:
        row = self._rows.get(said_by or 0)
        if row is None:
            return None
        key = (row.batch_id, row.sheet)
        if key not in self._letters:
            sheets = Batch.objects.values_list("sheets", flat=True).get(pk=row.batch_id)
            tables = [table for table in sheets if table["sheet"] == row.sheet]
            self._letters[key] = {c["field"]: c["letter"] for table in tables for c in table.get("columns", [])}
        return row.cells.get(self._letters[key].get(field_name, ""))


class _SheetChanges:
    """The new cells of one table, gathered row by row from the top."""

    def __init__(self, table: Table, workbook: Workbook, sayings: _Sayings) -> None:
        self.cells: Cells = {}
        self.left = 0
        self._table, self._sheet = table, table.layout.sheet
        self._epoch, self._sayings = workbook.epoch, sayings
        self._fresh: dict[tuple[int, int], int | None] = {}
        self._moved: set[int] = set()
        self._columns: dict[str, list[MappedColumn]] = {}
        for column in sorted(table.columns, key=lambda one: one.position):
            self._columns.setdefault(column.field, []).append(column)
        if "total_investment" not in self._columns and "amount_text" in self._columns:
            self._columns["total_investment"] = self._columns["amount_text"]

    def take(self, row: UnderstoodRow, own: int, held: Facts) -> None:
        """Compare one row with what the record holds."""
        stated = facts_of(row.values)
        values = self._sheet.row(row.number)
        touched = set()
        for name, columns in self._columns.items():
            fact, said_by = held.get(name, ["", 0])
            if name in _OWN_WORDS or not fact or fold(fact) == fold(stated.get(name, "")):
                continue
            if self._sayings.is_newer(said_by, own):
                touched |= self._restate(row.number, values, columns, name, fact, said_by)
        # What a section's title says of its rows has no cell of its own.
        for name in stated.keys() - self._columns.keys() - _OWN_WORDS:
            fact, said_by = held.get(name, ["", 0])
            self.left += bool(fact) and fact != stated[name] and self._sayings.is_newer(said_by, own)
        touched |= self._move(row, values, held, own)
        self._keep_same_as_above(row, values, touched)

    def _restate(
        self, number: int, values: list[Any], columns: list[MappedColumn], name: str, fact: str, said_by: int | None
    ) -> set[int]:
        parts = [fact]
        if len(columns) > 1:
            if name not in JOINED:
                self.left += 1
                return set()
            filled = [c for c in columns if clean(values[c.position])] or columns[:1]
            columns, parts = filled, shared_out([clean(values[c.position]) for c in filled], fact)
        words = self._sayings.words(name, said_by)
        for column, part in zip(columns, parts, strict=True):
            was = values[column.position]
            new = restated(column, name, part, was=was, said=words, epoch=self._epoch) if part else ""
            if new is None:
                self.left += 1
            elif clean(was) != clean(new):
                self._set(number, column, new)
                if name in AMOUNT_FIELDS:
                    self._fresh[number, column.position + 1] = _exact(fact)
        return {column.position for column in columns}

    def _set(self, number: int, column: MappedColumn, value: Any) -> None:
        self.cells[number, column.position + 1] = NewCell(value)

    def _move(self, row: UnderstoodRow, values: list[Any], held: Facts, own: int) -> set[int]:
        """The place is known by codes: where those changed, the column that told it names the new place."""
        (unit, said_by), (division, _by) = held.get("unit", ["", 0]), held.get("division", ["", 0])
        now = Place(unit, division)
        for name in PLACES:
            told = city().place(str(row.values.get(name, "")))
            if told is None or name not in self._columns:
                continue
            if told.unit == unit or not self._sayings.is_newer(said_by, own):
                return set()
            new = next((text for text in _names_of(now) if city().place(text) == now), None)
            if new is None:
                self.left += 1
                return set()
            column = self._columns[name][0]
            self._set(row.number, column, new)
            return {column.position}
        return set()

    def _keep_same_as_above(self, row: UnderstoodRow, values: list[Any], touched: set[int]) -> None:
        """同上 below a new value would take it over: there the old words are written out."""
        for name, columns in self._columns.items():
            for column in columns:
                position, text = column.position, clean(values[column.position])
                leans = bool(text) and is_same_as_above(text) is not None
                if position in touched:
                    self._moved.add(position)
                elif not leans:
                    self._moved.discard(position) if text else None
                elif position in self._moved and isinstance(row.values.get(name), str):
                    self._set(row.number, column, row.values[name])

    def add_totals(self) -> None:
        """小计 and 合计 of the columns in which an amount is new. A total that is a formula stays one."""
        units = {column.position + 1: column.unit for column in self._table.columns if column.field in AMOUNT_FIELDS}
        for check, minor in moved_totals(self._table.lines, self._fresh):
            unit = units.get(check.column or 0)
            if unit is not None:
                number = in_unit(minor, unit.minor_per_unit)
                self.cells[check.row, check.column or 0] = NewCell(number, computed=True)


def _exact(fact: str) -> int | None:
    currency, minor, bound = fact.split(" ")
    return int(minor) if bound == "exact" and currency else None


def _names_of(place: Place) -> Iterator[str]:
    """Ways to write a place, the most exact first."""
    if name := city().divisions.get(place.division):
        yield name
    if unit := city().unit.get(place.unit):
        yield from (unit.name, unit.short, *unit.places)
