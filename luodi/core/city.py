"""A city's own data: stages, units, tiers, kinds of evidence. Read from its folder, never written here.

`steps.py` beside it holds the order of the stages, `proof.py` what proves them.
"""

import csv
import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from luodi.core import proof as proof_data
from luodi.core import steps as step_data
from luodi.core.register import Nature, RegisterRules, read_register


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the life cycle; `order` is its place in it, `main` puts it into the cockpit's funnel."""

    code: str
    name: str
    name_en: str
    order: int
    main: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """A rung of the size ladder; `floor` in 万元, the lowest amount that belongs to it."""

    code: str
    name: str
    name_en: str
    floor: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit (填报单位): who files, which is not always where the land lies. A park may stand under a district, its `parent`."""

    code: str
    name: str
    short: str
    division: str
    places: tuple[str, ...]
    parent: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of document, and who has to have checked it before it counts."""

    code: str
    name: str
    name_en: str
    verification: str
    grades: frozenset[str] = frozenset()
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text says a project is: reporting unit and GB/T 2260 division, either may be blank."""

    unit: str
    division: str


@dataclass(frozen=True, eq=False)
class City:
    """Everything an office wrote about its own city. One object per folder, so results may be kept per city."""

    name: str
    name_en: str
    division: str
    default_unit: str
    definition: dict[str, str]
    stages: tuple[Stage, ...]
    tiers: tuple[Tier, ...]
    units: tuple[Unit, ...]
    evidence_kinds: tuple[EvidenceKind, ...]
    official_hosts: tuple[str, ...]
    register: RegisterRules = field(repr=False)
    lifecycle: step_data.Lifecycle = field(repr=False)
    proof: proof_data.ProofRules = field(repr=False)
    divisions: dict[str, str] = field(repr=False)
    folder: Path = field(repr=False)
    fingerprint: str = ""

    @property
    def natures(self) -> tuple[Nature, ...]:
        return self.register.natures

    @cached_property
    def stage(self) -> dict[str, Stage]:
        return {stage.code: stage for stage in self.stages}

    @cached_property
    def unit(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        """Each unit with all units under it; a unit that is its own ancestor counts once."""
        found = {}
        for code in self.unit:
            reach, fresh = {code}, {code}
            while fresh:
                fresh = {unit.code for unit in self.units if unit.parent in fresh} - reach
                reach |= fresh
            found[code] = frozenset(reach)
        return found

    def below(self, code: str) -> frozenset[str]:
        """The unit and every unit under it."""
        return self._below.get(code, frozenset({code}) if code else frozenset())

    @cached_property
    def evidence_kind(self) -> dict[str, EvidenceKind]:
        return {kind.code: kind for kind in self.evidence_kinds}

    @cached_property
    def _places(self) -> list[tuple[str, Place]]:
        """Every known spelling of a place, the longest first so that the most exact one wins."""
        own = [(text, Place(u.code, u.division)) for u in self.units for text in (*u.places, u.name) if text != "市外"]
        prefix = self.division[:4]
        elsewhere = [
            (name, Place("outside", code)) for code, name in self.divisions.items() if not code.startswith(prefix)
        ]
        # Prefectures are often written without 市: "大连金普新区".
        elsewhere += [
            (name[:-1], place) for name, place in elsewhere if place.division.endswith("00") and len(name) > 2
        ]
        return sorted(own + elsewhere, key=lambda pair: -len(pair[0]))

    def place(self, text: str) -> Place | None:
        """Unit and division that a place text names, or None when the city's data knows none of its words.

        A county outranks the prefecture named before it ("沈阳市铁西区"), and a spelling must not start inside
        a longer unknown name, so only starts of the text or of what follows a known name count.
        """
        text = text.strip()
        best: Place | None = None
        while text:
            hit = next(((name, place) for name, place in self._places if text.startswith(name)), None)
            if hit is None:
                return best
            # "盘锦市大洼区": the second name is the more exact one.
            best = hit[1]
            text = text[len(hit[0]) :].lstrip(" 　·-、（(")
        return best

    def grade(self, url: str) -> str:
        """Grade of a public source by its host: A for government and official media, B for another page, C for no address."""
        host = urlsplit(url).hostname or ""
        if not host:
            return "C"
        return "A" if any(host == known or host.endswith("." + known) for known in self.official_hosts) else "B"

    def tier_of(self, amount_fen: int | None) -> str:
        """Code of the rung for an amount in 分; blank when the amount is unknown."""
        if amount_fen is None:
            return ""
        return next(
            (t.code for t in sorted(self.tiers, key=lambda t: -t.floor) if amount_fen >= t.floor * 1_000_000), ""
        )


def load(folder: Path) -> City:
    """Read a city's folder. Raises `FileNotFoundError` or `KeyError` that names the missing part."""
    raw, cycle, proofs = ((folder / f"{name}.toml").read_bytes() for name in ("city", "lifecycle", "evidence"))
    data = tomllib.loads(raw.decode())
    divisions_file = (folder / "codelists" / "divisions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(divisions_file.splitlines())
    register = read_register(folder)
    return City(
        name=data["name"],
        name_en=data["name_en"],
        division=data["division"],
        default_unit=data["default_unit"],
        definition={key: str(value) for key, value in data["definition"].items()},
        stages=tuple(Stage(order=order, **stage) for order, stage in enumerate(data["stages"])),
        tiers=tuple(Tier(**tier) for tier in data["tiers"]),
        units=tuple(Unit(**{**unit, "places": tuple(unit["places"])}) for unit in data["units"]),
        evidence_kinds=tuple(_kind(kind) for kind in data["evidence"]["kinds"]),
        official_hosts=tuple(data["evidence"]["grades"]["A_hosts"]),
        register=register,
        lifecycle=step_data.read(cycle),
        proof=proof_data.read(proofs),
        divisions={row["code"]: row["name"] for row in rows},
        folder=folder,
        fingerprint=hashlib.sha256(raw + cycle + proofs + register.raw + divisions_file.encode()).hexdigest(),
    )


def _kind(data: dict[str, Any]) -> EvidenceKind:
    return EvidenceKind(**{**data, "grades": frozenset(data.get("grades", ()))})
