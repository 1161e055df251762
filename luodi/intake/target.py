"""The part of the record that ledger rows are for. It registers itself here, so intake knows rows and never projects."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from luodi.accounts.models import User
from luodi.intake.engine.problems import Problem
from luodi.intake.engine.understanding import UnderstoodRow


@dataclass(slots=True)
class Resolved:
    """What a row means for the record: `facts` are what it states, `changes` {field: (before, after)}; `target_id` < 0 is provisional."""

    row: UnderstoodRow
    state: str
    target_id: int | None = None
    label: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Session(Protocol):
    """One pass over one ledger. Rows come in chunks and in order; a later row may be about the project of an earlier one."""

    def resolve(self, rows: Sequence[UnderstoodRow]) -> list[Resolved]:
        """Compare with the record and with the rows before. Reads only."""

    def apply(self, resolved: Sequence[Resolved], row_ids: Sequence[int], *, now: datetime) -> None:
        """Write what `resolve` found for one chunk, inside the caller's transaction."""

    def finish(self) -> list[tuple[UnderstoodRow, Problem]]:
        """What can only be settled when every row is in: members and their packages."""


class Target(Protocol):
    """How a part of the record takes ledger rows."""

    def session(self, *, actor: User | None, unit: str | None, writing: bool) -> Session:
        """`unit` bounds a clerk to their own reporting unit; `writing` when `apply` will follow."""

    def revert(self, batch_id: int, *, now: datetime) -> list[int]:
        """Undo a batch inside the caller's transaction; returns the ids of what later edits keep from being undone."""

    def names(self, target_ids: Sequence[int], *, reader: User | None) -> list[str]:
        """What the reader may call those targets: what is out of their scope has no name for them."""

    def current(self, target_ids: Sequence[int], *, reader: User | None) -> dict[int, dict[str, list[Any]]]:
        """Facts held for those targets that still stand and are within the reader's scope, for exports: {id: {field: [canonical text, row id]}}."""


_registered: list[Target] = []


def register(target: Target) -> None:
    """Called once, when the part that holds the record is ready."""
    _registered[:] = [target]


def target() -> Target:
    return _registered[0]
