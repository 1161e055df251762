"""The city's word on chains: roles, thresholds, how likely a project is to land, and the dictionary and maps that it ships with."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from luodi.chains.engine.model import Norms
from luodi.chains.engine.tables import EdgeLine, HolderLine, NodeLine, Tables


@dataclass(frozen=True, slots=True)
class RoleName:
    """One of the roles that a project or enterprise plays on its chain."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class ChainSettings:
    """`reported` and `proven`: probability to land by stage. `answers_at`: the stage from which a candidate's capacity answers a target."""

    roles: tuple[RoleName, ...]
    norms: Norms
    reported: Mapping[str, Decimal]
    proven: Mapping[str, Decimal]
    paused: Decimal
    answers_at: str
    horizon_years: int
    note: str
    note_en: str

    @property
    def role(self) -> dict[str, RoleName]:
        return {role.code: role for role in self.roles}


@lru_cache(maxsize=4)
def _load(folder: Path) -> ChainSettings:
    data = tomllib.loads((folder / "chains" / "settings.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    landing = data["landing"]
    return ChainSettings(
        roles=tuple(RoleName(**role) for role in data["roles"]),
        norms=Norms(**{name: Decimal(value) for name, value in data["norms"].items()}),
        reported={stage: Decimal(value) for stage, value in landing["reported"].items()},
        proven={stage: Decimal(value) for stage, value in landing["proven"].items()},
        paused=Decimal(landing["paused"]),
        answers_at=data["answers_at"],
        horizon_years=int(data["horizon_years"]),
        note=landing["note"],
        note_en=landing["note_en"],
    )


def chain_settings() -> ChainSettings:
    """Of this installation's city, read once per process."""
    return _load(settings.CITY_DIR)


def shipped_dictionary() -> dict[str, Any]:
    """The dictionary with which a city starts: {"editions": [...], "words": [...], "totals": [...]}."""
    text = (settings.CITY_DIR / "chains" / "dictionary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def shipped_maps() -> list[tuple[str, dict[str, Any]]]:
    """(chain, what its file says) of every map with which the city starts."""
    paths = sorted((settings.CITY_DIR / "chains" / "maps").glob("*.toml"))
    return [(path.stem, tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)) for path in paths]


def tables_of(data: Mapping[str, Any]) -> Tables:
    """A map's file as tables. Raises `TypeError` that names an unknown key."""
    everywhere = {key: data[key] for key in ("mark", "source") if key in data}
    return Tables(
        *(
            tuple(_line(kind, {**everywhere, **one}) for one in data.get(name, ()))
            for name, kind in (("nodes", NodeLine), ("edges", EdgeLine), ("holders", HolderLine))
        )
    )


def _line(kind: Any, given: Mapping[str, Any]) -> Any:
    known = {one.name: one.type for one in fields(kind)}
    values = {name: _value(value, known.get(name)) for name, value in given.items()}
    return kind(**values)


def _value(value: Any, kind: Any) -> Any:
    if kind == Decimal | None:
        return Decimal(value)
    if isinstance(value, list):
        return tuple(value)
    return value if not isinstance(value, date) or kind == date | None else value.isoformat()
