"""A map as tables: what a workbook or the city's file says of one chain, line by line."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from luodi.intake.engine.filled import LineProblem

ENTERPRISE, PROJECT = "enterprise", "project"
PENDING = "pending"


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node; None is unknown."""

    code: str
    name: str
    kind: str = "product"
    industries: tuple[str, ...] = ()
    unit: str = "万吨"
    capacity: Decimal | None = None
    supply: Decimal | None = None
    demand: Decimal | None = None
    norm_size: Decimal | None = None
    norm_years: int | None = None
    mark: str = PENDING
    source: str = ""


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """Who feeds whom."""

    feeds_from: str
    feeds_to: str
    ratio: Decimal | None = None
    mark: str = PENDING
    source: str = ""


@dataclass(frozen=True, slots=True)
class HolderLine:
    """Who stands on a node. A project is known by its `record` (id in the register) or else by its name."""

    node: str
    kind: str
    name: str
    record: int | None = None
    capacity: Decimal | None = None
    role: str = ""
    role_reason: str = ""
    is_head: bool = False
    since: int | None = None
    ready_on: date | None = None
    mark: str = PENDING
    source: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """All three."""

    nodes: tuple[NodeLine, ...] = ()
    edges: tuple[EdgeLine, ...] = ()
    holders: tuple[HolderLine, ...] = ()


@dataclass(slots=True)
class Parsed:
    """What could be read, where each line stood, and every problem at once."""

    tables: Tables
    problems: list[LineProblem] = field(default_factory=list)
    where: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    """Codes of all nodes that the sheet names, those of lines with problems as well: what refers to them has no problem of its own."""
    chain: str = ""
    """Code of the chain that the caption names; blank when it names none."""
