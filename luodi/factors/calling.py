"""Whom to call first: the places whose shortage holds the most investment, each with the last day to ask and its largest project."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from luodi.factors import words
from luodi.factors.due import Application
from luodi.factors.panorama import Month, Panorama
from luodi.factors.tiles import link_of

SHOWN = 6


def calls(places: Iterable[Panorama], today: date, seen: frozenset[int] | None) -> list[dict[str, Any]]:
    """Of each factor that falls short the place where most investment waits; those whose last day is past stand first."""
    worst: dict[str, tuple[int, Panorama, Month]] = {}
    for one in places:
        if one.short is not None and one.competing:
            call = _fen(one, seen), one, one.short
            worst[one.factor.code] = max(worst.get(one.factor.code, call), call, key=lambda pair: pair[0])
    same: dict[tuple[str, frozenset[int]], list[dict[str, Any]]] = {}
    for fen, one, short in worst.values():
        # Quotas that the very same projects wait for are one call: the rest of their lines would say nothing new.
        same.setdefault((one.pools[0].unit, frozenset(one.waiting)), []).append(_call(fen, one, short, today, seen))
    found = []
    for own in same.values():
        first = min(own, key=_soonest)
        also = _("、").join(call["name"] for call in own if call is not first)
        found.append({**first, "also": also})
    return sorted(found, key=lambda call: (not call["past"], -call["fen"]))[:SHOWN]


def _soonest(call: dict[str, Any]) -> date:
    day: date = call["ask_by"]
    return day


def _fen(found: Panorama, seen: frozenset[int] | None) -> int:
    """Of projects that the reader may see: of few projects a sum would tell what each costs."""
    return sum(fen or 0 for project, fen in found.waiting.items() if seen is None or project in seen)


def _call(fen: int, found: Panorama, short: Month, today: date, seen: frozenset[int] | None) -> dict[str, Any]:
    factor = found.factor
    ask_by = short.day.replace(day=1) - timedelta(days=factor.lead_days)
    largest = max((need for need, _lacking in found.competing), key=lambda need: (need.amount_fen or 0, -need.project))
    return {
        "name": words.factor_name(factor.code), "place": words.place_name(found.pools[0].unit), "url": link_of(found.pools),
        "short_on": short.day, "lacks": words.amount(factor, short.needed - short.granted), "ask_by": ask_by, "past": ask_by < today,
        "lead": factor.lead_days, "waiting": len(found.waiting), "fen": fen,
        "largest": largest if seen is None or largest.project in seen else None,
    }  # fmt: skip


def by_factor(applications: Sequence[Application]) -> list[dict[str, Any]]:
    """What is due in a month, a line for each factor: how many, how many past their day, how many that nothing entered will serve."""
    own: dict[str, list[Application]] = {}
    for one in applications:
        own.setdefault(one.gap.need.factor.code, []).append(one)
    found = [
        {
            "code": code, "name": words.factor_name(code), "many": len(lines), "past": sum(one.overdue for one in lines),
            "lacks": words.amount(lines[0].gap.need.factor, sum(one.gap.open for one in lines)),
            "never": sum(one.never for one in lines), "lead": lines[0].gap.need.factor.lead_days,
            "fen": sum({one.gap.need.project: one.gap.need.amount_fen or 0 for one in lines}.values()),
        }
        for code, lines in own.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one["fen"], one["code"]))
