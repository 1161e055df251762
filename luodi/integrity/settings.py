"""The city's word on integrity: from where a finding is asked, the terms of a case, what its stages and papers are in the five tables."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from luodi.core import workdays
from luodi.integrity.engine.ledger import STAGES

CLOCKS = ("answer", "rule", "appeal", "second")


@dataclass(frozen=True, slots=True)
class IntegritySettings:
    """`clocks` in working days; `events` and `papers` by the city's codes."""

    ask_from: float
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


@lru_cache(maxsize=4)
def _load(folder: Path) -> IntegritySettings:
    data = tomllib.loads((folder / "integrity.toml").read_text(encoding="utf-8"))
    clocks = {name: int(data["clocks"][name]) for name in CLOCKS}
    events, papers = dict(data["events"]), dict(data["papers"])
    if unknown := {*events.values(), *papers.values()} - set(STAGES):
        raise ValueError(f"integrity.toml: 五表台账没有这些事件 {'、'.join(sorted(unknown))}")
    sparse, notes = data["sparse"], data["notes"]
    return IntegritySettings(
        ask_from=float(data["ask_from"]),
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
    )


def integrity_settings() -> IntegritySettings:
    """Of this installation's city."""
    return _load(settings.CITY_DIR)


def due(clock: str, today: date) -> date:
    """The last day of a term that begins today."""
    return workdays.after(today, integrity_settings().clocks[clock], workdays.exceptions(settings.CITY_DIR))


def days_left(day: date, today: date) -> int:
    """Working days until a day; negative when it is past."""
    return workdays.between(today, day, workdays.exceptions(settings.CITY_DIR))
