"""Measured chances that a project will produce, for the chain map: of those at the same stage for as long, what share went on to produce.

Conditional on where a project stands and since when: (F(τ) − F(a)) / S(a) of the net curve from its stage to production, a its age there, τ the last
measurable day. Told only where enough were followed at that age; for the others the city's table holds. Worked out nightly, kept until the next night.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from luodi.core.installation import city
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress
from luodi.outcomes import record
from luodi.outcomes.asking import ENTRY
from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import known_by, measure
from luodi.outcomes.engine.spells import outcomes_of
from luodi.outcomes.record import Question
from luodi.projects.engine.lifecycle import State
from luodi.snapshots.clock import Clock
from luodi.snapshots.models import Standing

KEY = "outcomes.chances"
GOAL = "produced"
HORIZON = 1800
LEAST = 30
"""Followed at the project's age, below which nothing is told: the interval of a share of 30 is still ±15 points."""


def refresh_daily(job: Job, progress: Progress) -> Said:
    """The worker's daily job."""
    found = measured()
    cache.set(KEY, {"on": timezone.localdate(), "chances": found}, timeout=None)
    return Said(gettext_noop("实测 %(n)s 个项目的转化"), {"n": len(found)})


def measured() -> dict[int, str]:
    """By project, for those of which something can be told."""
    asked = Clock(timezone.localdate())
    ranks = {one.project: one.reported for one in record.stands(asked, ENTRY, "net")}
    found: dict[int, str] = {}
    for stage in city().stages:
        if city().stage[ENTRY].order <= stage.order < city().stage[GOAL].order:
            found |= _from(stage.code, asked, {project for project, rank in ranks.items() if rank == stage.order})
    return found


def _from(entry: str, asked: Clock, here: set[int]) -> dict[int, str]:
    """Of those whose furthest stage this is."""
    table = record.table(asked, Question(GOAL, "net", entry))
    spells = table.spells()
    if not here or GOAL not in outcomes_of(spells):
        return {}
    counted = measure(cut(spells, GOAL, asked.as_of), HORIZON).own
    share, still, risk = counted.incidence[0], counted.open[0], counted.counts.risk[0]
    last = max((day for day in range(HORIZON + 1) if known_by(counted, day)[0]), default=-1)
    found = {}
    for line in table.lines:
        age = (asked.as_of - line.spell.entered).days
        if line.project in here and line.spell.end is None and age < last and risk[age] >= LEAST and still[age] > 0:
            chance = min(max(float((share[last] - share[age]) / still[age]), 0.0), 1.0)
            found[line.project] = f"{chance:.2f}"
    return found


def known(projects: Sequence[int]) -> Mapping[int, Decimal]:
    """What the last night found for these; of those that left or went into production since, nothing."""
    chances = _kept().get("chances", {})
    asked = [project for project in projects if project in chances]
    if not asked:
        return {}
    still = Standing.objects.filter(project__in=asked, reported__lt=city().stage[GOAL].order, state=State.ACTIVE)
    return {project: Decimal(chances[project]) for project in still.values_list("project_id", flat=True)}


def note() -> str:
    """What a page says where these count; blank when nothing was measured."""
    kept = _kept()
    if not kept.get("chances"):
        return ""
    return _("其中 %(n)s 个项目按实测转化（净口径，截至 %(day)s）") % {
        "n": f"{len(kept['chances']):,}",
        "day": kept["on"],
    }


def _kept() -> dict[str, Any]:
    return cache.get(KEY) or {}
