"""A unit's scorecard: its funnel, rates with intervals, scores, and who is overdue; everything leads to projects."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.intake import words as names
from luodi.outcomes import ranking_pages as ranking
from luodi.outcomes import sheet_pages as pages
from luodi.outcomes import sheets, subjects, words
from luodi.outcomes.engine.measures import NET, STANDINGS, belongs
from luodi.outcomes.engine.sheet import Marks
from luodi.projects.models import Project

OVERDUE_SHOWN = 50
DAYS = (360, 720)


def context(user: User, asked: pages.Question) -> dict[str, Any] | None:
    """Everything of the page; None when the unit is not within reach."""
    within = pages.assessed(user)
    unit = asked.unit or (within[0] if within else "")
    if unit not in within or asked.read is None:
        return None
    every = {side: subjects.marks(asked.read, asked.asked.clock, side).get(unit) for side in STANDINGS}
    return {
        "unit": names.unit_name(unit),
        "units": [(asked.url("outcomes:unit", unit=code), names.unit_name(code), code == unit) for code in within],
        "sheets": [(asked.url("outcomes:unit", unit=unit, sheet=one.sheet.key), pages.versioned(one), one is asked.read) for one in sheets.sheets()],
        "funnel": funnel(unit, asked),
        "rates": rates(unit, asked),
        "scores": scores(unit, asked, every),
        "totals": [(names.SIDES[side], pages.of_total(one, asked.read)) for side, one in every.items() if one],
        "overdue": overdue(user, unit, asked),
        "title": pages.sheet_title(asked.read),
        **pages.frame(asked),
    }  # fmt: skip


def funnel(unit: str, asked: pages.Question) -> list[dict[str, Any]]:
    """Counts of each main stage on the three sides, packed; each number is the list behind it."""
    mine = [one for one in subjects.subjects(asked.asked.clock) if one.unit == unit and one.packed]
    lines = []
    for stage in city().stages:
        if not stage.main:
            continue
        cells = []
        for side in STANDINGS:
            n = sum(one.rank(side) >= stage.order for one in mine)
            query = {"unit": unit, "reached": stage.code, "side": side, "counting": "packaged", **asked.asked.query}
            cells.append(
                {"side": side, "text": f"{n:,}", "url": f"{reverse('projects')}?{urlencode(query)}" if n else ""}
            )
        lines.append({"name": names.named(stage), "cells": cells})
    return lines


def rates(unit: str, asked: pages.Question) -> list[dict[str, Any]]:
    """Shares of the net signed that came so far within so many days, with intervals; with what can be said of nobody yet."""
    found = []
    for event in ranking.EVENTS:
        question = ranking.Question(event=event, asked=asked.asked)
        mine = [one for one in ranking.lines(question, NET) if one.groups["unit"] == unit]
        told = {one.at: one for one in ranking.estimates(mine, question, DAYS)} if mine else {}
        for day in DAYS:
            one = told.get(day)
            line = {"event": names.stage_name(event), "at": day, "n": f"{one.n if one else 0:,} / {len(mine):,}"}
            if one is None:
                line["note"] = _("台账补录以前就有了结果，不算看见") if mine else _("没有签约日期明确的项目")
            elif one.estimate is None or one.lower is None or one.upper is None:
                line |= {"at_risk": f"{one.at_risk:,}", "note": words.remark(one.note)}
            else:
                line |= {
                    "share": f"{one.estimate:.0%}", "range": f"{one.lower:.0%}–{one.upper:.0%}", "at_risk": f"{one.at_risk:,}", "note": words.remark(one.note),
                }  # fmt: skip
            found.append(line)
    return found


def scores(unit: str, asked: pages.Question, every: dict[str, Marks | None]) -> list[dict[str, Any]]:
    """Each item on the three sides."""
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    lines = []
    for place, item in enumerate(read.sheet.items):
        cells = []
        for side in STANDINGS:
            marks = every[side]
            url = asked.url("outcomes:rows", unit=unit, item=item.code, standing=side)
            cells.append(pages.cell(marks.scores[place], read, url) if marks else {"text": "", "url": ""})
        lines.append({"name": pages.title(item), "most": pages.points(item.most, read), "cells": cells})
    return lines


def overdue(user: User, unit: str, asked: pages.Question) -> dict[str, Any]:
    """Projects that the sheet calls overdue, the longest first, as reported."""
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    late = [measure for measure in read.measures if measure.since]
    under = subjects.terms(asked.asked.clock, "reported")
    mine = [one for one in subjects.subjects(asked.asked.clock) if one.unit == unit and one.packed]
    found = [one for one in mine if any(belongs(measure, one, under) for measure in late)]
    visible = dict(Project.objects.visible_to(user).filter(pk__in=[one.id for one in found]).values_list("id", "name"))
    shown = sorted((one for one in found if one.id in visible), key=lambda one: (one.days.get("signed"), one.id))
    lines = [{**pages.line(one, asked, user.money_unit), "name": visible[one.id]} for one in shown[:OVERDUE_SHOWN]]
    return {"n": len(shown), "lines": lines, "left": max(len(shown) - OVERDUE_SHOWN, 0), "has_rule": bool(late)}
