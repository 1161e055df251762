"""Taking the log and the record out of the database, for a verifier who has nothing else."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from luodi.audit import keys, sequencing
from luodi.audit.engine import bundle
from luodi.audit.engine.bundle import SCHEMA, Report
from luodi.audit.engine.leaves import exact
from luodi.audit.engine.merkle import Tree
from luodi.audit.engine.replay import Finding
from luodi.audit.models import Entry, Head, LogState
from luodi.core import journal
from luodi.core.installation import city
from luodi.core.recorded import Recorded

README = """# 审计包 · Audit bundle

`leaves.jsonl` 每行一个动作，是默克尔树（RFC 9162）的一片叶；`leaves.hash` 逐叶哈希；`heads.jsonl` 签名树根；
`changes.jsonl` 改动前后；`record/` 记录各表现值；`bundle.json` 目录，`bundle.sig` 它的 Ed25519 签名。
核验：`luodi audit verify 本文件夹`（退出码 0，或 2 并指出第一片不符的叶）。把公钥和树根与印出的通报、导出文件页脚对照。

Each line of `leaves.jsonl` is one action, a leaf of an RFC 9162 Merkle tree. Verify with `luodi audit verify DIR`; compare key and root with a printed footer.
"""

derived: list[Callable[[], Iterator[str]]] = []
"""Parts above register what they can recompute or re-read: standings, stored files. Each sentence is a finding."""


def models_of_the_record() -> list[type[Recorded]]:
    """Every table that is sealed, in a stable order."""
    return sorted(
        (model for model in apps.get_models() if issubclass(model, Recorded)), key=lambda model: model._meta.db_table
    )


def export(folder: Path) -> dict[str, Any]:
    """Write a bundle into an empty folder; all of it is of one moment. Returns its table of contents."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} 不是空文件夹")
    sequencing.publish()
    while not _export(folder):
        sequencing.extend()
        for name in list(folder.iterdir()):
            shutil.rmtree(name) if name.is_dir() else name.unlink()
    (folder / "README.md").write_text(README, encoding="utf-8")
    about: dict[str, Any] = orjson.loads((folder / "bundle.json").read_bytes())
    return about


def _export(folder: Path) -> bool:
    """One try; False when an action ended between the last leaf and this view of the database."""
    alone = not connection.in_atomic_block
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql" and alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if Entry.objects.filter(leaf_index=None).exists():
            return False
        _write_leaves(folder)
        _write_record(folder / "record")
        _write_contents(folder)
    return True


def _write_leaves(folder: Path) -> None:
    """Lines made anew from what the database holds, beside the hashes that were kept: where they differ, somebody was there."""
    with (
        (folder / "leaves.jsonl").open("wb") as lines,
        (folder / "leaves.hash").open("wb") as hashes,
        (folder / "changes.jsonl").open("wb") as changed,
    ):
        for some in _pieces(Entry.objects.order_by("leaf_index"), 2000):
            changes = sequencing.changes_of(some)
            for entry in some:
                lines.write(sequencing.line_of(entry, changes.get(entry.pk, ())) + b"\n")
                hashes.write(exact(entry.leaf_hash))
                changed.writelines(journal.line([entry.pk, *one]) + b"\n" for one in changes.get(entry.pk, ()))
    columns = ("size", "root", "algorithm", "at", "key", "signature")
    with (folder / "heads.jsonl").open("wb") as heads:
        for head in Head.objects.order_by("id").values(*columns):
            head["at"] = head["at"].astimezone(UTC).isoformat()
            heads.write(orjson.dumps(head, option=orjson.OPT_SORT_KEYS) + b"\n")


def _pieces(queryset: models.QuerySet[Any], size: int) -> Iterator[list[Any]]:
    piece: list[Any] = []
    for one in queryset.iterator(chunk_size=size):
        piece.append(one)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece


def _write_record(folder: Path) -> None:
    folder.mkdir()
    for model in models_of_the_record():
        fields = {field.column: field for field in model._meta.concrete_fields}
        plain = [fields[column] for column in model.sealed_columns()]
        rows = model.sealed_rows().order_by("pk").values_list(*(field.attname for field in plain))
        with (folder / f"{model._meta.db_table}.jsonl").open("wb") as file:
            for row in rows.iterator(chunk_size=5000):
                file.write(journal.line(map(journal.as_value, plain, row)) + b"\n")


def _write_contents(folder: Path) -> None:
    state = LogState.objects.get()
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    about = {
        "schema": SCHEMA,
        "city": city().name,
        "at": timezone.now().isoformat(),
        "algorithm": state.algorithm,
        "size": state.size,
        "root": state.root,
        "key": keys.public_key(),
        "tables": {model._meta.db_table: _shape(model) for model in models_of_the_record()},
        "files": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()},
    }
    text = orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / "bundle.json").write_bytes(text)
    (folder / "bundle.sig").write_text(keys.sign(text))


def _shape(model: type[Recorded]) -> dict[str, Any]:
    """Columns, and what a column holds in rows that were written before it was there."""
    defaults = {}
    for one in model._meta.concrete_fields:
        if one.get_internal_type() in {"CharField", "TextField"}:
            defaults[one.column] = ""
        if one.has_default() and (not callable(one.default) or one.default in {dict, list}):
            defaults[one.column] = journal.as_value(one, one.get_default())
    return {"columns": model.sealed_columns(), "defaults": defaults}


def verify_here(*, witness: tuple[int, str] | None = None) -> Report:
    """This installation against its own log: the bundle it would give, its second file, and what can be recomputed."""
    report = Report()
    try:
        _whole()
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "bundle"
            export(folder)
            report = bundle.verify(folder, witness=witness, key=keys.public_key())
            report.add(_second_file(folder / "leaves.jsonl"))
        report.add(_forged())
        report.add(_state())
        report.add(Finding(None, sentence) for check in derived for sentence in check())
    except (DatabaseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        report.add(iter([Finding(None, f"the database cannot be read: {type(error).__name__} {error}")]))
    return report


def _whole() -> None:
    """SQLite's own word on its file; PostgreSQL checks its pages as it reads them."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            if (said := cursor.fetchone()[0]) != "ok":
                raise DatabaseError(said)


def _second_file(leaves: Path) -> Iterator[Finding]:
    """The second file has the very same lines: a database that was put back to yesterday has fewer."""
    second = sequencing.second_file()
    with leaves.open("rb") as ours, second.open("rb") if second.exists() else leaves.open("rb") as theirs:
        if not second.exists():
            yield Finding(0, "the second file of the log is gone")
            return
        index = 0
        while True:
            line, other = ours.readline(), theirs.readline()
            if line != other:
                words = "has more leaves than the database" if not line else "has another leaf here, or none"
                yield Finding(index, f"the second file of the log {words}")
                return
            if not line:
                return
            index += 1


def _state() -> Iterator[Finding]:
    """The row that says how far the tree has grown, against the tree itself and the second file."""
    state = LogState.objects.get()
    tree = Tree(state.algorithm)
    tree.extend([exact(leaf) for leaf in Entry.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)])
    peaks = orjson.dumps([peak.hex() for peak in tree.peaks]).decode()
    second = sequencing.second_file()
    length = second.stat().st_size if second.exists() else 0
    if (state.size, state.root, state.peaks, state.file_bytes) != (tree.size, tree.root.hex(), peaks, length):
        yield Finding(None, "the state of the log is not that of its leaves")


def _forged() -> Iterator[Finding]:
    """Entries that somebody put into the database past the program: they lack the mark that needs the key, or a place of their own."""
    ends = Entry.objects.aggregate(first=Min("leaf_index"), last=Max("leaf_index"), count=Count("leaf_index"))
    if ends["count"] and (ends["first"], ends["last"]) != (0, ends["count"] - 1):
        yield Finding(ends["count"] - 1, "the places of the leaves are not 0, 1, 2, …")
    for some in _pieces(Entry.objects.order_by("id"), 2000):
        changes = sequencing.changes_of(some)
        for entry in some:
            if keys.mark(sequencing.line_of(entry, changes.get(entry.pk, ()))) != entry.mac:
                yield Finding(entry.leaf_index, f"entry {entry.pk} was not written, or not so, by this program")
