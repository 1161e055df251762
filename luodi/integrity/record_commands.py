"""`luodi integrity record|cases|labels`: the same on the record, which the group of `commands.py` takes in."""

import json
from datetime import datetime
from pathlib import Path

import click
from django.utils import timezone

from luodi.intake.words import unit_name
from luodi.integrity import actions, queries, words
from luodi.integrity.models import Case, ScanFinding
from luodi.integrity.sample_views import write_labels

DAY = click.DateTime(formats=["%Y-%m-%d"])
STATES = click.Choice(Case.State.values)


@click.command(name="record")
@click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
@click.option("--points", is_flag=True, help="只用指标计分，不用模型 · by the indicators alone")
@click.option("--json", "as_json", is_flag=True, help="机器可读的汇总 · a summary for scripts")
def record_(as_of: datetime | None, points: bool, as_json: bool) -> None:
    """扫描库里的项目，记下疑问；不改数 · Scan the record and keep what it asks; no figure changes."""
    day = as_of.date() if as_of else timezone.localdate()
    run = actions.scan_record(actor=None, as_of=day, points=points)
    if as_json:
        told = {"run": run.pk, "as_of": day.isoformat(), "model": run.model, **run.counts, "notes": run.notes}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in ScanFinding.objects.filter(closed_at=None).select_related("project"):
        click.echo(f"{one.project_id}\t{one.scheme}\t{one.probability}\t{one.project.name}")
    click.echo(f"#{run.pk} {day} {words.model_name(run.model)}：{run.counts}")


@click.command()
@click.option("--state", type=STATES, help="默认未终结的 · default: not closed")
@click.option("--json", "as_json", is_flag=True)
def cases(state: str | None, as_json: bool) -> None:
    """核查件和期限；只读 · Cases and their terms; reads only."""
    found = Case.objects.order_by("due_on", "id").prefetch_related("about")
    found = found.filter(state=state) if state else found.exclude(state=Case.State.CLOSED)
    for one in found:
        clock = words.clock(one, timezone.localdate())
        about = [row.project_id for row in one.about.all()]
        told = {
            "case": one.pk, "scheme": one.scheme, "unit": one.unit, "state": one.state, "due_on": clock["due"],
            "verdict": one.verdict, "projects": about,
        }  # fmt: skip
        line = f"#{one.pk}\t{words.SCHEMES[one.scheme]}\t{unit_name(one.unit)}\t{one.get_state_display()}\t{clock['text']}\t{about}"
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪里 · where to")
def labels(out: Path) -> None:
    """导出核定结论，供重新训练 · Export verdicts for the training recipe."""
    rows = queries.labels()
    actions.note_labels(actor=None, rows=len(rows))
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        write_labels(file, rows)
    click.echo(f"{len(rows)} 行写入 {out}")


COMMANDS = (record_, cases, labels)
