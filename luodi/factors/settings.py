"""The city's word on factors: what there is to wait for, how long the steps of a project take, how much it needs by rule of thumb."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from luodi.core.installation import city

POOL, RENEWABLE = KINDS = ("pool", "renewable")
FEN_OF_100M = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Factor:
    """Something a project may have to wait for. Amounts are whole numbers of the smallest unit: `decimals` = 1 counts 0.1 亩."""

    code: str
    name: str
    name_en: str
    kind: str
    unit: str
    unit_en: str
    decimals: int
    step: str
    lead_days: int
    lead: str
    lead_en: str
    status: str = ""

    @property
    def lent(self) -> bool:
        """Given back after use."""
        return self.kind == RENEWABLE

    def whole(self, amount: Decimal) -> int:
        """An amount as people write it, as a whole number; half of the smallest unit counts as one."""
        return int(amount.scaleb(self.decimals).quantize(Decimal(1), ROUND_HALF_UP))

    def shown(self, whole: int) -> Decimal:
        return Decimal(whole).scaleb(-self.decimals)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a project as the planner sees it; done when the project has reported `done_by`. `weeks` by tier, the smallest first."""

    code: str
    name: str
    name_en: str
    after: tuple[str, ...]
    done_by: str
    weeks: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Norm:
    """Need by rule of thumb: so much for each 亿元 of total investment, of chains whose name holds one of `chains` (empty: of the rest)."""

    factor: str
    per_100m: Decimal
    chains: tuple[str, ...]
    source: str
    status: str = ""

    def of(self, amount_fen: int) -> Decimal:
        return self.per_100m * amount_fen / FEN_OF_100M


@dataclass(frozen=True)
class FactorSettings:
    """Everything of `factors.toml`."""

    version: str
    grid: Mapping[str, Any]
    late_days: int
    serious_days: int
    steps: tuple[Step, ...]
    factors: tuple[Factor, ...]
    norms: tuple[Norm, ...]

    @cached_property
    def factor(self) -> Mapping[str, Factor]:
        return {one.code: one for one in self.factors}

    @cached_property
    def step(self) -> Mapping[str, Step]:
        return {one.code: one for one in self.steps}

    @cached_property
    def order(self) -> Sequence[str]:
        """Every step after those it waits for."""
        order: list[str] = []
        left = list(self.step)
        while left:
            ready = [code for code in left if not set(self.step[code].after) & set(left)]
            order += ready
            left = [code for code in left if code not in ready]
        return order

    @cached_property
    def _norms(self) -> Mapping[str, Sequence[Norm]]:
        return {code: [one for one in self.norms if one.factor == code] for code in self.factor}

    def norm(self, factor: str, chain: str) -> Norm | None:
        """The line of the chain, else the line of the rest; None: no rule, so nobody knows."""
        own = self._norms.get(factor, ())
        named = next((one for one in own if any(word in chain for word in one.chains)), None)
        return named or next((one for one in own if not one.chains), None)

    @cached_property
    def _ladder(self) -> Mapping[str, int]:
        """Tiers by size, the smallest first."""
        return {one.code: at for at, one in enumerate(sorted(city().tiers, key=lambda tier: tier.floor))}

    def weeks(self, step: Step, amount_fen: int | None) -> int:
        """An unknown size takes as long as the middle tier."""
        ladder = self._ladder
        place = ladder.get(city().tier_of(amount_fen), len(ladder) // 2)
        return step.weeks[min(place, len(step.weeks) - 1)]


@lru_cache(maxsize=4)
def _load(folder: Path) -> FactorSettings:
    """Raises `ValueError` that names what the city's other data does not know."""
    data = tomllib.loads((folder / "factors.toml").read_text(encoding="utf-8"))
    found = FactorSettings(
        version=data["version"],
        grid=data["grid"],
        late_days=data["gap"]["late"],
        serious_days=data["gap"]["serious"],
        steps=tuple(
            Step(**{**one, "after": tuple(one["after"]), "weeks": tuple(one["weeks"])}) for one in data["steps"]
        ),
        factors=tuple(Factor(**one) for one in data["factors"]),
        norms=tuple(_norm(one) for one in data["norms"]),
    )
    _check(found)
    return found


def _norm(data: dict[str, Any]) -> Norm:
    return Norm(**{**data, "per_100m": Decimal(str(data["per_100m"])), "chains": tuple(data["chains"])})


def _check(found: FactorSettings) -> None:
    steps, factors = found.step.keys(), found.factor.keys()
    unknown = {one.done_by for one in found.steps} - city().stage.keys()
    unknown |= {after for one in found.steps for after in one.after} - steps
    unknown |= {one.step for one in found.factors} - steps
    unknown |= {one.factor for one in found.norms} - factors
    unknown |= {one.kind for one in found.factors} - set(KINDS)
    if unknown:
        raise ValueError(f"factors.toml: 没有这些代码 {', '.join(sorted(unknown))}")


def factor_settings() -> FactorSettings:
    """Of this installation's city."""
    return _load(settings.CITY_DIR)
