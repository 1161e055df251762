"""`luodi evidence`: file a document, ask what is missing, recompute a random re-check."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import ValidationError

from luodi.core.installation import city
from luodi.evidence import actions, panels, rechecking
from luodi.evidence.models import Draw, Evidence, Support
from luodi.evidence.receiving import Paper
from luodi.evidence.weighing import by_stage
from luodi.projects.models import Project

REFUSED = 2


@click.group()
def evidence() -> None:
    """佐证材料 · Evidence."""


def _refuse(message: str) -> None:
    click.echo(message, err=True)
    raise SystemExit(REFUSED)


def _project(number: int) -> Project:
    found = Project.objects.current().prefetch_related("events", "evidence__judgements", "evidence__file")
    project = found.select_related("standing").filter(pk=number).first()
    if project is None:
        _refuse(f"没有编号为 {number} 的项目")
    assert project is not None  # noqa: S101 - refused above
    return project


@evidence.command()
@click.argument("project", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="材料种类的代码 · code of the kind of document")
@click.option("--stage", default="", help="用于哪个阶段 · stage that it is for")
@click.option("--taken-on", type=click.DateTime(["%Y-%m-%d"]), help="照片上读不到时写明 · if the photo carries none")
@click.option("--place", default="", help="照片上读不到时写明 · if the photo carries none")
@click.option("--note", default="", help="备注或代替的理由 · note, or why it stands in")
@click.option("--replaces", default="", help="代替哪一项 · item that it stands in for")
@click.option("--json", "as_json", is_flag=True)
def add(project: int, file: Path, kind: str, stage: str, taken_on: datetime | None, as_json: bool, **said: str) -> None:
    """提交一份佐证 · File a document for a project."""
    day = taken_on.date() if taken_on else None
    paper = Paper(path=file, name=file.name, kind=kind, stage=stage, taken_on=day, **said)
    try:
        made = actions.add(actor=None, project=_project(project), paper=paper)
    except ValidationError as refused:
        _refuse("；".join(refused.messages))
    else:
        click.echo(json.dumps(_told(made), ensure_ascii=False) if as_json else f"已提交 {made.title}，编号 {made.pk}")


def _told(made: Evidence) -> dict[str, Any]:
    file = made.file
    return {
        "id": made.pk,
        "sha256": made.sha256,
        "state": file.state if file else "",
        "type": file.type if file else "",
        "meta": file.meta if file else {},
        "events": sorted(made.supports.values_list("event_id", flat=True)),
    }


@evidence.command()
@click.argument("project", type=int)
@click.option("--stage", default="", help="只看这个阶段 · this stage only")
@click.option("--json", "as_json", is_flag=True)
def missing(project: int, stage: str, as_json: bool) -> None:
    """还缺什么佐证 · What is still missing, for reported stages and for what may come next."""
    one = _project(project)
    pairs = list(Support.objects.filter(event__project=one).values_list("event_id", "evidence_id"))
    if stage and stage not in city().stage:
        _refuse(f"没有这个阶段：{stage}")
    lines = [panels.stage_line(one, stage, by_stage(one, pairs))] if stage else panels.stages_in_view(one, pairs)
    if as_json:
        click.echo(json.dumps([_stage(line) for line in lines], ensure_ascii=False))
        return
    for line in lines:
        state = "已报" if line.is_claimed else "未报"
        click.echo(f"{line.name}（{state}，{'佐证已成立' if line.is_proven else '佐证未成立'}）")
        for n, one_set in enumerate(line.sets):
            click.echo(f"  {'或者 ' if n else ''}{one_set.name}")
            for item in one_set.items:
                click.echo(f"    {item.badge[1]}\t{item.name}{'' if item.is_mandatory else '（选交）'}")


def _stage(line: panels.StageLine) -> dict[str, Any]:
    return {
        "stage": line.code,
        "claimed": line.is_claimed,
        "filed": line.is_filed,
        "proven": line.is_proven,
        "sets": [
            {
                "name": one.name,
                "level": one.level,
                "proven": one.is_proven,
                "items": [
                    {"item": item.code, "name": item.name, "mandatory": item.is_mandatory, "state": item.badge[1]}
                    for item in one.items
                ],
            }
            for one in line.sets
        ],
    }


@evidence.command()
@click.argument("draw", type=int)
@click.option("--json", "as_json", is_flag=True)
def redraw(draw: int, as_json: bool) -> None:
    """重算一次随机抽查 · Recompute a random re-check from its published seed. Exit code 0 = the same, 2 = not."""
    found = Draw.objects.filter(pk=draw).exclude(drawn_at=None).first()
    if found is None:
        _refuse(f"没有已公布种子的第 {draw} 次抽查")
        return
    agrees = rechecking.agrees(found)
    sample = sorted(found.rechecks.values_list("evidence_id", flat=True))
    if as_json:
        said = {"draw": draw, "agrees": agrees, "seed": found.seed, "seed_sha256": found.seed_sha256}
        click.echo(json.dumps({**said, "population": found.population, "sample": sample}))
    else:
        click.echo(
            f"第 {draw} 次抽查，总体 {len(found.population)} 份，抽中 {sample}：{'一致' if agrees else '不一致'}"
        )
    if not agrees:
        raise SystemExit(REFUSED)
