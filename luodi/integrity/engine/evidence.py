"""Sentences: what a clerk can check, strongest first. Only indicators that fire speak; the model's weight orders them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.candidates import days_or
from luodi.integrity.engine.features import PAIR_KINDS, Measured
from luodi.integrity.engine.indicators import Indicator, indicators
from luodi.integrity.engine.ledger import STAGES

LEAST = 0.01
"""Probabilities below are not told."""
MOST, OTHERS = 6, 3
"""Sentences of a finding about one project; partners named in one about several."""


def told(measured: Measured) -> dict[str, Any]:
    """The project columns, and the figures that sentences quote: plain amounts and shares instead of logarithms."""
    import numpy as np

    columns, frame = measured.columns, measured.rows.frame
    total = days_or(frame["万元"])
    with np.errstate(invalid="ignore", divide="ignore"):
        extra = {
            "亿元": total / 1e4,
            "实缴占比": days_or(frame["实缴资本万元"]) / total,
            "投资方人数": days_or(frame["投资方参保人数"]),
            # Of what came in, what went back: out ÷ (in), from out ÷ (in + out).
            "退回占比": np.minimum(1.0, columns["退回比"] / np.maximum(1e-9, 1 - columns["退回比"])),
            "完成万元": np.expm1(columns["完成额"]),
            "硬到账万元": np.expm1(columns["硬到账"]),
            "余登记": np.exp(-columns["等登记"]),
            "余开工": np.exp(-columns["等开工"]),
            "余下步": np.exp(-columns["等下步"]),
            "行业倍数": np.exp(columns["投资方行业合"]),
        }
    return {**columns, **{stage: measured.rows.days[stage] for stage in STAGES}, **extra}


def compared(measured: Measured) -> dict[str, Any]:
    """The comparisons of pairs, and what sentences quote of them."""
    return {
        **measured.compared,
        "距离米": measured.compared["距离"] * 1000,
        "早登记": -measured.compared["先登记"],
    }


LANGUAGES = ("zh", "en")
_WITH = {"zh": "与项目 {}：{}", "en": "With project {}: {}"}
_TOGETHER = {"zh": "，合计 {:.2f} 亿元", "en": ", {:.2f} 亿元 together"}
_BETWEEN = {"zh": "、", "en": ", "}
_NOBODY = {
    "zh": "没有可以指认的另一个项目；只是登记和日期的样子像，先问一问",
    "en": "No other project can be named; only its registers and days look so: ask first",
}


@dataclass(frozen=True)
class Said:
    """One sentence by language. `numbers`: the indicators that speak in it (none: nothing that can be checked); `other`: the project
    that it is shared with, blank where it is about one alone."""

    words: Mapping[str, str]
    numbers: tuple[str, ...] = ()
    other: str = ""

    def text(self, language: str, other: str = "") -> str:
        """The sentence; `other` stands where the number of the other project would."""
        words = self.words[language]
        return _WITH[language].format(other or self.other, words) if self.other else words


class Sentences:
    """Sentences of one scan. Whether an indicator fires is asked once for all rows."""

    def __init__(
        self, measured: Measured, values: Mapping[str, Any], shares: Mapping[str, Any], ids: Sequence[str]
    ) -> None:
        self.values, self.pairs, self.ids = values, measured.pairs, ids
        self.comparisons = compared(measured)
        known = {"project": values, "pair": self.comparisons}
        self.fires = {one.number: one.fires(known[one.about]) for one in indicators()}
        self.likely = {kind: self._by_row(shares[kind]) for kind in PAIR_KINDS}

    def of(self, scheme: str, row: int, weights: Mapping[str, float]) -> tuple[Said, ...]:
        """What is said of a project for a scheme. `weights`: how much each column raised the probability."""
        return self._shared(scheme, row) if scheme in PAIR_KINDS else self._alone(scheme, row, weights)

    def _alone(self, scheme: str, row: int, weights: Mapping[str, float]) -> tuple[Said, ...]:
        fired = [
            one
            for one in indicators()
            if one.about == "project" and one.scheme == scheme and self.fires[one.number][row]
        ]
        fired.sort(key=lambda one: -sum(weights.get(column, 0.0) for column in one.columns))
        return tuple(Said(_words(one, self.values, row), (one.number,)) for one in fired[:MOST])

    def _shared(self, kind: str, row: int) -> tuple[Said, ...]:
        """与项目 LB…：同一宗地、同一法定代表人、签约相隔 23 天，合计 2.1 亿元."""
        said = [self._pair(row, pair, other) for _, pair, other in self.likely[kind].get(row, [])]
        return tuple(said) or (Said(_NOBODY),)

    def _pair(self, row: int, pair: int, other: int) -> Said:
        fired = [one for one in indicators() if one.about == "pair" and self.fires[one.number][pair]]
        parts = [_words(one, self.comparisons, pair) for one in fired]
        both = self.values["亿元"][row] + self.values["亿元"][other]
        words = {
            language: _BETWEEN[language].join(part[language] for part in parts)
            + (_TOGETHER[language].format(both) if both == both else "")
            for language in LANGUAGES
        }
        return Said(words, tuple(one.number for one in fired), self.ids[other])

    def _by_row(self, share: Any) -> dict[int, list[tuple[float, int, int]]]:
        """The likeliest partners of each row: probability, pair, row of the other."""
        found: dict[int, list[tuple[float, int, int]]] = {}
        for pair in (share >= LEAST).nonzero()[0]:
            i, j = (int(row) for row in self.pairs[pair])
            for row, other in ((i, j), (j, i)):
                found.setdefault(row, []).append((float(share[pair]), int(pair), other))
        return {row: sorted(some, reverse=True)[:OTHERS] for row, some in found.items()}


def _words(one: Indicator, values: Mapping[str, Any], row: int) -> dict[str, str]:
    return {language: one.says[language].format_map(_At(values, row)) for language in LANGUAGES}


class _At(dict[str, float]):
    """Values of one row, looked up as a sentence asks for them."""

    def __init__(self, values: Mapping[str, Any], row: int) -> None:
        super().__init__()
        self.columns, self.row = values, row

    def __missing__(self, name: str) -> float:
        return float(self.columns[name][self.row])
