"""`luodi integrity link`: the linkage alone, for any two tables or for doubles inside one; no database is asked."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click

from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.linking import SEED, Labels, Linked, link
from luodi.integrity.engine.linkage.measuring import Quality, at_threshold, best, calibration_error
from luodi.integrity.engine.linkage.pairs import Pairs, read_pairs
from luodi.integrity.engine.linkage.saying import reasons
from luodi.integrity.engine.linkage.spark import session_of
from luodi.integrity.engine.linkage.tables import Table, TableUnreadable, read_table

REFUSED = 2
TOLD = 20
HALF = 0.5
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SINGLE = {"auto": None, "yes": True, "no": False}


def _names(_context: Any, _parameter: Any, value: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in value.split(",") if part.strip())
    if not names:
        raise click.BadParameter("至少一列 · one column at least")
    return names


def _kinds(_context: Any, _parameter: Any, values: tuple[str, ...]) -> dict[str, Kind]:
    kinds = {}
    for value in values:
        name, _, kind = value.rpartition("=")
        if kind not in list(Kind) or not name:
            raise click.BadParameter(f"写成 列=种类，种类是 {'、'.join(Kind)} · COLUMN=KIND, not {value}")
        kinds[name] = Kind(kind)
    return kinds


@click.command(name="link")
@click.argument("table_a", type=FILE)
@click.argument("table_b", type=FILE, required=False)
@click.option(
    "--on", callback=_names, required=True, metavar="列,列,…",
    help="比较哪些列；两表列名不同写 甲=乙 · columns to compare; x=y when the tables call them differently",
)  # fmt: skip
@click.option("--id", "id_column", help="编号列；两表不同写 甲=乙 · the id column; by default id, or the first one")
@click.option(
    "--one-to-one", type=click.Choice(list(SINGLE)), default="auto", show_default=True,
    help="每行至多一个对象；auto 看两表自身有没有重复 · each row has one partner at most",
)  # fmt: skip
@click.option("--labels", type=FILE, help="已判定的对（a,b[,match]） · judged pairs to learn from")
@click.option("--pairs", type=FILE, help="只判定这些对 · judge these pairs and no others")
@click.option("--truth", type=FILE, help="全部真实的对，用来打分 · all true pairs, to measure with")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    callback=_kinds,
    metavar="列=种类",
    help="列的种类猜错时 · where the guess is wrong",
)
@click.option(
    "--least", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="概率低于此不写 · left out below"
)
@click.option("--seed", default=SEED, show_default=True)
@click.option(
    "--on-spark", metavar="MASTER",
    help="大表在 Spark 集群上找、比、算（spark://…、local-cluster[…]） · candidates on a Spark cluster",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="a, b, probability, why")
@click.option("--json", "as_json", is_flag=True, help="机器可读的汇总 · a summary for scripts")
def link_(
    table_a: Path, table_b: Path | None, on: tuple[str, ...], id_column: str | None, one_to_one: str, labels: Path | None,
    pairs: Path | None, truth: Path | None, kinds: dict[str, Kind], least: float, seed: int, on_spark: str | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """关联两张表，或查一张表内的重复 · Link two tables, or find doubles inside one.

    CSV（任何分隔符、编码，可 gzip）或 Parquet。不用标签也能用；概率 ≥ 0.5 是“多半是同一个”。一张表时同组的对都写出来。
    """
    try:
        first, second = (id_column or "").partition("=")[::2]
        a = read_table(table_a, first or None)
        b = read_table(table_b, second or first or None) if table_b else None
        judged = read_pairs(labels) if labels else None
        asked = read_pairs(pairs).ids if pairs else None
        true = read_pairs(truth) if truth else None
        session = _session(on_spark, labels, pairs) if on_spark else None
        linked = link(
            a,
            b,
            on,
            kinds=kinds,
            labels=_labels(judged),
            given=asked,
            single=SINGLE[one_to_one],
            seed=seed,
            session=session,
        )
        quality = _quality(linked, a, b, true)
    except TableUnreadable as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    if out:
        _write(out, linked, a, b, 0.0 if asked is not None else least)
    summary = _summary(linked, quality)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    if not out:
        for line in _lines(linked, a, b, max(least, HALF))[:TOLD]:
            click.echo("\t".join(map(str, line)))
    click.echo(
        f"{summary['rows']} 行，比较了 {summary['compared']} 对，{summary['matches']} 对多半是同一个", err=not out
    )
    for name, one in ((name, quality[name]) for name in ("at 0.5", "at best") if name in quality):
        click.echo(f"{name}: P {one['precision']} R {one['recall']} F1 {one['f1']} (≥ {one['threshold']})")


def _session(master: str, labels: Path | None, pairs: Path | None) -> Any:
    if labels or pairs:
        raise TableUnreadable("--on-spark 不能与 --labels、--pairs 同用 · not together with --labels or --pairs")
    return session_of(master)


def _labels(judged: Pairs | None) -> Labels | None:
    if judged is None:
        return None
    return Labels(judged.ids, judged.match or [True] * len(judged.ids), judged.match is None)


def _ids(a: Table, b: Table | None) -> list[str]:
    return a.ids + (b.ids if b is not None else [])


def _lines(linked: Linked, a: Table, b: Table | None, least: float) -> list[tuple[str, str, float, str]]:
    import numpy as np

    ids = _ids(a, b)
    keep = np.flatnonzero(linked.p >= least)
    keep = keep[np.lexsort((linked.j[keep], linked.i[keep], -linked.p[keep]))]
    said = reasons(linked, keep)
    rows = zip(linked.i[keep].tolist(), linked.j[keep].tolist(), linked.p[keep].tolist(), said, strict=True)
    return [(ids[i], ids[j], round(p, 6), why) for i, j, p, why in rows]


def _write(path: Path, linked: Linked, a: Table, b: Table | None, least: float) -> None:
    """Complete or not there at all; with a byte order mark, so that Excel reads it."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("a", "b", "probability", "why"))
        writer.writerows(_lines(linked, a, b, least))
    part.replace(path)


def _quality(linked: Linked, a: Table, b: Table | None, truth: Pairs | None) -> dict[str, Any]:
    if truth is None:
        return {}
    import numpy as np

    ids = _ids(a, b)
    match = truth.match or [True] * len(truth.ids)
    true = {_pair(pair, linked) for pair, yes in zip(truth.ids, match, strict=True) if yes}
    found = zip(linked.i.tolist(), linked.j.tolist(), strict=True)
    hit = np.array([_pair((ids[i], ids[j]), linked) in true for i, j in found], dtype=bool)
    told = {"at 0.5": at_threshold(linked.p, hit, len(true), HALF), "at best": best(linked.p, hit, len(true))}
    return {name: _rounded(one) for name, one in told.items()} | {"ece": round(calibration_error(linked.p, hit), 4)}


def _pair(pair: tuple[str, str], linked: Linked) -> tuple[str, str]:
    one, other = pair
    return (min(one, other), max(one, other)) if linked.rows.alone else (one, other)


def _rounded(one: Quality) -> dict[str, float]:
    return {name: round(getattr(one, name), 4) for name in ("threshold", "precision", "recall", "f1")}


def _summary(linked: Linked, quality: dict[str, Any]) -> dict[str, Any]:
    return {
        "rows": linked.rows.total,
        "compared": len(linked.p),
        "matches": int((linked.p >= HALF).sum()),
        "method": linked.method,
        "one_to_one": linked.single,
        "columns": {column.name: column.kind.value for column in linked.rows.columns},
        "rounds": linked.weights.rounds,
        "quality": quality,
    }
