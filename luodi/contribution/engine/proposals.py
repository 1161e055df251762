"""What a rule would say of a project's ends. A proposal is a question to a person; it is counted nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

SECTIONS = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60), ("H", 61, 62),
    ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 79), ("O", 80, 82), ("P", 83, 83),
    ("Q", 84, 85), ("R", 86, 90), ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip
"""Divisions of each section of GB/T 4754-2017."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Proposes an end for projects of these industries, or with these words."""

    end: str
    industries: tuple[str, ...]
    words: tuple[str, ...]
    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An end and what spoke for it: a code, or the word that was found."""

    end: str
    sign: str


def section(code: str) -> str:
    """Section letter of an industry code with or without its letter; blank for what is no code."""
    digits = code.lstrip("ABCDEFGHIJKLMNOPQRST")
    if digits != code:
        return code[0]
    division = int(digits[:2]) if len(digits) >= 2 and digits[:2].isascii() and digits[:2].isdigit() else 0
    return next((letter for letter, first, last in SECTIONS if first <= division <= last), "")


def propose(rules: Sequence[Rule], *, industry: str, text: str) -> list[Proposal]:
    """One proposal an end at most, in the order of the rules."""
    found: dict[str, Proposal] = {}
    letter = section(industry)
    for rule in rules:
        sign = industry if letter and letter in rule.industries else next((w for w in rule.words if w in text), "")
        if sign:
            found.setdefault(rule.end, Proposal(rule.end, sign))
    return list(found.values())
