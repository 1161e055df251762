"""Real histories frozen at earlier years, as known then; what the estimators said beside what came.

    python benchmarks/outcomes_backtest.py [DATA]       default ../shared/data/projects

Truth is the share of a group, of those who entered in the year that ends on the frozen day ("next") or at any time before it ("entered"), that had the
event within 1, 2, 3 years of entry, read from the whole history. Groups need 20 spells in the cohort that is scored and three years of later history.
"""

import gzip
import io
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
YEARS = (365, 730, 1095, 1825)
SMALLEST = 20


def _csv(path: Path, encoding: str = "utf-8") -> Any:
    import polars as pl

    text = gzip.decompress(path.read_bytes()).decode(encoding, errors="replace")
    return pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)


def _first(*columns: str, form: str) -> Any:
    import polars as pl

    return pl.min_horizontal(*(pl.col(name).str.slice(0, 10).str.to_date(form, strict=False) for name in columns))


def _ended(frame: Any, event: str) -> Any:
    """The first end wins; spells whose end precedes their entry are told and left out by the engine."""
    import polars as pl

    won = pl.col("won").is_not_null() & (pl.col("lost").is_null() | (pl.col("won") <= pl.col("lost")))
    outcome = pl.when(won).then(pl.lit(event)).when(pl.col("lost").is_not_null()).then(pl.lit("withdrawn"))
    return frame.with_columns(ended_on=pl.when(won).then("won").otherwise("lost"), outcome=outcome).drop("won", "lost")


def repd(data: Path) -> Any:
    """Planning application submitted to operational; refused, withdrawn or expired competes."""
    exits = ("Planning Application Withdrawn", "Planning Permission Expired", "Appeal Withdrawn", "Appeal Refused")
    form = "%d/%m/%Y"
    frame = _csv(data / "uk-repd-2021q2.csv.gz", "latin1").select(
        id="Ref ID", entered_on=_first("Planning Application Submitted", form=form), won=_first("Operational", form=form),
        lost=_first(*exits, form=form), group="Technology Type",
    )  # fmt: skip
    return _ended(frame, "landed")


def nyiso(data: Path) -> Any:
    """Queue entry to completion; withdrawal competes, and is what mostly comes."""
    form = "%Y-%m-%d"
    frame = _csv(data / "us-grid-queue-nyiso.csv.gz").select(
        id="Queue_ID", entered_on=_first("Queue_Date", form=form), won=_first("Withdrawn_Date", form=form),
        lost=_first("Actual_Completion_Date", form=form), group="Generation_Type",
    )  # fmt: skip
    return _ended(frame, "landed")


def ercot(data: Path) -> Any:
    """Queue entry to agreement signed; nothing is listed as withdrawn."""
    import polars as pl

    form = "%Y-%m-%d"
    frame = _csv(data / "us-grid-queue-ercot.csv.gz").select(
        id="Queue_ID", entered_on=_first("Queue_Date", form=form), won=_first("IA_Signed", form=form),
        lost=pl.lit(None, dtype=pl.Date), group="Fuel",
    )  # fmt: skip
    return _ended(frame, "landed")


SETS: dict[str, tuple[Callable[[Path], Any], range, date]] = {
    "REPD, submitted → operational": (repd, range(2004, 2018), date(2021, 6, 30)),
    "NYISO queue, entry → withdrawn": (nyiso, range(2004, 2020), date(2024, 3, 31)),
    "ERCOT queue, entry → agreement": (ercot, range(2014, 2021), date(2024, 3, 31)),
}


@dataclass
class Score:
    """Errors and hits of one way to estimate."""

    errors: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def add(self, said: float | None, real: float, bounds: tuple[float, float] | None = None) -> None:
        if said is None:
            return
        self.errors.append(said - real)
        if bounds:
            self.held.append(bounds[0] <= real <= bounds[1])
            self.widths.append(bounds[1] - bounds[0])

    def row(self) -> str:
        n = max(len(self.errors), 1)
        bias, error = sum(self.errors) / n, sum(map(abs, self.errors)) / n
        cover = (
            f"{sum(self.held) / len(self.held):.2f} | {sum(self.widths) / len(self.widths):.2f}"
            if self.held
            else "– | –"
        )
        return f"{len(self.errors)} | {bias:+.3f} | {error:.3f} | {cover}"


def rates(rows: list[tuple[Any, ...]], day: date, at: int) -> dict[str, float | None]:
    """What is published elsewhere, from (entered, ended, outcome) as known on the day."""
    start = day - timedelta(days=365)
    signed = sum(entered > start for entered, _, _ in rows)
    won = sum(outcome == "landed" and start < ended <= day for _, ended, outcome in rows if ended)
    fresh = sum(entered > start and outcome == "landed" and ended <= day for entered, ended, outcome in rows if ended)
    ripe = [one for one in rows if (day - one[0]).days >= at]
    ripe = [one for one in ripe if (day - one[0]).days < at + 365]
    landed = sum(bool(e) and o == "landed" and (e - b).days <= at and e <= day for b, e, o in ripe)
    return {
        "calendar-year rate": fresh / signed if signed else None,
        "landed ÷ signed in the year": won / signed if signed else None,
        "last mature cohort": landed / len(ripe) if ripe else None,
    }


def one_minus_km(spells: Any, day: date, at: int) -> dict[str, float | None]:
    """Withdrawal taken as censoring."""
    import polars as pl

    from luodi.outcomes.engine.cutting import cut
    from luodi.outcomes.engine.estimating import estimate
    from luodi.outcomes.engine.spells import Spells

    lost = pl.when(pl.col("outcome") == "landed").then("outcome")
    frame = spells.frame.with_columns(lost.alias("outcome"))
    return {
        one.group: one.estimate for one in estimate(cut(Spells(frame, spells.groups), "landed", day, ("group",)), [at])
    }


def frozen(spells: Any, years: range, last: date) -> Iterator[tuple[date, int, str, str, dict[str, Any]]]:
    """Each (day, horizon, target, group) with its truth and everything said of it."""
    from luodi.outcomes.engine.cutting import cut
    from luodi.outcomes.engine.estimating import estimate

    rows = spells.frame.select("group", "entered_on", "ended_on", "outcome").rows()
    for year in years:
        day = date(year, 12, 31)
        made = cut(spells, "landed", day, ("group",))
        for at in YEARS:
            if day + timedelta(days=at) > last:
                continue
            said = {
                way: {one.group: one for one in estimate(made, [at], cohort=way)}
                for way in ("auto", "entered", "next", "steady")
            }
            censored = one_minus_km(spells, day, at)
            for group in made.labels:
                mine = [row[1:] for row in rows if row[0] == group and row[1] <= day]
                for target, whom in (("next", [one for one in mine if (day - one[0]).days < 365]), ("entered", mine)):
                    if len(whom) < SMALLEST:
                        continue
                    real = sum(o == "landed" and (e - b).days <= at for b, e, o in whom if e) / len(whom)
                    told = {way: said[way][group] for way in said}
                    other = {**rates(mine, day, at), "1 − Kaplan–Meier": censored.get(group)}
                    yield day, at, target, group, {"real": real, "told": told, "other": other}


def ahead(spells: Any, years: range, last: date) -> tuple[Score, list[float], list[bool]]:
    """Events of the next calendar year among those open at the freeze: relative errors of ours and of last year's count; months held."""
    import polars as pl

    from luodi.outcomes.engine.cutting import cut
    from luodi.outcomes.engine.forecasting import forecast

    ours, naive, months = Score(), [], []
    landed = spells.frame.filter(pl.col("outcome") == "landed")
    for year in years:
        day, end = date(year, 12, 31), date(year + 1, 12, 31)
        made = cut(spells, "landed", day)
        if end > last or (made.cause == 1).sum() < 10:
            continue
        told = forecast(made, 12, 0.9)
        of_open = landed.filter(pl.col("entered_on") <= day)
        came = of_open.filter(pl.col("ended_on").is_between(day, end, closed="right")).height
        before = landed.filter(pl.col("ended_on").dt.year() == year).height
        ours.add(told[-1].cumulative / came, 1.0)
        ours.held.append(told[-1].cumulative_lower <= came <= told[-1].cumulative_upper)
        naive.append(abs(before / came - 1))
        for month in told:
            real = of_open.filter(pl.col("ended_on").dt.strftime("%Y-%m") == month.month).height
            months.append(month.lower <= real <= month.upper)
    return ours, naive, months


def main() -> None:
    from luodi.outcomes.engine.spells import check_spells

    data = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent / "shared/data/projects"
    for name, (read, years, last) in SETS.items():
        spells = check_spells(read(data))
        scores: dict[tuple[str, str], Score] = defaultdict(Score)
        yearly: dict[int, Score] = defaultdict(Score)
        for day, _at, target, _group, found in frozen(spells, years, last):
            for way, one in found["told"].items():
                bounds = None if one.lower is None else (one.lower, one.upper)
                scores[target, f"luodi, band for {way}"].add(one.estimate, found["real"], bounds)
                if way == "auto" and target == "next":
                    yearly[day.year].add(one.estimate, found["real"], bounds)
            for way, rate in found["other"].items():
                scores[target, way].add(rate, found["real"])
        print(f"\n{name}: {spells.frame.height} spells, {len(spells.problems)} cells told")
        print("| scored on | estimate | figures | bias | MAE | coverage | width |\n|---|---|---|---|---|---|---|")
        for (target, way), score in sorted(scores.items(), key=lambda one: one[0][0]):
            print(f"| {target} | {way} | {score.row()} |")
        cover = {year: f"{sum(one.held) / len(one.held):.2f}" for year, one in yearly.items() if one.held}
        ours, naive, months = ahead(spells, years, last)
        n = len(naive)
        print(
            f"next year's events of those open, {n} years: error {sum(map(abs, ours.errors)) / n:.0%}, last year's count "
            f"{sum(naive) / n:.0%}; coverage {sum(ours.held) / n:.2f}, of months {sum(months) / len(months):.2f}"
        )
        print("coverage of the next cohort by frozen year:", cover)


if __name__ == "__main__":
    main()
