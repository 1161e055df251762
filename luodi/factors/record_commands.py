"""`luodi factors problem|export|import`: the planner's question and the book of this installation, which the group of `commands.py` takes in."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from django.core.exceptions import ValidationError
from django.utils import timezone

from luodi.factors import loading, workbooks
from luodi.factors.asking import ask
from luodi.intake.engine.guards import Refusal

REFUSED = 2
DAY = click.DateTime(formats=["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--as-of", type=DAY, help="截至日，默认今天 · the day, default today")
@click.option("--out", type=FILE, required=True, help="问题写到哪里 · where the problem is written")
def problem(as_of: datetime | None, out: Path) -> None:
    """把库里的项目、供给、承诺写成排期问题，供 plan 用 · The record as a problem file for `plan`."""
    day = as_of.date() if as_of else timezone.localdate()
    asked = ask(day)
    out.write_text(json.dumps(asked.document, ensure_ascii=False), encoding="utf-8")
    click.echo(
        f"{len(asked.ways)} 个项目，{len(asked.document['factors'])} 种要素，{len(asked.works)} 项准备工程；未排 {dict(asked.left_out)}"
    )


@click.command(name="export")
@click.argument("file", type=FILE)
def export_(file: Path) -> None:
    """要素账写成工作簿 · The book as a workbook."""
    content, rows = workbooks.write(None)
    file.write_bytes(content.getvalue())
    click.echo(f"{rows} 行写入 {file}")


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="理由 · why")
def import_(file: Path, reason: str) -> None:
    """从工作簿读要素账：全写入，或一处不写 · Take a workbook over: all of it, or nothing."""
    try:
        parsed = workbooks.read(file, None)
        for one in parsed.problems:
            click.echo(f"{one.sheet} 第 {one.row} 行 {one.column}：{one.message}（{one.value}）", err=True)
        counts = loading.load_book(actor=None, parsed=parsed, reason=reason or f"导入 {file.name}")
    except Refusal as refused:
        click.echo(f"{refused.message}；{refused.advice}", err=True)
        sys.exit(REFUSED)
    except ValidationError as error:
        click.echo("；".join(error.messages), err=True)
        sys.exit(REFUSED)
    click.echo(f"新增 {counts['new']}，改期 {counts['moved']}，无变化 {counts['same']}")


COMMANDS = (problem, export_, import_)
