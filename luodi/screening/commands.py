"""`luodi screening`: run, explain, cases, simulate, replay."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import ValidationError
from django.utils import timezone

from luodi.projects.models import Project
from luodi.screening import actions, books, queries
from luodi.screening.engine.cases import run_cases
from luodi.screening.engine.documents import from_document
from luodi.screening.engine.explaining import Explanation
from luodi.screening.engine.problems import RulebookRefused
from luodi.screening.engine.reading import read_folder
from luodi.screening.engine.rulebook import VERDICTS_ZH, Rulebook
from luodi.screening.engine.screening import Screened, read_one
from luodi.screening.models import Rulebook as Stored
from luodi.screening.models import Run
from luodi.snapshots.commands import DAY, KNOWN

AS_OF = click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
JSON = click.option("--json", "as_json", is_flag=True)


@click.group()
def screening() -> None:
    """准入与评分 · The gate and the score."""


@screening.command()
@AS_OF
@KNOWN
@click.option("--keep", is_flag=True, help="存为一次测算，可重放 · freeze it as a run that can be replayed")
@JSON
def run(as_of: datetime | None, known_at: datetime | None, keep: bool, as_json: bool) -> None:
    """测算全部项目 · Screen every project."""
    day = _day(as_of)
    if keep:
        taken = actions.run(actor=None, as_of=day)
        screened = queries.screened_of(taken)
        click.echo(f"测算 {taken.pk} {taken}", err=True)
    else:
        screened = queries.screen_all(_book(day), as_of=day, known_at=known_at)
    if as_json:
        _array(_told(screened))
        return
    names = queries.names_of(screened.results["id"].to_list())
    click.echo(
        f"截至 {day}，{screened.results.height} 个项目，规则集 {screened.book.title} {screened.book.digest[:12]}"
    )
    for row in screened.results.select("id", "verdict", "score", "proven", "possible", "band").iter_rows():
        project, verdict, score, proven, possible, band = row
        click.echo(
            f"{project}\t{VERDICTS_ZH[verdict]}\t{score}/{possible}（佐证 {proven}）\t{band or '—'}\t{names[project]}"
        )


def _told(screened: Screened) -> Iterator[dict[str, Any]]:
    names = queries.names_of(screened.results["id"].to_list())
    for project in screened.results["id"]:
        yield {"project": project, "name": names[project], **as_dict(read_one(screened, project))}


def as_dict(told: Explanation) -> dict[str, Any]:
    """An explanation as JSON: per rule verdict, points, value, reason, missing facts."""
    return {
        "as_of": told.as_of.isoformat(),
        "rulebook": told.digest,
        "verdict": told.verdict.name.lower(),
        "gates": {stage: verdict.name.lower() for stage, verdict in told.gates.items()},
        "score": told.score,
        "proven": told.proven,
        "possible": told.possible,
        "undecided": told.undecided,
        "band": told.band,
        "band_ceiling": told.band_ceiling,
        "rules": {
            one.rule.code: {
                "verdict": one.verdict.name.lower(),
                "points": one.points,
                "value": one.value,
                "reason": one.reason,
                "missing": list(one.missing),
                "parameters": {used.code: used.shown for used in one.parameters},
                "evidence": {kind: there for kind, there in one.evidence},
                "citation": one.rule.citation,
            }
            for one in told.outcomes
        },
    }


@screening.command()
@click.argument("project", type=int)
@AS_OF
@KNOWN
@JSON
def explain(project: int, as_of: datetime | None, known_at: datetime | None, as_json: bool) -> None:
    """说明一个项目的结论和每一分 · Explain one project's verdict and every point."""
    day = _day(as_of)
    found = queries.explained(project, _book(day), as_of=day, known_at=known_at)
    if found is None:
        raise click.ClickException(f"项目库里没有 {project}")
    told, _ = found
    if as_json:
        click.echo(json.dumps({"project": project, **as_dict(told)}, ensure_ascii=False, indent=1))
        return
    name = Project.objects.get(pk=project).name
    band = told.band if told.band == told.band_ceiling else f"尚不可定（{told.band} 至 {told.band_ceiling}）"
    click.echo(
        f"{name}：{VERDICTS_ZH[told.verdict]}，{told.score}/{told.possible} 分（佐证 {told.proven}），档次 {band}"
    )
    for one in told.outcomes:
        points = "" if one.rule.is_gate else f"{one.points}/{one.highest}"
        click.echo(f"{one.rule.code}\t{VERDICTS_ZH[one.verdict]}\t{points}\t{one.reason}")


@screening.command()
@click.argument("rulebook", required=False)
@JSON
def cases(rulebook: str | None, as_json: bool) -> None:
    """运行规则集的案例 · Run the cases that officials wrote. Exit code 2 when one comes out otherwise."""
    ran = run_cases(_named(rulebook) if rulebook else _book(timezone.localdate()))
    wrong = [one for one in ran if not one.agrees]
    if as_json:
        click.echo(
            json.dumps(
                {
                    "cases": len(ran),
                    "differ": [
                        {"rule": one.case.rule, "name": one.case.name, "differs": list(one.differs)} for one in wrong
                    ],
                },
                ensure_ascii=False,
            )
        )
    else:
        for one in wrong:
            click.echo(f"{one.case.rule} {one.case.name}：{'；'.join(one.differs)}")
        click.echo(f"{len(ran)} 个案例，{len(wrong)} 个不符")
    if wrong:
        raise SystemExit(2)


@screening.command()
@click.argument("rulebook")
@click.option("--run", "number", type=int, help="在哪次测算的事实上，默认最近一次 · on the facts of which run")
@JSON
def simulate(rulebook: str, number: int | None, as_json: bool) -> None:
    """试算：换成这份规则集，哪些项目会变 · What another rulebook would change, and for whom.

    RULEBOOK is a folder, a JSON document or the number of a stored version.
    """
    base = Run.objects.filter(pk=number).first() if number else queries.latest_run()
    base = base or actions.run(actor=None, as_of=timezone.localdate())
    found = queries.simulate(_named(rulebook), base)
    changed = found.changed.to_dicts()
    if as_json:
        totals = {name: getattr(found, name) for name in ("total", "verdicts", "bands", "ranks")}
        click.echo(
            json.dumps(
                {"run": base.pk, **totals, "changed": changed, "rules": found.rules.to_dicts()}, ensure_ascii=False
            )
        )
        return
    names = queries.names_of([row["id"] for row in changed])
    click.echo(f"{found.total} 个项目：结论变 {found.verdicts}，档次变 {found.bands}，位次变 {found.ranks}")
    for row in changed:
        before, after = (VERDICTS_ZH[row[f"verdict_{when}"]] for when in ("before", "after"))
        click.echo(
            f"{row['id']}\t{before}→{after}\t{row['score_before']}→{row['score_after']} 分\t"
            f"第 {row['rank_before']}→{row['rank_after']} 位\t{names[row['id']]}"
        )


@screening.command()
@click.argument("number", type=int)
def replay(number: int) -> None:
    """重放一次测算 · Compute a past run again. Exit code 0 = the same, 2 = not."""
    found = queries.replay(Run.objects.select_related("rulebook").get(pk=number))
    click.echo(f"{found.run.results_sha256}\n{found.sha256}\n{'一致' if found.is_same else '不一致'}")
    if not found.is_same:
        raise SystemExit(2)


@screening.command()
@click.argument("project", type=int)
@click.argument("fact")
@click.argument("value")
@click.option("--note", default="")
def declare(project: int, fact: str, value: str, note: str) -> None:
    """填报一项事实 · State a fact of a project."""
    try:
        actions.declare(actor=None, project=Project.objects.get(pk=project), fact=fact, value=value, note=note)
    except ValidationError as error:
        raise click.ClickException("；".join(error.messages)) from error
    click.echo("已记下")


def _day(value: datetime | None) -> date:
    return value.date() if value else timezone.localdate()


def _book(day: date) -> Rulebook:
    book = books.in_force(day)
    if book is None:
        raise click.ClickException("本市没有规则集（cities/<city>/rulebook）")
    return book


def _named(text: str) -> Rulebook:
    """A folder, a JSON file, or the number of a stored version."""
    try:
        if text.isdigit():
            return books.read(Stored.objects.get(pk=int(text)))
        path = Path(text)
        return read_folder(path) if path.is_dir() else from_document(json.loads(path.read_text(encoding="utf-8")))
    except RulebookRefused as refused:
        raise click.ClickException(str(refused)) from refused
    except (Stored.DoesNotExist, OSError, ValueError) as error:
        raise click.ClickException(f"没有这份规则集：{text}（{error}）") from error


def _array(items: Iterator[dict[str, Any]]) -> None:
    """A JSON array written piece by piece: a hundred thousand explanations do not fit in one string."""
    click.echo("[", nl=False)
    for place, item in enumerate(items):
        click.echo(("," if place else "") + "\n" + json.dumps(item, ensure_ascii=False), nl=False)
    click.echo("\n]")
