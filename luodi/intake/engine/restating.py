"""Facts back into cells: what to write into a column so that reading it again gives the very fact, and what totals become."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from luodi.intake.engine.facts import AMOUNT_FIELDS, UNDATED, amount_words, facts_of, is_stage_field
from luodi.intake.engine.statuses import status_claims
from luodi.intake.engine.totals import LedgerLine, TotalCheck, check_totals
from luodi.intake.engine.understanding import MappedColumn, Reader

JOINED = frozenset({"source", "remark", "progress", "content"})
"""Fields of which several columns of a table may tell a part."""
_EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}


def restated(column: MappedColumn, field: str, fact: str, *, was: Any, said: Any = None, epoch: int = 1900) -> Any:
    """A value for the column's cell that reads back as `fact`, as like the old one as can be; None when there is none.

    `was` is the cell's old value, `said` the words in which another ledger stated the fact.
    """
    for value in _wordings(column, field, fact, was, said):
        if _read_back(column, value, epoch).get(field) == fact:
            return value
    return None


def _read_back(column: MappedColumn, value: Any, epoch: int) -> dict[str, str]:
    alone = replace(column, position=0, letter="A")
    reader = Reader(columns=(alone,), status_stage=status_claims, epoch=epoch)
    return facts_of(reader.read("", 1, [value], letters=["A"]).values)


def _wordings(column: MappedColumn, field: str, fact: str, was: Any, said: Any) -> Iterator[Any]:
    if field in AMOUNT_FIELDS:
        yield from _amounts(column, fact)
    elif is_stage_field(field):
        yield from _dates(fact, was, said)
    else:
        yield fact
    if said not in (None, ""):
        yield said


def _amounts(column: MappedColumn, fact: str) -> Iterator[Any]:
    currency, minor, bound = fact.split(" ")
    in_words = column.field == "amount_text"
    if not in_words and column.unit is not None and column.unit.currency == currency and bound == "exact":
        yield in_unit(int(minor), column.unit.minor_per_unit)
    yield amount_words(int(minor), currency, bound)


def in_unit(minor: int, minor_per_unit: int) -> int | Decimal:
    """An amount as the number that stands in a cell: whole where it is whole, never a float."""
    exact = Decimal(minor) / minor_per_unit
    return int(exact) if exact == exact.to_integral_value() else exact


def _dates(fact: str, was: Any, said: Any) -> Iterator[Any]:
    """A real date where a real date stood, then the words of who said it, then the shortest words of our own."""
    claims = [claim.split(" ", 2) for claim in fact.split("; ")]
    kind, _stage, period = claims[0]
    if len(claims) > 1 or period == UNDATED:
        return
    start, end = (date.fromisoformat(day) for day in period.split("/"))
    if start == end and isinstance(was, date):
        yield datetime(start.year, start.month, start.day) if isinstance(was, datetime) else start  # noqa: DTZ001
    if said not in (None, ""):
        yield said
    for words in _periods(start, end):
        yield words
        yield f"计划{words}" if kind == "planned" else f"实际{words}"


def _periods(start: date, end: date) -> Iterator[str]:
    if start == end:
        yield start.isoformat()
        return
    whole_months = start.day == 1 and (end + timedelta(days=1)).day == 1 and start.year == end.year
    if whole_months:
        names = {(1, 12): "", (1, 6): "上半年", (7, 12): "下半年"}
        names |= {(first, first + 2): f"{(first + 2) // 3}季度" for first in (1, 4, 7, 10)}
        names |= {(month, month): f"{month}月" for month in range(1, 13)}
        if (start.month, end.month) in names:
            yield f"{start.year}年{names[start.month, end.month]}"
    yield f"{start.isoformat()}至{end.isoformat()}"


def serial(day: date, epoch: int) -> int:
    """The number by which a workbook keeps a day."""
    plain = day.date() if isinstance(day, datetime) else day
    return (plain - _EPOCHS[epoch]).days


def shared_out(parts: Sequence[str], fact: str) -> list[str]:
    """A text that several columns tell together, as parts: the last takes what was added, or the first takes all."""
    before = " | ".join(parts[:-1])
    if fact == before:
        return [*parts[:-1], ""]
    if fact.startswith(f"{before} | "):
        return [*parts[:-1], fact[len(before) + 3 :]]
    return [fact, *[""] * (len(parts) - 1)]


def moved_totals(
    lines: Sequence[LedgerLine], fresh: Mapping[tuple[int, int], int | None]
) -> Iterator[tuple[TotalCheck, int]]:
    """Each total that new amounts move, with what it becomes. `fresh`: {(row, column): minor units, None = not exact}.

    A total that did not agree before keeps its difference: it is the office's to mend. One that was rounded stays so.
    """
    steps = {(line.row, column): step for line in lines for column, step in line.steps.items()}
    before = {(check.row, check.column): check for check in check_totals(lines)}
    for after in check_totals([_renewed(line, fresh) for line in lines]):
        old = before.get((after.row, after.column))
        if old is None or after.column is None or old.computed == after.computed:
            continue
        step = steps.get((after.row, after.column), 1) if old.rounded else 1
        yield after, _rounded(after.computed if old.agrees else old.stated + after.computed - old.computed, step)


def _renewed(line: LedgerLine, fresh: Mapping[tuple[int, int], int | None]) -> LedgerLine:
    own = {column: minor for (row, column), minor in fresh.items() if row == line.row}
    return replace(line, values={**line.values, **own}) if own else line


def _rounded(minor: int, step: int) -> int:
    """Half up, away from zero, as the office rounded it."""
    sign = -1 if minor < 0 else 1
    return sign * ((abs(minor) * 2 + step) // (2 * step)) * step
