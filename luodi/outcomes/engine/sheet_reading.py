"""Reads an assessment sheet (YAML): every mistake at once, each with its file, item and field. The format is in docs/reference/assessment-sheets.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import yaml

from luodi.outcomes.engine.measures import COUNTINGS, DECISIONS, YI, Measure
from luodi.outcomes.engine.sheet import (
    BASES,
    BONUS,
    CHAIN,
    COMPLETION,
    COUNT,
    EFFICACY,
    KINDS,
    ONE,
    RATE,
    Item,
    Sheet,
    Term,
)

SCHEMA = "luodi.outcomes.sheet/1"
HEAD = ("code", "version", "year", "valid_from", "title", "title_en", "source", "status")
HEAD_ALSO = ("schema", "window", "decimals", "note", "measures", "given", "items")
STATUSES = ("公布", "待核")
MEASURE = {
    "name", "name_en", "reached", "before", "window", "since", "days", "decided", "amount_from", "amount_below", "state",
    "chains", "counting", "fakes_stay",
}  # fmt: skip
ITEM = {"code", "name", "name_en", "weight", "cap", "floor", "formula", "note"}
FORMULA = {
    RATE: {"numerator", "denominator", "by", "rate_cap"},
    CHAIN: {"steps", "by", "shares", "rate_cap"},
    COMPLETION: {"parts", "rate_cap"},
    EFFICACY: {"of", "over", "by", "lowest", "span"},
    "quota": {"parts", "start"},
    "deductions": {"parts", "start"},
    BONUS: {"parts"},
}
PART = {COMPLETION: {"done", "target", "by", "share"}, "quota": {"of", "least", "short"}}
OTHER_PART = {"of", "points"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, where it is and what to do."""

    file: str
    item: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file} · {self.item or '表头'} · {self.field}：{self.message}"


class SheetRefused(ValueError):
    """The sheet cannot be used; all its mistakes."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(str(one) for one in problems))
        self.problems = problems


@dataclass(frozen=True, eq=False)
class Read:
    """A sheet with the measures it counts by. One object per file, so results may be kept per sheet."""

    sheet: Sheet
    measures: tuple[Measure, ...]
    opens: date
    closes: date


@dataclass
class _Reader:
    file: str
    stages: frozenset[str]
    units: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    opens: date = date.min
    closes: date = date.max

    def say(self, item: str, where: str, message: str) -> None:
        self.problems.append(Problem(self.file, item, where, message))

    def number(self, value: Any, item: str, where: str, *, default: Fraction | None = None) -> Fraction:
        if value is None and default is not None:
            return default
        try:
            if isinstance(value, bool):
                raise TypeError
            return Fraction(str(value))
        except (ValueError, TypeError, ZeroDivisionError):
            self.say(item, where, f"要写数，不是 {value!r}" if value is not None else "没有写")
            return Fraction(0)

    def day(self, value: Any, item: str, where: str) -> date:
        if isinstance(value, date):
            return value
        self.say(item, where, f"要写日期（2024-01-31），不是 {value!r}")
        return date.min

    def only(self, data: Mapping[str, Any], known: set[str], item: str) -> None:
        for name in sorted(set(map(str, data)) - known):
            self.say(item, name, f"不认识这一项；可写 {'、'.join(sorted(known))}")

    def chosen(self, value: Any, known: Any, item: str, where: str) -> str:
        if value not in known:
            self.say(item, where, f"没有 {value!r}；可写 {'、'.join(sorted(known))}")
        return str(value)

    def figure(self, value: Any, item: str, where: str) -> str:
        """The code of a measure or of a given figure."""
        if value not in self.names:
            self.say(
                item, where, f"没有这个口径 {value!r}；measures 和 given 里有 {'、'.join(sorted(self.names)) or '无'}"
            )
        return str(value)


def read_sheet(text: str, file: str, *, stages: frozenset[str], units: frozenset[str]) -> Read:
    """Raises `SheetRefused` with every mistake. `stages` and `units` are the city's codes."""
    reader = _Reader(file, stages, units)
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SheetRefused([Problem(file, "", "YAML", " ".join(str(error).split()))]) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise SheetRefused([Problem(file, "", "schema", f"要写 {SCHEMA}")])
    _head(reader, data)
    given = _given(reader, data.get("given") or {})
    measures = tuple(
        _measure(reader, str(code), one if isinstance(one, dict) else {})
        for code, one in (data.get("measures") or {}).items()
    )
    items = tuple(_item(reader, one if isinstance(one, dict) else {}) for one in data.get("items") or [])
    _whole(reader, items)
    if reader.problems:
        raise SheetRefused(reader.problems)
    sheet = Sheet(
        **{name: str(data[name]) for name in HEAD if name != "year"}, year=int(data["year"]), items=items,
        places=int(data.get("decimals", 2)), note=str(data.get("note", "")), given=given, names=reader.names,
    )  # fmt: skip
    return Read(sheet, measures, reader.opens, reader.closes)


def _head(reader: _Reader, data: dict[str, Any]) -> None:
    reader.only(data, {*HEAD, *HEAD_ALSO}, "")
    for name in HEAD:
        if data.get(name) in (None, ""):
            reader.say("", name, "没有写")
    reader.chosen(data.get("status"), STATUSES, "", "status")
    reader.day(data.get("valid_from"), "", "valid_from")
    window = data.get("window") or {}
    reader.opens = reader.day(window.get("from"), "", "window.from")
    reader.closes = reader.day(window.get("to"), "", "window.to")
    if reader.opens > reader.closes:
        reader.say("", "window", "from 晚于 to")
    if not isinstance(data.get("year"), int):
        reader.say("", "year", "要写四位年份")
    for code, one in {**(data.get("measures") or {}), **(data.get("given") or {})}.items():
        name = str(one.get("name", "")) if isinstance(one, dict) else ""
        if not name:
            reader.say(str(code), "name", "没有写")
        reader.names[str(code)] = (name, str(one.get("name_en", name)) if isinstance(one, dict) else name)


def _given(reader: _Reader, data: Mapping[str, Any]) -> dict[str, dict[str, Fraction]]:
    """Figures and targets that the register does not know, per unit; a unit that is not written is not known."""
    found: dict[str, dict[str, Fraction]] = {}
    for code, one in data.items():
        reader.only(one, {"name", "name_en", "source", "values"}, str(code))
        values = one.get("values") or {}
        for unit in sorted(set(values) - reader.units):
            reader.say(str(code), f"values.{unit}", "本市没有这个单位")
        found[str(code)] = {
            str(unit): reader.number(value, str(code), f"values.{unit}") for unit, value in values.items()
        }
    return found


def _measure(reader: _Reader, code: str, data: Mapping[str, Any]) -> Measure:
    reader.only(data, MEASURE, code)
    for name in ("reached", "before", "window", "since"):
        if data.get(name):
            reader.chosen(data[name], reader.stages, code, name)
    if data.get("decided"):
        reader.chosen(data["decided"], DECISIONS, code, "decided")
    fens = [
        None if data.get(name) is None else int(reader.number(data[name], code, name) * YI)
        for name in ("amount_from", "amount_below")
    ]
    return Measure(
        code, *reader.names.get(code, ("", "")),
        reached=str(data.get("reached", "")), before=str(data.get("before", "")), window=str(data.get("window", "")),
        opens=reader.opens, closes=reader.closes, since=str(data.get("since", "")),
        days=int(reader.number(data.get("days"), code, "days", default=Fraction(0))),
        decided=str(data.get("decided", "")), from_fen=fens[0], below_fen=fens[1], state=str(data.get("state", "")),
        chains=frozenset(map(str, data.get("chains") or ())),
        counting=reader.chosen(data.get("counting", COUNTINGS[0]), COUNTINGS, code, "counting"),
        fakes_stay=bool(data.get("fakes_stay", False)),
    )  # fmt: skip


def _item(reader: _Reader, data: Mapping[str, Any]) -> Item:
    code = str(data.get("code") or data.get("name") or "（没有代码的一项）")
    reader.only(data, ITEM, code)
    for name in ("code", "name", "name_en", "weight", "formula"):
        if data.get(name) in (None, ""):
            reader.say(code, name, "没有写")
    formula = data.get("formula") if isinstance(data.get("formula"), dict) else {}
    kind = reader.chosen(formula.get("kind"), KINDS, code, "formula.kind")  # type: ignore[union-attr]
    weight = reader.number(data.get("weight"), code, "weight")
    terms: tuple[Term, ...] = ()
    if kind in KINDS:
        reader.only(formula, {"kind", *FORMULA[kind]}, code)  # type: ignore[arg-type]
        terms = tuple(_terms(reader, code, kind, formula, weight))  # type: ignore[arg-type]

    def optional(source: Any, name: str) -> Fraction | None:
        return None if source.get(name) is None else reader.number(source[name], code, name)

    return Item(
        code, str(data.get("name", "")), str(data.get("name_en", "")), kind, weight, terms,
        cap=optional(data, "cap"), rate_cap=optional(formula, "rate_cap"),
        start=optional(formula, "start") or (Fraction(0) if kind == BONUS else weight),
        floor=optional(data, "floor") or Fraction(0),
        lowest=reader.number(formula.get("lowest"), code, "lowest", default=Fraction(60)),  # type: ignore[union-attr]
        span=reader.number(formula.get("span"), code, "span", default=Fraction(40)),  # type: ignore[union-attr]
        note=str(data.get("note", "")),
    )  # fmt: skip


def _terms(reader: _Reader, code: str, kind: str, formula: Mapping[str, Any], weight: Fraction) -> list[Term]:
    if kind == RATE:
        top = reader.figure(formula.get("numerator"), code, "formula.numerator")
        bottom = reader.figure(formula.get("denominator"), code, "formula.denominator")
        return [Term(top, bottom, basis, share) for basis, share in _mix(reader, formula.get("by", COUNT), code)]
    if kind == EFFICACY:
        over = formula.get("over")
        against = reader.figure(over, code, "formula.over") if over is not None else None
        basis = reader.chosen(formula.get("by", COUNT), BASES, code, "formula.by")
        return [Term(reader.figure(formula.get("of"), code, "formula.of"), against, basis)]
    if kind == CHAIN:
        return _chain(reader, code, formula, weight)
    parts = formula.get("parts") or []
    if not parts:
        reader.say(code, "formula.parts", "至少要写一条")
    known = PART.get(kind, OTHER_PART)
    made = []
    for number, part in enumerate(parts, start=1):
        where = f"formula.parts[{number}]"
        reader.only(part, known, f"{code} {where}")
        made += _part(reader, code, kind, part, where)
    return made


def _part(reader: _Reader, code: str, kind: str, part: Mapping[str, Any], where: str) -> list[Term]:
    if kind == COMPLETION:
        done = reader.figure(part.get("done"), code, f"{where}.done")
        against = _against(reader, part.get("target"), code, f"{where}.target")
        share = reader.number(part.get("share"), code, f"{where}.share", default=ONE)
        basis = reader.chosen(part.get("by", COUNT), BASES, code, f"{where}.by")
        return [Term(done, against, basis, share)]
    figure = reader.figure(part.get("of"), code, f"{where}.of")
    if kind == "quota":
        least = _against(reader, part.get("least"), code, f"{where}.least")
        return [Term(figure, least, COUNT, reader.number(part.get("short"), code, f"{where}.short"))]
    return [Term(figure, None, COUNT, reader.number(part.get("points"), code, f"{where}.points"))]


def _against(reader: _Reader, value: Any, code: str, where: str) -> str | Fraction:
    """A number, or the code of a figure."""
    return reader.figure(value, code, where) if isinstance(value, str) else reader.number(value, code, where)


def _chain(reader: _Reader, code: str, formula: Mapping[str, Any], weight: Fraction) -> list[Term]:
    steps = [reader.figure(step, code, "formula.steps") for step in formula.get("steps") or []]
    if len(steps) < 2:
        reader.say(code, "formula.steps", "至少两步")
        return []
    pairs = list(zip(steps[1:], steps, strict=False))
    shares = [
        reader.number(one, code, "formula.shares")
        for one in formula.get("shares") or [weight / len(pairs)] * len(pairs)
    ]
    if len(shares) != len(pairs) or sum(shares, Fraction(0)) != weight:
        reader.say(code, "formula.shares", f"要写 {len(pairs)} 个分值，合计等于 weight（{weight}）")
        return []
    basis = reader.chosen(formula.get("by", COUNT), BASES, code, "formula.by")
    return [
        Term(top, bottom, basis, share / weight if weight else ONE)
        for (top, bottom), share in zip(pairs, shares, strict=True)
    ]


def _mix(reader: _Reader, by: Any, code: str) -> list[tuple[str, Fraction]]:
    """`count`, `amount`, or {count: 0.5, amount: 0.5}."""
    if not isinstance(by, dict):
        return [(reader.chosen(by, BASES, code, "formula.by"), ONE)]
    made = [
        (reader.chosen(basis, BASES, code, "formula.by"), reader.number(share, code, "formula.by"))
        for basis, share in by.items()
    ]
    if sum((share for _basis, share in made), Fraction(0)) != 1:
        reader.say(code, "formula.by", "各占的比例合计要等于 1")
    return made


def _whole(reader: _Reader, items: tuple[Item, ...]) -> None:
    if not items:
        reader.say("", "items", "至少要有一项")
    codes = [item.code for item in items]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        reader.say(code, "code", "代码重复")
