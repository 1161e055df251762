"""`luodi outcomes estimate|rank|forecast`: the engine on a table alone, no database is asked. `spells` makes the table out of the record."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from luodi.core.installation import city
from luodi.outcomes.engine.cutting import Cut, cut
from luodi.outcomes.engine.delay import Complete
from luodi.outcomes.engine.estimating import AUTO, COHORTS, Estimate, estimate
from luodi.outcomes.engine.forecasting import forecast
from luodi.outcomes.engine.ranking import Rank, leaning, rank
from luodi.outcomes.engine.resampling import clustered
from luodi.outcomes.engine.spells import Spells, TableRefused, read_spells
from luodi.outcomes.engine.trail import NET, STANDINGS
from luodi.outcomes.engine.waiting import restricted_mean
from luodi.outcomes.record import COUNT, HISTORIES, WATCHED, WEIGHTS, Question, events_after, table
from luodi.outcomes.writing import DOUBTS, written
from luodi.snapshots.clock import Clock, moment_of

REFUSED = 2
TOLD = 20
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def outcomes() -> None:
    """结果：签约的项目后来怎样 · Outcomes: what became of those who signed."""


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option(
            "--event", required=True, help="哪种结局；其余结局都是竞争 · the outcome asked for, all others compete"
        ),
        click.option("--as-of", type=DAY, required=True, help="截至日，按当时已知 · the day, as it was known then"),
        click.option("--level", type=click.FloatRange(0.5, 0.999), default=0.90, show_default=True),
        click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts"),
    )

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except TableRefused as error:
            click.echo(str(error), err=True)
            sys.exit(REFUSED)

    for option in reversed(options):
        run = option(run)
    return run


def _numbers(_context: Any, _parameter: Any, value: str) -> tuple[int, ...]:
    try:
        numbers = tuple(int(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter(f"要以逗号分开的整天数，不是 {value}") from None
    if min(numbers) < 0 or max(numbers) > 36_525:
        raise click.BadParameter("天数在 0 与 36525 之间")
    return tuple(dict.fromkeys(numbers))


def _complete(_context: Any, _parameter: Any, value: str | None) -> Complete | None:
    if value is None:
        return None
    try:
        found, known = (int(part) for part in value.split("/"))
    except ValueError:
        raise click.BadParameter(f"写成 已录入/已知，如 180/200，不是 {value}") from None
    if not 0 < found <= known:
        raise click.BadParameter("已录入的在 1 与已知的个数之间")
    return Complete(found, known)


def _names(_context: Any, _parameter: Any, value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


BY = click.option(
    "--by", callback=_names, help="分组列，可几列 · group columns, comma separated; without it one group, all"
)

NO_DELAY = click.option("--no-delay", is_flag=True, help="不校正录入时滞 · take the recorded ends as all there are")

COMPLETE = click.option(
    "--complete", callback=_complete, metavar="已录入/已知",
    help="另一来源（月报、用电、走访）知道已经发生的 200 个里表内有 180 个：180/200，按此补上从来没有录入的 · of the events another source tells, how many the table has",
)  # fmt: skip


@outcomes.command(name="estimate")
@_common
@click.option("--at", callback=_numbers, default="360", show_default=True, help="进入后的天数 · days since entry")
@BY
@NO_DELAY
@COMPLETE
@click.option(
    "--cluster",
    help="成组抽样的列，如投资方：同一投资方的项目一起抽 · rows of one value are drawn together, in a seeded bootstrap",
)
@click.option("--shrink", is_flag=True, help="小组向总体靠拢（完整后验） · groups lean on the pool")
@click.option(
    "--cohort", type=click.Choice(COHORTS), default=AUTO, show_default=True,
    help="区间说的是谁：已进入的、下一批、各年一样快；auto 在各年快慢不一时说下一批 · of whom the interval speaks",
)  # fmt: skip
def estimate_(
    table: Path, event: str, as_of: datetime, at: tuple[int, ...], by: tuple[str, ...], level: float, no_delay: bool,
    complete: Complete | None, cluster: str | None, shrink: bool, cohort: str, as_json: bool,
) -> None:  # fmt: skip
    """若干天内发生的比例与区间 · The share that had the event within so many days, with an interval.

    A group is the value of the --by column ("a / b" for several, （空） for blank, "all" without --by). estimate, lower and upper are shares
    from 0 to 1, null where nobody was followed so long (note: 尚不可测); n counts the rows that entered by the as-of day, at_risk those
    still followed and open on the day.
    """
    made = _cut(_read(table), event, as_of, by)
    made = clustered(made, cluster) if cluster else made
    terms: dict[str, Any] = {"delay": not no_delay, "complete": complete}
    told = leaning(made, at, level, **terms) if shrink else estimate(made, at, level, cohort=cohort, **terms)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False))
        return
    for one in told:
        click.echo(_line(one))


def _line(one: Estimate) -> str:
    if one.estimate is None or one.lower is None or one.upper is None:
        return f"{one.group}\t{one.at} 天\t—\tn={one.n}\t{one.note}"
    share = f"{one.estimate:.1%}（{one.lower:.1%}–{one.upper:.1%}）"
    return f"{one.group}\t{one.at} 天\t{share}\tn={one.n}\t在观测 {one.at_risk}\t{one.note}"


@outcomes.command(name="wait")
@_common
@click.option(
    "--rmst", "tau", type=click.IntRange(1, 36_525), default=720, show_default=True, help="天数上限 · days, at most"
)
@BY
@NO_DELAY
@COMPLETE
def wait_(
    table: Path, event: str, as_of: datetime, tau: int, by: tuple[str, ...], level: float, no_delay: bool,
    complete: Complete | None, as_json: bool,
) -> None:  # fmt: skip
    """到发生平均要多少天（最多算到上限） · The restricted mean time to the event, with an interval.

    estimate, lower and upper are days; who left otherwise waits until the horizon. null where nobody was followed so long.
    """
    told = restricted_mean(_cut(_read(table), event, as_of, by), tau, level, delay=not no_delay, complete=complete)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False))
        return
    for one in told:
        days = "—" if one.estimate is None else f"{one.estimate:.0f} 天（{one.lower:.0f}–{one.upper:.0f}）"
        click.echo(f"{one.group}\t{days}\t上限 {one.tau} 天\tn={one.n}\t{one.note}")


@outcomes.command(name="rank")
@_common
@click.option("--at", type=click.IntRange(0, 36_525), default=360, show_default=True, help="进入后的天数")
@BY
@click.option("--adjust", callback=_names, help="扣除这些列的影响，year 是进入年 · take out what these columns explain")
@NO_DELAY
def rank_(
    table: Path, event: str, as_of: datetime, at: int, by: tuple[str, ...], adjust: tuple[str, ...], level: float,
    no_delay: bool, as_json: bool,
) -> None:  # fmt: skip
    """去掉运气以后的名次，分不出高下的同一档 · Ranks after luck, with intervals and bands that cannot be told apart.

    rank is the posterior mean (1 is best) with its interval; groups of one band cannot be told apart at the level. A group of which nothing
    can be said yet has null and the note 尚不可测.
    """
    if not by:
        raise click.UsageError("排名要有 --by")
    told = rank(_cut(_read(table), event, as_of, by), at, level, adjust, delay=not no_delay)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False))
        return
    for one in told:
        click.echo(_place(one))


def _place(one: Rank) -> str:
    if one.rank is None or one.estimate is None:
        return f"—\t{one.group}\tn={one.n}\t{one.note}"
    share = f"{one.estimate:.1%}（{one.lower:.1%}–{one.upper:.1%}）"
    return (
        f"第 {one.band} 档\t{one.group}\t名次 {one.rank:.1f}（{one.rank_lower}–{one.rank_upper}）\t{share}\tn={one.n}"
    )


@outcomes.command(name="forecast")
@_common
@click.option("--horizon", type=click.IntRange(1, 120), default=24, show_default=True, help="月数 · months")
@BY
@NO_DELAY
@COMPLETE
def forecast_(
    table: Path, event: str, as_of: datetime, horizon: int, by: tuple[str, ...], level: float, no_delay: bool,
    complete: Complete | None, as_json: bool,
) -> None:  # fmt: skip
    """现在未结束的，以后每月预计发生多少 · Expected events a month among those now open, with intervals.

    Months are calendar months after the as-of day (the first may be the rest of one). Those who enter later are not in it.
    """
    told = forecast(_cut(_read(table), event, as_of, by), horizon, level, delay=not no_delay, complete=complete)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False))
        return
    for one in told:
        if one.expected is None:
            click.echo(f"{one.group}\t{one.month}\t—\t{one.note}")
            continue
        click.echo(
            f"{one.group}\t{one.month}\t{one.expected:.1f}（{one.lower}–{one.upper}）\t"
            f"累计 {one.cumulative:.1f}（{one.cumulative_lower}–{one.cumulative_upper}）\t{one.note}"
        )


def _read(table: Path) -> Spells:
    spells = read_spells(table)
    for problem in spells.problems[:TOLD]:
        click.echo(str(problem), err=True)
    if len(spells.problems) > TOLD:
        click.echo(f"共 {len(spells.problems)} 处，只列前 {TOLD} 处", err=True)
    return spells


def _cut(spells: Spells, event: str, as_of: datetime, by: tuple[str, ...]) -> Cut:
    return cut(spells, event, as_of.date(), by)


@outcomes.command(name="spells")
@click.option("--event", required=True, help="从签约到哪个阶段 · the later stage asked for")
@click.option("--as-of", type=DAY, required=True, help="截至日 · the day")
@click.option("--known-at", help="按哪个时刻已知的记录，不写是现在 · the moment of knowing, default now")
@click.option("--standing", type=click.Choice(STANDINGS), default=NET, show_default=True, help="上报、佐证、净")
@click.option("--entry", default="signed", show_default=True, help="从哪个阶段算起 · where counting begins")
@click.option("--weight", type=click.Choice(WEIGHTS), default=COUNT, show_default=True, help="按个数或金额（万元）")
@click.option(
    "--history", type=click.Choice(HISTORIES), default=WATCHED, show_default=True,
    help="watched 从台账那天起才算看见；listed 把台账当作完整历史（偏高） · followed since the ledger's day, or lists taken for the whole history",
)  # fmt: skip
def spells_(
    event: str, as_of: datetime, known_at: str | None, standing: str, entry: str, weight: str, history: str
) -> None:
    """从项目库写出经历表（CSV） · The table of spells of the whole record, as CSV on standard output."""
    moment = moment_of(known_at or "")
    if known_at and moment is None:
        raise click.BadParameter(f"不是日期或时刻：{known_at}", param_hint="--known-at")
    for stage, known, hint in ((entry, [s.code for s in city().stages], "--entry"), (event, None, "--event")):
        allowed = known if known is not None else list(events_after(entry))
        if stage not in allowed:
            raise click.BadParameter(f"没有 {stage}；有 {'、'.join(allowed)}", param_hint=hint)
    made = table(Clock(as_of.date(), moment), Question(event, standing, entry, weight, history))
    click.echo(written(made).decode(), nl=False)
    for name, count in made.told.items():
        if count:
            click.echo(f"{DOUBTS.get(name, name)}：{count}", err=True)
