"""The outcome page: the sentence, the funnel, the curve, the groups, the triangle; each number with the list behind it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.intake.words import stage_name
from luodi.outcomes import curve, drawing, record, words
from luodi.outcomes.asking import BY, ENTRY, NONE, View
from luodi.outcomes.engine.estimating import Estimate
from luodi.outcomes.engine.spells import Spells
from luodi.outcomes.engine.trail import NET, REPORTED, STANDINGS
from luodi.outcomes.record import AMOUNT, HISTORIES, LISTED, WATCHED, WEIGHTS, Line, Table
from luodi.outcomes.triangle import MONTH, MONTHS, Batch, triangle
from luodi.outcomes.writing import DOUBTS
from luodi.snapshots.models import Snapshot
from luodi.snapshots.queries import known_projects

FEN_WAN_A_YI = 10_000
YEAR = 360
VAGUE = 0.75
"""An interval wider than this says nothing that could stand in a headline."""
LARGEST = 30


def visible(user: User | None, view: View) -> set[int] | None:
    """Projects within a person's reach; None = all."""
    if scope_of(user).everything:
        return None
    return set(known_projects(view.clock.known_at).visible_to(user).values_list("id", flat=True))


def seen(user: User | None, view: View) -> Table:
    """The rows a person may see, before a group is chosen."""
    return record.table(view.clock, view.question, visible(user, view))


def context(user: User, view: View) -> dict[str, Any]:
    """Everything of the page."""
    day = record.last_day(view.clock)
    table = seen(user, view)
    lines = [line for line in table.lines if view.keeps(line)]
    spells = table.spells()
    own = Table(tuple(lines)).spells() if view.group else spells
    heads = spells_groups(table, view)
    horizon = curve.horizon_of(own, day)
    mine = curve.curve(own, view.event, day, horizon)
    whole = curve.curve(spells, view.event, day, horizon) if view.group else None
    return {
        "sentence": sentence(lines, mine, view, day),
        "young": young(lines, day),
        "wait": waited(mine, view),
        "funnel": funnel(user, view),
        "picture": drawing.picture(mine, whole, view, horizon) if mine and mine.last >= 0 else None,
        "points": [point(one, view) for one in mine.ticks] if mine else [],
        "groups": groups(spells, heads, view, day),
        "heads": [ngettext("%(n)s 天", "%(n)s 天", at) % {"n": at} for at in curve.TABLE],
        "batches": [batch(one, view) for one in triangle(lines, view.event, day)],
        "months": MONTHS,
        "told": [(str(words_of), f"{table.told[name]:,}") for name, words_of in DOUBTS.items() if table.told[name]],
        "n": f"{len(lines):,}",
        "any": bool(table.lines) or bool(table.told),
        "unwatched": f"{sum(line.observed_from is not None for line in lines):,}",
        "all_unwatched": bool(lines) and all(line.observed_from is not None for line in lines),
        "competing": competing(lines),
        "snapshot": snapshot(view),
        "definition": city().definition["version"],
        "day": day,
        "event": stage_name(view.event),
        "group": words.group(view.by, view.group) if view.group else "",
        "standing": words.STANDINGS[view.standing],
        "net": view.standing == NET,
        "amount": view.weight == AMOUNT,
        "listed": view.history == LISTED,
        **switches(view, list(heads)),
    }


def spells_groups(table: Table, view: View) -> dict[str, int]:
    """Groups that the person's own rows have, with how many, the largest first."""
    counts = Counter(line.groups[view.by] or NONE for line in table.lines)
    if view.by == "year":
        return dict(sorted(counts.items()))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def switches(view: View, codes: Sequence[str]) -> dict[str, Any]:
    """The choices of the form; blank hidden fields keep the clock."""
    return {
        "events": [(code, stage_name(code), code == view.event) for code in record.events_after(ENTRY)],
        "standings": [(code, words.STANDINGS[code], code == view.standing) for code in STANDINGS],
        "weights": [(code, words.WEIGHTS[code], code == view.weight) for code in WEIGHTS],
        "histories": [(code, words.HISTORIES[code], code == view.history) for code in HISTORIES],
        "bys": [(code, words.BY[code], code == view.by) for code in BY],
        "choices": [(code, words.group(view.by, code), code == view.group) for code in codes[:200]],
        "listed_url": view.url(history=LISTED),
        "watched_url": view.url(history=WATCHED),
        "whole_url": view.url(group=""),
    }


def sentence(lines: Sequence[Line], mine: curve.Curve | None, view: View, day: date) -> str:
    """What a leader reads first: one year after signing."""
    event = stage_name(view.event)
    if not lines:
        return _("还没有写明签约日期的项目。")
    one = next((tick for tick in mine.ticks if tick.at == YEAR), None) if mine else None
    had = sum(line.spell.end is not None and line.spell.end.outcome == view.event for line in lines)
    if one is None or one.estimate is None:
        return _("签约满一年%(event)s多少：尚不可测。签约 %(n)s 个，已%(event)s %(had)s 个。") % {
            "event": event, "n": f"{len(lines):,}", "had": f"{had:,}",
        }  # fmt: skip
    if one.lower is not None and one.upper is not None and one.upper - one.lower > VAGUE:
        return _(
            "签约满一年%(event)s多少：还说不准，九成可能在 %(lower)s 到 %(upper)s 之间。签约 %(n)s 个，已%(event)s %(had)s 个。"
        ) % {
            "event": event, "lower": words.percent(one.lower) or "0%", "upper": words.percent(one.upper),
            "n": f"{len(lines):,}", "had": f"{had:,}",
        }  # fmt: skip
    return _("签约满一年，%(event)s %(share)s（九成可能在 %(lower)s 到 %(upper)s 之间）。") % {
        "event": event, "share": words.percent(one.estimate), "lower": words.percent(one.lower) or "0%",
        "upper": words.percent(one.upper),
    }  # fmt: skip


def young(lines: Sequence[Line], day: date) -> str:
    """尚不可测: how many have not had their year yet."""
    few = sum((day - line.spell.entered).days < YEAR for line in lines)
    if not few:
        return ""
    return _("尚不可测：%(n)s 个中 %(few)s 个签约不满 12 个月，不算成功也不算失败。") % {
        "n": f"{len(lines):,}", "few": f"{few:,}"}  # fmt: skip


def waited(mine: curve.Curve | None, view: View) -> str:
    """The restricted mean time to the event."""
    if mine is None or mine.wait.estimate is None or mine.wait.lower is None or mine.wait.upper is None:
        return ""
    one = mine.wait
    return _("两年（%(tau)s 天）以内，到%(event)s平均 %(days)s 天（%(lower)s–%(upper)s）；没有的按 %(tau)s 天计。") % {
        "tau": one.tau, "event": stage_name(view.event), "days": f"{one.estimate:.0f}", "lower": f"{one.lower:.0f}",
        "upper": f"{one.upper:.0f}",
    }  # fmt: skip


def competing(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """How many had which end."""
    counts = Counter(line.spell.end.outcome if line.spell.end else "" for line in lines)
    return [(words.outcome(code) if code else _("还未结束"), f"{n:,}") for code, n in sorted(counts.items())]


def funnel(user: User | None, view: View) -> list[dict[str, Any]]:
    """Of those who signed, how far they have come: reported, proven, net; every number is a list."""
    import numpy as np

    held = {side: standing_rows(user, view, side) for side in STANDINGS}
    ranks = {side: np.array([rank_in(one, side) for one in some], dtype=int) for side, some in held.items()}
    worth = {side: np.array([worth_of(one, view) for one in some], dtype=float) for side, some in held.items()}
    rows = []
    for stage in [one for one in city().stages if one.code == ENTRY or one.code in record.events_after(ENTRY)]:
        cells = []
        for side in STANDINGS:
            # All of them have signed, in whatever standing.
            there = ranks[side] >= (-1 if stage.code == ENTRY else stage.order)
            cells.append(
                _funnel_cell(view, side, stage.code, float(worth[side][there].sum()), float(worth[side].sum()))
            )
        rows.append({"name": stage_name(stage.code), "code": stage.code, "cells": cells})
    return rows


def standing_rows(user: User | None, view: View, side: str) -> list[record.Stood]:
    """Those who signed and whom the person may see, of the chosen group, as far as they count in this way."""
    within = visible(user, view)
    return [
        one for one in record.stands(view.clock, ENTRY, side)
        if (within is None or one.project in within) and view.keeps(one) and (view.weight != AMOUNT or one.amount)
    ]  # fmt: skip


def rank_in(one: record.Stood, side: str) -> int:
    """The furthest stage in a standing; a confirmed fake has only signed."""
    if side == NET and one.ground:
        return -1
    return one.reported if side == REPORTED else one.proven


def worth_of(one: record.Stood, view: View) -> float:
    return (one.amount or 0.0) if view.weight == AMOUNT else one.share


def _funnel_cell(view: View, side: str, stage: str, value: float, whole: float) -> dict[str, Any]:
    url = view.changed(standing=side).drill(what="reached", stage=stage)
    scale = FEN_WAN_A_YI if view.weight == AMOUNT else 1
    share = value / whole if whole else None
    return {
        "side": side, "text": words.number(value / scale), "url": url if value else "", "share": words.percent(share),
        "bar": f"{100 * (share or 0):.1f}",
    }  # fmt: skip


def point(one: Estimate, view: View) -> dict[str, Any]:
    """One line of the table under the curve."""
    return {
        "at": one.at, "share": words.percent(one.estimate), "lower": words.percent(one.lower),
        "upper": words.percent(one.upper), "risk": f"{one.at_risk:,}", "note": words.remark(one.note),
        "url": view.drill(what="event", at=str(one.at)),
    }  # fmt: skip


def groups(spells: Spells, heads: dict[str, int], view: View, day: date) -> dict[str, Any]:
    """The same share for each group, with its interval; none is ranked here."""
    found = curve.groups(spells, view.event, day, view.by)
    rows = []
    for code in list(heads)[:LARGEST]:
        estimates = found.get(words.BLANK if code == NONE else code, [])
        name = words.group(view.by, code)
        cells = [_interval(one) for one in estimates] or [{"text": ""} for _at in curve.TABLE]
        rows.append({
            "name": name, "url": view.url(group=code), "chosen": code == view.group, "n": f"{heads[code]:,}", "cells": cells,
        })  # fmt: skip
    return {"rows": rows, "left": max(len(heads) - LARGEST, 0), "first": words.BY[view.by]}


def _interval(one: Estimate) -> dict[str, Any]:
    if one.estimate is None or one.lower is None or one.upper is None:
        return {"text": "", "note": words.remark(one.note)}
    return {
        "text": words.percent(one.estimate) or "0%", "low": words.percent(one.lower) or "0%", "high": words.percent(one.upper) or "0%",
        "x": f"{100 * one.lower:.1f}", "width": f"{max(100 * (one.upper - one.lower), 1):.1f}", "dot": f"{100 * one.estimate:.1f}",
        "risk": f"{one.at_risk:,}", "note": words.remark(one.note),
    }  # fmt: skip


def batch(one: Batch, view: View) -> dict[str, Any]:
    """One row of the triangle."""
    scale = FEN_WAN_A_YI if view.weight == AMOUNT else 1
    cells = []
    for cell in one.cells:
        can = cell.share is not None
        share = cell.share or 0.0
        cells.append({
            "text": words.percent(share) or "0%" if can else "", "heat": min(int(share * 5 + 0.999), 5),
            "of": f"{words.number(cell.events / scale)}/{words.number(one.weight / scale)}",
            "grown": f"{cell.grown:,}",
            "url": view.drill(what="event", at=str(cell.months * MONTH), cohort=one.cohort) if can and cell.events else "",
        })  # fmt: skip
    return {"name": words.cohort(one.cohort), "n": f"{one.projects:,}", "url": view.drill(what="entered", cohort=one.cohort), "cells": cells}  # fmt: skip


def snapshot(view: View) -> Snapshot | None:
    """The frozen snapshot of this very day, if one was taken."""
    return Snapshot.objects.filter(as_of=view.clock.as_of).order_by("-id").first()
