"""Where a project stands as of a day: what is reported, what is proven, and whether it goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from luodi.core.city import City
from luodi.evidence.engine.readiness import Proof
from luodi.projects.engine.lifecycle import State, state
from luodi.snapshots.engine.weighing import proves

__all__ = ["NOWHERE", "Event", "Proof", "Standing", "standing"]

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Event:
    """An actual step that somebody claims.

    `by`: the day by which it has certainly happened: the last day of the period claimed; without one, the day of the
    ledger that says it, else the day it was recorded.
    """

    stage: str
    by: date
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Ranks in the city's order of stages; NOWHERE when nothing is claimed or proven."""

    reported: int
    proven: int
    state: State = State.ACTIVE


def standing(
    events: Iterable[Event], *, city: City, as_of: date, amount_fen: int | None = None, purchase: bool = False
) -> Standing:
    """The furthest stage reported and the furthest proven by `as_of`. Planned steps must not be passed in.

    A stage is proven when the evidence of all its claims together completes one of the city's sets.
    Stages outside the city's order (paused, resumed, exited, re-entered) turn the state and do not move the project.
    """
    happened = [event for event in events if event.by <= as_of]
    proofs: dict[str, set[Proof]] = {}
    for event in happened:
        proofs.setdefault(event.stage, set()).update(event.proofs)
    reported = proven = NOWHERE
    for code, shown in proofs.items():
        stage = city.stage.get(code)
        if stage is None:
            continue
        reported = max(reported, stage.order)
        if stage.order > proven and proves(code, frozenset(shown), city=city, amount_fen=amount_fen, purchase=purchase):
            proven = stage.order
    turned = [(event.stage, event.by) for event in happened]
    return Standing(reported, proven, state(turned, lifecycle=city.lifecycle, as_of=as_of))
