"""Movement between tiers: where each project stood on one day and on another, and why it is elsewhere now.

Row sums of the matrix are the formation of the first day, column sums that of the second: what comes and goes has a place too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from luodi.formation.engine.table import Group

ABSENT = "absent"
"""Not counted on that side on that day: not in the register, inside a package, without proof, or decided out."""


class Cause(StrEnum):
    """Why a project is where it is."""

    STAYED = "stayed"
    ENTERED = "entered"
    LEFT = "left"
    JOINED = "joined"
    UNFOLDED = "unfolded"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    EXCLUDED = "excluded"
    READMITTED = "readmitted"
    AMOUNT = "amount"
    STATED = "stated"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Position:
    """A project on a day: its tier (blank = amount unknown), and whether it counts at all, as proven, as net."""

    tier: str
    amount_fen: int | None
    packed: bool
    proven: bool
    net: bool

    def group(self) -> Group:
        return Group(self.tier, self.packed, self.proven, self.net, 1, self.amount_fen or 0)

    def stands(self, side: str) -> bool:
        """Whether it counts on the side: "reported", "proven" or "net"."""
        return self.packed and (side == "reported" or (self.proven if side == "proven" else self.net))


@dataclass(frozen=True, slots=True)
class Move:
    """One project between two days; a move from a place to itself stayed."""

    project: int
    origin: str
    target: str
    cause: Cause
    before_fen: int | None
    after_fen: int | None


def moves(before: Mapping[int, Position], after: Mapping[int, Position], *, side: str) -> list[Move]:
    """Every project that counted on either day, in the order of its number."""
    found = []
    for project in sorted(before.keys() | after.keys()):
        was, now = before.get(project), after.get(project)
        origin, target = _place(was, side), _place(now, side)
        if origin == target == ABSENT:
            continue
        cause = _cause(was, now, origin, target, side)
        found.append(
            Move(project, origin, target, cause, was.amount_fen if was else None, now.amount_fen if now else None)
        )
    return found


def _place(position: Position | None, side: str) -> str:
    return position.tier if position is not None and position.stands(side) else ABSENT


def _cause(was: Position | None, now: Position | None, origin: str, target: str, side: str) -> Cause:
    if origin == target:
        return Cause.STAYED
    if origin == ABSENT:
        return _absence(was, side, (Cause.ENTERED, Cause.UNFOLDED, Cause.PROVEN, Cause.READMITTED))
    if target == ABSENT:
        return _absence(now, side, (Cause.LEFT, Cause.JOINED, Cause.UNPROVEN, Cause.EXCLUDED))
    if not origin:
        return Cause.STATED
    return Cause.AMOUNT if target else Cause.UNSTATED


def _absence(position: Position | None, side: str, causes: tuple[Cause, Cause, Cause, Cause]) -> Cause:
    """What a project lacked on the day on which it did not count; the first lack of this order is the one told."""
    missing, folded, unproven, excluded = causes
    if position is None:
        return missing
    if not position.packed:
        return folded
    return excluded if side == "net" and position.proven else unproven


def matrix(found: Iterable[Move]) -> Counter[tuple[str, str]]:
    """Projects by (origin, target)."""
    return Counter((move.origin, move.target) for move in found)
