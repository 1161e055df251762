"""What the log costs and what it finds: its share of a 10,000-row import, a million leaves verified, tampering tries found.

python benchmarks/audit.py [TRIES]       default 10,000 tries on the database, as many on a bundle
"""

import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SEED = 20261126
ROUNDS = 5


def django_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def load(path: str) -> None:
    """Child: one import with the processor time that went into sealing it, measured around the journal's own functions."""
    django_up()
    from luodi.audit import actions as audit
    from luodi.core import journal, rows
    from luodi.intake import actions

    spent = [0.0]

    def timed(function):
        def wrapper(*args, **kwargs):
            begin = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent[0] += time.process_time() - begin

        return wrapper

    rows._with_ids = timed(rows._with_ids)
    journal.note_inserted = timed(journal.note_inserted)
    journal.note_changed = timed(journal.note_changed)
    actions.record = timed(audit.record)
    begin = time.process_time()
    batch = actions.load(actor=None, path=Path(path), name="ledger.xlsx")
    whole = time.process_time() - begin
    print(json.dumps({"seconds": whole, "sealing": spent[0], "rows": batch.counts["created"]}))


def million(count: int = 1_000_000) -> None:
    """Child: a bundle with `count` leaves, made by the engine, then verified whole."""
    import orjson
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from luodi.audit.engine import bundle
    from luodi.audit.engine.leaves import head_text, leaf_line
    from luodi.audit.engine.merkle import Tree

    key, tree = Ed25519PrivateKey.generate(), Tree()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with (folder / "leaves.jsonl").open("wb") as lines, (folder / "leaves.hash").open("wb") as hashes:
            for pk in range(count):
                said = {
                    "id": pk, "at": "2026-11-26T08:00:00+00:00", "actor": pk % 900, "actor_name": "大洼区张三（zhang）",
                    "address": "10.0.0.7", "request": f"{pk:032x}", "action": "projects.step.reported",
                    "object": ["projects.project", pk % 5000, "年产80万吨生物基材料一体化"], "detail": {"stage": "started"},
                }  # fmt: skip
                line = leaf_line(said, [], (0, ""))
                lines.write(line + b"\n")
                leaf = tree.leaf_hash(line)
                hashes.write(leaf)
                tree.add(leaf)
        root, public = tree.root.hex(), key.public_key().public_bytes_raw().hex()
        signature = key.sign(head_text(count, root, "sha256", "")).hex()
        head = {"size": count, "root": root, "algorithm": "sha256", "at": "", "key": public, "signature": signature}
        (folder / "heads.jsonl").write_bytes(orjson.dumps(head))
        (folder / "changes.jsonl").touch()
        files = {path.name: _sha256(path) for path in folder.iterdir()}
        about = {"schema": bundle.SCHEMA, "algorithm": "sha256", "size": count, "root": root, "key": public, "tables": {}, "files": files}  # fmt: skip
        text = orjson.dumps(about)
        (folder / "bundle.json").write_bytes(text)
        (folder / "bundle.sig").write_text(key.sign(text).hex())
        begin = time.perf_counter()
        report = bundle.verify(folder)
        seconds = time.perf_counter() - begin
    assert report.ok, report.findings[:3]
    assert report.leaves == count
    print(json.dumps({"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tries(count: int, kind: str) -> None:
    """Child: `count` tampering tries, each undone again; prints how many were found and lists what was not."""
    django_up()
    from django.db import transaction

    from luodi.audit import bundles
    from luodi.audit.engine import bundle
    from luodi.core.installation import city
    from luodi.intake import actions
    from tests.audit.tampering import cells, flip_a_cell

    path = next((city().folder / "ledgers").glob("*.xlsx"))
    small = Path(tempfile.mkdtemp()) / "ledger.xlsx"
    _first_rows(path, small, 12)
    actions.load(actor=None, path=small, name="ledger.xlsx")
    assert bundles.verify_here().ok
    pick, found, missed = random.Random(SEED), 0, []
    if kind == "bundle":
        folder = Path(tempfile.mkdtemp()) / "bundle"
        bundles.export(folder)
        assert bundle.verify(folder).ok
        files = [
            one for one in sorted(folder.rglob("*")) if one.is_file() and one.stat().st_size and one.name != "README.md"
        ]
        for _ in range(count):
            done = _spoil(pick, pick.choice(files))
            found += 1 if not bundle.verify(folder).ok else missed.append(done[0]) or 0
            done[1]()
        assert bundle.verify(folder).ok
    else:
        every = sorted(cells(), key=str)
        for _ in range(count):
            try:
                with transaction.atomic():
                    transaction.get_connection().atomic_blocks[-1]._from_testcase = True
                    done = flip_a_cell(pick, every)
                    found += 1 if not bundles.verify_here().ok else missed.append(done) or 0
                    raise _Undo
            except _Undo:
                pass
        assert bundles.verify_here().ok
    print(json.dumps({"tries": count, "found": found, "missed": missed[:10]}))


class _Undo(Exception):
    """Roll back."""


def _spoil(pick: random.Random, path: Path):
    """A flipped bit, an exchanged, repeated or removed line, or a cut tail; returns what, and how to undo it."""
    before = path.read_bytes()
    after, kind = before, ""
    while after == before:
        lines = before.splitlines(keepends=True)
        kind = pick.choice(["flip", "flip", "flip", "exchange", "repeat", "remove", "cut"])
        if kind == "flip":
            changed = bytearray(before)
            changed[pick.randrange(len(before))] ^= 1 << pick.randrange(8)
            after = bytes(changed)
        elif kind == "cut":
            after = before[: pick.randrange(len(before))]
        else:
            one, other = pick.randrange(len(lines)), pick.randrange(len(lines))
            if kind == "exchange":
                lines[one], lines[other] = lines[other], lines[one]
            elif kind == "repeat":
                lines.insert(one, lines[other])
            else:
                del lines[one]
            after = b"".join(lines)
    path.write_bytes(after)
    return f"{kind} {path.name}", lambda: path.write_bytes(before)


def _first_rows(source: Path, target: Path, count: int) -> None:
    from openpyxl import load_workbook

    book = load_workbook(source)
    sheet = book.active
    sheet.delete_rows(count, sheet.max_row)
    book.save(target)


def child(*arguments: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LUODI_DATA": folder}
        command = [sys.executable, __file__, "--child", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{arguments}\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    import ledgers

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folder = Path(tempfile.mkdtemp())
    path = ledgers.write(folder / "ledger.xlsx", ledgers.rows(10_000, seed=SEED))
    runs = [child("load", str(path)) for _ in range(ROUNDS)]
    assert all(run["rows"] == 10_000 for run in runs)
    shares = sorted(run["sealing"] / (run["seconds"] - run["sealing"]) for run in runs)
    seconds = statistics.median(run["seconds"] for run in runs)
    low, middle, high = shares[0], statistics.median(shares), shares[-1]
    print(f"10,000-row import, seed {SEED}, {ROUNDS} processes: {seconds:.2f} s of processor time (median)")
    print(f"sealing adds {low:.1%} / {middle:.1%} / {high:.1%} (min / median / max)")
    whole = child("million")
    print(f"1,000,000 leaves verified in {whole['seconds']:.1f} s, {whole['peak_mb']:.0f} MB")
    for kind in ("bundle", "database"):
        begin = time.perf_counter()
        tried = child("tries", str(count), kind)
        print(
            f"{kind}: {tried['tries']:,} tries, {tried['found']:,} found, {time.perf_counter() - begin:.0f} s; missed: {tried['missed']}"
        )
        assert tried["found"] == count
    shutil.rmtree(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        action, *rest = sys.argv[2:]
        {"load": load, "million": million, "tries": lambda n, kind: tries(int(n), kind)}[action](*rest)
    else:
        main()
