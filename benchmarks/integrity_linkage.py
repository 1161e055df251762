"""Linkage beside its peers, and in bulk. `LUODI_PEERS` names a Python that has Splink (an environment of its own, made with
`pip install --require-hashes -r requirements/peers.txt`); without it no peer runs.

`python benchmarks/integrity_linkage.py [rows]`; by default the real sets and 100,000 made-up people.
"""

import csv
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from linkage_people import SEED, people  # noqa: E402

from luodi.integrity.engine.linkage.index import Index  # noqa: E402
from luodi.integrity.engine.linkage.linking import Labels, link  # noqa: E402
from luodi.integrity.engine.linkage.measuring import at_threshold, best  # noqa: E402
from luodi.integrity.engine.linkage.tables import Table, from_rows, read_table  # noqa: E402

SETS = Path(__file__).resolve().parents[2] / "shared/data/entity-resolution"
PEOPLE = ("first_name", "surname", "dob", "city", "email")


def pairs_of(path, separator=","):
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return {tuple(row) for row in list(csv.reader(text.splitlines(), delimiter=separator))[1:]}


def clusters(table, of):
    """Pairs of ids of one cluster."""
    rows = {}
    for name, cluster in zip(table.ids, of, strict=True):
        rows.setdefault(cluster, []).append(name)
    return {pair for members in rows.values() for pair in combinations(members, 2)}


def sets():
    """name, tables, columns, true pairs."""
    a = read_table(SETS / "fake1000/fake_1000.csv", "unique_id")
    yield "fake_1000", a, None, PEOPLE, clusters(a, a.frame["cluster"])
    a, b = (read_table(SETS / f"febrl/dataset4{side}.csv.gz", "rec_id") for side in "ab")
    on = tuple(name for name in a.frame.columns if name != "rec_id")
    twin = {name.split("-")[1]: name for name in b.ids}
    yield "febrl4", a, b, on, {(name, twin[name.split("-")[1]]) for name in a.ids}
    a, b = (read_table(SETS / f"dblp-acm/{side}.csv.gz") for side in ("dblp", "acm"))
    yield "DBLP-ACM", a, b, ("title", "authors", "venue", "year"), pairs_of(SETS / "dblp-acm/gt.csv", "%")
    a, b = read_table(SETS / "abt-buy/abt.csv.gz"), read_table(SETS / "abt-buy/buy.csv")
    yield "Abt-Buy", a, b, ("name", "description", "price"), pairs_of(SETS / "abt-buy/gt.csv", "|")
    a = read_table(SETS / "chicago-early-childhood/csv_example_input_with_true_ids.csv.gz", "Id")
    yield "chicago", a, None, ("Site name", "Address", "Zip", "Phone"), clusters(a, a.frame["True Id"])
    a = read_table(SETS / "cddb/cddb.csv.gz", "id")
    yield "cddb", a, None, ("artist", "title", "category", "genre", "year", "tracks"), pairs_of(SETS / "cddb/gt.csv.gz")
    with (SETS / "company-short-full-zh/short_full_pairs.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    a, b = ([{"id": str(n), "name": row[key]} for n, row in enumerate(rows)] for key in ("证券简称", "公司中文名称"))
    yield "short → full", from_rows(a), from_rows(b), ("name",), {(str(n), str(n)) for n in range(len(rows))}


def judged(linked, a, b, true):
    import numpy as np

    ids = a.ids + (b.ids if b else [])
    known = true | {pair[::-1] for pair in true} if b is None else true
    return np.array([(ids[i], ids[j]) in known for i, j in zip(linked.i, linked.j, strict=True)], dtype=bool)


def quality():
    """Without labels; with half of the true pairs as labels, measured on rows that none of them names."""
    print("| set | at 0.5 | at best | CPU s | half labelled: at 0.5 | at best |\n|---|---|---|---|---|---|")
    for name, a, b, on, true in sets():
        begun = time.process_time()
        linked = link(a, b, on)
        spent = time.process_time() - begun
        hit = judged(linked, a, b, true)
        half = half_of(true, b is None)
        one, two = with_labels(a, b, on, true, half)
        print(
            f"| {name} | {at_threshold(linked.p, hit, len(true), 0.5).f1:.3f} | {best(linked.p, hit, len(true)).f1:.3f} | {spent:.1f} "
            f"| {one:.3f} | {two:.3f} |", flush=True,
        )  # fmt: skip


def half_of(true, alone):
    """All pairs of half of the things that rows speak of."""
    import networkx as nx

    side = "a" if alone else "b"
    graph = nx.Graph((("a", one), (side, other)) for one, other in sorted(true))
    things = sorted(map(sorted, nx.connected_components(graph)))
    kept = set().union(*random.Random(SEED).sample(things, len(things) // 2))
    return [(one, other) for one, other in sorted(true) if ("a", one) in kept]


def with_labels(a, b, on, true, half):
    import numpy as np

    linked = link(a, b, on, labels=Labels(half, [True] * len(half), only_matches=True))
    first, second = {one for one, _ in half}, {other for _, other in half}
    named = (first | second, first | second) if b is None else (first, second)
    ids = a.ids + (b.ids if b else [])
    unseen = np.array(
        [ids[i] not in named[0] and ids[j] not in named[1] for i, j in zip(linked.i, linked.j, strict=True)], dtype=bool
    )
    left = [pair for pair in true if pair[0] not in named[0] and pair[1] not in named[1]]
    hit = judged(linked, a, b, true)[unseen]
    p = linked.p[unseen]
    return at_threshold(p, hit, len(left), 0.5).f1, best(p, hit, len(left)).f1


def short_names_by_rapidfuzz():
    from rapidfuzz import fuzz, process

    *_, (_, a, b, _, _) = sets()
    short, full = a.frame["name"].to_list(), b.frame["name"].to_list()
    for scorer in (fuzz.ratio, fuzz.partial_ratio, fuzz.WRatio):
        found = process.cdist(short, full, scorer=scorer, dtype="uint8").argmax(axis=1)
        print(
            f"rapidfuzz {scorer.__name__}: {(found == range(len(short))).mean():.3f} of short names find their full name"
        )
    linked = link(a, b, ("name",))
    firm = linked.p > 0.001
    print(f"luodi, as one-to-one: {(linked.i[firm] + len(a) == linked.j[firm]).sum() / len(a):.3f}")


def bulk(rows):
    """Made-up people: ours, then Splink on the same file; then one row against the index."""
    import polars as pl

    columns, true = people(rows)
    frame = pl.DataFrame(columns)
    person = frame["person"].to_numpy()
    table = Table(columns["id"], frame.select(PEOPLE))
    begun, cpu = time.perf_counter(), time.process_time()
    linked = link(table, None, PEOPLE)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    hit = person[linked.i] == person[linked.j]
    one, top = at_threshold(linked.p, hit, true, 0.5), best(linked.p, hit, true)
    print(
        f"{rows:,} people, seed {SEED}: luodi {wall:.1f} s ({cpu:.1f} CPU), F1 {one.f1:.3f} / {top.f1:.3f}, {len(linked.p):,} pairs, {peak} MB",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        frame.write_parquet(Path(folder) / "people.parquet")
        peer = beside(Path(folder) / "people.parquet", true)
        if peer:
            print(
                f"Splink {peer['wall']:.1f} s ({peer['cpu']:.1f} CPU), F1 {peer['half']:.3f} / {peer['best']:.3f}, {peer['mb']} MB"
            )
            print(f"wall, luodi to Splink: {wall / peer['wall']:.2f}; CPU {cpu / peer['cpu']:.2f}", flush=True)
        ask(linked, table, Path(folder) / "index")


def beside(path, true):
    python = os.environ.get("LUODI_PEERS")
    if not python:
        print("LUODI_PEERS is not set: no peer")
        return None
    script = Path(__file__).with_name("linkage_splink.py")
    ran = subprocess.run([python, script, path, str(true)], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def ask(linked, table, folder):
    begun = time.perf_counter()
    index = Index.build(linked, table.ids, folder)
    print(
        f"index built in {time.perf_counter() - begun:.1f} s, {sum(f.stat().st_size for f in folder.iterdir()) / 1e6:.0f} MB"
    )
    draw, taken, known = random.Random(SEED), [], 0
    for row in draw.sample(range(len(table)), 200):
        asked = table.frame.row(row, named=True)
        begun = time.perf_counter()
        answers = index.ask(asked)
        taken.append(1000 * (time.perf_counter() - begun))
        known += any(answer.id == table.ids[row] for answer in answers)
    taken.sort()
    print(
        f"one row asked: median {taken[100]:.0f} ms, P95 {taken[190]:.0f} ms, slowest {taken[-1]:.0f} ms; {known} of 200 found themselves"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        bulk(int(sys.argv[1]))
    else:
        quality()
        short_names_by_rapidfuzz()
        bulk(100_000)
