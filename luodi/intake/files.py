"""Stored ledgers against their names: a file is kept under the hash of its content."""

import hashlib
from collections.abc import Iterator

from luodi.intake.models import LedgerFile


def damaged() -> Iterator[str]:
    """Files that are gone or are no longer what was uploaded."""
    for file in LedgerFile.objects.order_by("id").iterator():
        if not file.path.exists():
            yield f"file {file.sha256} ({file.name}) is gone"
            continue
        with file.path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != file.sha256:
                yield f"file {file.sha256} ({file.name}) is not what was uploaded"
