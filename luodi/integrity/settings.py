"""The city's word on integrity: from where a finding is asked, the terms of a case, what its stages and papers are in the five tables."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from luodi.core import workdays
from luodi.integrity.engine.ledger import STAGES

SCHEMES = ("fake", "split", "dup", "motion")
CLOCKS = ("answer", "rule", "appeal", "second")


@dataclass(frozen=True, slots=True)
class Start:
    """From which probability a scheme is asked about. `reason`: the city's, where it says so itself; blank = the model card's working point."""

    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IntegritySettings:
    """`clocks` in working days; `events` and `papers` by the city's codes; `own_starts` by scheme, those that the city set itself."""

    likely: float
    clocks: Mapping[str, int]
    soon: int
    events: Mapping[str, str]
    papers: Mapping[str, str]
    signs: int
    binding: int
    binds: frozenset[str]
    intake_from: float
    intake_most: int
    absent: frozenset[str]
    signed_before: tuple[str, ...]
    doubts: tuple[str, ...]
    on_site: tuple[str, ...]
    own_starts: Mapping[str, Start] = field(default_factory=dict)

    def starts(self, working: Mapping[str, float]) -> dict[str, Start]:
        """By scheme: the city's word, else the working point of what was asked."""
        return {**{scheme: Start(at) for scheme, at in working.items()}, **self.own_starts}


@lru_cache(maxsize=4)
def _load(folder: Path) -> IntegritySettings:
    data = tomllib.loads((folder / "integrity.toml").read_text(encoding="utf-8"))
    clocks = {name: int(data["clocks"][name]) for name in CLOCKS}
    events, papers = dict(data["events"]), dict(data["papers"])
    if unknown := {*events.values(), *papers.values()} - set(STAGES):
        raise ValueError(f"integrity.toml: 五表台账没有这些事件 {'、'.join(sorted(unknown))}")
    sparse, notes = data["sparse"], data["notes"]
    return IntegritySettings(
        likely=float(data["likely"]),
        clocks=clocks,
        soon=int(data["clocks"]["soon"]),
        events=events,
        papers=papers,
        signs=int(sparse["signs"]),
        binding=int(sparse["binding"]),
        binds=frozenset(sparse["binds"]),
        absent=frozenset(sparse["absent"]),
        intake_from=float(data["intake"]["ask_from"]),
        intake_most=int(data["intake"]["most"]),
        signed_before=tuple(notes["signed_before"]),
        doubts=tuple(notes["doubts"]),
        on_site=tuple(notes["on_site"]),
        own_starts={scheme: _start(scheme, told) for scheme, told in data.get("ask_from", {}).items()},
    )


def _start(scheme: str, told: Mapping[str, Any]) -> Start:
    """A city that asks earlier or later than the card says why."""
    at, reason = float(told.get("at", 0)), str(told.get("reason", "")).strip()
    if scheme not in SCHEMES or not 0 < at <= 1 or not reason:
        raise ValueError(
            f"integrity.toml: ask_from.{scheme} 要写 at（0 到 1）和 reason（理由），情形是 {'、'.join(SCHEMES)} 之一"
        )
    return Start(at, reason)


def integrity_settings() -> IntegritySettings:
    """Of this installation's city."""
    return _load(settings.CITY_DIR)


def due(clock: str, today: date) -> date:
    """The last day of a term that begins today."""
    return workdays.after(today, integrity_settings().clocks[clock], workdays.exceptions(settings.CITY_DIR))


def days_left(day: date, today: date) -> int:
    """Working days until a day; negative when it is past."""
    return workdays.between(today, day, workdays.exceptions(settings.CITY_DIR))
