"""The counting step as one SQL text, for tables too large for one machine's memory: DuckDB, Spark, or Polars' own SQL run it; NumPy finishes.

Only `counting.count` touches every row; what comes out is a row a group and day. The text is written once and turned into each engine's dialect by
sqlglot; the engine itself is asked through a function that the caller hands over, so that nothing here needs Spark. What looks at single rows (delay,
clusters, ends known by period, years that differ) is left to the arrays.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from luodi.outcomes.engine.counting import Counts
from luodi.outcomes.engine.cutting import EPOCH
from luodi.outcomes.engine.estimating import Estimate, bounds, events_of, pooled
from luodi.outcomes.engine.incidence import NONE_LEFT, curves, expected_variance, variance

Ask = Callable[[str], Iterable[Sequence[Any]]]
NUMBERS = ("entered_on", "ended_on", "recorded_on", "observed_from")

DAYS = """
SELECT {by} AS label, outcome, {weight} AS weight, {days} FROM {source}
"""
COUNTED = """
WITH days AS ({days}),
known AS (
  SELECT label, outcome, weight, entered, ended, {as_of} - entered AS follow,
    CASE WHEN ended <= {as_of} AND (recorded IS NULL OR recorded <= {as_of}) THEN 1 ELSE 0 END AS known,
    CASE WHEN observed > entered THEN observed - entered ELSE -1 END AS start
  FROM days WHERE entered <= {as_of} AND (observed IS NULL OR observed <= {as_of})
),
timed AS (
  SELECT label, outcome, weight, start, known, CASE WHEN known = 1 THEN ended - entered ELSE follow END AS leave FROM known
),
ends AS (
  SELECT label, weight, start, leave,
    CASE WHEN known = 0 OR outcome IS NULL OR start >= leave THEN 0 WHEN outcome = {event} THEN 1 ELSE 2 END AS cause
  FROM timed
),
steps AS (
  SELECT label, CASE WHEN leave > {horizon} THEN {horizon} + 1 ELSE leave END AS day, cause, {mass} AS mass, {square} AS square,
    {number} AS number, {number} AS entered FROM ends
  UNION ALL
  SELECT label, CASE WHEN start > {horizon} THEN {horizon} + 1 ELSE start END AS day, 0 AS cause, -{mass} AS mass, -{square} AS square,
    -{number} AS number, 0.0 AS entered FROM ends WHERE start >= 0 AND start <= leave
)
SELECT label, day,
  SUM(CASE WHEN cause = 1 THEN mass ELSE 0.0 END) AS events, SUM(CASE WHEN cause = 2 THEN mass ELSE 0.0 END) AS others, SUM(mass) AS gone,
  SUM(CASE WHEN cause = 1 THEN square ELSE 0.0 END) AS events_square, SUM(CASE WHEN cause = 2 THEN square ELSE 0.0 END) AS others_square,
  SUM(square) AS gone_square, SUM(number) AS number, SUM(entered) AS entered
FROM steps GROUP BY label, day
"""


@dataclass(frozen=True)
class Asked:
    """What is counted: of which table (checked before: real dates, no doubtful rows), by which columns, up to which day."""

    source: str
    columns: tuple[str, ...]
    by: tuple[str, ...]
    event: str
    as_of: date
    horizon: int
    shares: bool = True  # no weight is above 1


@dataclass(frozen=True)
class Counted:
    """The day tables, with plain numbers beside them."""

    counts: Counts
    sizes: Any
    still: Any


def text(asked: Asked, dialect: str) -> str:
    """The question in an engine's own words. In "polars" the days of the table are whole numbers since 1970 already."""
    import sqlglot
    from sqlglot import exp

    def name(column: str) -> str:
        return exp.column(column, quoted=True).sql("duckdb")

    def day(column: str) -> str:
        if column not in asked.columns:
            return "CAST(NULL AS INT)"
        return name(column) if dialect == "polars" else f"DATE_DIFF('day', DATE '{EPOCH}', {name(column)})"

    labels = [f"COALESCE(CAST({name(one)} AS TEXT), '（空）')" for one in asked.by]
    days = DAYS.format(
        by=" || ' / ' || ".join(labels) or "'all'",
        weight=f"CAST({name('weight')} AS DOUBLE)" if "weight" in asked.columns else "CAST(1 AS DOUBLE)",
        days=", ".join(f"{day(one)} AS {one.split('_')[0]}" for one in NUMBERS), source=name(asked.source),
    )  # fmt: skip
    written = COUNTED.format(
        days=days, as_of=(asked.as_of - EPOCH).days, horizon=asked.horizon, event=exp.Literal.string(asked.event).sql(),
        mass="weight", square="weight" if asked.shares else "weight * weight",
        number="weight" if asked.shares else "CAST(1 AS DOUBLE)",
    )  # fmt: skip
    return sqlglot.transpile(written, read="duckdb", write="duckdb" if dialect == "polars" else dialect)[0]


def counted(ask: Ask, asked: Asked, dialect: str) -> Counted:
    """The same tables that `counting.count` gives, whoever counted."""
    import numpy as np

    rows = [tuple(row) for row in ask(text(asked, dialect))]
    labels = tuple(sorted({str(row[0]) for row in rows}))
    place = {label: number for number, label in enumerate(labels)}
    tables = np.zeros((8, len(labels), asked.horizon + 2))
    for label, day, *numbers in rows:
        tables[:, place[str(label)], int(day)] = numbers
    risk, risk_square, still = (np.maximum(one[:, ::-1].cumsum(axis=1)[:, ::-1], 0.0) for one in tables[[2, 5, 6]])
    counts = Counts(tables[0], tables[1], risk, tables[3], tables[4], risk_square, labels)
    return Counted(counts, tables[7].sum(axis=1), still)


def shares_of(found: Counted, at: Sequence[int], level: float) -> list[Estimate]:
    """`estimate` with one pace for all and every record taken as all there is, from the tables alone."""
    made, pool = curves(found.counts), curves(pooled(found.counts))
    told: dict[tuple[int, int], Estimate] = {}
    for day in at:
        own, expected = variance(made, day), expected_variance(made, pool, day)
        for number, label in enumerate(found.counts.labels):
            size, left = round(float(found.sizes[number])), round(float(found.still[number, day]))
            if found.counts.risk[number, day] <= NONE_LEFT < made.open[number, day]:
                told[number, day] = Estimate(label, day, None, None, None, size, left, "尚不可测")
                continue
            share = min(float(made.incidence[number, day]), 1.0)
            lower, upper = bounds(
                share, float(own[number]), float(expected[number]), level, events_of(found.counts, number, day)
            )
            told[number, day] = Estimate(label, day, share, lower, upper, size, left)
    return [told[number, day] for number in range(len(found.counts.labels)) for day in at]
