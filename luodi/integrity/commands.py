"""`luodi integrity scan|train`: the engine on a folder alone; no database is asked."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from luodi.integrity.engine.ledger import Ledger, LedgerRefused, read_folder
from luodi.integrity.engine.scanning import Finding, Scan
from luodi.integrity.link_command import link_

REFUSED = 2
TOLD = 20
DAY = click.DateTime(formats=["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def integrity() -> None:
    """完整性：需要说明的问题，不是结论 · Integrity: questions, not verdicts."""


integrity.add_command(link_)


@integrity.command(name="scan")
@click.argument("folder", type=FOLDER)
@click.option("--as-of", type=DAY, required=True, help="截至日，按当时已知 · the day, as it was known then")
@click.option("--out", type=FILE, help="项目的疑问 · findings as CSV")
@click.option("--pairs", type=FILE, help="成对的疑问 · pairs as CSV")
@click.option("--points", is_flag=True, help="只用指标计分，不用模型 · by the indicators alone")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="机器可读的汇总 · a summary for scripts")
def scan_(
    folder: Path, as_of: datetime, out: Path | None, pairs: Path | None, points: bool, language: str, as_json: bool
) -> None:
    """扫描五表台账 · Scan a five-table ledger.

    findings.csv: 项目编号, scheme (fake 假签约, split 过度拆分, dup 重复签约, motion 走过场), probability, group, evidence. pairs.csv: a, b, kind,
    probability. Probabilities below 0.01 are left out. Nothing is decided: each line is a question to the unit.
    """
    from luodi.integrity.engine.scanning import scan
    from luodi.integrity.engine.shipping import load

    ledger = _read(folder, as_of)
    found = scan(ledger, load(), points=points)
    if out:
        columns = ("项目编号", "scheme", "probability", "group", "evidence")
        _write(
            out,
            columns,
            [(f.project, f.scheme, f.probability, f.group, _evidence(f, language)) for f in found.findings],
        )
    if pairs:
        _write(pairs, ("a", "b", "kind", "probability"), [(p.a, p.b, p.kind, p.probability) for p in found.pairs])
    for note in found.notes:
        click.echo(note.text(language), err=True)
    if as_json:
        click.echo(json.dumps(_summary(ledger, found), ensure_ascii=False))
    elif not out:
        for one in found.findings[:TOLD]:
            click.echo(f"{one.project}\t{one.scheme}\t{one.probability:.2f}\t{one.group}\t{_evidence(one, language)}")
    else:
        click.echo(f"{found.projects} 个项目，{len(found.findings)} 条疑问，{len(found.pairs)} 对")


@integrity.command(name="train")
@click.argument("worlds", nargs=-1, required=True, type=FOLDER)
@click.option("--as-of", type=DAY, required=True, help="各世界的截至日 · the day of the worlds")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="模型写到哪里 · where models go"
)
def train_(worlds: tuple[Path, ...], as_of: datetime, out: Path) -> None:
    """用有标注的台账训练 · Train on labelled ledgers (each folder holds `truth/`), judge held out, write models and card."""
    from luodi.integrity.engine.recipe import make

    card = make(worlds, as_of.date(), out)
    for name, judged in card["held_out"].items():
        click.echo(f"{name}\t" + "\t".join(f"{what} {figures['auprc']}" for what, figures in judged.items()))


def _evidence(one: Finding, language: str) -> str:
    return ("；" if language == "zh" else "; ").join(said.text(language) for said in one.evidence)


def _read(folder: Path, as_of: datetime) -> Ledger:
    try:
        ledger = read_folder(folder, as_of.date())
    except LedgerRefused as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    for problem in ledger.problems[:TOLD]:
        click.echo(str(problem), err=True)
    if len(ledger.problems) > TOLD:
        click.echo(f"另有 {len(ledger.problems) - TOLD} 处", err=True)
    return ledger


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """With a byte order mark, so that Excel reads it; complete or not there at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    part.replace(path)


def _summary(ledger: Ledger, found: Scan) -> dict[str, Any]:
    likely = [one for one in found.findings if one.probability >= 0.5]
    return {
        "as_of": ledger.as_of.isoformat(),
        "projects": found.projects,
        "model": found.by,
        "findings": len(found.findings),
        "likely": {
            scheme: sum(one.scheme == scheme for one in likely) for scheme in ("fake", "split", "dup", "motion")
        },
        "pairs": len(found.pairs),
        "problems": [asdict(problem) for problem in ledger.problems],
        "notes": [note.text("zh") for note in found.notes],
    }
