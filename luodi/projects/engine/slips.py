"""Plans against what happened: every change of a planned day counts as a slip, each way, and each is kept with the words before and after.

The lesson is FAST-41's: a dashboard that overwrites a target date shows every project on time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One statement of when a stage is planned, the last day of the period that it names."""

    stage: str
    ends_on: date
    said_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """The plan of a stage moved. `days` > 0: later than planned before."""

    stage: str
    before: date
    after: date
    said_at: datetime

    @property
    def days(self) -> int:
        return (self.after - self.before).days


@dataclass(frozen=True, slots=True)
class Late:
    """The latest plan of a stage against what happened, or against today while nothing has. `days` < 0: earlier than planned."""

    stage: str
    first_planned: date
    planned: date
    happened: date | None
    days: int
    moved: int

    @property
    def overdue(self) -> bool:
        return self.happened is None and self.days > 0


def slips(plans: Iterable[PlannedDay]) -> list[Slip]:
    """Every change of a stage's planned day, in the order in which it was said; a repetition is no change."""
    last: dict[str, PlannedDay] = {}
    found = []
    for plan in sorted(plans, key=lambda plan: (plan.said_at, plan.ends_on)):
        before = last.get(plan.stage)
        # Two plans said at one moment are two milestones of one sentence, not a change of mind.
        if before is not None and before.said_at != plan.said_at and before.ends_on != plan.ends_on:
            found.append(Slip(plan.stage, before.ends_on, plan.ends_on, plan.said_at))
        last[plan.stage] = plan
    return found


def lateness(plans: Iterable[PlannedDay], happened: dict[str, date], *, today: date) -> list[Late]:
    """For every planned stage: how late it came, or is by today. Stages that are planned for later and not due are not late (0)."""
    by_stage: dict[str, list[PlannedDay]] = {}
    for plan in sorted(plans, key=lambda plan: (plan.said_at, plan.ends_on)):
        by_stage.setdefault(plan.stage, []).append(plan)
    moves = slips([plan for stage in by_stage.values() for plan in stage])
    found = []
    for stage, said in by_stage.items():
        live = [plan for plan in said if plan.withdrawn_at is None] or said
        planned, done = live[-1].ends_on, happened.get(stage)
        days = (done - planned).days if done else max((today - planned).days, 0)
        found.append(Late(stage, said[0].ends_on, planned, done, days, sum(slip.stage == stage for slip in moves)))
    return found
