"""What a rulebook is: facts, dated parameters, cited rules, the cases an official wrote, and how points become a band."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

from luodi.screening.engine.nodes import Kind, Name, Node


class Dimension(StrEnum):
    """Three guard-rails that veto, four measures that score."""

    SAFETY = "safety"  # 安全
    LAW = "law"  # 法治
    GREEN = "green"  # 绿色
    HIGH = "high"  # 高
    NEW = "new"  # 新
    FIT = "fit"  # 适
    REAL = "real"  # 实


GATE = (Dimension.SAFETY, Dimension.LAW, Dimension.GREEN)
SCORE = (Dimension.HIGH, Dimension.NEW, Dimension.FIT, Dimension.REAL)
DIMENSIONS_ZH = dict(zip(Dimension, ("安全", "法治", "绿色", "高", "新", "适", "实"), strict=True))


class Verdict(IntEnum):
    """Of a rule, and of a gate. Stored as these numbers."""

    FAIL = 0
    PASS = 1
    UNDEFINED = 2
    NOT_APPLICABLE = 3


VERDICTS_ZH = dict(zip(Verdict, ("不通过", "通过", "尚不可判", "不适用"), strict=True))
STATUSES = ("有出处", "参考", "待核")
"""有出处: a source that binds Panjin says so · 参考: another city's figure, as an example · 待核: nobody has confirmed it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What may be known of a project. `record` facts are read from the record, `stated` ones a person states with evidence, `derived` computed."""

    code: str
    name: str
    name_en: str
    type: Kind
    source: str  # record | stated | derived
    unit: str = ""
    expression: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A parameter's value from a day on, and who says so."""

    value: int | float | str | date | tuple[str, ...]
    valid_from: date
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Parameter:
    code: str
    name: str
    name_en: str
    values: tuple[Dated, ...]
    unit: str = ""
    note: str = ""
    note_en: str = ""

    def on(self, day: date) -> Dated | None:
        """The value in force on a day."""
        return max((one for one in self.values if one.valid_from <= day), key=lambda one: one.valid_from, default=None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. A gate's `holds` says what must be true before `gate`; a score's, what earns `points`.

    `flag` is one line: what is wrong when a gate rule fails, what is good when a score rule holds. `evidence` names kinds that
    must all be verified before the points count as proven; "a|b" is either. `applies` limits to whom it is asked at all.
    """

    code: str
    dimension: Dimension
    name: str
    name_en: str
    flag: str
    flag_en: str
    holds: str
    citation: str
    status: str
    valid_from: date
    why: str
    why_en: str
    advice: str
    advice_en: str
    gate: str = ""
    applies: str = ""
    points: int | str = 0
    value: str = ""
    value_unit: str = ""
    evidence: tuple[str, ...] = ()
    method: str = ""
    method_en: str = ""
    exclusions: str = ""
    exclusions_en: str = ""
    valid_to: date | None = None

    @property
    def is_gate(self) -> bool:
        return self.dimension in GATE

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Case:
    """What an official says must come out, for given facts. Run in CI and before a rulebook is published."""

    rule: str
    name: str
    expect: str  # pass | fail | undefined | not_applicable
    facts: Mapping[str, Any] = field(default_factory=dict)
    as_of: date | None = None
    points: int | None = None
    missing: tuple[str, ...] | None = None
    author: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage that rules may veto. `rank` is the stage's place in the city's life cycle."""

    stage: str
    rank: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Band:
    """From which share of the possible points, in percent, a score is called so."""

    code: str
    name: str
    name_en: str
    floor: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A rule's conditions, read. `facts` are those of the record it rests on: bit n of a missing mask is the n-th."""

    rule: Rule
    holds: Node
    applies: Node | None
    points: Node | None
    value: Node | None
    lowest: int
    highest: int
    facts: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.applies, self.holds, self.points, self.value) if node is not None)

    @property
    def direct_facts(self) -> tuple[str, ...]:
        """Facts as the rule names them, derived ones included."""
        return tuple(dict.fromkeys(name for node in self.nodes for name in node.names("fact")))


@dataclass(frozen=True, eq=False)
class Rulebook:
    """A whole rulebook that has been read and checked; made by `documents.from_document` only."""

    title: str
    version: str
    valid_from: date
    gates: tuple[Gate, ...]
    bands: tuple[Band, ...]
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Rule]
    cases: tuple[Case, ...]
    title_en: str = ""
    note: str = ""
    parsed: Mapping[str, Parsed] = field(default_factory=dict, repr=False)
    derived: Mapping[str, Node] = field(default_factory=dict, repr=False)
    digest: str = ""

    def rules_on(self, day: date) -> tuple[Parsed, ...]:
        """The rules in force on a day, in the order of their codes."""
        return tuple(self.parsed[code] for code in sorted(self.rules) if self.rules[code].in_force(day))

    def values_on(self, day: date) -> dict[str, Any]:
        """Every parameter's value on a day; None before its first."""
        found = {code: parameter.on(day) for code, parameter in self.parameters.items()}
        return {code: dated.value if dated else None for code, dated in found.items()}

    @cached_property
    def evidence_kinds(self) -> tuple[str, ...]:
        """Every kind of evidence that some rule needs."""
        needs = (kind for rule in self.rules.values() for need in rule.evidence for kind in need.split("|"))
        return tuple(sorted(set(needs)))

    def facts_from(self, source: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts.values() if fact.source == source)

    def rules_using(self, name: str) -> tuple[str, ...]:
        """Codes of the rules that rest on a fact or a parameter, through derived facts too."""
        return tuple(
            code
            for code, parsed in self.parsed.items()
            if name in parsed.facts or name in parsed.parameters or name in parsed.direct_facts
        )


def kind_of(value: Any) -> Kind:
    """The kind of a parameter's value."""
    if isinstance(value, tuple):
        return Kind.WORDS
    if isinstance(value, bool):
        raise TypeError("a parameter is no truth value")
    if isinstance(value, int | float):
        return Kind.NUMBER
    return Kind.DATE if isinstance(value, date) else Kind.TEXT


def names_of(facts: Mapping[str, Fact], parameters: Mapping[str, Parameter]) -> dict[str, Name]:
    """What a condition may call by name."""
    found = {
        code: Name("fact", fact.type, frozenset(fact.values), fact.source == "derived") for code, fact in facts.items()
    }
    for code, parameter in parameters.items():
        found[code] = Name("parameter", kind_of(parameter.values[0].value))
    return found
