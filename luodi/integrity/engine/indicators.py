"""Indicators: small files that say what is seen, why it asks a question, and when it does not.

A file has `number`, `scheme`, `about` (project or pair), `name` and `says` in both languages, `method`, `why`, `exclusions`, `assumptions`
and `sources` (in English with `_en` behind), `settings`, `when` (all conditions must hold), `columns` (what the combining model takes from
it) and a worked `example`.
A condition is [column, operator, number or setting] or [column, known|unknown]. Unknown never fires, except where it is asked for.
"""

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "indicators"
NEEDED = (
    "number", "scheme", "about", "name", "says", "why", "why_en", "exclusions", "exclusions_en", "when", "columns", "sources",
    "example",
)  # fmt: skip
_FIGURE = re.compile(r"\{[^}]*\}")
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class IndicatorRefused(Exception):
    """An indicator's file cannot be used."""


@dataclass(frozen=True)
class Indicator:
    """One indicator as it stands in its file."""

    number: str
    scheme: str
    about: str
    name: dict[str, str]
    says: dict[str, str]
    why: str
    why_en: str
    exclusions: str
    exclusions_en: str
    when: tuple[tuple[str, str, float], ...]
    columns: tuple[str, ...]
    sources: tuple[str, ...]
    example: dict[str, Any]
    settings: dict[str, float]
    method: str = ""
    assumptions: str = ""
    method_en: str = ""
    assumptions_en: str = ""
    sources_en: tuple[str, ...] = ()

    def fires(self, columns: Mapping[str, Any]) -> Any:
        """Booleans, one a row, from float arrays of equal length."""
        import numpy as np

        held = [_holds(columns[column], how, than) for column, how, than in self.when]
        return np.logical_and.reduce(held)

    def pattern(self, language: str) -> str:
        """What it says, with an ellipsis where a figure of the project stands."""
        return _FIGURE.sub("…", self.says[language])


def _holds(values: Any, how: str, than: float) -> Any:
    import numpy as np

    values = np.asarray(values, dtype=float)
    if how in ("known", "unknown"):
        return np.isfinite(values) if how == "known" else ~np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return _COMPARE[how](values, than) & np.isfinite(values)


@cache
def indicators(folder: Path = FOLDER) -> tuple[Indicator, ...]:
    """All indicators by number. Raises `IndicatorRefused` with the file and the field."""
    found = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    numbers = [one.number for one in found]
    if len(set(numbers)) < len(numbers):
        raise IndicatorRefused(f"{folder.name}：编号重复")
    return tuple(found)


def _read(path: Path) -> Indicator:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise IndicatorRefused(f"{path.name} 读不出来：{error}") from error
    missing = [name for name in NEEDED if not isinstance(told, dict) or not told.get(name)]
    if missing:
        raise IndicatorRefused(f"{path.name} 缺少 {'、'.join(missing)}")
    if told["number"] != path.stem:
        raise IndicatorRefused(f"{path.name}：编号 {told['number']} 与文件名不同")
    settings = {name: float(value) for name, value in told.get("settings", {}).items()}
    when = tuple(_condition(path.name, given, settings) for given in told["when"])
    plain = {name: told[name] for name in NEEDED if name not in ("when", "columns", "sources")}
    return Indicator(
        **plain, when=when, columns=tuple(told["columns"]), sources=tuple(told["sources"]), settings=settings,
        **{name: told.get(name, "") for name in ("method", "assumptions", "method_en", "assumptions_en")},
        sources_en=tuple(told.get("sources_en", ())),
    )  # fmt: skip


def _condition(file: str, given: list[Any], settings: dict[str, float]) -> tuple[str, str, float]:
    column, how, *than = given
    if how in ("known", "unknown") and not than:
        return column, how, 0.0
    if how not in _COMPARE or len(than) != 1:
        raise IndicatorRefused(f"{file}：条件 {given} 看不懂")
    value = settings.get(than[0]) if isinstance(than[0], str) else float(than[0])
    if value is None:
        raise IndicatorRefused(f"{file}：条件 {given} 用了没有的设定")
    return column, how, value
