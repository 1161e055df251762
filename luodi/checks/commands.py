"""`luodi checks run`: what the checks say, for scripts."""

import json
from typing import Any

import click

from luodi.checks import words
from luodi.checks.engine.checks import ASKING
from luodi.checks.queries import results
from luodi.projects.models import Project


@click.group()
def checks() -> None:
    """材料核对 · Cross-checks."""


@checks.command()
@click.argument("project", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="一致、尚不可测的也列出 · also what fits or cannot be told")
@click.option("--json", "as_json", is_flag=True)
def run(project: int | None, everything: bool, as_json: bool) -> None:
    """核对一个项目，不写编号则全部；只读 · Check one project or all; reads only."""
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True)) if project is None else [project]
    for start in range(0, len(ids), 500):
        for one, found in results(ids[start : start + 500]).items():
            for check, result in found:
                if everything or result.state in ASKING:
                    said: dict[str, Any] = {
                        "project": one, "check": check.code, "state": str(result.state), "documents": list(result.documents),
                        "lacks": result.lacks, "values": dict(result.values), "sentence": words.said(check, result),
                    }  # fmt: skip
                    line = f"{one}\t{check.code}\t{words.STATES[result.state]}\t{check.title}\t{said['sentence']}"
                    click.echo(json.dumps(said, ensure_ascii=False) if as_json else line)
