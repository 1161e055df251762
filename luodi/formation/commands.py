"""`luodi formation table|moves`: the ladder and its movement, for scripts."""

import json
from datetime import datetime
from typing import Any

import click

from luodi.core.installation import city
from luodi.formation import moving, queries, words
from luodi.formation.engine.moves import Cause, matrix
from luodi.formation.engine.table import STEPS, total
from luodi.intake.engine.units import format_minor
from luodi.snapshots.clock import Clock
from luodi.snapshots.engine.figures import SIDES

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def formation() -> None:
    """方阵 · Formation: tiers by amount, and how projects moved between them."""


@formation.command()
@click.option("--as-of", type=DAY, help="截至日，默认现在 · the day, default now")
@click.option("--json", "as_json", is_flag=True)
def table(as_of: datetime | None, as_json: bool) -> None:
    """上报、佐证、净三个方阵，差在哪里 · Reported, proven and net formation, and what lies between."""
    lines = queries.lines(None, Clock(as_of.date()) if as_of else None)
    if as_json:
        said = {
            "schema": "luodi.formation/1",
            "as_of": as_of.date().isoformat() if as_of else None,
            "definition": city().definition["version"],
            "tiers": [
                {"tier": line.tier or None, **{step: _cell(line.cells[step]) for step in STEPS}}
                for line in (*lines, total(lines))
            ],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo("\t".join(["层级", *(str(words.STEPS[step]) for step in STEPS)]))
    for line in (*lines, total(lines)):
        name = "合计" if line.tier == "total" else words.tier(line.tier)
        cells = [f"{line.cells[s].projects} / {format_minor(line.cells[s].amount_fen, '亿元')}" for s in STEPS]
        click.echo("\t".join([name, *cells]))


def _cell(cell: Any) -> dict[str, int]:
    return {"projects": cell.projects, "amount_fen": cell.amount_fen}


@formation.command()
@click.option("--from", "start", type=DAY, required=True, help="第一天 · the first day")
@click.option("--to", "end", type=DAY, required=True, help="第二天 · the second day")
@click.option("--side", type=click.Choice(SIDES), default="net", show_default=True)
@click.option("--known", is_flag=True, help="各按当天已知的记录 · each as it was known on that day")
@click.option("--json", "as_json", is_flag=True)
def moves(start: datetime, end: datetime, side: str, known: bool, as_json: bool) -> None:
    """两天之间谁换了层级、为什么 · Who moved between tiers from one day to another, and why."""
    asked = moving.Question(start.date().isoformat(), end.date().isoformat(), side, known)
    every = moving.found(None, asked)
    moved = [one for one in every if one.cause != Cause.STAYED]
    if as_json:
        said = {
            "schema": "luodi.formation.moves/1", "from": asked.start, "to": asked.end, "side": side, "known": known,
            "matrix": [{"from": a or None, "to": b or None, "projects": n} for (a, b), n in sorted(matrix(every).items())],
            "moves": [
                {"project": m.project, "from": m.origin or None, "to": m.target or None, "cause": str(m.cause),
                 "before_fen": m.before_fen, "after_fen": m.after_fen}
                for m in moved
            ],
        }  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one in moving.listed(moved, "万元"):
        click.echo(
            f"{one['name']}\t{one['origin']} → {one['target']}\t{one['cause']}\t{one['before']} → {one['after']}"
        )
    click.echo(f"变动 {len(moved)} 个，未动 {len(every) - len(moved)} 个")
