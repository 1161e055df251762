"""What is wrong with a rulebook, where, and what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """`part` is rules, parameters, facts, gates, bands, cases or book; `code` and `field` say which entry and which line of it."""

    part: str
    code: str = ""
    field: str = ""
    message: str = ""
    message_en: str = ""

    def at(self, field: str) -> "Problem":
        return replace(self, field=field)

    def saying(self, field: str, message: str, message_en: str) -> "Problem":
        return replace(self, field=field, message=message, message_en=message_en)

    def __str__(self) -> str:
        return f"{self.code or self.part} {self.field}：{self.message}"


class RulebookRefused(ValueError):
    """A rulebook that cannot be read, with every problem of it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)
