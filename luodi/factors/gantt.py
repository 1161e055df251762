"""Bars of a plan: one row a project, one bar a step, waiting hatched between them; a page of rows at a time."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from luodi.factors import words
from luodi.factors.models import Plan, PlanLine
from luodi.factors.needing import WEEK
from luodi.factors.plans import documents_of
from luodi.factors.telling import line_words, names_in

WIDTH = 1000.0
TICKS = 12
"""At most so many labels over the bars."""


@lru_cache(maxsize=4)
def _projects(plan: int, sha256: str) -> Mapping[str, tuple[Mapping[str, Any], Mapping[str, int]]]:
    """Each project of a plan's document with its starts; kept, for it is the same document as long as its hash is."""
    documents = documents_of(Plan.objects.get(pk=plan, document_sha256=sha256))
    starts = documents["plan"]["starts"]
    return {one["id"]: (one, starts[one["id"]]) for one in documents["problem"]["projects"]}


def _start_of(plan: Plan) -> date:
    return plan.as_of - timedelta(days=plan.as_of.weekday())


class Scale:
    """From days to the drawing."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, max(last, first + timedelta(days=28))

    def x(self, day: date) -> float:
        return WIDTH * (day - self.first).days / (self.last - self.first).days

    def ticks(self) -> list[dict[str, str]]:
        """Quarters or years, as many as have room."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        every = next(step for step in (1, 3, 6, 12, 24, 60) if months / step <= TICKS or step == 60)  # noqa: PLR2004
        found, day = [], date(self.first.year, self.first.month, 1)
        while day <= self.last:
            months_on = day.year * 12 + day.month - 1
            if months_on % every == 0 and day >= self.first:
                found.append(
                    {
                        "x": f"{self.x(day):.1f}",
                        "percent": f"{self.x(day) / WIDTH * 100:.2f}",
                        "text": str(day.year) if day.month == 1 else f"{day:%Y-%m}",
                    }
                )
            day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return found


def rows(plan: Plan, lines: Sequence[PlanLine], scale: Scale) -> list[dict[str, Any]]:
    """What the template draws of these lines. `lines` come with their projects."""
    known, names, start = _projects(plan.pk, plan.document_sha256), names_in(lines), _start_of(plan)
    arriving = iter(sorted(one for one in known if one.startswith("new")))
    found = []
    for line in lines:
        project, starts = known[f"p{line.project_id}" if line.project_id else next(arriving)]
        why = line_words(line, names)
        found.append(
            {
                "line": line,
                "why": why,
                "bars": _bars(project, starts, start, scale, why),
                "earlier": -(line.moved_days or 0),
            }
        )
    return found


def _bars(
    project: Mapping[str, Any], starts: Mapping[str, int], start: date, scale: Scale, why: Sequence[str]
) -> list[dict[str, Any]]:
    """Steps; and, of a project that waits, the while in which none of them runs."""
    bars, reached = [], project["release"]
    for stage in sorted(project["stages"], key=lambda one: starts[one["id"]]):
        code, begin = stage["id"], starts[stage["id"]]
        if why and begin > reached:
            bars.append(_bar("wait", start, reached, begin, scale, _("；").join(why)))
        bars.append(_bar(code, start, begin, begin + stage["duration"], scale, words.step_name(code)))
        reached = max(reached, begin + stage["duration"])
    return bars


def _bar(kind: str, start: date, begin: int, end: int, scale: Scale, told: str) -> dict[str, Any]:
    first, last = start + WEEK * begin, start + WEEK * end
    x = max(0.0, scale.x(first))
    return {
        "kind": kind, "x": f"{x:.1f}", "width": f"{max(1.5, scale.x(last) - x):.1f}",
        "title": f"{told} {first:%Y-%m-%d} – {last - timedelta(days=1):%Y-%m-%d}",
    }  # fmt: skip
