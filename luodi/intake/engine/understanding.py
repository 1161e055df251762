"""From a mapped table to understood rows: typed values and every problem of every cell."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from luodi.intake.engine.amounts import read_amount
from luodi.intake.engine.dates import Claim, read_dates
from luodi.intake.engine.facts import AMOUNT_FIELDS, is_stage_field
from luodi.intake.engine.problems import ERROR, WARNING, Problem
from luodi.intake.engine.text import clean, credit_code_problem, damaged_number, is_same_as_above
from luodi.intake.engine.units import Unit

_MEMBER_OF = re.compile(r"([A-Za-z]{1,4}-?\d+)\s*(?:的)?子项")
_PHASE = re.compile(r"^([一二三四五六七八九十\d]+期|[A-Z]区)")
_ONE_LINE = frozenset({"name", "alias", "place", "unit", "chain"})
_CODES = frozenset({"project_code", "credit_code", "industry_code"})


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column that is read: 0-based position in the row, Excel's letter, its heading, the field, the unit for bare numbers."""

    position: int
    letter: str
    heading: str
    field: str
    unit: Unit | None
    unit_assumed: bool = False


@dataclass(slots=True)
class UnderstoodRow:
    """One data row. `cells` is the row verbatim by column letter; `values` holds str, Amount or tuples of Claim by field.

    `stated_on`: the day that the ledger itself bears (填报日期); what it says without a date was so by then.
    """

    sheet: str
    number: int
    cells: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stated_on: date | None = None

    @property
    def rejected(self) -> bool:
        return any(problem.severity == ERROR for problem in self.problems)


class Reader:
    """Reads the rows of one table in order. It remembers the row above, because ledgers say 同上."""

    def __init__(
        self,
        *,
        columns: Sequence[MappedColumn],
        status_stage: Callable[[str], tuple[Claim, ...]],
        epoch: int = 1900,
        errors: Mapping[tuple[int, int], str] | None = None,
        stated_on: date | None = None,
    ) -> None:
        self.columns = columns
        self.stated_on = stated_on
        self.defaults: dict[str, Any] = {}
        self.epoch = epoch
        self.errors = errors or {}
        self._status_stage = status_stage
        self._cells = [(column, column.position, self._how_to_read(column.field)) for column in columns]
        self._above: dict[str, str] = {}
        self._base_name = ""

    def read(self, sheet: str, number: int, cells: Sequence[Any], *, letters: Sequence[str]) -> UnderstoodRow:
        """Understand one row; never raises for anything that a cell may hold."""
        verbatim = {letters[i]: _plain(value) for i, value in enumerate(cells) if value is not None and value != ""}
        row = UnderstoodRow(sheet, number, verbatim, stated_on=self.stated_on)
        for column, position, read_cell in self._cells:
            value = cells[position] if position < len(cells) else None
            if self.errors and (error := self.errors.get((number, position + 1))):
                row.problems.append(_formula_problem(column, error))
            elif value is not None and value != "":
                row.columns.setdefault(column.field, column.letter)
                read_cell(row, column, value)
        self._complete(row)
        return row

    def _how_to_read(self, name: str) -> Callable[[UnderstoodRow, MappedColumn, Any], None]:
        if name in AMOUNT_FIELDS:
            return self._read_amount
        special = {"amount_text": self._read_amount_text, "status": self._read_status}
        return special.get(name) or (self._read_dates if is_stage_field(name) else self._read_text)

    def _read_status(self, row: UnderstoodRow, column: MappedColumn, value: Any) -> None:
        text = clean(value)
        row.texts["status"] = text
        if claims := self._status_stage(text):
            row.values["status"] = (*row.values.get("status", ()), *claims)

    def _read_amount(self, row: UnderstoodRow, column: MappedColumn, value: Any) -> None:
        reading = read_amount(value, unit=column.unit)
        row.texts[column.field] = reading.raw
        if reading.main is not None:
            row.values[column.field] = reading.main
        if reading.problem:
            severity = _severity(reading.problem.code, reading.raw, has_value=reading.main is not None)
            row.problems.append(
                _problem(column, severity, reading.problem.code, value, reading.problem.message, reading.problem.advice)
            )

    def _read_amount_text(self, row: UnderstoodRow, column: MappedColumn, value: Any) -> None:
        """The amount in the words of its source: the total when no number column gives one, otherwise a cross-check."""
        reading = read_amount(value, unit=column.unit)
        row.texts["amount_text"] = row.values["amount_text"] = clean(value)
        stated = row.values.get("total_investment")
        if reading.main is None:
            return
        if stated is None:
            row.values["total_investment"] = reading.main
            row.texts["total_investment"] = reading.raw
            row.columns.setdefault("total_investment", column.letter)
        elif (
            stated.currency == reading.main.currency
            and reading.main.bound == stated.bound
            and stated.minor != reading.main.minor
        ):
            message = "与总投资一栏的金额不一致"
            row.problems.append(
                _problem(column, WARNING, "amounts_differ", value, message, "核对两栏，以合同或批复为准")
            )

    def _read_dates(self, row: UnderstoodRow, column: MappedColumn, value: Any) -> None:
        reading = read_dates(value, planned_column=column.field.startswith("planned_"), epoch=self.epoch)
        row.texts[column.field] = reading.raw
        if reading.claims:
            row.values[column.field] = reading.claims
        if reading.problem:
            severity = _severity(reading.problem.code, reading.raw, has_value=False)
            row.problems.append(
                _problem(column, severity, reading.problem.code, value, reading.problem.message, reading.problem.advice)
            )

    def _read_text(self, row: UnderstoodRow, column: MappedColumn, value: Any) -> None:
        text = clean(value)
        if column.field in _ONE_LINE and "\n" in text:
            text = "".join(line.strip() for line in text.splitlines())
        same = is_same_as_above(text) if text else None
        if same is not None and column.field in self._above:
            if column.field == "name" and same:
                # "同上一期：…" is a phase of the project above: the ledger itself says that it is a part.
                if _PHASE.match(same) and self._base_name:
                    row.values["package"] = self._base_name
                text = self._base_name + same
            else:
                text = self._above[column.field] + same
        elif column.field == "name":
            self._base_name = text
        if not text:
            return
        if column.field in _CODES and damaged_number(value):
            message = "这个代码已被 Excel 变成科学计数，后几位丢失"
            row.problems.append(
                _problem(column, WARNING, "damaged_code", value, message, "把该列设为文本格式后重新填写")
            )
            return
        if column.field == "credit_code" and (message := credit_code_problem(text) or ""):
            row.problems.append(
                _problem(
                    column,
                    WARNING,
                    "credit_code",
                    value,
                    message,
                    "对照营业执照核对；个别早期代码本身不合校验，可以保留",
                )
            )
        if column.field in row.values and column.field in {"source", "remark", "progress", "content"}:
            text = f"{row.values[column.field]} | {text}"
        row.values[column.field] = text

    def _complete(self, row: UnderstoodRow) -> None:
        name = row.values.get("name", "")
        if not name:
            row.problems.append(
                Problem(
                    ERROR,
                    "name_missing",
                    "没有项目名称",
                    "补上项目名称；如果这一行不是项目，请删去",
                    self._letter("name"),
                    self._heading("name"),
                )
            )
        elif len(name) > 300:
            row.problems.append(
                Problem(
                    ERROR,
                    "name_too_long",
                    "项目名称超过 300 字",
                    "名称列里像是混入了说明文字，请移到备注",
                    self._letter("name"),
                    self._heading("name"),
                    name[:60],
                )
            )
        for field_name, value in self.defaults.items():
            row.values.setdefault(field_name, value)
        if "package" not in row.values and (member := _MEMBER_OF.search(row.values.get("remark", ""))):
            row.values["package"] = member[1]
        if not row.rejected:
            self._above = {key: value for key, value in row.values.items() if isinstance(value, str)}

    def _letter(self, name: str) -> str:
        return next((column.letter for column in self.columns if column.field == name), "")

    def _heading(self, name: str) -> str:
        return next((column.heading for column in self.columns if column.field == name), "")


def _severity(code: str, raw: str, *, has_value: bool) -> str:
    """Words without any digit ("手续办理中", "面议") say that nothing is known yet: a warning. A damaged number is an error."""
    if has_value or code in {"year_missing", "ambiguous", "no_total"}:
        return WARNING
    if code.startswith("unreadable") and not any(char.isdigit() for char in raw):
        return WARNING
    return ERROR


def _formula_problem(column: MappedColumn, error: str) -> Problem:
    """A broken formula in a remark is told; in a name, an amount or a date it keeps the row out."""
    matters = column.field == "name" or column.field in AMOUNT_FIELDS or is_stage_field(column.field)
    severity = ERROR if matters else WARNING
    return _problem(column, severity, "formula_error", error, f"公式出错：{error}", "改正公式，或粘贴为数值后再导入")


def _problem(column: MappedColumn, severity: str, code: str, value: Any, message: str, advice: str) -> Problem:
    return Problem(severity, code, message, advice, column.letter, column.heading, clean(value)[:200])


def _plain(value: Any) -> Any:
    """A cell as JSON keeps it: numbers and booleans as they are, everything else as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, bool | int | float) else clean(value)
