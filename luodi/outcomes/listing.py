"""The projects behind a number of the outcome page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.evidence.models import Support
from luodi.intake.words import stage_name, unit_name
from luodi.outcomes import pages, record, words
from luodi.outcomes.asking import ENTRY, View, cohort_of
from luodi.outcomes.engine.trail import NET, Doubt
from luodi.outcomes.record import Line
from luodi.outcomes.triangle import had
from luodi.outcomes.writing import DOUBTS
from luodi.projects.models import Project

SIZE = 50


def rows(user: User | None, view: View, query: Mapping[str, str]) -> tuple[list[Line], str]:
    """The rows of a number, and what it is called."""
    what, at, stage, cohort = (query.get(name, "")[:40] for name in ("what", "at", "stage", "cohort"))
    lines = [line for line in pages.seen(user, view).lines if view.keeps(line)]
    said = []
    if cohort:
        day = record.last_day(view.clock)
        lines = [line for line in lines if cohort_of(line.spell.entered, day) == cohort]
        said.append(words.cohort(cohort))
    if view.group:
        said.append(words.group(view.by, view.group))
    if what == "event" and at.isascii() and at.isdigit():
        lines = [line for line in lines if line.observed_from is None and had(line, view.event, int(at))]
        said.append(_("签约 %(days)s 天内已%(event)s") % {"days": at, "event": stage_name(view.event)})
    elif what == "reached" and (stage == ENTRY or stage in record.events_after(ENTRY)):
        there = _reached(user, view, stage)
        lines = [line for line in lines if line.project in there]
        said.append(_("已%(event)s") % {"event": stage_name(stage)})
    else:
        if cohort:
            lines = [line for line in lines if line.observed_from is None]
        said.append(_("已签约"))
    return sorted(lines, key=lambda line: (line.spell.entered, line.project)), " · ".join(said)


def _reached(user: User | None, view: View, stage: str) -> set[int]:
    rows = pages.standing_rows(user, view, view.standing)
    least = -1 if stage == ENTRY else city().stage[stage].order
    return {one.project for one in rows if pages.rank_in(one, view.standing) >= least}


def context(user: User, view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of them."""
    found, title = rows(user, view, query)
    asked = query.get("page", "1")
    last = max(1, -(-len(found) // SIZE))
    page = min(max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1, last)  # noqa: PLR2004
    some = found[(page - 1) * SIZE : page * SIZE]
    more = {name: query.get(name, "")[:40] for name in ("what", "at", "stage", "cohort")}

    def url(number: int) -> str:
        return view.drill(**more, page=str(number))

    return {
        "title": title,
        "lines": listed(user, view, some),
        "page": {
            "first": f"{(page - 1) * SIZE + 1 if some else 0:,}", "last": f"{(page - 1) * SIZE + len(some):,}",
            "total": f"{len(found):,}", "prev_url": url(page - 1) if page > 1 else "", "next_url": url(page + 1) if page < last else "",
        },
        "sum": words.number(sum(line.weight for line in found)),
        "shares": view.standing == NET and any(line.weight < 1 for line in found),
    }  # fmt: skip


def listed(user: User | None, view: View, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Rows for people: when signed, what came when, and what stands behind it."""
    ids = [line.project for line in lines]
    names = dict(Project.objects.visible_to(user).filter(pk__in=ids).values_list("id", "name"))
    grades = _grades(ids, view)
    return [
        {**_row(line, view), "id": line.project, "name": names[line.project], "grade": grades.get(line.project, "")}
        for line in lines
        if line.project in names
    ]


def _row(line: Line, view: View) -> dict[str, Any]:
    end = line.spell.end
    return {
        "unit": unit_name(line.groups["unit"]),
        "signed": line.spell.entered,
        "outcome": words.outcome(end.outcome) if end else "",
        "is_event": bool(end) and end is not None and end.outcome == view.event,
        "on": end.on if end else None,
        "from": end.start if end else None,
        "days": (end.on - line.spell.entered).days if end else None,
        "doubts": [DOUBTS[doubt] for doubt in end.doubts if doubt is not Doubt.PERIOD] if end else [],
        "seen": line.observed_from,
    }


def _grades(ids: Sequence[int], view: View) -> dict[int, str]:
    """The best grade of what is filed for the stage or one after it."""
    least = city().stage[view.event].order
    codes = [stage.code for stage in city().stages if stage.order >= least]
    found = Support.objects.filter(event__project__in=ids, event__stage__in=codes, event__withdrawn_at=None)
    rows = found.filter(evidence__withdrawn_at=None).exclude(evidence__grade="")
    best: dict[int, str] = {}
    for project, grade in rows.values_list("event__project_id", "evidence__grade"):
        best[project] = min(grade, best.get(project, grade))
    return best
