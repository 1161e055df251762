"""The record against the log: every change is taken back, the last first, until each row is as its insertion sealed it.

What the log does not know of (a row, a column that moved, a row that is gone) is found on the way, at the latest leaf
that says otherwise.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. `leaf` is the first leaf that it contradicts; None = no leaf knows of it."""

    leaf: int | None
    what: str


@dataclass(slots=True)
class Claims:
    """What the leaves say of one table, in their order."""

    groups: list[tuple[int, list[str], list[list[int]], str]] = field(default_factory=list)
    changes: list[tuple[int, int, dict[str, list[Any]]]] = field(default_factory=list)


def replay(
    table: str, columns: Sequence[str], defaults: Mapping[str, Any], rows: dict[int, Row], claims: Claims
) -> Iterator[Finding]:
    """Findings of one table. `rows` by id, each in the order of `columns`, the id first; used up on the way."""
    place = {name: index for index, name in enumerate(columns)}
    for leaf, row_id, changed in reversed(claims.changes):
        row = rows.get(row_id)
        if row is None:
            yield Finding(leaf, f"{table} {row_id}: the row is gone")
            continue
        for name, (before, after) in changed.items():
            if name not in place:
                continue  # a column of an older version that is no longer there
            if row[place[name]] != after:
                yield Finding(leaf, f"{table} {row_id}: {name} is not as the log says")
            row[place[name]] = before
    for leaf, names, ranges, digest in claims.groups:
        yield from _group(table, place, defaults, rows, leaf, names, ranges, digest)
    for row_id in rows:
        yield Finding(None, f"{table} {row_id}: the log knows no such row")


def _group(
    table: str,
    place: Mapping[str, int],
    defaults: Mapping[str, Any],
    rows: dict[int, Row],
    leaf: int,
    names: Sequence[str],
    ranges: Sequence[Sequence[int]],
    digest: str,
) -> Iterator[Finding]:
    """One group of inserted rows: all there, with the very values, and with nothing in the columns that were left out."""
    wanted = [row_id for first, last in ranges for row_id in range(first, last + 1)]
    found = [(row_id, rows.pop(row_id, None)) for row_id in wanted]
    gone = [row_id for row_id, row in found if row is None]
    if gone:
        yield Finding(leaf, f"{table} {gone[0]}: the row is gone ({len(gone)} of {len(wanted)})")
        return
    live = [row for _, row in found if row is not None]
    kept = [place[name] for name in names if name in place]
    if len(kept) < len(names):
        return  # a column was dropped since: the lines cannot be made again, and the release notes say so
    lines = orjson.dumps([[row[index] for index in kept] for row in live])[1:-1]
    if hashlib.sha256(lines).hexdigest() != digest:
        yield Finding(leaf, f"{table} {_words(ranges)}: a value is not as it was written")
    others = [(name, index) for name, index in place.items() if name not in names]
    for row in live:
        for name, index in others:
            if row[index] is not None and row[index] != defaults.get(name):
                yield Finding(leaf, f"{table} {row[0]}: {name} was set past the log")


def _words(ranges: Sequence[Sequence[int]]) -> str:
    return ", ".join(f"{first}–{last}" if first != last else str(first) for first, last in ranges[:3])
