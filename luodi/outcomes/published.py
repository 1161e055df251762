"""Published figures beside what their own numbers give: `published.yaml`, of which the tests read every line as well."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from luodi.outcomes.engine.published import Recomputed, recompute

FILE = Path(__file__).with_name("published.yaml")
AGREES, CUT, CONTRADICTS, NO_DENOMINATOR = "agrees", "cut", "contradicts", "no_denominator"


@dataclass(frozen=True, slots=True)
class Figure:
    """One published percentage. Without a denominator nothing can be recomputed, and the page says so."""

    id: str
    who: str
    figure: str
    figure_en: str
    published: str
    expected: str
    source: str
    numerator: str = ""
    denominator: str = ""
    others: dict[str, str] = field(default_factory=dict)
    cause: str = ""
    cause_en: str = ""

    @property
    def found(self) -> Recomputed | None:
        if not self.denominator:
            return None
        return recompute(self.numerator, self.denominator, self.published, self.others)

    @property
    def verdict(self) -> str:
        """What it comes to, computed and not read."""
        found = self.found
        if found is None:
            return NO_DENOMINATOR
        if not found.agrees:
            return CONTRADICTS
        return CUT if found.truncated else AGREES


@lru_cache(maxsize=1)
def figures() -> tuple[Figure, ...]:
    """All of them, in the file's order."""
    return tuple(Figure(**one) for one in yaml.safe_load(FILE.read_text(encoding="utf-8")))
