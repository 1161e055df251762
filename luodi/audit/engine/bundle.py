"""The verifier of a bundle: needs the folder, SHA-256 or SM3, Ed25519 and JSON, and nothing else of ours.

python -m luodi.audit.engine.bundle DIR      the same as `luodi audit verify DIR`, without Django
"""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from luodi.audit.engine.leaves import changes_hash, exact, head_text
from luodi.audit.engine.merkle import Tree
from luodi.audit.engine.replay import Claims, Finding, replay

SCHEMA = "luodi.audit/1"
NOTHING = [0, ""]
PIECE = 16_384
"""Leaves that are hashed together."""


@dataclass(slots=True)
class Report:
    """What was looked at and what was found, the earliest leaf first. `ok` when nothing was found."""

    leaves: int = 0
    rows: int = 0
    heads: int = 0
    root: str = ""
    key: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def add(self, findings: Iterator[Finding]) -> None:
        self.findings = sorted(
            [*self.findings, *findings], key=lambda one: (one.leaf is None, one.leaf if one.leaf is not None else 0)
        )


def verify(folder: Path, *, witness: tuple[int, str] | None = None, key: str = "") -> Report:
    """Everything that can be found wrong with a bundle. `witness`: size and beginning of the root of a head that was printed.

    `key`: the public key that the reader knows; without one the bundle's own is taken, and the reader must compare it.
    """
    report = Report()
    try:
        about = _about(folder, key, report)
        report.key = about["key"]
        leaves = list(_leaves(folder, about, report, witness))
        claims = _claims(folder, leaves, report)
        for table, shape in about["tables"].items():
            rows = {row[0]: row for row in _lines(folder / "record" / f"{table}.jsonl")}
            report.rows += len(rows)
            report.add(replay(table, shape["columns"], shape["defaults"], rows, claims.pop(table, Claims())))
        for table in claims:
            report.add(iter([Finding(claims[table].groups[0][0], f"{table}: the table is not in the bundle")]))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        report.add(iter([Finding(None, f"the bundle cannot be read: {type(error).__name__} {error}")]))
    return report


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def _about(folder: Path, key: str, report: Report) -> dict[str, Any]:
    """The signed table of contents, and whether every file is the one that was signed."""
    text = (folder / "bundle.json").read_bytes()
    about: dict[str, Any] = orjson.loads(text)
    if about["schema"] != SCHEMA:
        raise ValueError(f"schema {about['schema']!r}, this verifier reads {SCHEMA!r}")
    signature = (folder / "bundle.sig").read_text()
    if not _signed(key or about["key"], text, signature):
        report.add(iter([Finding(None, "bundle.json: the signature does not fit")]))
    known = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(known - about["files"].keys() - {"bundle.json", "bundle.sig", "README.md"}):
        report.add(iter([Finding(None, f"{name}: not among the files that were signed")]))
    for name, sha256 in about["files"].items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                report.add(iter([Finding(None, f"{name}: not the file that was signed")]))
    return about


def _signed(key: str, text: bytes, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(exact(key)).verify(exact(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _leaves(
    folder: Path, about: dict[str, Any], report: Report, witness: tuple[int, str] | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Leaves that wrote something, with their place; every line against its stored hash, the tree against every head on the way."""
    tree, hashes = Tree(about["algorithm"]), (folder / "leaves.hash").read_bytes()
    heads = _heads(folder, report, about)
    if witness is not None:
        heads[witness[0]].append(("the head that you hold", witness[1]))
    _compare(tree, heads, report)
    stops = sorted(heads)
    with (folder / "leaves.jsonl").open("rb") as file:
        while True:
            # A piece ends where a head was signed, so that the tree can be compared there.
            ahead = next((size - tree.size for size in stops if size > tree.size), PIECE)
            lines = [line.rstrip(b"\n") for line in islice(file, min(PIECE, ahead))]
            if not lines:
                break
            start, leaves = tree.size, [tree.leaf_hash(line) for line in lines]
            kept = hashes[32 * start : 32 * (start + len(leaves))]
            if b"".join(leaves) != kept:
                wrong = next(i for i, leaf in enumerate(leaves) if kept[32 * i : 32 * i + 32] != leaf)
                report.add(iter([Finding(start + wrong, f"leaf {start + wrong} is not the line that was hashed")]))
            tree.extend(leaves)
            _compare(tree, heads, report)
            for index, line in enumerate(lines, start=start):
                entry = _parsed(line, index, report)
                if entry["wrote"] or entry["changes"] != NOTHING:
                    yield index, entry
    report.leaves, report.root = tree.size, tree.root.hex()
    if 32 * tree.size != len(hashes):
        report.add(iter([Finding(tree.size, f"{len(hashes) // 32} leaves were hashed, {tree.size} are here")]))
    beyond = [(size, who) for size in stops if size > tree.size for who, _ in heads[size]]
    report.add(Finding(tree.size, f"{who}: {size} leaves, but only {tree.size} are here") for size, who in beyond)


def _parsed(line: bytes, index: int, report: Report) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = orjson.loads(line)
        _ = entry["id"], entry["wrote"], entry["changes"]
    except (ValueError, KeyError, TypeError):
        report.add(iter([Finding(index, f"leaf {index} cannot be read")]))
        return {"id": None, "wrote": [], "changes": NOTHING}
    return entry


def _heads(folder: Path, report: Report, about: dict[str, Any]) -> dict[int, list[tuple[str, str]]]:
    """Roots by size that heads vouch for; a head whose signature does not fit is told and not believed."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for number, head in enumerate(_lines(folder / "heads.jsonl")):
        report.heads += 1
        text = head_text(head["size"], head["root"], head["algorithm"], head["at"])
        if not _signed(head["key"], text, head["signature"]):
            report.add(iter([Finding(None, f"head {number}: the signature does not fit")]))
        found[head["size"]].append((f"head {number}", head["root"]))
    found[about["size"]].append(("bundle.json", about["root"]))
    return found


def _compare(tree: Tree, heads: dict[int, list[tuple[str, str]]], report: Report) -> None:
    for who, root in heads.get(tree.size, ()):
        if not root or not tree.root.hex().startswith(root):
            leaf = max(0, tree.size - 1)
            report.add(iter([Finding(leaf, f"{who}: another root at {tree.size} leaves, so a leaf up to {leaf}")]))


def _claims(folder: Path, leaves: list[tuple[int, dict[str, Any]]], report: Report) -> dict[str, Claims]:
    """What the leaves say of every table; the changed rows lie in a file of their own, each leaf has a hash over its own."""
    place = {entry["id"]: index for index, entry in leaves}
    claims: dict[str, Claims] = defaultdict(Claims)
    for index, entry in leaves:
        for table, columns, ranges, digest in entry["wrote"]:
            claims[table].groups.append((index, columns, ranges, digest))
    lines: dict[int, list[bytes]] = defaultdict(list)
    for entry_id, *change in _lines(folder / "changes.jsonl"):
        index = place.get(entry_id, -1)
        lines[index].append(orjson.dumps(change))
        _, table, row_id, columns = change
        claims[table].changes.append((index, row_id, orjson.loads(columns)))
    for index, entry in leaves:
        if list(changes_hash(lines.pop(index, ()))) != list(entry["changes"]):
            report.add(iter([Finding(index, f"leaf {index}: the changed rows are not those that it sealed")]))
    if lines:
        report.add(iter([Finding(None, "changes.jsonl: changed rows of no leaf")]))
    for one in claims.values():
        one.changes.sort(key=lambda change: change[0])
    return claims


def main() -> int:
    """Exit code 0, or 2 with the first bad leaf."""
    report = verify(Path(sys.argv[1]), key=sys.argv[2] if len(sys.argv) > 2 else "")
    print(f"{report.leaves} leaves, {report.rows} rows, root {report.root}, key {report.key}")  # noqa: T201
    for finding in report.findings[:20]:
        print(f"leaf {finding.leaf}: {finding.what}")  # noqa: T201
    return 0 if report.ok else 2


if __name__ == "__main__":
    sys.exit(main())
