"""A rulebook as one JSON document, and back: the form in which it is stored, signed and compared.

Reading checks everything and reports every problem at once, so that a rulebook that was read can be run.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any, cast, get_args, get_type_hints

from luodi.screening.engine import checking
from luodi.screening.engine.problems import Problem, RulebookRefused
from luodi.screening.engine.rulebook import (
    Band,
    Case,
    Dated,
    Fact,
    Gate,
    Parameter,
    Rule,
    Rulebook,
)

FORMAT = "luodi-rulebook/1"
HEAD = ("title", "title_en", "version", "valid_from", "note")


def from_document(document: Mapping[str, Any]) -> Rulebook:
    """Read and check; raises RulebookRefused with every problem found."""
    made = _Made()
    book = Rulebook(
        title=str(document.get("title", "")),
        title_en=str(document.get("title_en", "")),
        version=str(document.get("version", "")),
        note=str(document.get("note", "")),
        valid_from=cast(date, made.value(document.get("valid_from"), date, Problem("book", field="valid_from"))),
        gates=tuple(made.listed(Gate, document, "gates")),
        bands=tuple(made.listed(Band, document, "bands")),
        facts=made.coded(Fact, document, "facts"),
        parameters=made.coded(Parameter, document, "parameters"),
        rules=made.coded(Rule, document, "rules"),
        cases=tuple(made.listed(Case, document, "cases")),
    )
    if made.problems:
        raise RulebookRefused(made.problems)
    return checking.checked(book, digest(to_document(book)))


def problems_of(document: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a document that someone is editing; empty when it could be published."""
    try:
        from_document(document)
    except RulebookRefused as refused:
        return refused.problems
    return []


def to_document(book: Rulebook) -> dict[str, Any]:
    """The JSON document: dates as ISO text, what is at its default left out, so that equal rulebooks are equal text."""
    head = {name: _plain(getattr(book, name)) for name in HEAD}
    coded = {
        part: {code: _told(one, without=("code",)) for code, one in sorted(getattr(book, part).items())}
        for part in ("facts", "parameters", "rules")
    }
    listed = {part: [_told(one) for one in getattr(book, part)] for part in ("gates", "bands", "cases")}
    return {"format": FORMAT, **head, **coded, **listed}


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no blanks, UTF-8."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `part` is head, facts, parameters, rules, gates, bands or cases; before or after is None when it is not there."""

    part: str
    code: str
    field: str
    before: Any
    after: Any


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed from one document to another, field by field; an entry that came or went is one change of field ""."""
    head = [
        Change("head", "", name, before.get(name), after.get(name))
        for name in HEAD
        if before.get(name) != after.get(name)
    ]
    return head + [
        change
        for part in ("gates", "bands", "facts", "parameters", "rules", "cases")
        for change in _changes(part, _entries(part, before), _entries(part, after))
    ]


def _changes(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old is None or new is None:
            yield Change(part, code, "", old, new)
            continue
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield Change(part, code, name, old.get(name), new.get(name))


def _entries(part: str, document: Mapping[str, Any]) -> dict[str, Any]:
    found = document.get(part, {})
    if isinstance(found, Mapping):
        return dict(found)
    keys = {"gates": ("stage",), "bands": ("code",), "cases": ("rule", "name")}[part]
    return {" ".join(str(one.get(key)) for key in keys): one for one in found}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_told(one) if isinstance(one, Dated) else _plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in sorted(value.items())}
    return value if value is None or type(value) in (bool, int, float, str) else str(value)


def _told(one: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    found = {}
    for item in fields(one):
        value = getattr(one, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if item.name not in without and value != default:
            found[item.name] = _plain(value)
    return found


class _Made:
    """Makes dataclasses from plain data by their field types and remembers what would not go."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def coded(self, of: type, document: Mapping[str, Any], part: str) -> dict[str, Any]:
        found = {
            code: self.one(of, {**entry, "code": code}, Problem(part, code))
            for code, entry in sorted(dict(document.get(part, {})).items())
        }
        return {code: one for code, one in found.items() if one is not None}

    def listed(self, of: type, document: Mapping[str, Any], part: str) -> Iterator[Any]:
        for number, entry in enumerate(document.get(part, []), 1):
            name = entry.get("rule") or entry.get("stage") or entry.get("code") or str(number)
            one = self.one(of, entry, Problem(part, str(name)))
            if one is not None:
                yield one

    def one(self, of: type, entry: Mapping[str, Any], where: Problem) -> Any:
        hints, known = get_type_hints(of), {item.name: item for item in fields(of)}
        before = len(self.problems)
        for name in entry.keys() - known.keys():
            self.problems.append(where.saying(name, f"没有 {name} 这一项", f"No such field: {name}"))
        needed = [name for name, item in known.items() if item.default is MISSING and item.default_factory is MISSING]
        for name in needed:
            if name not in entry:
                self.problems.append(where.saying(name, f"缺 {name}", f"{name} is missing"))
        made = {name: self.value(entry[name], hints[name], where.at(name)) for name in known if name in entry}
        return of(**made) if len(self.problems) == before else None

    def value(self, value: Any, hint: Any, where: Problem) -> Any:
        """A field's value in its type; lists become tuples, text becomes dates and enums."""
        if getattr(hint, "__origin__", None) is tuple and get_args(hint)[0] is Dated:
            return tuple(filter(None, (self.one(Dated, entry, where) for entry in value)))
        wanted = set(get_args(hint)) or {hint}
        try:
            if date in wanted and hint is not Any and not (str in wanted and not _is_day(value)):
                return None if value is None and type(None) in wanted else _day(value)
            if isinstance(hint, type) and issubclass(hint, str) and hint is not str:
                return hint(value)
            if hint in (str, int) and type(value) is not hint:
                raise ValueError(value)
        except ValueError:
            self.problems.append(where.saying(where.field, f"值不对：{value}", f"Not a value for this: {value}"))
            return None
        return tuple(value) if isinstance(value, list) else value


def _is_day(value: Any) -> bool:
    return isinstance(value, date) or (isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--")


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
