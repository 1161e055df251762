"""Files under the hash of their content, outside the database. Storing one again changes nothing."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from luodi.core.installation import folder


def path_of(sha256: str) -> Path:
    return folder("files") / sha256[:2] / sha256


def keep(path: Path) -> tuple[str, int]:
    """Store a file. Returns its hash and size in bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as source, tempfile.NamedTemporaryFile(dir=folder("files"), delete=False) as beside:
        while block := source.read(1 << 20):
            digest.update(block)
            beside.write(block)
        beside.flush()
        os.fsync(beside.fileno())
    place = path_of(digest.hexdigest())
    place.parent.mkdir(exist_ok=True)
    os.replace(beside.name, place)
    return digest.hexdigest(), place.stat().st_size


def damaged(known: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Of the files that the record knows (hash, name): those that are gone or are no longer what was stored."""
    for sha256, name in known:
        place = path_of(sha256)
        if not place.exists():
            yield f"file {sha256} ({name}) is gone"
            continue
        with place.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != sha256:
                yield f"file {sha256} ({name}) is not what was stored"
