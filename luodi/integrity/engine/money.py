"""What came in, from whom, and whether it stayed: payments beside what was promised and what was reported as built."""

from typing import Any

from luodi.integrity.engine.candidates import Rows, days_or
from luodi.integrity.engine.ledger import Ledger
from luodi.integrity.engine.profile import aligned

CAPITAL, LOOSE, BACK = r"资本金", r"往来", r"退回|退还|返还"
SOON = 45
"""Days within which money that goes back was only shown."""


def money(ledger: Ledger, rows: Rows, built: Any) -> dict[str, Any]:
    """Columns by name, one value a project. `built`: log(1 + 万元 reported as built), NaN where nothing was reported."""
    import numpy as np
    import polars as pl

    paid = pl.col("金额万元")
    kind = pl.col("资金性质").fill_null("")
    owners = rows.frame.select("项目编号", "投资方", "承接主体", "签约日期")
    funds = ledger.funds.join(owners, on="项目编号")
    # Of one day the largest first, so that the order of the file decides nothing.
    funds = funds.sort("项目编号", "到账日期", "金额万元", descending=[False, False, True])
    out_of = (paid < 0) | kind.str.contains(BACK)
    came = paid.filter(~out_of)
    found = funds.group_by("项目编号").agg(
        came.sum().alias("_in"),
        paid.filter(out_of).abs().sum().alias("_out"),
        (~out_of).sum().alias("到账笔数"),
        out_of.sum().alias("退回笔数"),
        (~out_of & ~kind.str.contains(f"{CAPITAL}|{LOOSE}")).sum().alias("他款笔数"),
        paid.first().abs().alias("_first"),
        paid.abs().max().alias("_largest"),
        pl.col("到账日期").min().cast(int).alias("_begun"),
        pl.col("到账日期").filter(out_of).min().cast(int).alias("_returned"),
        came.filter(kind.filter(~out_of).str.contains(LOOSE)).sum().alias("_loose"),
        came.filter(kind.filter(~out_of).str.contains(CAPITAL)).sum().alias("_capital"),
        (came.max() / came.sum()).alias("最大笔比"),
        (paid % 100 < 0.01).mean().alias("整百笔比"),
        (pl.col("付款方") == pl.col("投资方")).mean().alias("投资方付"),
        (pl.col("收款方") == pl.col("承接主体")).mean().alias("主体收"),
        pl.col("付款方").n_unique().alias("付款方数"),
        kind.n_unique().alias("性质数"),
        (pl.col("到账日期").min() - pl.col("签约日期").first()).dt.total_days().alias("首笔"),
        pl.col("到账日期").max().cast(int).alias("_last"),
        (pl.col("到账日期").diff().dt.total_days().filter(out_of) <= SOON).sum().alias("即退"),
        ((pl.col("到账日期").dt.month() % 3 == 0) & (pl.col("到账日期").dt.day() > 20)).mean().alias("季末到账比"),
    )
    none = ("_in", "_out", "_loose", "_capital", "到账笔数", "退回笔数", "他款笔数", "即退")
    out = aligned(rows, found, missing=dict.fromkeys(none, 0))
    total = days_or(rows.frame["万元"])
    out |= _shown(out, rows, total)
    came_in, back, loose, capital = (out.pop(name) for name in ("_in", "_out", "_loose", "_capital"))
    with np.errstate(invalid="ignore", divide="ignore"):
        out |= {
            "到账比": (came_in - back) / total,
            "退回比": np.where(came_in + back > 0, back / (came_in + back), np.nan),
            "往来比": np.where(came_in > 0, loose / came_in, np.nan),
            "资本金比": np.where(came_in > 0, capital / came_in, np.nan),
            "到账": np.log1p(np.maximum(0.0, came_in - back)),
            "硬到账": np.log1p(np.maximum(0.0, came_in - back - loose)),
        }
        spent = np.where(np.isfinite(built), built, 0.0)
        out["投资减到账"] = spent - out["到账"]
        out["投资减硬到账"] = spent - out["硬到账"]
        paid_in = np.log1p(days_or(rows.frame["实缴资本万元"]))
        out["实缴减到账"] = paid_in - out["到账"]
        out["实缴减资本金"] = paid_in - np.log1p(capital)
    out["末笔至今"] = np.fmin(rows.days["终止"], rows.as_of) - out.pop("_last")
    return out


def _shown(out: dict[str, Any], rows: Rows, total: Any) -> dict[str, Any]:
    """How much was shown before any of it went back, and when: what came and went nets to nothing, but it was shown.

    Of `out` the working columns of days and single payments are taken away.
    """
    import numpy as np

    begun, returned, first, largest = (out.pop(name) for name in ("_begun", "_returned", "_first", "_largest"))
    listed = np.isfinite(begun)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {
            "进账总比": out["_in"] / total, "资本金总比": out["_capital"] / total, "退回总比": out["_out"] / total,
            "首笔总比": first / total, "最大笔总比": largest / total,
        }  # fmt: skip
    known = {name: np.where(listed & np.isfinite(share), share, np.nan) for name, share in shares.items()}
    return known | {
        "首笔距登记": begun - rows.days["登记"], "首笔距备案": begun - rows.days["备案"],
        "退回距登记": returned - rows.days["登记"], "退回距首笔": returned - begun,
    }  # fmt: skip
