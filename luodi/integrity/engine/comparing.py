"""What two rows have in common: one column a comparison, NaN where either side is silent. The earlier signed row comes first.

Every value is about the pair or about how common a shared value is in this ledger (term-frequency adjustment, Winkler 1989): never about
numbers, order of rows, or the words of one city.
"""

from typing import Any

from luodi.integrity.engine import names
from luodi.integrity.engine.candidates import Rows, days_or
from luodi.integrity.engine.ledger import STAGES

SHARED = (
    "投资方名",
    "主体名",
    "主体编号",
    "统一社会信用代码",
    "股东名",
    "法定代表人",
    "联系电话",
    "注册地址",
    "建设地点",
    "宗地编号",
    "签约活动",
    "填报人",
    "产品",
)
PLACED = ("责任区县", "园区", "产业链")
FEW = 3.0
"""Days within which two dates are one date, written down twice."""
THRESHOLDS = (5000.0, 10000.0, 50000.0, 100000.0)
"""万元 from which a project counts for more (500 万 counts for statistics, 0.5, 1, 5 and 10 亿 for tiers)."""

Columns = dict[str, Any]


def compare(rows: Rows, pairs: Any) -> Columns:
    """Comparisons of each pair by name, arrays of length len(pairs)."""
    i, j = pairs[:, 0], pairs[:, 1]
    return {
        **_shared(rows.frame, i, j),
        **_named(rows.frame, i, j),
        **_placed(rows.frame, i, j),
        **_dated(rows, i, j),
        **_sized(rows.frame, i, j),
        **_surrounded(rows, i, j),
    }


def codes(column: Any) -> Any:
    """Small integers for the values of a column, −1 for null."""
    return column.rank("dense").fill_null(0).cast(int).to_numpy() - 1


def _shared(frame: Any, i: Any, j: Any) -> Columns:
    """For each field: −1 differs, else how rare the shared value is (log of rows ÷ rows that have it)."""
    import numpy as np

    out = {}
    for name in (*SHARED, *PLACED):
        code = codes(frame[name])
        counts = np.bincount(code[code >= 0], minlength=max(1, code.max() + 1))
        known = (code[i] >= 0) & (code[j] >= 0)
        same = known & (code[i] == code[j])
        rare = np.log(frame.height / np.maximum(1, counts[np.maximum(code[i], 0)]))
        out[f"同{name}"] = np.where(known, np.where(same, rare, -1.0), np.nan)
    phased = frame["期"].is_not_null().to_numpy()
    out["有期"] = phased[i].astype(float) + phased[j]
    phases = codes(frame["期"])
    out["期不同"] = (phased[i] & phased[j] & (phases[i] != phases[j])).astype(float)
    return out


def _named(frame: Any, i: Any, j: Any) -> Columns:
    """Cosines of rare bigrams of names, straight and across."""
    import numpy as np

    columns = {name: frame[name].to_list() for name in ("投资方名", "主体名", "股东名", "产品")}
    parties = names.index([text for name in ("投资方名", "主体名", "股东名") for text in columns[name]])
    things = names.index(columns["产品"])

    def cosine(index: names.Index, left: str, right: str) -> Any:
        one, two = columns[left], columns[right]
        return index.cosine([one[k] for k in i], [two[k] for k in j])

    out = {
        "像投资方": cosine(parties, "投资方名", "投资方名"),
        "像主体": cosine(parties, "主体名", "主体名"),
        "像产品": cosine(things, "产品", "产品"),
        "像股东": cosine(parties, "股东名", "股东名"),
    }
    across = [
        cosine(parties, a, b)
        for a, b in (("投资方名", "主体名"), ("主体名", "投资方名"), ("投资方名", "股东名"), ("股东名", "投资方名"))
    ]
    out["像交叉"] = np.fmax.reduce(across)
    out["像任一"] = np.fmax.reduce([out["像投资方"], out["像主体"], out["像股东"], out["像交叉"]])
    return out


def _placed(frame: Any, i: Any, j: Any) -> Columns:
    import numpy as np

    x, y = days_or(frame["经度"]), days_or(frame["纬度"])
    return {
        "距离": np.hypot((x[i] - x[j]) * 0.75, y[i] - y[j]) * 111.0,  # km at 41° north
        "经度差": np.abs(x[i] - x[j]),
        "纬度差": np.abs(y[i] - y[j]),
    }


def _dated(rows: Rows, i: Any, j: Any) -> Columns:
    """Days between the same stages of both rows, how many stages share their day, and what happened before the second signing."""
    import numpy as np

    days = rows.days
    gaps = {stage: np.abs(days[stage][i] - days[stage][j]) for stage in (*STAGES, "签约")}
    stages = np.stack([gaps[stage] for stage in STAGES[:-1]])
    both = np.isfinite(stages)
    out = {f"隔{name}": gap for name, gap in gaps.items()}
    out["同日数"] = (stages <= FEW).sum(axis=0).astype(float)
    out["共有数"] = both.sum(axis=0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        out["同日比"] = out["同日数"] / out["共有数"]
        out["平均隔"] = np.where(both, stages, 0).sum(axis=0) / out["共有数"]
    signed = days["签约"][j]
    out["先登记"] = days["登记"][j] - signed
    out["旧登记早于新签"] = days["登记"][i] - signed
    furthest = np.stack([days[stage] for stage in STAGES[:-1]])
    last = np.nanmax(np.where(np.isfinite(furthest), furthest, -1.0), axis=0)
    reached = np.isfinite(furthest).sum(axis=0)
    out["旧末次"] = np.where(last[i] > 0, last[i] - signed, np.nan)
    out["旧终止"] = days["终止"][i] - signed
    out["旧阶段数"], out["新阶段数"] = reached[i].astype(float), reached[j].astype(float)
    earliest = np.nanmin(np.where(np.isfinite(furthest), furthest, np.inf), axis=0)
    out["新最早"] = np.where(np.isfinite(earliest[j]), earliest[j] - signed, np.nan)
    return out


def _sized(frame: Any, i: Any, j: Any) -> Columns:
    import numpy as np

    total = days_or(frame["万元"])
    a, b = total[i], total[j]
    with np.errstate(invalid="ignore", divide="ignore"):
        out = {"额比": np.abs(np.log(a / b)), "额和": np.log(a + b), "额小": np.log(np.fmin(a, b))}
    above = np.any([(total >= line) & (total < line * 1.4) for line in THRESHOLDS], axis=0).astype(float)
    out["刚过线"] = above[i] + above[j]
    for name in ("注册资本万元", "实缴资本万元", "参保人数", "投资方注册资本万元", "投资方参保人数"):
        value = days_or(frame[name])
        out[f"等{name}"] = np.where(
            np.isfinite(value[i]) & np.isfinite(value[j]), (value[i] == value[j]) * np.log1p(value[i]), np.nan
        )
    return out


def _surrounded(rows: Rows, i: Any, j: Any) -> Columns:
    """How crowded the place and the time of the pair are: a park that signs forty a quarter has many neighbours by chance."""
    import numpy as np
    import polars as pl

    frame, signed = rows.frame, rows.days["签约"]
    out = {}
    for name, by in (("园区内", ["责任区县", "园区"]), ("链园内", ["责任区县", "园区", "产业链"])):
        size = frame.select(pl.len().over(by)).to_series().to_numpy().astype(float)
        out[f"{name}数"] = np.log(size[i])
    window = frame.select("责任区县", "园区").with_columns(pl.Series("月", np.nan_to_num(signed) // 91))
    out["同季数"] = np.log(
        window.select(pl.len().over("责任区县", "园区", "月")).to_series().to_numpy().astype(float)[i]
    )
    return out
