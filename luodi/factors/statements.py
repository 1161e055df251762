"""What people state on the book, before it is checked. Amounts are whole smallest units of the factor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from luodi.factors.models import Demand, Mark


@dataclass(frozen=True, slots=True)
class Tranche:
    """A supply."""

    amount: int
    from_on: date
    source: str
    until_on: date | None = None
    mark: str = Mark.PENDING


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """A preparation work. `uses`: {pool: amount}; `cost_fen` None = nobody knows."""

    name: str
    adds: int
    days: int
    earliest_on: date
    source: str
    cost_fen: int | None = None
    uses: Mapping[int, int] | None = None
    mark: str = Mark.PENDING


@dataclass(frozen=True, slots=True)
class Need:
    """A need; nought says that the project needs none, which is not the same as unknown."""

    factor: str
    amount: int
    source: str
    step: str = ""
    basis: str = Demand.Basis.STATED
    need_on: date | None = None
    mark: str = Mark.PENDING
