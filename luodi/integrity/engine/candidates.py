"""The pairs of a ledger worth comparing, and the columns that both blocking and comparing read."""

from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine import names
from luodi.integrity.engine.blocking import HUB, Key, distinct, near, pairs_of, pairs_of_many
from luodi.integrity.engine.ledger import STAGES, Ledger

NEIGHBOURS = 240
"""Days between signings in one park: what is split or signed again for show is signed soon after."""
CROWD = 60
"""At most so many neighbours in time for each row, so that a park of thousands does not square."""


@dataclass(frozen=True)
class Rows:
    """One row a project: the ledger's table with what names say, and days as floats since 1970 (NaN = unknown)."""

    frame: Any
    days: dict[str, Any]
    as_of: float


def rows_of(ledger: Ledger) -> Rows:
    """The ledger's projects in an order that says nothing: by signing day, and what ties by content."""
    import polars as pl

    frame = ledger.projects.sort("签约日期", "登记日期", "项目名称", "承接主体", "万元", "项目编号", nulls_last=True)
    owners = zip(frame["项目名称"], frame["承接主体"], frame["投资方"], strict=True)
    products = [names.product(name, owner, investor) for name, owner, investor in owners]
    frame = frame.with_columns(
        pl.Series("产品", products, dtype=pl.String),
        pl.Series("期", [names.phase(name) for name in frame["项目名称"]], dtype=pl.String),
        pl.Series("投资方名", [names.company(name) for name in frame["投资方"]], dtype=pl.String),
        pl.Series("主体名", [names.company(name) for name in frame["承接主体"]], dtype=pl.String),
        pl.Series("股东名", [names.company(name) for name in frame["股东"]], dtype=pl.String),
        pl.col("联系电话").str.replace_all(r"\D", "").alias("联系电话"),
    )
    return Rows(frame, {name: _days(frame[column]) for name, column in _DAY_COLUMNS.items()}, _day(ledger.as_of))


_DAY_COLUMNS = {"签约": "签约日期", **{stage: f"{stage}日期" for stage in STAGES}}


def _days(column: Any) -> Any:
    import numpy as np

    return column.cast(int).cast(float).fill_null(np.nan).to_numpy()


def _day(day: Any) -> float:
    from datetime import date

    return float((day - date(1970, 1, 1)).days)


def candidates(rows: Rows) -> Any:
    """Pairs (earlier, later) as an int array of shape (pairs, 2): what shares a party, a place, a date of paper or a rare name."""
    import numpy as np
    import polars as pl

    frame, days = rows.frame, rows.days
    exact = [
        Key(name, frame[name], hub)
        for name, hub in (
            ("主体编号", HUB), ("统一社会信用代码", HUB), ("投资方名", 2 * HUB), ("主体名", HUB), ("股东名", HUB), ("宗地编号", HUB),
            ("建设地点", HUB), ("联系电话", HUB), ("法定代表人", 10), ("注册地址", HUB),
        )
    ]  # fmt: skip
    # The same paper on the same day in the same chain: a permit that two rows claim.
    papers = [
        Key(stage, pl.Series(_joined(frame["产业链"], frame[f"{stage}日期"])), 12)
        for stage in STAGES
        if stage != "终止"
    ]
    found = [pairs_of([*exact, *papers], frame.height)]
    found.append(near(days_or(frame["经度"]), days_or(frame["纬度"]), days["签约"]))
    found.append(_of_rare_names(frame))
    found.append(_neighbours(frame, days["签约"]))
    pairs = distinct(found)
    return np.stack([pairs["row"].to_numpy(), pairs["row_right"].to_numpy()], axis=1)


def days_or(column: Any) -> Any:
    """A float column with NaN for null."""
    import numpy as np

    return column.fill_null(np.nan).to_numpy()


def _joined(*columns: Any) -> list[str | None]:
    return [
        None if any(part is None for part in parts) else "/".join(map(str, parts))
        for parts in zip(*columns, strict=True)
    ]


def _of_rare_names(frame: Any) -> Any:
    """Rows whose parties share two characters in a row that few others have: a brand."""
    import numpy as np
    import polars as pl

    rows, grams = [], []
    for row, texts in enumerate(zip(frame["投资方名"], frame["主体名"], frame["股东名"], strict=True)):
        for gram in {gram for text in texts if text and len(text) > 3 for gram in names.bigrams(text)}:
            rows.append(row)
            grams.append(gram)
    return pairs_of_many(np.array(rows, dtype=int), pl.Series(grams, dtype=pl.String), 12)


def _neighbours(frame: Any, signed: Any) -> Any:
    """Rows of one park that were signed within months of each other."""
    import polars as pl

    park = pl.Series("park", _joined(frame["责任区县"].fill_null(""), frame["园区"].fill_null("")))
    known = pl.DataFrame({"row": range(frame.height), "park": park, "day": signed}).filter(pl.col("day").is_not_nan())
    found = []
    for step in range(1, CROWD + 1):
        later = known.with_columns(
            pl.col("row").shift(-step).over("park").alias("row_right"),
            pl.col("day").shift(-step).over("park").alias("then"),
        ).filter(pl.col("then") - pl.col("day") <= NEIGHBOURS)
        if later.is_empty():
            break
        found.append(later.select("row", "row_right"))
    return distinct(found)
