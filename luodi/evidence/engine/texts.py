"""What can be read in a file, for searching: PDF, Word, Excel, PowerPoint, OFD. Old Office files and pictures give none."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_CHARACTERS = 300_000
MAX_PAGES = 500
_PARTS = {
    "docx": re.compile(r"^word/(document|header\d*|footer\d*|footnotes)\.xml$"),
    "xlsx": re.compile(r"^xl/(sharedstrings|worksheets/[^/]+)\.xml$"),
    "pptx": re.compile(r"^ppt/slides/[^/]+\.xml$"),
    "ofd": re.compile(r"/content\.xml$"),
}
_TEXT_TAGS = frozenset({"t", "v", "TextCode"})
_BREAKS = frozenset({"p", "row", "si", "TextObject"})


def read_text(path: Path, kind: str) -> str:
    """Plain text, runs of blanks folded, cut at a bound."""
    pieces = _pdf(path) if kind == "pdf" else _packed(path, kind) if kind in _PARTS else iter(())
    text, size = [], 0
    for piece in pieces:
        text.append(piece)
        size += len(piece)
        if size > MAX_CHARACTERS:
            break
    # PostgreSQL takes no NUL in a text.
    return re.sub(r"[ \t\x00]+", " ", re.sub(r"\s*\n\s*", "\n", "".join(text)))[:MAX_CHARACTERS].strip()


def _pdf(path: Path) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted:
        reader.decrypt("")
    for page in reader.pages[:MAX_PAGES]:
        yield page.extract_text() + "\n"


def _packed(path: Path, kind: str) -> Iterator[str]:
    from defusedxml.ElementTree import iterparse

    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not _PARTS[kind].search(entry.filename.replace("\\", "/").lower()):
                continue
            with archive.open(entry) as part:
                yield from _words(iterparse(part, events=("end",)))


def _words(events: Any) -> Iterator[str]:
    for _, element in events:
        tag = str(element.tag).rpartition("}")[2]
        if tag in _TEXT_TAGS and element.text:
            yield element.text
        elif tag in _BREAKS:
            yield "\n"
        elif tag == "c":
            yield " "
        if tag not in _TEXT_TAGS:
            element.clear()
