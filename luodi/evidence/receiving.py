"""Taking a file in: checked at once when it is small, else kept shut until the worker has checked it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from luodi.accounts.models import User
from luodi.core import files
from luodi.core.installation import folder
from luodi.evidence.engine.filetypes import MAX_BYTES, check_name, refuse
from luodi.evidence.engine.reader import Read, read
from luodi.evidence.models import StoredFile
from luodi.intake.engine.guards import Refusal

AT_ONCE = 8 * 2**20
"""Bytes of a file that is checked within the request: a photo takes a third of a second."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as a person hands it in. `taken_on` and `place`: by their word, where the picture carries none."""

    path: Path
    name: str
    kind: str
    stage: str = ""
    title: str = ""
    replaces: str = ""
    note: str = ""
    taken_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A file on disk. `found` is what its check found, None while it waits for the worker."""

    sha256: str
    size: int
    name: str
    found: Read | None


def receive(paper: Paper) -> Received:
    """Check what is small and store. Raises `ValidationError` with the refusal in words; then nothing is stored."""
    name = clean_name(paper.name)
    size = paper.path.stat().st_size
    try:
        if size > MAX_BYTES:
            raise refuse("too_large")
        found = read(paper.path, name) if size <= AT_ONCE else None
    except Refusal as refused:
        raise refused_words(name, refused) from refused
    sha256, size = files.keep(paper.path)
    return Received(sha256, size, name, found)


def refused_words(name: str, refused: Refusal) -> ValidationError:
    return ValidationError(f"{name}：{refused.message}。{refused.advice}。")


def clean_name(name: str) -> str:
    """The name without folders and control characters, at most 200 characters with its ending."""
    name = (
        re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", Path(name.replace("\\", "/")).name).strip() or "file"
    )
    return Path(name).stem[: 200 - len(Path(name).suffix)] + Path(name).suffix[:20]


def store(received: Received, actor: User | None) -> StoredFile:
    """The row of a received file, one per content. Inside the caller's transaction."""
    known = StoredFile.objects.filter(sha256=received.sha256).first()
    if known is not None:
        _check_known(known, received.name)
        return known
    file = StoredFile(sha256=received.sha256, name=received.name, size=received.size, received_by=actor)
    if received.found is not None:
        accept(file, received.found)
    file.save()
    return file


def _check_known(file: StoredFile, name: str) -> None:
    if file.state == StoredFile.State.REFUSED:
        raise ValidationError(f"{name}：{file.refusal}")
    if file.type:
        try:
            check_name(file.type, name)
        except Refusal as refused:
            raise refused_words(name, refused) from refused


def accept(file: StoredFile, found: Read) -> None:
    """It passed: it may be opened from now on."""
    file.state, file.type, file.meta, file.text = StoredFile.State.CLEAN, found.type, found.meta, found.text
    file.checked_at = timezone.now()
    if found.preview:
        preview_of(file.sha256).write_bytes(found.preview)


def preview_of(sha256: str) -> Path:
    """The small copy of a picture: derived, so it is no part of the record."""
    return folder("previews") / f"{sha256}.jpg"


def taken(file: StoredFile, paper: Paper) -> dict[str, Any]:
    """When and where a photo was taken: the camera's word, else the filer's, which is marked as such."""
    facts = camera(file)
    stated: dict[str, Any] = {}
    if "taken_at" not in facts and paper.taken_on is not None:
        noon = datetime(paper.taken_on.year, paper.taken_on.month, paper.taken_on.day, 12)  # noqa: DTZ001 - made aware below
        stated["taken_at"] = timezone.make_aware(noon)
    if "latitude" not in facts and paper.place.strip():
        stated["place"] = paper.place.strip()[:200]
    return {**facts, **stated, "is_stated": bool(stated)}


def camera(file: StoredFile) -> dict[str, Any]:
    """Columns of evidence that a camera's own words fill."""
    found = {name: file.meta[name] for name in ("latitude", "longitude") if name in file.meta}
    if text := file.meta.get("taken_at"):
        moment = datetime.fromisoformat(text)
        found["taken_at"] = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return found
