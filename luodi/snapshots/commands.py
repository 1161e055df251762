"""`luodi snapshot` and `luodi figures`."""

import json
from datetime import date, datetime

import click
from django.utils import timezone

from luodi.core.installation import city
from luodi.intake.engine.units import format_minor
from luodi.snapshots import actions, queries
from luodi.snapshots.engine.figures import SIDES, Three
from luodi.snapshots.report import report

DAY = click.DateTime(formats=["%Y-%m-%d"])


def _day(value: datetime | None) -> date:
    return value.date() if value else timezone.localdate()


@click.command()
@click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
@click.option("--json", "as_json", is_flag=True)
def snapshot(as_of: datetime | None, as_json: bool) -> None:
    """把截至某日的记录固化成表 · Freeze the record as of a day."""
    taken = actions.take(actor=None, as_of=_day(as_of))
    if as_json:
        click.echo(json.dumps({"id": taken.pk, "path": str(taken.path), **taken.manifest}, ensure_ascii=False))
    else:
        click.echo(f"快照 {taken}：{taken.manifest['tables']['projects']['rows']} 个项目，存于 {taken.path}")


@click.command()
@click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
@click.option("--json", "as_json", is_flag=True)
def figures(as_of: datetime | None, as_json: bool) -> None:
    """上报、佐证、净三个数 · The three figures per stage."""
    day = _day(as_of)
    found = queries.figures_as_of(day)
    if as_json:
        click.echo(json.dumps(report(found, as_of=day), ensure_ascii=False))
        return
    click.echo(
        f"{city().name} 截至 {day} 口径 {city().definition['version']}（个 / 万元；金额未计未写明或非人民币的项目）"
    )
    click.echo(_line("阶段", "上报", "佐证", "净"))
    click.echo(_line("在库", *_three(found.total)))
    for stage in city().stages:
        click.echo(_line(stage.name, *_three(found.reached[stage.code])))


def _three(value: Three) -> list[str]:
    return [f"{value.side(side).projects} / {format_minor(value.side(side).amount_fen, '万元')}" for side in SIDES]


def _line(name: str, *cells: str) -> str:
    return "\t".join([name, *cells])
