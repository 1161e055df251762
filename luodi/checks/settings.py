"""The city's word on checks: thresholds, what is switched off, what each kind of document is asked to say of itself."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from luodi.checks.engine.catalogue import CHECKS
from luodi.core.installation import city


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """`values` by check; `particulars` by kind of evidence."""

    values: Mapping[str, Mapping[str, int]]
    off: frozenset[str]
    particulars: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=4)
def _load(folder: Path) -> CheckSettings:
    data = tomllib.loads((folder / "checks.toml").read_text(encoding="utf-8"))
    off, asked = frozenset(data.pop("off", ())), data.pop("particulars", {})
    if unknown := (data.keys() | off) - CHECKS.keys():
        raise ValueError(f"checks.toml: 没有这些核对项 {', '.join(sorted(unknown))}")
    return CheckSettings(data, off, {kind: tuple(names) for kind, names in asked.items()})


def check_settings() -> CheckSettings:
    """Of this installation's city; the window for photos is that of its evidence rules, and what the register asks has its thresholds there."""
    found = _load(settings.CITY_DIR)
    photos = {"before": city().proof.days_before, "after": city().proof.days_after}
    limits = city().register.thresholds
    register = {
        "M11": {"percent": limits.capital_ratio_min},
        "M13": {**found.values.get("M13", {}), "high": limits.intensity_max},
        "S02": {"years": limits.lapsed_years},
        "S03": {"days": limits.quick_signing_days, "floor": limits.quick_signing_floor},
    }
    return CheckSettings({**found.values, **register, "T08": photos}, found.off, found.particulars)
