"""`luodi audit export|verify|head`: the log for somebody who trusts nobody here."""

import json
import sys
from pathlib import Path

import click

from luodi.audit import bundles, keys, sequencing
from luodi.audit.actions import record
from luodi.audit.engine import bundle
from luodi.audit.engine.bundle import Report

BAD = 2


@click.group()
def audit() -> None:
    """审计日志：导出、核验、树根 · The log: export, verify, tree head."""


@audit.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def export(folder: Path, as_json: bool) -> None:
    """把日志和记录导出成可离线核验的审计包 · Write a bundle that can be verified offline."""
    record(None, "audit.bundle.exported", folder=folder.name)
    try:
        about = bundles.export(folder)
    except FileExistsError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps({"folder": str(folder), **{name: about[name] for name in ("size", "root", "key")}}))
    else:
        click.echo(f"审计包 {folder}：{about['size']} 片叶，树根 {about['root']}，公钥 {about['key']}")


@audit.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--head", "witness", help="印出的树头 叶数:树根（可只写开头）· a printed head, SIZE:ROOT")
@click.option("--key", default="", help="已知的公钥 · the public key you know")
@click.option("--json", "as_json", is_flag=True)
def verify(folder: Path | None, witness: str | None, key: str, as_json: bool) -> None:
    """核验审计包；不写文件夹则核验本机 · Verify a bundle, or this installation."""
    known = _witness(witness)
    report = bundle.verify(folder, witness=known, key=key) if folder else bundles.verify_here(witness=known)
    click.echo(json.dumps(_as_dict(report), ensure_ascii=False) if as_json else report_words(report))
    sys.exit(0 if report.ok else BAD)


@audit.command()
@click.option("--json", "as_json", is_flag=True)
def head(as_json: bool) -> None:
    """签名的树头，可抄在纸上 · The signed tree head, to be kept on paper."""
    kept = sequencing.publish()
    if as_json:
        click.echo(json.dumps({"size": kept.size, "root": kept.root, "key": kept.key, "signature": kept.signature}))
    else:
        click.echo(f"{kept.size}:{kept.root}\n公钥 {keys.public_key()}\n签名 {kept.signature}")


def _witness(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    size, _, root = text.partition(":")
    if not size.isdigit() or len(root) < 8:
        raise click.BadParameter("写成 叶数:树根，树根至少 8 位", param_hint="--head")
    return int(size), root.lower()


def _as_dict(report: Report) -> dict[str, object]:
    findings = [{"leaf": finding.leaf, "what": finding.what} for finding in report.findings[:100]]
    first = findings[0]["leaf"] if findings else None
    return {
        "ok": report.ok,
        "leaves": report.leaves,
        "rows": report.rows,
        "heads": report.heads,
        "root": report.root,
        "key": report.key,
        "first_bad_leaf": first,
        "findings": findings,
    }


def report_words(report: Report) -> str:
    """A report in sentences, the first bad leaf first."""
    about = f"{report.leaves} 片叶，{report.rows} 行记录，{report.heads} 个树头\n树根 {report.root}\n公钥 {report.key}"
    if report.ok:
        return f"一致：{about}"
    lines = [f"  叶 {'—' if one.leaf is None else one.leaf}：{one.what}" for one in report.findings[:20]]
    return "\n".join([f"不符，共 {len(report.findings)} 处：{about}", *lines])
