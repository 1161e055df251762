"""A city's word on proof: which documents, complete, prove which stage of which projects; what replaces what; who verifies."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

WAN = 1_000_000
"""分 in one 万元."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a set asks for. `facts` it must carry itself ("time", "place"); `replaced_by` with a stated reason."""

    code: str
    name: str
    name_en: str
    kinds: tuple[str, ...]
    need: str = "mandatory"
    facts: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()

    @property
    def is_mandatory(self) -> bool:
        return self.need == "mandatory"


@dataclass(frozen=True, slots=True)
class EvidenceSet:
    """Documents that together prove a stage. Several sets of one stage are alternatives. Bounds in 分, `below` excluded."""

    stages: tuple[str, ...]
    name: str
    name_en: str
    items: tuple[Item, ...]
    source: str
    status: str = ""
    floor: int | None = None
    below: int | None = None
    purchase: bool | None = None
    level: str = ""
    level_en: str = ""

    def fits(self, amount_fen: int, *, purchase: bool) -> bool:
        """Whether it is meant for a project of this size and sort."""
        if self.purchase is not None and self.purchase != purchase:
            return False
        return (self.floor or 0) <= amount_fen and (self.below is None or amount_fen < self.below)


@dataclass(frozen=True, slots=True)
class Refused:
    """A kind of document that looks like proof of a stage and is none, with the reason."""

    kind: str
    stage: str
    why: str
    why_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Site:
    """A circle on the ground in which a project's photos must have been taken."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True)
class ProofRules:
    """Everything of a city's `evidence.toml`."""

    sets: tuple[EvidenceSet, ...]
    refused: tuple[Refused, ...]
    floors: tuple[int, ...]
    purchase_tag: str
    sites: dict[str, Site]
    days_before: int
    days_after: int
    other_unit: frozenset[str]

    @cached_property
    def by_stage(self) -> dict[str, tuple[EvidenceSet, ...]]:
        stages = dict.fromkeys(stage for one in self.sets for stage in one.stages)
        return {stage: tuple(one for one in self.sets if stage in one.stages) for stage in stages}

    @cached_property
    def _bounds(self) -> tuple[int, ...]:
        """Every amount at which some set begins or ends, the highest first."""
        given = {bound for one in self.sets for bound in (one.floor, one.below) if bound is not None}
        return tuple(sorted(given | {0}, reverse=True))

    def size_of(self, amount_fen: int | None) -> int | None:
        """The lowest amount that is asked exactly what this one is asked: what is weighed for it holds for all of its size."""
        if amount_fen is None:
            return None
        return next((bound for bound in self._bounds if bound <= amount_fen), amount_fen)

    def sets_for(self, stage: str, amount_fen: int | None, *, purchase: bool) -> tuple[EvidenceSet, ...]:
        """The alternatives that are open to a project of this size and sort. An unknown size is asked what the lowest class is asked."""
        size = self.floors[0] if amount_fen is None else amount_fen
        return tuple(one for one in self.by_stage.get(stage, ()) if one.fits(size, purchase=purchase))

    def why_refused(self, kind: str, stage: str) -> Refused | None:
        return next((one for one in self.refused if (one.kind, one.stage) == (kind, stage)), None)


def read(raw: bytes) -> ProofRules:
    """From a city's `evidence.toml`. Raises `KeyError` that names what is missing."""
    data = tomllib.loads(raw.decode())
    photos = data["photos"]
    return ProofRules(
        sets=tuple(_set(row) for row in data["sets"]),
        refused=tuple(Refused(**row) for row in data["refused"]),
        floors=tuple(floor * WAN for floor in data["classes"]["floors"]),
        purchase_tag=data["classes"]["purchase_tag"],
        sites={site["unit"]: Site(site["latitude"], site["longitude"], site["radius_km"]) for site in photos["sites"]},
        days_before=photos["days_before"],
        days_after=photos["days_after"],
        other_unit=frozenset(data["verifying"]["other_unit"]),
    )


def _set(row: dict[str, Any]) -> EvidenceSet:
    known: dict[str, Any] = dict(row)
    known["stages"], known["items"] = tuple(row["stages"]), tuple(_item(item) for item in row["items"])
    known |= {name: row[name] * WAN for name in ("floor", "below") if name in row}
    return EvidenceSet(**known)


def _item(row: dict[str, Any]) -> Item:
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Item(**known)
