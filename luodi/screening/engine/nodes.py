"""What a condition is once it is read: a small tree of our own, so that no engine's dialect decides what a rule means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a fact, a parameter or a part of a condition is."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    WORDS = "words"  # a list of texts: codes or keywords


KINDS_ZH = {
    Kind.NUMBER: "数",
    Kind.BOOLEAN: "是非",
    Kind.TEXT: "文字",
    Kind.DATE: "日期",
    Kind.WORDS: "词表",
}

Value = bool | int | float | str | date | tuple[str, ...] | tuple[float, ...] | None

HALF_A_FEN = 5e-7
"""Computed numbers closer than this are equal: half a fen in 万元. Division in binary would else turn 15.3 / 0.102 into less than 150."""


@dataclass(frozen=True, slots=True)
class Node:
    """One part of a condition. `value` holds a literal's value or a name; a case holds condition, value, …, otherwise."""

    op: str
    kind: Kind
    args: tuple["Node", ...] = ()
    value: Value = None

    def walk(self) -> Iterator["Node"]:
        yield self
        for arg in self.args:
            yield from arg.walk()

    def names(self, op: str) -> tuple[str, ...]:
        """Names of facts (`op="fact"`) or parameters (`op="parameter"`) in it, each once, in order."""
        return tuple(dict.fromkeys(str(node.value) for node in self.walk() if node.op == op))


@dataclass(frozen=True, slots=True)
class Name:
    """What a condition may call by name. `values` closes a code list; a `derived` fact is computed by an expression of its own."""

    op: str  # fact | parameter
    kind: Kind
    values: frozenset[str] = frozenset()
    derived: bool = False


Names = Mapping[str, Name]
COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
ARITHMETIC = {"+", "-", "*", "/", "negative"}
