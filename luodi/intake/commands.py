"""`luodi intake check|commit|revert|export`. Messages for people go to standard error, results to standard output."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, ProgrammingError

from luodi.accounts.models import User
from luodi.accounts.permissions import unit_scope
from luodi.intake import actions, exporting, returning
from luodi.intake.checking import Run, row_as_dict
from luodi.intake.engine.guards import Refusal
from luodi.intake.models import Batch

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
AS = click.option("--as", "username", help="以该账号的身份和范围 · act as this account")
JSON = click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts")
DONE, ROW_ERRORS, REFUSED = 0, 1, 2


@click.group()
def intake() -> None:
    """台账导入：校验、入库、撤回、导出 · Load ledgers."""


@contextmanager
def _refusals(as_json: bool) -> Iterator[None]:
    """What cannot be done at all: one sentence that says what and what to do, exit code 2."""
    try:
        yield
    except Refusal as refused:
        _refuse(as_json, refused.code, refused.message, refused.advice)
    except ValidationError as error:
        _refuse(as_json, "not_possible", "；".join(error.messages), "")
    except PermissionDenied:
        _refuse(as_json, "not_permitted", "这个账号没有这项权限，或批次不在其范围内", "换一个账号，或请项目办来做")
    except (OperationalError, ProgrammingError) as error:
        if "no such table" not in str(error) and "does not exist" not in str(error):
            raise
        _refuse(as_json, "no_database", "数据库尚未建立", "先运行 luodi migrate")


def _refuse(as_json: bool, code: str, message: str, advice: str) -> None:
    if as_json:
        click.echo(json.dumps({"refused": {"code": code, "message": message, "advice": advice}}, ensure_ascii=False))
    click.echo(f"未接受：{message}。{advice}", err=True)
    sys.exit(REFUSED)


def _actor(username: str | None) -> User | None:
    if username is None:
        return None
    user: User | None = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise click.BadParameter(f"没有账号 {username}", param_hint="--as")
    return user


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on a terminal, silence anywhere else."""
    with click.progressbar(length=100, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int, _message: str) -> None:
            bar.length = max(total, done, 1)
            bar.update(done - bar.pos)

        yield show


@intake.command()
@click.argument("file", type=FILE)
@AS
@JSON
def check(file: Path, username: str | None, as_json: bool) -> None:
    """列出每个单元格的每个问题，不写入任何内容 · List every problem of every cell; writes nothing."""
    with _refusals(as_json):
        actor = _actor(username)
        unit = unit_scope(actor)
        run = Run(file, name=file.name, actor=actor, unit=unit, corrections={}, writing=False)
        with _bar("校验") as progress:
            rows = (row_as_dict(item) for chunk in run.chunks(progress) for item in chunk)
            _print_json(rows) if as_json else _print_problems(rows)
        if not as_json:
            _print_sheets(run.sheets)
        _print_counts(run.counts)
        sys.exit(ROW_ERRORS if run.has_errors else DONE)


def _print_json(rows: Iterator[dict[str, Any]]) -> None:
    """A JSON array with one row a line, written as it goes: 100,000 rows need no more memory than one."""
    click.echo("[", nl=False)
    for position, row in enumerate(rows):
        click.echo(("," if position else "") + "\n" + json.dumps(row, ensure_ascii=False), nl=False)
    click.echo("\n]")


def _print_problems(rows: Iterator[dict[str, Any]]) -> None:
    for row in rows:
        for problem in row["problems"]:
            mark = "错误" if problem["severity"] == "error" else "提醒"
            where = f"{row['sheet']}!{problem['column']}{row['row']}"
            click.echo(f"{mark} {where} {problem['value']!s}：{problem['message']}。{problem['advice']}")


def _print_sheets(sheets: list[dict[str, Any]]) -> None:
    for sheet in sheets:
        for note in sheet.get("notes", []):
            click.echo(f"{sheet['sheet']}：{note}")
        for wrong in sheet.get("totals_wrong", []):
            click.echo(f"提醒 {sheet['sheet']}!{wrong['column']}{wrong['row']}：{wrong['message']}")


def _print_counts(counts: dict[str, int]) -> None:
    words = "新增 {created}，变更 {changed}，无变化 {unchanged}，退回 {rejected}，提醒 {warnings}"
    click.echo(words.format(**counts), err=True)


@intake.command()
@click.argument("file", type=FILE)
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="退回的行写到这个工作簿 · where the rejected rows go",
)
@AS
@JSON
def commit(file: Path, rejected: Path | None, username: str | None, as_json: bool) -> None:
    """好的行一次入库，其余退回 · Commit the good rows, return the rest."""
    with _refusals(as_json):
        with _bar("入库") as progress:
            batch = actions.load(actor=_actor(username), path=file, name=file.name, progress=progress)
        if rejected and batch.counts["rejected"]:
            rejected.write_bytes(returning.rejected_workbook(batch))
        if as_json:
            click.echo(json.dumps({**batch.counts, "batch": batch.pk, "sheets": batch.sheets}, ensure_ascii=False))
        else:
            click.echo(f"批次 {batch.pk}")
            _print_sheets(batch.sheets)
        _print_counts(batch.counts)
        sys.exit(ROW_ERRORS if batch.counts["rejected"] else DONE)


@intake.command()
@click.argument("batch", type=int)
@AS
@JSON
def revert(batch: int, username: str | None, as_json: bool) -> None:
    """整批撤回 · Undo a batch whole."""
    with _refusals(as_json):
        found = Batch.objects.filter(pk=batch).first()
        if found is None:
            raise ValidationError(f"没有批次 {batch}")
        blocked = actions.revert(actor=_actor(username), batch=found)
        if as_json:
            click.echo(json.dumps({"reverted": not blocked, "batch": batch, "blocked_by": blocked}, ensure_ascii=False))
        if blocked:
            click.echo(f"未撤回：以下项目后来又有改动：{'、'.join(blocked[:20])}（共 {len(blocked)} 个）", err=True)
            sys.exit(REFUSED)
        click.echo(f"批次 {batch} 已整批撤回", err=True)


@intake.command()
@click.argument("batch", type=int)
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True)
@JSON
def export(batch: int, out: Path, as_json: bool) -> None:
    """把台账按原样导出，数据用库中现值 · Give the ledger back in its own layout with what the record holds now."""
    with _refusals(as_json):
        found = Batch.objects.filter(pk=batch).first()
        if found is None:
            raise ValidationError(f"没有批次 {batch}")
        ledger = exporting.export_ledger(found)
        out.write_bytes(ledger.content)
        actions.note_export(actor=None, batch=found, rows=ledger.rows, changed=ledger.changed_cells)
        if as_json:
            summary = {"batch": batch, "file": str(out), "rows": ledger.rows, "changed_cells": ledger.changed_cells}
            click.echo(json.dumps(summary, ensure_ascii=False))
        else:
            click.echo(
                f"已导出 {ledger.rows} / {ledger.rows} 行到 {out}，其中 {ledger.changed_cells} 个单元格按库中现值更新"
            )
