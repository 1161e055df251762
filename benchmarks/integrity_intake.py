"""What intake asks of a new row: the trees learned from labelled worlds, how good they are on worlds not seen, how fast they answer.

python benchmarks/integrity_intake.py WORLDS [--ship] | --speed [ROWS ...]     WORLDS: folders of unpacked worlds (FORMAT.md), one a number
"""

import gzip
import sys
import time
from pathlib import Path

from luodi.integrity.engine import likeness
from luodi.integrity.engine.judging import average_precision, calibration_error
from luodi.integrity.engine.ledger import read_folder

COLUMNS = {
    "name": "项目名称", "product": None, "investor": "投资方", "owner": "承接主体", "credit_code": "统一社会信用代码", "address": "建设地点",
    "phone": "联系电话", "total_investment": "万元", "unit": "责任区县",
}  # fmt: skip
LEDGER = ("name", "investor", "total_investment", "unit")
"""What an office's ledger usually has."""
ASKED = 0.3
ASKS, NEWCOMERS = 100, 10
"""Rows asked about one by one; projects that each commit brings in between."""


def world(folder, only=tuple(COLUMNS), rows=None, seed=1):
    """(features, truth) of every later row asked against all; `rows`: of so many, pairs kept together."""
    import datetime

    import numpy as np
    import polars as pl

    frame = read_folder(folder, datetime.date(2025, 9, 30)).projects.sort("签约日期", "项目编号", nulls_last=True)
    told = pl.read_csv(folder / "truth" / "pairs.csv", infer_schema=False)
    pairs = {tuple(sorted((a, b))): kind for a, b, kind in told.select("a", "b", "kind").iter_rows()}
    ids = frame["项目编号"].to_list()
    if rows:
        draw = np.random.default_rng(seed)
        some = [one for pair in draw.permutation(sorted(pairs))[: rows // 20].tolist() for one in pair]
        keep = {*some, *draw.permutation(ids)[: rows - len(some)].tolist()}
        frame = frame.filter(pl.col("项目编号").is_in(sorted(keep)))
        ids = frame["项目编号"].to_list()
    cells = [
        {
            name: str(row[column])
            for name, column in COLUMNS.items()
            if name in only and column and row[column] is not None
        }
        for row in frame.to_dicts()
    ]
    found = likeness.near(likeness.known(cells, ids), likeness.asked_of(cells))
    names = [row.get("name") for row in cells]
    phased = [likeness.two_phases(names[a], names[b]) for a, b in zip(found.asked, found.known, strict=True)]
    later = (found.asked > found.known) & ~np.array(phased, dtype=bool)
    x = likeness.features(found)[later]
    y = np.array(
        [
            ("", "split", "dup").index(pairs.get(tuple(sorted((ids[a], ids[b]))), ""))
            for a, b in zip(found.asked[later], found.known[later], strict=True)
        ]
    )
    held = set(ids)
    return (
        x,
        y,
        [sum(a in held and b in held and kind == one for (a, b), kind in pairs.items()) for one in ("split", "dup")],
    )


def learn(worlds):
    """Shallow trees: what is learned of one city's words does not fit another's."""
    import numpy as np
    import xgboost

    x = np.concatenate([one[0] for one in worlds])
    y = np.concatenate([one[1] for one in worlds]) > 0
    settings = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.08, "subsample": 0.7, "colsample_bytree": 0.7,
                "min_child_weight": 5, "lambda": 3, "seed": 7, "nthread": 2,
                # Agreeing more never makes a row less alike: equal, rare, differs, alike.
                "monotone_constraints": tuple(sign for sign in (1, 1, -1, 1) for _ in likeness.KINDS)}  # fmt: skip
    return xgboost.train(settings, xgboost.DMatrix(x, y), 200)


def views(folder):
    """A world as it is, as an ordinary ledger has it, and small."""
    yield "all columns", world(folder)
    yield "as a ledger", world(folder, LEDGER)
    yield "as a ledger, 300 rows", world(folder, LEDGER, 300)
    yield "all columns, 300 rows", world(folder, rows=300)


def platt(p, y):
    """Slope and shift of the log odds, by Newton's method."""
    import numpy as np

    odds = np.log(np.clip(p, 1e-9, 1 - 1e-9) / np.clip(1 - p, 1e-9, 1))
    x, beta = np.stack([odds, np.ones_like(odds)], axis=1), np.array([1.0, 0.0])
    for _ in range(50):
        q = 1 / (1 + np.exp(-x @ beta))
        beta += np.linalg.solve((x.T * (q * (1 - q))) @ x + 1e-6 * np.eye(2), x.T @ (y - q))
    return float(beta[0]), float(beta[1])


def main(root, ship):
    import numpy as np
    import xgboost

    folders = sorted(path for path in Path(root).iterdir() if (path / "truth").is_dir())
    seen = {folder: list(views(folder)) for folder in folders}
    unseen = {}
    for n in range(0, len(folders), 2):
        trees = learn([one for folder in folders if folder not in folders[n : n + 2] for _, one in seen[folder]])
        for folder in folders[n : n + 2]:
            unseen[folder] = [trees.predict(xgboost.DMatrix(x)) for _, (x, _kind, _true) in seen[folder]]
    print("world | columns | pairs split/dup | AP | ECE | asked at ≥ 0.3 | right | of these split/dup")
    for folder in folders:
        others = [
            (p, kind > 0)
            for one in folders
            if one != folder
            for p, (_, (_x, kind, _t)) in zip(unseen[one], seen[one], strict=True)
        ]
        terms = platt(np.concatenate([p for p, _ in others]), np.concatenate([y for _, y in others]))
        for raw, (name, (_x, kind, true)) in zip(unseen[folder], seen[folder], strict=True):
            y, p = kind > 0, likeness.honest(raw, *terms)
            asked = p >= ASKED
            right = f"{y[asked].mean():.2f}" if asked.any() else "–"
            print(
                f"{folder.name} | {name} | {true[0]}/{true[1]} | {average_precision(y, p):.2f} | {calibration_error(y, p):.4f}"
                f" | {asked.sum()} | {right} (said {p[asked].mean() if asked.any() else 0:.2f}) | {(kind[asked] == 1).sum()}/{(kind[asked] == 2).sum()}"
            )
    if ship:
        final = learn([one for folder in folders for _, one in seen[folder]])
        every = [
            (p, kind > 0) for one in folders for p, (_, (_x, kind, _t)) in zip(unseen[one], seen[one], strict=True)
        ]
        slope, shift = platt(np.concatenate([p for p, _ in every]), np.concatenate([y for _, y in every]))
        final.set_attr(slope=f"{slope:.6f}", shift=f"{shift:.6f}")
        likeness.SHIPPED.write_bytes(gzip.compress(bytes(final.save_raw("json")), 9, mtime=0))
        print(f"slope {slope:.3f}, shift {shift:.3f}")


def made_up(rows, seed=1):
    """Facts of so many projects that have nothing to do with each other; whole columns are drawn at a time."""
    import numpy as np

    draw = np.random.default_rng(seed)
    signs = np.array([chr(0x4E00 + n) for n in range(3000)])
    brands, things, owners = (
        ["".join(one) for one in signs[draw.integers(0, 3000, (rows, 3))].tolist()] for _ in range(3)
    )
    tons, money, unit = (draw.integers(low, high, rows).tolist() for low, high in ((1, 99), (1, 5000), (0, 9)))
    return [
        {"name": f"{brand}年产{n}万吨{thing}项目", "investor": f"{owner}集团有限公司", "total_investment": f"CNY {m * 1_000_000_000}", "unit": f"u{u}"}
        for brand, thing, owner, n, m, u in zip(brands, things, owners, tons, money, unit, strict=True)
    ]  # fmt: skip


def speed(rows):
    """One row asked of the index alone; then of a register of so many in SQLite, each question after a commit that brought projects."""
    facts = made_up(rows)
    alone(facts)
    register(facts)


def alone(facts):
    from luodi.integrity import known

    cells = [known.cells_of(one) for one in facts]
    started = time.perf_counter()
    index = likeness.known(cells, [str(n) for n in range(len(facts))])
    print(f"{len(facts):,} rows: in memory in {time.perf_counter() - started:.0f} s", end="; ")
    took = timed(lambda n: likeness.ask([index], [cells[n * 7]], least=ASKED)[0][0].id == str(n * 7))
    started = time.perf_counter()
    likeness.ask([index], cells[:1000], least=ASKED)
    print(f"one row {took}; 1,000 at once {time.perf_counter() - started:.1f} s", flush=True)


class Clock:
    """Milliseconds on the clock and of the processor, of questions one by one."""

    def __init__(self):
        self.took = []

    def ask(self, question):
        started = time.perf_counter(), time.process_time()
        found = question()
        self.took.append(((time.perf_counter() - started[0]) * 1000, (time.process_time() - started[1]) * 1000))
        return found

    def __str__(self):
        told = []
        for name, each in zip(("clock", "processor"), zip(*self.took, strict=True), strict=True):
            first, *rest = each
            rest.sort()
            told.append(
                f"{name} {rest[len(rest) // 2]:.0f} / {rest[int(len(rest) * 0.95)]:.0f} / {rest[-1]:.0f} ms, the first {first:.0f}"
            )
        return "median / P95 / slowest " + "; ".join(told)


def timed(question, times=ASKS):
    """The first imports and opens, so it is told apart; every answer must be right."""
    clock = Clock()
    for n in range(times):
        assert clock.ask(lambda n=n: question(n))
    return clock


def register(facts):
    """The same of the record: the worker makes the index, then newcomers come one by one and the next row is asked after each."""
    from django.core.management import call_command
    from django.db import connection

    from luodi.audit.models import Entry
    from luodi.integrity import known
    from luodi.integrity.alike import Alike

    call_command("flush", verbosity=0, interactive=False)
    Entry.objects.create(actor_name="bench", action="intake.batch.committed")
    fill(facts)
    started = time.perf_counter()
    assert known.make() == (len(facts) if len(facts) > known.SMALL else 0)
    print(f"  register: the worker's index in {time.perf_counter() - started:.0f} s", end="; ")
    new = made_up(ASKS * NEWCOMERS, seed=2)

    def ask(n):
        return Alike().ask([facts[n * 7]])[0][0].target == n * 7 + 1

    print(f"one row {timed(ask)}", end="; ")
    clock, last = Clock(), len(facts)
    for n in range(ASKS):
        fill(new[n * NEWCOMERS : (n + 1) * NEWCOMERS], start=last)
        last += NEWCOMERS
        Entry.objects.create(actor_name="bench", action="intake.batch.committed")
        found = clock.ask(lambda n=n: Alike().ask([new[n * NEWCOMERS]]))
        assert found[0][0].target == last - NEWCOMERS + 1
    print(f"after each of {ASKS} commits of {NEWCOMERS}: {clock}")
    connection.close()


def fill(facts, start=0):
    """Projects of these facts, numbered on; written straight, for the record's journal of a million rows is no part of the question."""
    import json

    from django.db import connection, transaction

    fields = _fields()
    said = {"tags": "[]", "version": 1, "created_at": "2026-01-01 00:00:00+00:00"}
    blank = [said.get(field.column, None if field.null else "") for field in fields]
    own = [[field.column for field in fields].index(name) for name in ("id", "name", "key", "unit", "facts")]

    def rows():
        for n, one in enumerate(facts, start=start + 1):
            row = blank.copy()
            told = json.dumps({name: [text, None] for name, text in one.items()}, ensure_ascii=False)
            for at, value in zip(own, (n, one["name"], one["name"], one["unit"], told), strict=True):
                row[at] = value
            yield row

    columns, marks = ", ".join(field.column for field in fields), ", ".join(["%s"] * len(fields))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO projects_project ({columns}) VALUES ({marks})", rows())  # noqa: S608


def _fields():
    from luodi.projects.models import Project

    return Project._meta.concrete_fields


def main_speed(counts):
    """In a register of its own that is thrown away."""
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as data:
        os.environ["LUODI_DATA"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for count in counts:
            speed(count)


if __name__ == "__main__":
    if sys.argv[1] == "--speed":
        main_speed([int(count) for count in sys.argv[2:]] or [10_000, 100_000, 1_000_000])
    else:
        main(sys.argv[1], "--ship" in sys.argv)
