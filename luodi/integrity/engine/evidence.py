"""Sentences: what a clerk can check, strongest first. Only indicators that fire speak; the model's weight orders them."""

from collections.abc import Mapping
from typing import Any

from luodi.integrity.engine.candidates import days_or
from luodi.integrity.engine.features import Measured
from luodi.integrity.engine.indicators import Indicator, indicators
from luodi.integrity.engine.ledger import STAGES

MOST = 6
"""Sentences of a finding."""


def told(measured: Measured) -> dict[str, Any]:
    """The project columns, and the figures that sentences quote: plain amounts and shares instead of logarithms."""
    import numpy as np

    columns, frame = measured.columns, measured.rows.frame
    total = days_or(frame["万元"])
    with np.errstate(invalid="ignore", divide="ignore"):
        back = np.exp(np.minimum(columns["到账"], 30)) - 1
        extra = {
            "亿元": total / 1e4,
            "实缴占比": days_or(frame["实缴资本万元"]) / total,
            "投资方人数": days_or(frame["投资方参保人数"]),
            # Of what came in, what went back: out ÷ (in), from out ÷ (in + out).
            "退回占比": np.minimum(1.0, columns["退回比"] / np.maximum(1e-9, 1 - columns["退回比"])),
            "完成万元": np.expm1(columns["完成额"]),
            "硬到账万元": np.expm1(columns["硬到账"]),
            "到账万元": back,
            "余登记": np.exp(-columns["等登记"]),
            "余开工": np.exp(-columns["等开工"]),
        }
    return {**columns, **{stage: measured.rows.days[stage] for stage in STAGES}, **extra}


def compared(measured: Measured) -> dict[str, Any]:
    """The comparisons of pairs, and what sentences quote of them."""
    return {
        **measured.compared,
        "距离米": measured.compared["距离"] * 1000,
        "早登记": -measured.compared["先登记"],
    }


def alone(values: Mapping[str, Any], scheme: str, weights: Mapping[str, float], row: int, language: str) -> list[str]:
    """Sentences about one project for a scheme. `weights`: how much each column raised the probability."""
    fired = [
        one for one in indicators() if one.about == "project" and one.scheme == scheme and _fires(one, values, row)
    ]
    fired.sort(key=lambda one: -sum(weights.get(column, 0.0) for column in one.columns))
    return [one.says[language].format_map(_At(values, row)) for one in fired[:MOST]]


def together(values: Mapping[str, Any], pair: int, language: str) -> list[str]:
    """Fragments about one pair, in the order of the files: what is the same, how near, how soon."""
    fired = [one for one in indicators() if one.about == "pair" and _fires(one, values, pair)]
    return [one.says[language].format_map(_At(values, pair)) for one in fired]


def _fires(one: Indicator, values: Mapping[str, Any], row: int) -> bool:
    return bool(one.fires({column: values[column][row : row + 1] for column, _, _ in one.when})[0])


class _At(dict[str, float]):
    """Values of one row, looked up as a sentence asks for them."""

    def __init__(self, values: Mapping[str, Any], row: int) -> None:
        super().__init__()
        self.values_, self.row = values, row

    def __missing__(self, name: str) -> float:
        return float(self.values_[name][self.row])
