"""The table `luodi.outcomes.spells/1`: read, checked cell by cell, and cut at an as-of day *as it was known then*.

Columns: `id`, `entered_on`, `ended_on` (blank = open), `outcome` (blank = open); optional `recorded_on` (when the end became known),
`weight` (amount, or share of a project when none is above 1), `observed_from` (not seen before: left truncation), `ended_from` (the end is
only known to lie in [ended_from, ended_on], "2023上半年"). Every other column is a group. Days are whole; a time is days since entry.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NEEDED = ("id", "entered_on", "ended_on", "outcome")
OPTIONAL = ("recorded_on", "weight", "observed_from", "ended_from")
DAYS = ("entered_on", "ended_on", "recorded_on", "observed_from", "ended_from")
FIRST_ROW = 2  # the heading is row 1


class TableRefused(Exception):
    """The table cannot be read at all, or what was asked of it is not there."""


@dataclass(frozen=True)
class Problem:
    """One doubtful cell: where it is, what is wrong, and whether its row was left out."""

    row: int
    column: str
    message: str
    left_out: bool

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column}：{self.message}{'，此行未计' if self.left_out else ''}"


@dataclass(frozen=True)
class Spells:
    """The rows that can be used (a Polars frame with real dates) and every problem of those that cannot."""

    frame: Any
    groups: tuple[str, ...]
    problems: tuple[Problem, ...] = field(default=())


def read_spells(path: Path) -> Spells:
    """CSV, Parquet or Arrow (IPC) by the ending of the name."""
    import polars as pl

    readers = {
        ".csv": lambda: pl.read_csv(path, infer_schema=False, encoding="utf8-lossy"),
        ".parquet": lambda: pl.read_parquet(path),
        ".arrow": lambda: pl.read_ipc(path),
        ".feather": lambda: pl.read_ipc(path),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableRefused(f"{path.name}：只读 .csv、.parquet、.arrow")
    try:
        frame = reader()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TableRefused(f"{path.name} 读不出来：{error}") from error
    return check_spells(frame)


def check_spells(frame: Any) -> Spells:
    """Real dates and numbers out of whatever the table holds; each bad cell told; the good rows go on."""
    import polars as pl

    frame = frame.rename({name: name.strip().lstrip("\ufeff") for name in frame.columns})
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise TableRefused(f"表里没有这些列：{'、'.join(missing)}")
    groups = tuple(name for name in frame.columns if name not in NEEDED + OPTIONAL)
    given = frame.with_columns(_trimmed(frame, name) for name in (*NEEDED, *OPTIONAL) if name in frame.columns)
    added = [pl.lit(None, dtype=pl.Date).alias(name) for name in DAYS if name not in frame.columns]
    if "weight" not in frame.columns:
        added.append(pl.lit(1.0).alias("weight"))
    typed = given.with_columns(_typed(given, name) for name in (*DAYS, "weight") if name in given.columns)
    typed = typed.with_columns(added).with_row_index("row", offset=FIRST_ROW)
    typed = typed.with_columns(pl.col("outcome").cast(pl.String), pl.col("row").cast(pl.Int64))
    rules = [*_unreadable(given, typed), *_contradictions()]
    problems, bad = _told(typed, rules)
    kept = typed.filter(~bad)
    return Spells(_mended(kept), groups, tuple(sorted(problems, key=lambda one: (one.row, one.column))))


def _trimmed(frame: Any, name: str) -> Any:
    import polars as pl

    column = pl.col(name)
    if frame.schema[name] != pl.String:
        return column
    text = column.str.strip_chars()
    return pl.when(text == "").then(None).otherwise(text).alias(name)


def _typed(frame: Any, name: str) -> Any:
    import polars as pl

    column, kind = pl.col(name), frame.schema[name]
    if name == "weight":
        return column.cast(pl.Float64, strict=False)
    if kind != pl.String:
        return column.cast(pl.Date, strict=False)
    text = column.str.replace_all(r"[/.年月]", "-").str.replace(r"日", "").str.slice(0, 10).str.strip_chars()
    iso = text.str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(iso, text.str.to_date("%Y%m%d", strict=False)).alias(name)


def _unreadable(given: Any, typed: Any) -> list[tuple[str, str, Any, bool]]:
    """A cell that says something which is not a day or a number; its row cannot be placed, except by its other days."""
    wanted = [name for name in (*DAYS, "weight") if name in given.columns]
    harmless = ("recorded_on",)
    return [
        (
            name,
            "不是数" if name == "weight" else "不是日期",
            given[name].is_not_null() & typed[name].is_null(),
            name not in harmless,
        )
        for name in wanted
    ]


def _contradictions() -> list[tuple[str, str, Any, bool]]:
    import polars as pl

    entered, ended, outcome = pl.col("entered_on"), pl.col("ended_on"), pl.col("outcome")
    return [
        ("id", "没有编号", pl.col("id").is_null(), False),
        ("id", "编号重复，各算一段", pl.col("id").is_duplicated() & pl.col("id").is_not_null(), False),
        ("entered_on", "没有进入日期", entered.is_null(), True),
        ("ended_on", "结束早于进入", ended < entered, True),
        ("ended_on", "有结局没有结束日期", outcome.is_not_null() & ended.is_null(), True),
        ("outcome", "有结束日期没有结局，按当日起失去联系（删失）计", ended.is_not_null() & outcome.is_null(), False),
        ("recorded_on", "录入早于结束，按当日录入计", pl.col("recorded_on") < ended, False),
        ("recorded_on", "没有结束却有录入日期", pl.col("recorded_on").is_not_null() & ended.is_null(), False),
        ("ended_from", "晚于 ended_on", pl.col("ended_from") > ended, True),
        ("observed_from", "结束以后才开始观测，观测不到", pl.col("observed_from") > ended, True),
        ("weight", "不是正数", ~(pl.col("weight") > 0) | ~pl.col("weight").is_finite(), True),
        ("weight", "空白", pl.col("weight").is_null(), True),
    ]


def _told(typed: Any, rules: list[tuple[str, str, Any, bool]]) -> tuple[list[Problem], Any]:
    import polars as pl

    bad = pl.repeat(False, typed.height, eager=True)
    problems: list[Problem] = []
    for column, message, rule, left_out in rules:
        hit = rule if isinstance(rule, pl.Series) else typed.select(rule.fill_null(False).alias("hit"))["hit"]
        seen = {(one.row, one.column) for one in problems}
        rows = typed["row"].filter(hit).to_list()
        # One cell, one problem: what cannot be read is not told again as missing.
        problems += [Problem(row, column, message, left_out) for row in rows if (row, column) not in seen]
        if left_out:
            bad = bad | hit
    return problems, bad


def _mended(frame: Any) -> Any:
    import polars as pl

    ended = pl.col("ended_on")
    return frame.with_columns(
        pl.when(pl.col("recorded_on") < ended).then(ended).otherwise(pl.col("recorded_on")).alias("recorded_on"),
        pl.when(pl.col("ended_from") < pl.col("entered_on"))
        .then(pl.col("entered_on"))
        .otherwise(pl.col("ended_from"))
        .alias("ended_from"),
    )


def outcomes_of(spells: Spells) -> tuple[str, ...]:
    """The ends the table knows."""
    return tuple(sorted(spells.frame["outcome"].drop_nulls().unique().to_list()))
