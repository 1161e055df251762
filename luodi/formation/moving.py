"""The movement page: two days or snapshots, the matrix between them, and the projects of a cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.templatetags.money import money
from luodi.formation import queries, words
from luodi.formation.engine.moves import ABSENT, Cause, Move, Position, matrix, moves
from luodi.formation.engine.table import UNKNOWN
from luodi.projects.models import Project
from luodi.snapshots.clock import day_of
from luodi.snapshots.engine.figures import SIDES
from luodi.snapshots.models import Snapshot

SIZE = 50
NONE = "-"
"""How an address names the rung of unknown amounts."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the page is asked. `start` and `end`: a day, or s and the number of a snapshot; `known`: as it was known on those days."""

    start: str
    end: str
    side: str = "net"
    known: bool = False
    origin: str | None = None
    target: str | None = None
    page: int = 1

    @classmethod
    def from_query(cls, query: Any) -> "Question":
        """From an address; what it does not know is left out."""
        page, side = query.get("page", ""), query.get("side", "")
        today = timezone.localdate()
        return cls(
            start=_day_text(query.get("from", "")) or _first(today),
            end=_day_text(query.get("to", "")) or today.isoformat(),
            side=side if side in SIDES else "net",
            known=query.get("known", "") == "1",
            origin=_place_code(query.get("a", "")),
            target=_place_code(query.get("b", "")),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    def url(self, **changes: Any) -> str:
        """The page with some parts changed."""
        one = replace(self, **{"page": 1, **changes})
        given = {"from": one.start, "to": one.end, "side": one.side, "known": "1" if one.known else ""}
        given |= {"a": _code(one.origin), "b": _code(one.target), "page": str(one.page) if one.page > 1 else ""}
        return f"{reverse('formation:moves')}?{urlencode({k: v for k, v in given.items() if v})}"


def _code(place: str | None) -> str:
    return "" if place is None else place or NONE


def _place_code(text: str) -> str | None:
    if text == NONE:
        return UNKNOWN
    return text if text in {ABSENT, *queries.tiers()} else None


def _day_text(text: str) -> str:
    if day_of(text):
        return text
    number = text.removeprefix("s")
    numbered = text != number and number.isascii() and number.isdigit() and len(number) < 10
    return text if numbered and Snapshot.objects.filter(pk=int(number)).exists() else ""


def _first(today: date) -> str:
    """Since when, when nobody says: the end of last year."""
    return date(today.year - 1, 12, 31).isoformat()


def positions(user: User | None, text: str, *, known: bool) -> dict[int, Position]:
    """What a day or a snapshot says."""
    if text.startswith("s"):
        return queries.of_snapshot(user, Snapshot.objects.get(pk=int(text[1:])))
    return queries.positions(user, queries.moment(date.fromisoformat(text), known=known))


def found(user: User | None, asked: Question) -> list[Move]:
    """Every project that counted on either day."""
    start, end = (positions(user, text, known=asked.known) for text in (asked.start, asked.end))
    return moves(start, end, side=asked.side)


def places() -> list[str]:
    """The rungs, unknown, and elsewhere, as the matrix orders them."""
    return [*queries.tiers(), UNKNOWN, ABSENT]


def context(user: User, asked: Question) -> dict[str, Any]:
    """Everything of the page."""
    every = found(user, asked)
    moved = [one for one in every if one.cause != Cause.STAYED]
    chosen = [one for one in every if _is_asked(one, asked)] if asked.origin is not None else moved
    last = max(1, -(-len(chosen) // SIZE))
    page = min(asked.page, last)
    rows = chosen[(page - 1) * SIZE : page * SIZE]
    return {
        "heads": [words.place(place) for place in places()],
        "rows": _matrix(matrix(every), asked),
        "moved": f"{len(moved):,}",
        "causes": [(words.CAUSES[cause], f"{n:,}") for cause, n in Counter(one.cause for one in moved).most_common()],
        "projects": listed(rows, user.money_unit),
        "chosen": chosen_words(asked),
        "shown": {"first": f"{(page - 1) * SIZE + 1 if rows else 0:,}", "last": f"{(page - 1) * SIZE + len(rows):,}",
                  "total": f"{len(chosen):,}", "prev_url": asked.url(page=page - 1) if page > 1 else "",
                  "next_url": asked.url(page=page + 1) if page < last else ""},
        "whole_url": asked.url(origin=None, target=None),
        "sides": [(asked.url(side=side, origin=None, target=None), words.STEPS[side], side == asked.side) for side in SIDES],
        "snapshots": [(f"s{one.pk}", str(one)) for one in Snapshot.objects.all()[:20]],
    }  # fmt: skip


def _is_asked(move: Move, asked: Question) -> bool:
    return move.origin == asked.origin and (asked.target is None or move.target == asked.target)


def chosen_words(asked: Question) -> str:
    """Which cell the list is of; blank for all that moved."""
    if asked.origin is None:
        return ""
    target = _("任一层级") if asked.target is None else words.place(asked.target)
    return f"{words.place(asked.origin)} → {target}"


def _matrix(counts: Mapping[tuple[str, str], int], asked: Question) -> list[dict[str, Any]]:
    """One row an origin; the corner of elsewhere to elsewhere is no number, for nobody counts what never counted."""
    rows = []
    for origin in places():
        cells = [
            {
                "text": f"{n:,}" if n else ("" if origin == target == ABSENT else "0"),
                "url": asked.url(origin=origin, target=target) if n else "",
                "stayed": origin == target,
                "chosen": (origin, target) == (asked.origin, asked.target),
            }
            for target in places()
            for n in [counts.get((origin, target), 0)]
        ]
        total = sum(counts.get((origin, target), 0) for target in places())
        rows.append(
            {"name": words.place(origin), "cells": cells, "total": f"{total:,}", "url": asked.url(origin=origin)}
        )
    return rows


def listed(rows: Sequence[Move], unit: str) -> list[dict[str, Any]]:
    """Moves with the names of their projects."""
    names = dict(Project.objects.filter(pk__in=[one.project for one in rows]).values_list("id", "name"))
    return [
        {
            "name": names.get(one.project, ""),
            "url": reverse("project", args=[one.project]) if one.cause != Cause.LEFT else "",
            "origin": words.place(one.origin),
            "target": words.place(one.target),
            "before": money(one.before_fen, unit) or "—",
            "after": money(one.after_fen, unit) or "—",
            "cause": words.CAUSES[one.cause],
            "before_fen": one.before_fen,
            "after_fen": one.after_fen,
        }
        for one in rows
    ]
