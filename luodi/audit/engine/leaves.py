"""What a leaf says: one action, and hashes over everything that it wrote to the record."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

Wrote = Sequence[Sequence[Any]]
"""[[table, [column, …], [[first id, last id], …], hash over the rows' lines joined by commas], …]"""


def leaf_line(entry: Mapping[str, Any], wrote: Wrote, changes: tuple[int, str]) -> bytes:
    """The line of a leaf. `changes`: how many columns-of-rows were changed, and the hash over their lines."""
    return orjson.dumps({**entry, "wrote": wrote, "changes": changes}, option=orjson.OPT_SORT_KEYS)


def exact(text: str) -> bytes:
    """Bytes of a hex text in the one way that we write it. Raises `ValueError` for any other: a letter's case is a bit, too."""
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise ValueError(f"{text[:16]}… is not as we write it")
    return data


def change_line(change_id: int, table: str, row_id: int, columns: str) -> bytes:
    """One changed row. `columns` is the JSON text {column: [before, after]}."""
    return orjson.dumps([change_id, table, row_id, columns])


def changes_hash(lines: Iterable[bytes]) -> tuple[int, str]:
    """How many, and the hash over them; ("0", blank) for none."""
    all_lines = list(lines)
    return (len(all_lines), hashlib.sha256(b",".join(all_lines)).hexdigest()) if all_lines else (0, "")


def head_text(size: int, root: str, algorithm: str, at: str) -> bytes:
    """What the signature of a tree head is over. `at`: the moment in ISO form, UTC."""
    return f"luodi.audit/1 {algorithm} {size} {root} {at}".encode()
