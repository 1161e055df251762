"""The register as the likeness index: made once, kept while it holds, never at web start.

A small register is indexed in memory, once a day in each process; a large one by the worker, on disk, and opened by all. Projects that
came since are in a few small indexes by their numbers, so that a commit makes anew only the smallest and nobody waits for thousands
(O'Neil et al. 1996, the log-structured merge tree). What was *changed* since is asked about as it was until the next day.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
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
"""Newcomers, at least, that are asked beside the index on disk."""
STEPS = (1024, 128, 16)
"""Newcomers are cut at the last number that each divides."""
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
    if not newest:
        return ()
    register, today = _first_entry(), timezone.localdate()
    base, last = _small(register, today, newest // FRESH) if _is_small(newest) else _large(newest)
    since = [_part(first, final, register, today) for first, final in pairwise(cuts(last, newest))]
    return [one for one in (base, *since) if one is not None]


def cuts(last: int, newest: int) -> list[int]:
    """Between which numbers the newcomers after `last` are indexed together: thousands seldom, the newest few at every commit."""
    found = [last]
    for step in STEPS:
        found += [cut] if (cut := newest - newest % step) > found[-1] else []
    return [*found, newest] if newest > found[-1] else found


def _is_small(newest: int) -> bool:
    # Not counted: a million would be walked at every question.
    return (
        newest <= SMALL or not Project.objects.order_by("id").values_list("id", flat=True)[SMALL : SMALL + 1].exists()
    )


@lru_cache(maxsize=16)
def _part(first: int, final: int, _register: Head | None, _today: date) -> Any:
    return _index(Project.objects.current().filter(pk__gt=first, pk__lte=final))


@lru_cache(maxsize=1)
def _small(_register: Head | None, _today: date, _part: int) -> tuple[Any, int]:
    """The index, and the last project in it. A register restored from elsewhere begins with another entry."""
    last = Project.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return _index(Project.objects.current()), last


def _large(newest: int) -> tuple[Any, int]:
    made = _made()
    last = _last(made[-1]) if made else 0
    # Cut where the largest step cuts, so that the first of the newcomers' indexes stays the same for a thousand of them.
    return _opened(made[-1]) if made else None, max(last, newest - newest % STEPS[0] - FRESH)


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
    if target.exists() or _is_small(last):
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
