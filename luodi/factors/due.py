"""What has to be begun in a month so that no project waits: applications by their lead times, steps and works by the plan in force.

An application is due when need-by less the factor's lead time falls into the month; what was due before and is not done is overdue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from luodi.factors.gaps import Gap, gaps
from luodi.factors.models import PlanStep, PlanWork, Pool, Work
from luodi.factors.open_needs import Open, Outlook
from luodi.factors.plans import in_force
from luodi.factors.words import HELD, NOWHERE, OPEN

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Application:
    """A need for which somebody has to ask now; `due_on` is need-by less lead time."""

    gap: Gap
    due_on: date
    overdue: bool

    @property
    def never(self) -> bool:
        """Nothing that is entered will ever be enough for it."""
        return self.gap.light == OPEN and self.gap.could_on is None


@dataclass(frozen=True)
class Due:
    """All of a month. `hidden`: applications whose factor has no pool, so that nobody knows whom to ask."""

    first: date
    last: date
    applications: Sequence[Application]
    hidden: int
    steps: Sequence[PlanStep]
    """`SHOWN` of them; `begun` counts all."""
    begun: int
    works: Sequence[PlanWork]
    running_late: Sequence[Work]


def due(month: date, found: Outlook, pools: Sequence[Pool], today: date, projects: Sequence[int] | None) -> Due:
    """`projects`: those that the reader may see; None = all."""
    first = month.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    seen = None if projects is None else set(projects)
    wanted = [
        need
        for need in found.needs
        if _asked_by(need) <= last
        and (seen is None or need.project in seen)
        and (need.need_on >= today or first <= today)
    ]
    asked, hidden = [], 0
    for gap in gaps(wanted, pools, today):
        when = _asked_by(gap.need)
        if gap.light == NOWHERE:
            hidden += 1
        elif gap.light in {OPEN, HELD} and (when >= first or first <= today <= last):
            asked.append(Application(gap, when, when < first))
    # Most is past its day in a large city: then the day says little, and the largest investment loses most.
    asked.sort(key=lambda one: (-(one.gap.need.amount_fen or 0), one.due_on, one.gap.need.project))
    steps = _steps(first, last, seen)
    shown = list(steps.select_related("line__project").order_by("starts_on", "-line__weight", "pk")[:SHOWN])
    return Due(first, last, asked, hidden, shown, steps.count(), _works(first, last, pools), _late(pools, today))


def _asked_by(need: Open) -> date:
    return need.need_on - timedelta(days=need.factor.lead_days)


def _steps(first: date, last: date, seen: set[int] | None) -> QuerySet[PlanStep]:
    """Steps that the plan in force begins in the month."""
    rows = PlanStep.objects.filter(line__plan=in_force(), starts_on__range=(first, last))
    return rows if seen is None else rows.filter(line__project__in=seen)


def _works(first: date, last: date, pools: Sequence[Pool]) -> list[PlanWork]:
    own = [pool.pk for pool in pools]
    rows = PlanWork.objects.filter(plan=in_force(), starts_on__range=(first, last), work__pool__in=own)
    waiting = rows.filter(work__state__in=(Work.State.CONSIDERED, Work.State.DECIDED))
    return list(waiting.select_related("work__pool").order_by("starts_on", "pk"))


def _late(pools: Sequence[Pool], today: date) -> list[Work]:
    """Works that should have begun or ended by now and have not."""
    rows = Work.objects.filter(pool__in=[pool.pk for pool in pools], withdrawn_at=None, starts_on__lt=today)
    found = rows.filter(state__in=(Work.State.DECIDED, Work.State.STARTED)).select_related("pool")
    return [one for one in found if one.state == Work.State.DECIDED or _ends(one) < today]


def _ends(work: Work) -> date:
    return (work.starts_on or work.earliest_on) + timedelta(days=work.days)
