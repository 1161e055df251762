"""The stage machine: what is odd about a claimed step, and whether a project goes on, pauses or has left.

Order is the city's data (`luodi.core.steps`). It warns and never blocks: real projects produce before they register.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from luodi.core.steps import Lifecycle

PAUSED, RESUMED, EXITED, REENTERED = "paused", "resumed", "exited", "reentered"
TURNS = (PAUSED, RESUMED, EXITED, REENTERED)
"""Events outside the order of stages: they turn a project's state instead of moving it on."""


class State(StrEnum):
    """Whether a project goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    EXITED = "exited"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as claimed: the first and last day of its period, None without a day."""

    stage: str
    first: date | None
    last: date | None


class Oddity(StrEnum):
    """What can be odd about a step. All but SKIPPED ask for a reason."""

    BEFORE_EARLIER = "before_earlier"
    AFTER_LATER = "after_later"
    WHILE_PAUSED = "while_paused"
    AFTER_EXIT = "after_exit"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Violation:
    """One oddity and the step that it is odd against; `other.first` is None where that step was never reported."""

    oddity: Oddity
    other: Step

    @property
    def asks_reason(self) -> bool:
        return self.oddity is not Oddity.SKIPPED


def violations(step: Step, known: Iterable[Step], *, lifecycle: Lifecycle) -> list[Violation]:
    """What is odd about this step beside the known ones. A period that may overlap is not odd."""
    by_stage: dict[str, list[Step]] = {}
    for other in known:
        by_stage.setdefault(other.stage, []).append(other)
    found = [
        *_before_earlier(step, by_stage, lifecycle),
        *_after_later(step, by_stage, lifecycle),
        *_against_turns(step, by_stage, lifecycle),
    ]
    skipped = sorted(lifecycle.directly_before.get(step.stage, frozenset()) - by_stage.keys())
    return found + [Violation(Oddity.SKIPPED, Step(stage, None, None)) for stage in skipped]


def _before_earlier(step: Step, by_stage: dict[str, list[Step]], lifecycle: Lifecycle) -> list[Violation]:
    """Stages that should have come first but are all dated later."""
    found = []
    for stage in sorted(lifecycle.before.get(step.stage, frozenset()) & by_stage.keys()):
        dated = [other for other in by_stage[stage] if other.first is not None]
        earliest = min(dated, key=_first, default=None)
        if earliest is not None and step.last is not None and _first(earliest) > step.last:
            found.append(Violation(Oddity.BEFORE_EARLIER, earliest))
    return found


def _after_later(step: Step, by_stage: dict[str, list[Step]], lifecycle: Lifecycle) -> list[Violation]:
    """Stages that should come later but are all dated earlier."""
    found = []
    for stage, others in sorted(by_stage.items()):
        if step.stage not in lifecycle.before.get(stage, frozenset()):
            continue
        dated = [other for other in others if other.last is not None]
        latest = max(dated, key=_last, default=None)
        if latest is not None and step.first is not None and _last(latest) < step.first:
            found.append(Violation(Oddity.AFTER_LATER, latest))
    return found


def _against_turns(step: Step, by_stage: dict[str, list[Step]], lifecycle: Lifecycle) -> list[Violation]:
    """A step of a project that had left, or one that needs work on a site that stood still."""
    if step.stage not in lifecycle.directly_before or step.last is None:
        return []
    turns = [(_last(other), other) for stage in TURNS for other in by_stage.get(stage, ()) if other.last is not None]
    before = [pair for pair in sorted(turns, key=lambda pair: pair[0]) if pair[0] < step.last]
    if not before:
        return []
    turn = before[-1][1]
    if turn.stage == EXITED:
        return [Violation(Oddity.AFTER_EXIT, turn)]
    if turn.stage == PAUSED and step.stage in lifecycle.ends_pause:
        return [Violation(Oddity.WHILE_PAUSED, turn)]
    return []


def next_stages(reported: Iterable[str], *, lifecycle: Lifecycle) -> list[str]:
    """What may be claimed next, one stage a track at most: behind what is reported, and not behind us already."""
    known = frozenset(reported)
    passed = known.union(*(lifecycle.before.get(stage, frozenset()) for stage in known))
    found = []
    for track in lifecycle.tracks:
        if track.opening and not known <= set(track.stages):
            continue
        ahead = next((stage for stage in track.stages if stage not in passed), None)
        if ahead is not None and (not track.after or track.after in passed or ahead != track.stages[0]):
            found.append(ahead)
    return found


def _first(step: Step) -> date:
    return step.first or date.max


def _last(step: Step) -> date:
    return step.last or date.min


def state(happened: Iterable[tuple[str, date]], *, lifecycle: Lifecycle, as_of: date) -> State:
    """The state as of a day, from (stage, day by which it has certainly happened), in the order of recording.

    A pause ends with a resumption or with a later step of construction; an exit only with a re-entry.
    """
    current = State.ACTIVE
    done = [event for event in happened if event[1] <= as_of]
    if not any(stage in TURNS for stage, _ in done):
        return current
    done.sort(key=lambda event: event[1])
    for stage, _ in done:
        if stage == EXITED:
            current = State.EXITED
        elif stage == REENTERED:
            current = State.ACTIVE
        elif current is not State.EXITED and stage == PAUSED:
            current = State.PAUSED
        elif current is State.PAUSED and (stage == RESUMED or stage in lifecycle.ends_pause):
            current = State.ACTIVE
    return current
