"""The city's word on ends, measures and proposals: `contribution.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from luodi.contribution.engine.proposals import Rule


@dataclass(frozen=True, slots=True)
class End:
    """One of the ends that projects are for."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What can be promised and brought. `field`: the ledger's; `summed` False where units differ from project to project."""

    code: str
    name: str
    name_en: str
    kind: str
    unit: str = ""
    unit_en: str = ""
    field: str = ""
    sum: bool = True


@dataclass(frozen=True, slots=True)
class ContributionSettings:
    """Everything of the file."""

    version: str
    ends: tuple[End, ...]
    measures: tuple[Measure, ...]
    rules: tuple[Rule, ...]

    @property
    def end(self) -> Mapping[str, End]:
        return {end.code: end for end in self.ends}

    @property
    def measure(self) -> Mapping[str, Measure]:
        return {measure.code: measure for measure in self.measures}

    @property
    def summed(self) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if measure.sum)


@lru_cache(maxsize=4)
def _load(folder: Path) -> ContributionSettings:
    """Raises `ValueError` where a proposal names an end that the city does not have."""
    data = tomllib.loads((folder / "contribution.toml").read_text(encoding="utf-8"))
    ends = tuple(End(**end) for end in data["ends"])
    rules = tuple(
        Rule(**{**rule, "industries": tuple(rule["industries"]), "words": tuple(rule["words"])})
        for rule in data["proposals"]
    )
    if unknown := {rule.end for rule in rules} - {end.code for end in ends}:
        raise ValueError(f"contribution.toml: 没有这些目的 {', '.join(sorted(unknown))}")
    return ContributionSettings(data["version"], ends, tuple(Measure(**one) for one in data["measures"]), rules)


def contribution_settings() -> ContributionSettings:
    """Of this installation's city."""
    return _load(settings.CITY_DIR)
