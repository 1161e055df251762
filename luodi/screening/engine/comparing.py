"""What a changed rulebook would change: whose verdict, band, score or rank, before and after."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from luodi.screening.engine.screening import Screened

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Comparison:
    """`changed` has `id` and verdict, band, score, proven, rank before and after, one row a project that differs in any.

    `rules` has per rule code how many projects' verdicts moved from what to what.
    """

    total: int
    changed: "pl.DataFrame"
    rules: "pl.DataFrame"
    verdicts: int
    bands: int
    ranks: int


def ranked(results: "pl.DataFrame") -> "pl.DataFrame":
    """Rank 1 is the highest score; equal scores share a rank."""
    import polars as pl

    return results.select(
        "id",
        "verdict",
        "band",
        "band_ceiling",
        "score",
        "proven",
        pl.col("score").rank("min", descending=True).cast(pl.Int32).alias("rank"),
    )


def compare(before: Screened, after: Screened) -> Comparison:
    """Compare the projects that both know."""
    import polars as pl

    names = ("verdict", "band", "band_ceiling", "score", "proven", "rank")
    both = ranked(before.results).join(ranked(after.results), on="id", suffix="_after", maintain_order="left")
    both = both.rename({name: f"{name}_before" for name in names})
    moved = {name: pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in names}
    changed = both.filter(pl.any_horizontal(moved.values()))
    return Comparison(
        total=both.height,
        changed=changed,
        rules=_rules(before, after),
        verdicts=changed.filter(moved["verdict"]).height,
        bands=changed.filter(moved["band"] | moved["band_ceiling"]).height,
        ranks=changed.filter(moved["rank"]).height,
    )


def _rules(before: Screened, after: Screened) -> "pl.DataFrame":
    """Moves of single rules; a rule that only one of them has is null in the other."""
    import polars as pl

    codes = sorted({*before.book.rules, *after.book.rules})
    joined = before.results.join(after.results, on="id", suffix=".after", maintain_order="left")
    tables = []
    for code in codes:
        old = pl.col(code) if code in before.results.columns else pl.lit(None, pl.UInt8)
        name = f"{code}.after" if code in before.results.columns else code
        new = pl.col(name) if code in after.results.columns else pl.lit(None, pl.UInt8)
        moves = joined.select(pl.lit(code).alias("rule"), old.alias("before"), new.alias("after"))
        tables.append(moves.filter(pl.col("before").ne_missing(pl.col("after"))))
    return pl.concat(tables).group_by("rule", "before", "after").len("projects").sort("rule", "before", "after")
