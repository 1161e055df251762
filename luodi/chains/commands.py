"""`luodi chains seed|gaps|load|export`. Messages for people go to standard error, results to standard output."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.chains import actions, dictionary, panels, permissions, workbooks
from luodi.chains.engine.gaps import Gap
from luodi.chains.models import Chain
from luodi.chains.queries import Chart, chart
from luodi.chains.words import Names
from luodi.intake.engine.guards import Refusal

AS = click.option("--as", "username", help="以该账号的身份和范围 · act as this account")
JSON = click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts")
ROW_ERRORS, REFUSED = 1, 2


@click.group()
def chains() -> None:
    """产业链：词典、缺口、链图的导入导出 · Chains."""


def _refuse(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(REFUSED)


def _user(username: str | None) -> User | None:
    if not username:
        return None
    person: User | None = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        _refuse(f"没有账号 {username}")
    return person


def _chain(code: str) -> Chain:
    found = Chain.objects.filter(code=code).first() or Chain.objects.filter(name=code).first()
    if found is None:
        _refuse(f"没有产业链 {code}；现有：{'、'.join(Chain.objects.values_list('code', flat=True)) or '无'}")
    assert found is not None  # noqa: S101 - refused above
    return found


@chains.command()
@AS
def seed(username: str | None) -> None:
    """从本市文件载入词典；已有的不动 · Load the city's dictionary, where the record says nothing yet."""
    try:
        click.echo(f"已载入 {dictionary.seed(actor=_user(username))} 条")
    except PermissionDenied:
        _refuse("这个账号没有这项权限")


@chains.command()
@click.argument("chain")
@click.option("--as-of", "by", type=click.DateTime(["%Y-%m-%d"]), help="算到哪一天 · by which day")
@AS
@JSON
def gaps(chain: str, by: Any, username: str | None, as_json: bool) -> None:
    """一条链的缺口；只读 · What a chain's map asks for; reads only."""
    user = _user(username)
    if user is not None and not may(user, permissions.VIEW):
        _refuse("这个账号没有这项权限")
    found = chart(_chain(chain), by.date() if by else None)
    for line in panels.gap_lines(found, Names(found, user)):
        if as_json:
            click.echo(json.dumps(_as_dict(found, line), ensure_ascii=False))
        else:
            click.echo(f"{line.word}\t{line.node.code}\t{line.node.name}\t{line.amount}\t{line.said}")


def _as_dict(found: Chart, line: panels.GapLine) -> dict[str, Any]:
    """One gap a line; quantities as text, so that none is rounded."""
    gap: Gap = line.gap
    return {
        "chain": found.chain.code,
        "by": found.by.isoformat(),
        "kind": gap.kind,
        "node": gap.node,
        "name": line.node.name,
        "amount": None if gap.amount is None else f"{gap.amount.normalize():f}",
        "unit": gap.unit,
        "demo": line.node.mark == "demo",
        "sentence": line.said,
        "lacks": list(line.lacks),
    }


@chains.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--chain", default="", help="哪条链；不写则看表头上的说明 · default: what the caption names")
@click.option("--reason", default="", help="理由 · why")
@AS
@JSON
def load(path: Path, chain: str, reason: str, username: str | None, as_json: bool) -> None:
    """用工作簿填一条链的图：全部写入或一处不写 · Fill a map from a workbook, all or nothing."""
    user = _user(username)
    try:
        own = _chain(chain) if chain else workbooks.named_chain(path)
        if own is None:
            _refuse("表上没有写是哪条产业链，请用 --chain 指明")
            return
        parsed = workbooks.read(path, own, user)
        if parsed.problems:
            for one in parsed.problems:
                where = f"{one.sheet} {one.column}{one.row or ''}".strip()
                click.echo(f"{where}\t{one.message}\t{one.value}", err=True)
            sys.exit(ROW_ERRORS)
        why = reason or f"导入工作簿 {path.name}"
        counts = actions.load_map(actor=user, chain=own, tables=parsed.tables, reason=why)
    except Refusal as refused:
        _refuse(f"{refused.message}；{refused.advice}")
    except ValidationError as error:
        _refuse("；".join(error.messages))
    except PermissionDenied:
        _refuse("这个账号没有这项权限")
    else:
        totals = {state: sum(table[state] for table in counts.values()) for state in ("new", "changed", "same")}
        said = f"新增 {totals['new']}，变更 {totals['changed']}，无变化 {totals['same']}"
        click.echo(json.dumps(counts, ensure_ascii=False) if as_json else said)


@chains.command()
@click.argument("chain")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@AS
def export(chain: str, path: Path, username: str | None) -> None:
    """把一条链的图写成工作簿，可再导入 · Write a map as a workbook that can be loaded again."""
    user, found = _user(username), chart(_chain(chain))
    try:
        actions.note_export(
            actor=user, chain=found.chain, rows=len(found.nodes) + len(found.edges) + len(found.holders)
        )
    except PermissionDenied:
        _refuse("这个账号没有这项权限")
    path.write_bytes(workbooks.write(found, user))
    click.echo(f"{path}（{date.today().isoformat()}）", err=True)
