"""`luodi contribution table`: promised against brought, for scripts."""

import json
from decimal import Decimal
from typing import Any

import click

from luodi.contribution import queries, words
from luodi.contribution.engine.balance import Known, Pair, Row
from luodi.contribution.settings import contribution_settings


@click.group()
def contribution() -> None:
    """贡献 · Contribution: what projects promised and brought."""


@contribution.command()
@click.option("--by", type=click.Choice(["unit", "chain", "end"]), default="end", show_default=True)
@click.option("--measure", help="只看一个指标，默认全部可加的 · one measure, default all that add up")
@click.option("--json", "as_json", is_flag=True)
def table(by: str, measure: str | None, as_json: bool) -> None:
    """承诺与兑现，空白是没有人说过 · Promised against brought; unknown stays unknown."""
    asked = [one for one in contribution_settings().summed if measure in {None, one.code}]
    if not asked:
        raise click.ClickException("没有这个指标")
    found = {one.code: queries.table(None, one, by) for one in asked}
    if as_json:
        said = {
            "schema": "luodi.contribution/1", "by": by, "definition": contribution_settings().version,
            "measures": [
                {"measure": one.code, "unit": one.unit,
                 "rows": [{by: group or None, **_row(row)} for group, row in found[one.code].items()]}
                for one in asked
            ],
        }  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one in asked:
        click.echo(f"{one.name}（{one.unit}）\t项目\t承诺\t上报兑现\t佐证兑现\t净兑现\t兑现率（上报）\t不知道")
        for group, row in found[one.code].items():
            cells = [_text(known) for known in (row.promised, row.reported, row.proven, row.net)]
            ratio = "尚不可测" if row.both.percent is None else f"{row.both.percent}%（n={row.both.projects}）"
            click.echo("\t".join([words.group_name(by, group), str(row.projects), *cells, ratio, str(row.unknown)]))


def _text(known: Known) -> str:
    return f"{words.number(known.value)}（n={known.projects}）" if known.projects else "—"


def _row(row: Row) -> dict[str, Any]:
    sides = {side: _known(getattr(row, side)) for side in ("promised", "reported", "proven", "net")}
    ratios = {"ratio_reported": _pair(row.both), "ratio_net": _pair(row.both_proven)}
    return {"projects": row.projects, **sides, **ratios, "unknown": row.unknown}


def _known(known: Known) -> dict[str, Any]:
    return {"projects": known.projects, "value": _plain(known.value) if known.projects else None}


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "projects": pair.projects,
        "promised": _plain(pair.promised),
        "brought": _plain(pair.brought),
        "percent": pair.percent,
    }


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
