"""The five-table ledger: read from a folder of CSV files, every cell typed, what cannot be read told and left unknown."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from luodi.intake.engine.amounts import UNITS, read_amount
from luodi.intake.engine.dates import read_dates
from luodi.intake.engine.widths import fold

STAGES = ("登记", "备案", "用地", "环评", "施工许可", "开工", "入统", "用电", "投产", "终止")
FILES = {
    "projects": "项目台账.csv", "parties": "参与主体.csv", "events": "阶段事件.csv", "progress": "月度进展.csv",
    "funds": "资金到账.csv",
}  # fmt: skip
_DAYS = {
    "projects": ("签约日期", "投资方成立日期", *(f"{stage}日期" for stage in STAGES)),
    "parties": ("成立日期",),
    "events": ("发生日期", "录入日期"),
    "progress": ("年月",),
    "funds": ("到账日期",),
}
_NUMBERS = {
    "projects": (
        "投资方注册资本万元", "投资方实缴资本万元", "投资方参保人数", "注册资本万元", "实缴资本万元", "参保人数", "经度", "纬度",
    ),
    "parties": ("注册资本万元", "实缴资本万元", "参保人数"),
    "events": (),
    "progress": ("本月完成投资万元", "累计完成投资万元"),
    "funds": ("金额万元",),
}  # fmt: skip
_TEXTS = {
    "projects": (
        "项目编号", "项目名称", "产业链", "责任区县", "园区", "签约活动", "投资方", "承接主体", "主体编号", "统一社会信用代码", "法定代表人",
        "联系电话", "注册地址", "股东", "建设地点", "宗地编号", "当前阶段", "填报人",
    ),
    "parties": ("主体编号", "企业名称", "统一社会信用代码", "法定代表人", "联系电话", "注册地址", "股东"),
    "events": ("项目编号", "事件", "来源"),
    "progress": ("项目编号", "形象进度", "填报人"),
    "funds": ("项目编号", "付款方", "收款方", "资金性质"),
}  # fmt: skip
_KEYS = ("项目编号", "主体编号")
_NEEDED = ("项目编号", "签约日期")
_PLAIN = re.compile(r"((?:18|19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?")
_SERIAL_ZERO = date(1899, 12, 30)
TOLD = 50
"""Cells told one by one for each column; the rest are counted."""


class LedgerRefused(Exception):
    """The folder is no five-table ledger."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that could not be read; the row stays, the cell is unknown."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.row} 行 {self.column}：{self.message}"


@dataclass(frozen=True)
class Ledger:
    """Polars frames with the columns of the format, typed: text folded and stripped, days as dates, 万元 as floats, `万元` the total.

    Only what was known by `as_of` is in them: events by their day of recording, months, payments and signings by their day.
    """

    projects: Any
    parties: Any
    events: Any
    progress: Any
    funds: Any
    as_of: date
    problems: tuple[Problem, ...] = ()


def read_folder(folder: Path, as_of: date) -> Ledger:
    """Read the five files; only 项目台账.csv must be there. Raises `LedgerRefused` where nothing can be scanned."""
    problems: list[Problem] = []
    frames = {name: _table(folder, name, problems) for name in FILES}
    return _known_on(frames, as_of, tuple(problems))


def from_frames(frames: dict[str, Any], as_of: date) -> Ledger:
    """The same from tables in memory, whose cells may be text as in the files or typed already."""
    problems: list[Problem] = []
    typed = {name: _typed(frames.get(name, _empty(name)), name, problems) for name in FILES}
    return _known_on(typed, as_of, tuple(problems))


def _known_on(frames: dict[str, Any], as_of: date, problems: tuple[Problem, ...]) -> Ledger:
    import polars as pl

    known = {
        "projects": pl.col("项目编号").is_not_null() & (pl.col("签约日期").is_null() | (pl.col("签约日期") <= as_of)),
        "events": pl.coalesce("录入日期", "发生日期") <= as_of,
        "progress": pl.col("年月") <= as_of,
        "funds": pl.col("到账日期") <= as_of,
    }
    cut = {name: frame.filter(known[name]) if name in known else frame for name, frame in frames.items()}
    cut["projects"] = cut["projects"].unique("项目编号", keep="first", maintain_order=True)
    # A stage day in the main table may lie after the day asked about: it was not known then.
    later = [pl.when(pl.col(f"{s}日期") <= as_of).then(pl.col(f"{s}日期")).alias(f"{s}日期") for s in STAGES]
    cut["projects"] = cut["projects"].with_columns(later)
    return Ledger(**cut, as_of=as_of, problems=problems)


def _table(folder: Path, name: str, problems: list[Problem]) -> Any:
    import polars as pl

    path = folder / FILES[name]
    if not path.is_file():
        if name == "projects":
            raise LedgerRefused(f"{folder} 里没有 {FILES[name]}")
        problems.append(Problem(FILES[name], 0, "", "没有这个文件，按没有记录处理"))
        return _typed(_empty(name), name, [])
    try:
        frame = pl.read_csv(_utf8(path), infer_schema=False, truncate_ragged_lines=True)
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise LedgerRefused(f"{FILES[name]} 读不出来：{error}") from error
    frame = frame.rename({column: fold(column.lstrip("\ufeff")) for column in frame.columns})
    missing = [column for column in _NEEDED if name == "projects" and column not in frame.columns]
    if missing:
        raise LedgerRefused(f"{FILES[name]} 里没有这些列：{'、'.join(missing)}")
    return _typed(frame, name, problems)


def _utf8(path: Path) -> bytes:
    """The file's bytes in UTF-8; what is none is read as GB 18030, which Excel still saves in China."""
    given = path.read_bytes()
    try:
        given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("gb18030").encode()
    return given


def _empty(name: str) -> Any:
    import polars as pl

    return pl.DataFrame(schema=dict.fromkeys(_TEXTS[name], pl.String))


def _typed(frame: Any, name: str, problems: list[Problem]) -> Any:
    import polars as pl

    wanted = (*_TEXTS[name], *_DAYS[name], *_NUMBERS[name])
    absent = [pl.lit(None, dtype=pl.String).alias(column) for column in wanted if column not in frame.columns]
    frame = frame.with_columns(absent)
    columns = [_mapped(frame[column], _code if column in _KEYS else _text, pl.String) for column in _TEXTS[name]]
    for names, read, kind in ((_DAYS[name], _day, pl.Date), (_NUMBERS[name], _number, pl.Float64)):
        for column in names:
            columns.append(_mapped(frame[column], read, kind))
            problems += _unread(frame[column], columns[-1], FILES[name])
    if name == "projects":
        columns.append(_total(frame, problems))
    return pl.DataFrame(columns)


def _total(frame: Any, problems: list[Problem]) -> Any:
    import polars as pl

    if "总投资亿元" not in frame.columns:
        return pl.Series("万元", [None] * frame.height, dtype=pl.Float64)
    total = _mapped(frame["总投资亿元"], _amount, pl.Float64)
    problems += _unread(frame["总投资亿元"], total, FILES["projects"])
    return total.alias("万元")


def _mapped(column: Any, read: Callable[[Any], Any], kind: Any) -> Any:
    """Each distinct cell is read once."""
    import polars as pl

    if column.dtype == kind and kind != pl.String:
        return column
    known = {value: read(value) for value in column.unique().to_list() if value is not None}
    return pl.Series(column.name, [known.get(value) for value in column.to_list()], dtype=kind)


def _unread(given: Any, read: Any, file: str) -> Iterable[Problem]:
    bad = given.is_not_null() & (given.cast(str).str.strip_chars() != "") & read.is_null()
    rows = bad.arg_true().to_list()
    told = [Problem(file, row + 2, given.name, f"看不懂“{given[row]}”，按未知处理") for row in rows[:TOLD]]
    left = len(rows) - len(told)
    return [*told, Problem(file, 0, given.name, f"另有 {left} 格看不懂")] if left else told


def _text(value: Any) -> str | None:
    return fold(str(value)) or None


def _code(value: Any) -> str | None:
    """A number that is handed back as it was written."""
    return str(value).strip() or None


def _day(value: Any) -> date | None:
    text = str(value).strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        # Companies are older than projects: days before the reader's first year are plain.
        if match := _PLAIN.fullmatch(fold(text)):
            return _calendar(*map(int, match.groups()))
        if text.isdigit() and len(text) == 5:
            return _SERIAL_ZERO + timedelta(days=int(text))
        claims = read_dates(text).claims
        period = claims[0].period if claims else None
        return period.start if period else None


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    try:
        number = float(fold(str(value)).replace(",", ""))
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None


def _amount(value: Any) -> float | None:
    """万元."""
    main = read_amount(str(value), unit=UNITS["亿元"]).main
    return main.minor / 1e6 if main and main.currency == "CNY" else None
