"""`luodi reserve pools`: the three pools, for scripts."""

import json
from dataclasses import asdict
from datetime import datetime

import click
from django.utils import timezone

from luodi.reserve import pooling, words
from luodi.reserve.settings import reserve_settings


@click.group()
def reserve() -> None:
    """谋划储备 · Reserve: pools, conversion, dwell."""


@reserve.command()
@click.option("--as-of", type=click.DateTime(formats=["%Y-%m-%d"]), help="截至日，默认今天 · the day, default today")
@click.option("--json", "as_json", is_flag=True)
def pools(as_of: datetime | None, as_json: bool) -> None:
    """三库各有多少、转出多少、停留多久 · The three pools: inside, conversion, dwell."""
    day = as_of.date() if as_of else timezone.localdate()
    found = pooling.flows(None, day)
    if as_json:
        said = {"schema": "luodi.reserve.pools/1", "as_of": day.isoformat(), "definition": reserve_settings().version,
                "pools": [asdict(one) for one in found]}  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo("库\t曾入库\t在库\t转出\t退出\t停留中位数（天）\t可算的时段\t日期不明")
    for one in found:
        median = "尚不可测" if one.median is None else str(one.median)
        row = [one.entered, one.inside, one.on, one.out, median, one.watched, one.undated]
        click.echo("\t".join([words.pool_name(one.pool), *map(str, row)]))
