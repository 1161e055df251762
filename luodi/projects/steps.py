"""Reading a project's steps for the stage machine: what is odd about a new one, whether it goes on, which reviews are due."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from luodi.core.installation import city
from luodi.projects.engine.lifecycle import PAUSED, State, Step, Violation, state, violations
from luodi.projects.models import Project, StageEvent


def _actual(project: Project) -> QuerySet[StageEvent]:
    found: QuerySet[StageEvent] = project.events.filter(withdrawn_at=None, kind=StageEvent.Kind.ACTUAL)
    return found.order_by("id")


def oddities(project: Project, stage: str, first: date, last: date) -> list[Violation]:
    """What is odd about a claimed step beside the steps on record."""
    known = [Step(*row) for row in _actual(project).values_list("stage", "starts_on", "ends_on")]
    return violations(Step(stage, first, last), known, lifecycle=city().lifecycle)


def certain(event: StageEvent) -> date:
    """The day by which it has certainly happened, as the standings engine reckons."""
    return event.ends_on or event.known_on or timezone.localdate(event.recorded_at)


def state_of(project: Project) -> State:
    """Whether the project goes on today."""
    happened = [(event.stage, certain(event)) for event in _actual(project)]
    return state(happened, lifecycle=city().lifecycle, as_of=timezone.localdate())


def last_pause(project: Project) -> StageEvent | None:
    """The pause, or its latest review, with its ground, plan and next review."""
    return max(_actual(project).filter(stage=PAUSED), key=lambda event: (certain(event), event.pk), default=None)
