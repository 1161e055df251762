"""What a project, its investor and its company look like on paper, and what the registers know of it."""

from typing import Any

from luodi.integrity.engine import names
from luodi.integrity.engine.candidates import Rows, days_or
from luodi.integrity.engine.ledger import STAGES, Ledger

YEAR = 365.25
SELF = "责任单位"
"""An event with such a source is the unit's own word; every other source is a register."""


def profile(ledger: Ledger, rows: Rows) -> dict[str, Any]:
    """Columns by name, one value a project, NaN = unknown."""
    stages = _stages(rows)
    return {
        **_signing(rows), **_backed(rows), **stages, **_registers(ledger, rows), **_company_kept(rows),
        **_elsewhere(rows, stages["最远"]),
    }  # fmt: skip


def _signing(rows: Rows) -> dict[str, Any]:
    import numpy as np

    signed = rows.frame["签约日期"]
    left = (signed.dt.offset_by("1q").dt.truncate("1q") - signed).dt.total_days().cast(float)
    return {
        "年龄": rows.as_of - rows.days["签约"],
        "历时": np.fmin(rows.days["终止"], rows.as_of) - rows.days["签约"],
        "规模": np.log(days_or(rows.frame["万元"])),
        "季末前": left.fill_null(np.nan).to_numpy(),
        "有活动": rows.frame["签约活动"].is_not_null().to_numpy().astype(float),
        "活动后": _after_ceremony(rows),
        "整数额": _round(days_or(rows.frame["万元"])),
    }


def _after_ceremony(rows: Rows) -> Any:
    """Days from the ceremony's own day, on which most of it was signed: who is in earnest often signs the paper days after the stage."""
    import numpy as np
    import polars as pl

    frame = rows.frame.select("签约活动").with_columns(pl.Series("day", rows.days["签约"]))
    own = pl.col("day").mode().min().over("签约活动")
    found = frame.select(pl.when(pl.col("签约活动").is_not_null()).then(pl.col("day") - own).alias("v"))
    return found["v"].fill_null(np.nan).to_numpy()


def _round(value: Any) -> Any:
    """How round a number is: 3 for thousands, 2 for hundreds, 1 for tens."""
    import numpy as np

    whole = [np.isclose(np.mod(value, step), 0) for step in (10.0, 100.0, 1000.0)]
    return np.where(np.isfinite(value), np.sum(whole, axis=0), np.nan).astype(float)


def _backed(rows: Rows) -> dict[str, Any]:
    """Who stands behind it, against how much it promises."""
    import numpy as np

    frame, total = rows.frame, days_or(rows.frame["万元"])
    value = {name: days_or(frame[name]) for name in (
        "投资方注册资本万元", "投资方实缴资本万元", "投资方参保人数", "注册资本万元", "实缴资本万元", "参保人数",
    )}  # fmt: skip
    founded = frame["投资方成立日期"].cast(int).cast(float).fill_null(np.nan).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        out = {
            "投资方年龄": rows.days["签约"] - founded,
            "投资方实缴比": value["投资方实缴资本万元"] / value["投资方注册资本万元"],
            "投资方资本比": np.log(value["投资方注册资本万元"] / total),
            "投资方实缴": np.log1p(value["投资方实缴资本万元"]),
            "投资方参保": np.log1p(value["投资方参保人数"]),
            "主体实缴比": value["实缴资本万元"] / value["注册资本万元"],
            "主体实缴额比": np.log((1 + value["实缴资本万元"]) / total),
            "主体资本比": np.log(value["注册资本万元"] / total),
            "主体资本整": _round(value["注册资本万元"]),
            "主体实缴整": _round(value["实缴资本万元"]),
            "主体参保": np.log1p(value["参保人数"]),
        }
    index = names.index([*frame["投资方名"], *frame["主体名"], *frame["股东名"]])
    out["同字号"] = index.cosine(frame["投资方名"].to_list(), frame["主体名"].to_list())
    out["股东是投资方"] = index.cosine(frame["投资方名"].to_list(), frame["股东名"].to_list())
    out["有信用代码"] = frame["统一社会信用代码"].is_not_null().to_numpy().astype(float)
    return out


def _stages(rows: Rows) -> dict[str, Any]:
    """Days from signing to each stage, how far it came, and what is missing before the furthest."""
    import numpy as np

    signed = rows.days["签约"]
    out = {f"至{stage}": rows.days[stage] - signed for stage in STAGES}
    came = np.stack([np.isfinite(rows.days[stage]) for stage in STAGES[:-1]])
    order = np.arange(1, len(came) + 1)[:, None]
    furthest = (came * order).max(axis=0)
    out["最远"] = furthest.astype(float)
    out["有几项"] = came.sum(axis=0).astype(float)
    # Surprise: −log of the share without this register among those that came as far.
    surprise = np.zeros(len(furthest))
    for at in range(len(came) - 1):
        beyond = furthest > at + 1
        without = (beyond & ~came[at]).sum() + 1.0
        share = without / (beyond.sum() + 2.0)
        surprise += np.where(beyond & ~came[at], -np.log(share), 0.0)
    out["缺前置"] = surprise
    days = np.stack([rows.days[stage] for stage in STAGES[:-1]])
    last = np.where(came.any(axis=0), np.max(np.where(came, days, -np.inf), axis=0, initial=-np.inf), np.nan)
    out["末次至今"] = np.fmin(rows.days["终止"], rows.as_of) - np.where(np.isfinite(last), last, signed)
    started = rows.days["开工"]
    out["开工至今"] = np.fmin(rows.days["终止"], rows.as_of) - started
    out["无证开工"] = np.isfinite(started) * (~np.isfinite(rows.days["施工许可"])).astype(float)
    out["许可先于开工"] = started - rows.days["施工许可"]
    out["环评先于开工"] = started - rows.days["环评"]
    return out


def _registers(ledger: Ledger, rows: Rows) -> dict[str, Any]:
    """Events from registers against the unit's own word, and how late either was written down."""
    import polars as pl

    events = ledger.events.with_columns(
        pl.col("来源").fill_null("").str.contains(SELF).alias("own"),
        (pl.col("录入日期") - pl.col("发生日期")).dt.total_days().alias("late"),
    )
    found = events.group_by("项目编号").agg(
        (~pl.col("own")).sum().alias("登记册数"),
        pl.col("own").sum().alias("自报数"),
        pl.col("late").filter(~pl.col("own")).mean().alias("登记册迟"),
        pl.col("late").filter(pl.col("own")).mean().alias("自报迟"),
        pl.col("来源").n_unique().alias("来源数"),
    )
    return aligned(rows, found, missing={"登记册数": 0, "自报数": 0, "来源数": 0})


def _company_kept(rows: Rows) -> dict[str, Any]:
    """With how many other projects it shares its phone, address, representative, investor, site: hubs and sisters."""
    import numpy as np
    import polars as pl

    out = {}
    for name in (
        "联系电话",
        "注册地址",
        "法定代表人",
        "投资方名",
        "主体名",
        "股东名",
        "建设地点",
        "填报人",
        "签约活动",
    ):
        size = rows.frame.select(pl.when(pl.col(name).is_not_null()).then(pl.len().over(name))).to_series()
        out[f"共{name}"] = np.log(size.cast(float).fill_null(np.nan).to_numpy())
    return out


def _elsewhere(rows: Rows, furthest: Any) -> dict[str, Any]:
    """How far the same investor's other projects came, and how far the other projects of the same ceremony did."""
    import numpy as np
    import polars as pl

    out = {}
    for name in ("投资方名", "签约活动"):
        frame = rows.frame.select(name).with_columns(pl.Series("far", furthest))
        count, total = pl.len().over(name), pl.col("far").sum().over(name)
        others = pl.when((count > 1) & pl.col(name).is_not_null()).then((total - pl.col("far")) / (count - 1))
        out[f"{name}另"] = frame.select(others.alias("v"))["v"].fill_null(np.nan).to_numpy()
    return out


def aligned(rows: Rows, found: Any, missing: dict[str, float] | None = None) -> dict[str, Any]:
    """A table by 项目编号 as arrays in the order of the rows; what a project is not told of is NaN, or its given value."""
    import numpy as np
    import polars as pl

    joined = rows.frame.select("项目编号").join(found, on="项目编号", how="left", maintain_order="left")
    return {
        name: joined[name].cast(pl.Float64).fill_null((missing or {}).get(name, np.nan)).to_numpy()
        for name in found.columns
        if name != "项目编号"
    }
