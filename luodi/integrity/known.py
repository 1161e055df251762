"""The register as the likeness index: made once, kept while it holds, never at web start.

A small register is indexed in memory, once a day in each process; a large one by the worker, on disk, and opened by all. Projects that
came since are a second, small index, kept while the log stands still. What was *changed* since is asked about as it was until the next day.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from luodi.audit.models import Entry
from luodi.core.installation import folder
from luodi.projects.models import Project
from luodi.projects.register import principals
from luodi.snapshots import clock

SMALL = 5_000
"""Projects that are indexed in memory: under a second."""
FRESH = 2_000
"""Newcomers that are asked beside the index on disk."""
Head = tuple[int, datetime]


def cells_of(facts: Mapping[str, str]) -> dict[str, str | None]:
    """Canonical facts as the engine compares them: the first party that acts, the amount in 分."""
    cells: dict[str, str | None] = {
        name: facts.get(name) or None for name in ("name", "credit_code", "address", "phone", "unit")
    }
    for role in ("investor", "owner"):
        acting = principals(facts[role]) if facts.get(role) else ()
        cells[role] = acting[0].name if acting else None
    currency, _space, rest = facts.get("total_investment", "").partition(" ")
    cells["total_investment"] = rest.partition(" ")[0] if currency == "CNY" else None
    return cells


def indexes() -> Sequence[Any]:
    """What is known now: the register, and who came since. Empty where nothing is known yet, or the large index is still to be made."""
    newest = Project.objects.order_by("-id").values_list("id", flat=True).first()
    return _indexes(clock.head(), newest, timezone.localdate()) if newest else ()


@lru_cache(maxsize=1)
def _indexes(_head: Head | None, newest: int, today: date) -> Sequence[Any]:
    small = Project.objects.count() <= SMALL
    base, last = _small(_first_entry(), today, newest // FRESH) if small else _large(newest)
    since = _index(Project.objects.current().filter(pk__gt=last).order_by("-id")[:FRESH]) if newest > last else None
    return [one for one in (base, since) if one is not None]


@lru_cache(maxsize=1)
def _small(_register: Head | None, _today: date, _part: int) -> tuple[Any, int]:
    """The index, and the last project in it. A register restored from elsewhere begins with another entry."""
    last = Project.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return _index(Project.objects.current()), last


def _large(newest: int) -> tuple[Any, int]:
    made = _made()
    return (_opened(made[-1]), _last(made[-1])) if made else (None, max(0, newest - FRESH))


@lru_cache(maxsize=1)
def _opened(path: Path) -> Any:
    from luodi.integrity.engine.linkage.index import Index

    return Index.open(path)


def _first_entry() -> Head | None:
    return Entry.objects.order_by("id").values_list("id", "at").first()


def _index(projects: Any) -> Any:
    """None of no project."""
    from luodi.integrity.engine import likeness

    rows = list(projects.values_list("id", "facts").iterator(chunk_size=5000))
    if not rows:
        return None
    cells = [cells_of({name: text for name, (text, _row) in facts.items()}) for _id, facts in rows]
    return likeness.known(cells, [str(pk) for pk, _facts in rows])


def _place() -> Path:
    first = _first_entry()
    return folder("likeness") / (f"{first[0]}-{int(first[1].timestamp())}" if first else "0")


def _made() -> list[Path]:
    """Indexes on disk, the newest last."""
    return sorted(_place().glob("[0-9]*-[0-9]*"), key=lambda one: tuple(map(int, one.name.split("-"))))


def _last(path: Path) -> int:
    return int(path.name.partition("-")[0])


def make() -> int:
    """Make the index of a large register anew, on disk; returns how many projects are in it. A small one needs none."""
    head, last = clock.head(), Project.objects.order_by("-id").values_list("id", flat=True).first() or 0
    target = _place() / f"{last}-{head[0] if head else 0}"
    if target.exists() or Project.objects.count() <= SMALL:
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    made = _index(Project.objects.current())
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix="making-"))
    made.save(beside)
    before = _made()
    os.replace(beside, target)
    # The one before stays for whoever has it open.
    for old in before[:-1]:
        shutil.rmtree(old, ignore_errors=True)
    return len(made.ids)
