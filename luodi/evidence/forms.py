"""From a posted form to a claim with its papers. What cannot be read is told in words; nothing is guessed."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from luodi.evidence.panels import ItemLine
from luodi.evidence.receiving import Paper
from luodi.projects.reporting import Claim

OTHER = "other"
"""The last row of the form: any further document, of a kind that the filer chooses."""


def day(text: str) -> date:
    """A day as the browser sends it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValidationError(_("请填写日期，例如 2026-03-15。")) from error


def day_or_none(text: str) -> date | None:
    return day(text) if text.strip() else None


def claim(post: Any) -> Claim:
    """The step: one day, or a period when a last day is given."""
    first = day(post.get("first", ""))
    last = day_or_none(post.get("last", "")) or first
    return Claim(
        stage=post.get("stage", ""),
        first=first,
        last=last,
        kind="planned" if post.get("kind") == "planned" else "actual",
        precision="day" if first == last else "",
        basis=post.get("basis", ""),
        reason=post.get("reason", ""),
    )


def papers(request: HttpRequest, items: list[ItemLine], stage: str) -> list[Paper]:
    """The documents that were chosen: one row an item, and the row for others."""
    found = []
    for code in [*(item.code for item in items), OTHER]:
        item = next((item for item in items if item.code == code), None)
        found += [_paper(request.POST, upload, code, item, stage) for upload in request.FILES.getlist(f"file-{code}")]
    return found


def _paper(post: Any, upload: Any, code: str, item: ItemLine | None, stage: str) -> Paper:
    if not isinstance(upload, TemporaryUploadedFile):
        raise ValidationError(_("文件没有传上来，请重新选择。"))
    default = item.kinds[0][0] if item else ""
    kind = post.get(f"kind-{code}", "") or default
    is_instead = item is not None and kind in {kind for kind, _name in item.replaces}
    return Paper(
        path=Path(upload.temporary_file_path()),
        name=upload.name or "",
        kind=kind,
        stage=stage,
        replaces=code if is_instead else "",
        note=post.get(f"note-{code}", ""),
        taken_on=day_or_none(post.get(f"taken-{code}", "")),
        place=post.get(f"place-{code}", ""),
    )
