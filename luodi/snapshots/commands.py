"""`luodi snapshot` and `luodi figures`."""

import json
from datetime import date, datetime, time

import click
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from luodi.core.installation import city
from luodi.intake.engine.units import format_minor
from luodi.snapshots import actions, queries
from luodi.snapshots.engine.figures import COUNTINGS, SIDES, Figure, Three
from luodi.snapshots.report import report

DAY = click.DateTime(formats=["%Y-%m-%d"])


def _day(value: datetime | None) -> date:
    return value.date() if value else timezone.localdate()


class Moment(click.ParamType):  # type: ignore[type-arg] # generic in its stubs only
    """A moment of knowing: a day means its end, a time with a day means itself; local where no zone is given."""

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = (
                datetime.combine(date.fromisoformat(value), time.max) if len(value) == 10 else parse_datetime(value)
            )
        except ValueError:
            moment = None
        if moment is None:
            self.fail(f"{value}：请写成 2026-11-26 或 2026-11-26T08:00", param, ctx)
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


KNOWN = click.option(
    "--known-at", type=Moment(), help="只用当时已知的记录，默认现在 · what was known by then, default now"
)


@click.command()
@click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
@KNOWN
@click.option("--json", "as_json", is_flag=True)
def snapshot(as_of: datetime | None, known_at: datetime | None, as_json: bool) -> None:
    """把截至某日的记录固化成表 · Freeze the record as of a day."""
    taken = actions.take(actor=None, as_of=_day(as_of), known_at=known_at)
    if as_json:
        click.echo(json.dumps({"id": taken.pk, "path": str(taken.path), **taken.manifest}, ensure_ascii=False))
    else:
        click.echo(f"快照 {taken}：{taken.manifest['tables']['projects']['rows']} 个项目，存于 {taken.path}")


@click.command()
@click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
@KNOWN
@click.option("--json", "as_json", is_flag=True)
def figures(as_of: datetime | None, known_at: datetime | None, as_json: bool) -> None:
    """上报、佐证、净三个数 · The three figures per stage."""
    day = _day(as_of)
    found = queries.figures_as_of(day, known_at)
    if as_json:
        click.echo(json.dumps(report(found, as_of=day, known_at=known_at), ensure_ascii=False))
        return
    known = f" 按 {timezone.localtime(known_at):%Y-%m-%d %H:%M} 已知" if known_at else ""
    click.echo(
        f"{city().name} 截至 {day}{known} 口径 {city().definition['version']}（打包个数|拆分个数 / 打包万元|拆分万元）"
    )
    click.echo("两数相同时只写一个；金额未计未写明或非人民币的项目；打包与子项目的金额从不相加")
    click.echo(_line("阶段", "上报", "佐证", "净"))
    click.echo(_line("在库", *_three(found.total)))
    for state, name in (("active", "在推进"), ("paused", "停工"), ("exited", "退出")):
        click.echo(_line(f"  其中{name}", *_three(found.states[state])))
    for stage in city().stages:
        click.echo(_line(stage.name, *_three(found.reached[stage.code])))
    click.echo(_line("固投", *_three(found.fixed)))
    for nature in city().natures:
        if nature.code in found.outside:
            click.echo(_line(f"不计入固投：{nature.name}", *_three(found.outside[nature.code])))


def _three(value: Three) -> list[str]:
    return [_both(value.side(side)) for side in SIDES]


def _both(figure: Figure) -> str:
    counts = [figure.counted(counting) for counting in COUNTINGS]
    projects = dict.fromkeys(str(count.projects) for count in counts)
    amounts = dict.fromkeys(format_minor(count.amount_fen, "万元") for count in counts)
    return f"{'|'.join(projects)} / {'|'.join(amounts)}"


def _line(name: str, *cells: str) -> str:
    return "\t".join([name, *cells])
