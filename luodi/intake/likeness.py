"""Is a row that would become a new project like one that is known? Intake asks whoever can tell, and shows it: a warning, never a refusal.

The part above that can tell registers itself. Kept with the row is whom it resembles and in which fields; what of that a reader is told
is decided when it is shown, by what they may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from luodi.accounts.models import User
from luodi.intake.engine.problems import WARNING, Problem

CODE = "like_known"


@dataclass(frozen=True, slots=True)
class Like:
    """A known target, how likely it is the same undertaking, and the ledger fields that agree."""

    target: int
    probability: float
    fields: tuple[str, ...] = ()

    def plain(self) -> list[Any]:
        return [self.target, self.probability, list(self.fields)]


@dataclass(frozen=True, slots=True)
class Told:
    """What one reader is told of one likeness. `url` blank: it lies beyond their reach, and nothing of it is told but that it is there."""

    text: str
    name: str = ""
    url: str = ""


class Judge(Protocol):
    """Who can tell."""

    def most(self) -> int:
        """How many rows of one file are asked about; a whole register is a matter for a scan."""

    def ask(self, rows: Sequence[Mapping[str, str]]) -> Sequence[Sequence[Like]]:
        """For each row, by its canonical facts, the known targets it resembles, the likeliest first."""

    def told(self, reader: User, likes: Iterable[Like]) -> dict[int, Told]:
        """By target."""


judges: list[Judge] = []
"""The part above puts itself here when it is ready."""


def ask(rows: Sequence[Mapping[str, str]]) -> Sequence[Sequence[Like]]:
    """Nobody asks where nobody can tell."""
    return judges[0].ask(rows) if judges and rows else [()] * len(rows)


def most() -> int:
    return judges[0].most() if judges else 0


def told(reader: User, likes: Iterable[Like]) -> dict[int, Told]:
    return judges[0].told(reader, likes) if judges else {}


def warning(likes: Sequence[Like]) -> Problem:
    """What is kept with the row; it names nobody, so it may be shown to anybody."""
    advice = "打开看看是不是同一个：是就改用同一名称再导，不是就不用处理"
    return Problem(WARNING, CODE, "和已有项目相似", advice, alike=tuple(like.plain() for like in likes))


def likes_in(problems: Iterable[Mapping[str, Any]]) -> list[Like]:
    """Of the problems kept with a row."""
    found = [one for problem in problems if problem["code"] == CODE for one in problem.get("alike", ())]
    return [Like(target, share, tuple(fields)) for target, share, fields in found]
