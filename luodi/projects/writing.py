"""Writing one chunk of a ledger: projects, parties, amounts, events. Many rows at once, inside the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from luodi.core.rows import as_json, insert_rows, update_rows
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.intake.engine.widths import fold
from luodi.intake.models import Row
from luodi.intake.target import Resolved
from luodi.projects import particulars, register, statements
from luodi.projects.models import Project
from luodi.projects.statements import Pairs

COLUMNS = (
    "name", "number", "project_code", "unit", "division", "place", "chain", "industry_code", "nature", "stated_members",
)  # fmt: skip
"""Facts that also have a column of their own, because lists filter and sort by them."""

_LIMITS = {f.name: f.max_length for f in Project._meta.concrete_fields if f.name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Applied:
    """One row as written, for the parts above that follow it: evidence, standings."""

    project_id: int
    row_id: int | None
    row: UnderstoodRow
    changes: dict[str, tuple[str, str]]
    event_ids: tuple[int, ...]
    is_new: bool = False


Follower = Callable[[Sequence[Applied], datetime], None]
followers: list[Follower] = []
"""Parts above register what they do after rows were written, in the order of their layers."""


def write(resolved: Sequence[Resolved], row_ids: Sequence[int | None], *, now: datetime) -> None:
    """Apply every row that says something new."""
    for pairs in _rounds([pair for pair in zip(resolved, row_ids, strict=True) if pair[0].changes]):
        _write_round(pairs, now)


def _rounds(pairs: Pairs) -> Iterator[Pairs]:
    """One round nearly always; a project that the chunk names again waits for the next, so that it replaces what came before."""
    waiting: Pairs = pairs
    while waiting:
        first: dict[int, tuple[Resolved, int | None]] = {}
        for pair in waiting:
            first.setdefault(pair[0].target_id or 0, pair)
        yield list(first.values())
        waiting = [pair for pair in waiting if first[pair[0].target_id or 0] is not pair]


def _write_round(pairs: Pairs, now: datetime) -> None:
    _projects(pairs, now)
    statements.withdraw_replaced([(item, row_id) for item, row_id in pairs if item.state == Row.State.CHANGED], now)
    statements.write_parties(pairs, now)
    statements.write_aliases(pairs, now)
    statements.write_amounts(pairs, now)
    particulars.write(pairs, now)
    events = statements.write_events(pairs, now)
    applied = [
        Applied(
            item.target_id or 0,
            row_id,
            item.row,
            item.changes,
            tuple(events.get(row_id, ())),
            item.state == Row.State.NEW,
        )
        for item, row_id in pairs
    ]
    for follow in followers:
        follow(applied, now)


def _projects(pairs: Pairs, now: datetime) -> None:
    """Insert the new projects, then fold the changes of known ones into their facts and columns."""
    columns = ["id", "key", "initials", "tags", "facts", "version", "created_at", "created_from_id", *COLUMNS]
    new = [_project_row(item, row_id, now) for item, row_id in pairs if item.state == Row.State.NEW]
    insert_rows(Project, columns, new)
    changed = [(item, row_id) for item, row_id in pairs if item.state == Row.State.CHANGED]
    held = {project.pk: project for project in Project.objects.filter(pk__in={item.target_id for item, _ in changed})}
    for item, row_id in changed:
        project = held[item.target_id or 0]
        for name, (_, text) in item.changes.items():
            project.facts[name] = [text, row_id]
            if name in COLUMNS:
                setattr(project, name, fit(name, text))
        project.version += 1
    save(held.values())


def save(projects: Iterable[Project]) -> None:
    """Write what a ledger or its undoing may change of a project, many at once."""
    plain = ("version", "package_id", "withdrawn_at", *COLUMNS)
    values = [[as_json(one.facts), *(getattr(one, name) for name in plain), one.pk] for one in projects]
    update_rows(Project, ["facts", *plain], values)


def _project_row(item: Resolved, row_id: int | None, now: datetime) -> list[Any]:
    facts = {name: text for name, (_, text) in item.changes.items()}
    name = facts["name"]
    held = as_json({field: [text, row_id] for field, text in facts.items()})
    head = [item.target_id, register.key_of(name), initials(name), "[]", held, 1, now, row_id]
    return [*head, *(fit(column, facts.get(column, "")) for column in COLUMNS)]


def fit(column: str, text: str) -> str | int | None:
    """A column holds the first part of an over-long text; the whole stays in the facts."""
    return member_count(text) if column == "stated_members" else text[: _LIMITS[column]]


def member_count(text: str) -> int | None:
    """How many projects a package says it holds; a count that is no count, or one beyond any city's, is none."""
    digits = fold(text).removesuffix("个")
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) < 100_000 else None


def initials(name: str) -> str:
    """Pinyin initials for searching: "轻烃综合利用" -> "qtzhly"."""
    return "".join(_initial(char) for char in name if char.isalnum())[:120]


@lru_cache(maxsize=10_000)
def _initial(char: str) -> str:
    # One character at a time: phrases would be right more often and forty times slower on a ledger of 10,000 rows.
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(char, style=Style.FIRST_LETTER)[0][:1].lower()
