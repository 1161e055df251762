"""Which rulebook is in force: the latest published one, or, until the first is published, the one in the city's folder."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from luodi.core.installation import city
from luodi.screening.engine.documents import digest, from_document, to_document
from luodi.screening.engine.reading import document_of, read_folder
from luodi.screening.engine.rulebook import Rulebook
from luodi.screening.models import Rulebook as Stored


def in_force(day: date) -> Rulebook | None:
    """The city's rules on a day; None for a city that wrote none."""
    found = version_on(day)
    return read(found) if found is not None else of_city()


def version_on(day: date) -> Stored | None:
    """The published version of a day, without its document."""
    published = Stored.objects.filter(state=Stored.State.PUBLISHED, valid_from__lte=day)
    return published.order_by("-valid_from", "-id").defer("document").first()


def read(version: Stored) -> Rulebook:
    """A stored version, read and checked. Published ones never change, so each process reads them once."""
    return _read(version.pk, version.sha256)


@lru_cache(maxsize=16)
def _read(pk: int, sha256: str) -> Rulebook:
    document = Stored.objects.values_list("document", flat=True).get(pk=pk)
    book = from_document(document)
    if book.digest != sha256:
        raise ValueError(f"rulebook {pk} is not what was stored: {book.digest}")
    return book


def of_city() -> Rulebook | None:
    """The rulebook that the city's folder holds."""
    folder = city().folder / "rulebook"
    return _of_folder(folder) if folder.is_dir() else None


@lru_cache(maxsize=4)
def _of_folder(folder: Path) -> Rulebook:
    return read_folder(folder)


def document_of_city() -> dict[str, Any]:
    """The same as a document to be stored."""
    return to_document(from_document(document_of(city().folder / "rulebook")))


@lru_cache(maxsize=16)
def gate_of(book: Rulebook) -> Rulebook:
    """Only the rules that veto: what a move is asked."""
    rules = {code: rule for code, rule in book.rules.items() if rule.is_gate}
    return replace(book, rules=rules, parsed={code: book.parsed[code] for code in rules})


__all__ = ["digest", "document_of_city", "gate_of", "in_force", "of_city", "read", "version_on"]
