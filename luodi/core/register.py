"""What a city says of its register: natures of projects, and the thresholds from which a page asks a question."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Nature:
    """What kind of undertaking it is; only some are investment in fixed assets.

    `words` say so in a ledger's column of kinds, `phrases` anywhere in its texts.
    """

    code: str
    name: str
    name_en: str
    fixed_assets: bool
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where a statement is worth a question; see the city's file for units and sources."""

    intensity_max: int
    capital_ratio_min: int
    lapsed_years: int
    quick_signing_days: int
    quick_signing_floor: int


@dataclass(frozen=True)
class RegisterRules:
    """The whole file `register.toml`."""

    natures: tuple[Nature, ...]
    thresholds: Thresholds
    raw: bytes = field(default=b"", repr=False)

    @cached_property
    def nature(self) -> dict[str, Nature]:
        return {nature.code: nature for nature in self.natures}

    def nature_of(self, kind: str, texts: Sequence[str]) -> str:
        """Code of the first nature that the column of kinds, or else any text, names; blank when none does."""
        for nature in self.natures:
            if any(word in kind for word in nature.words):
                return nature.code
        said = "\n".join(texts)
        # Nearly every row says nothing of it: one search tells.
        if self._phrases is None or not self._phrases.search(said):
            return ""
        return next(nature.code for nature in self.natures if any(phrase in said for phrase in nature.phrases))

    @cached_property
    def _phrases(self) -> re.Pattern[str] | None:
        phrases = [re.escape(phrase) for nature in self.natures for phrase in nature.phrases]
        return re.compile("|".join(phrases)) if phrases else None


def read_register(folder: Path) -> RegisterRules:
    """Read the city's `register.toml`. Raises `FileNotFoundError` or `KeyError` that names the missing part."""
    raw = (folder / "register.toml").read_bytes()
    data: dict[str, Any] = tomllib.loads(raw.decode())
    natures = tuple(_nature(nature) for nature in data["natures"])
    return RegisterRules(natures, Thresholds(**data["consistency"]), raw)


def _nature(data: dict[str, Any]) -> Nature:
    words = {name: tuple(data.get(name, ())) for name in ("words", "phrases")}
    return Nature(**{**data, **words})
