"""The city's word on pools, the board and packaging: `reserve.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from luodi.core.installation import city
from luodi.reserve.engine.packaging import Item

KEY = "key"
"""The third pool lies over the other two: a named decision, not a stage."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Projects whose furthest claimed stage is one of these; not yet confirmed conditions say 待核."""

    code: str
    name: str
    name_en: str
    stages: tuple[str, ...]
    note: str = ""
    note_en: str = ""
    status: str = ""

    @property
    def ranks(self) -> list[int]:
        return [city().stage[stage].order for stage in self.stages]


@dataclass(frozen=True, slots=True)
class ReserveSettings:
    """Everything of the file. `floor` in 万元."""

    version: str
    board: tuple[str, ...]
    stale_days: int
    card_limit: int
    pools: tuple[Pool, ...]
    key: Pool
    floor: int
    items: tuple[Item, ...]

    @property
    def pool_of(self) -> Mapping[str, str]:
        return {stage: pool.code for pool in self.pools for stage in pool.stages}

    @property
    def item(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    def pool(self, code: str) -> Pool | None:
        return next((pool for pool in (*self.pools, self.key) if pool.code == code), None)


@lru_cache(maxsize=4)
def _load(folder: Path) -> ReserveSettings:
    """Raises `ValueError` that names what the city's other data does not know."""
    data = tomllib.loads((folder / "reserve.toml").read_text(encoding="utf-8"))
    board, key = data["board"], data["key"]
    pools = tuple(Pool(**{**pool, "stages": tuple(pool["stages"])}) for pool in data["pools"])
    found = ReserveSettings(
        version=data["version"],
        board=tuple(board["stages"]),
        stale_days=board["stale_days"],
        card_limit=board["card_limit"],
        pools=pools,
        key=Pool(KEY, key["name"], key["name_en"], ()),
        floor=key["suggested_floor"],
        items=tuple(_item(item) for item in data["items"]),
    )
    _check(found)
    return found


def _item(data: dict[str, Any]) -> Item:
    lists = {name: frozenset(data.get(name, ())) for name in ("kinds", "facts")}
    return Item(**{**data, **lists, "after": tuple(data["after"]), "industries": tuple(data.get("industries", ()))})


def _check(found: ReserveSettings) -> None:
    here = city()
    stages = {stage for pool in found.pools for stage in pool.stages} | set(found.board)
    kinds = {kind for item in found.items for kind in item.kinds}
    unknown = (stages - here.stage.keys()) | (kinds - here.evidence_kind.keys())
    unknown |= {code for item in found.items for code in item.after} - found.item.keys()
    if unknown:
        raise ValueError(f"reserve.toml: 没有这些代码 {', '.join(sorted(unknown))}")


def reserve_settings() -> ReserveSettings:
    """Of this installation's city."""
    return _load(settings.CITY_DIR)
