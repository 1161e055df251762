"""Where a project stands as of a day: what is reported, and what is proven."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from luodi.core.city import City, EvidenceKind

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence behind an event. `verified` means a second person, other than who filed it, said yes."""

    kind: str
    grade: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Event:
    """An actual step that somebody claims. `ends_on` is the last day of the period claimed; None = no day was given."""

    stage: str
    ends_on: date | None
    recorded_on: date
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Ranks in the city's order of stages; NOWHERE when nothing is claimed or proven."""

    reported: int
    proven: int


def accepts(kind: EvidenceKind | None, stage: str, proof: Proof) -> bool:
    """Whether this proof counts for this stage under the city's definition."""
    if kind is None or stage not in kind.proves:
        return False
    if kind.grades and proof.grade not in kind.grades:
        return False
    return kind.verification == "publisher" or proof.verified


def happened(event: Event, as_of: date) -> bool:
    """Certainly happened by the day: the whole claimed period has passed; an undated claim counts from the day it was recorded."""
    return (event.ends_on or event.recorded_on) <= as_of


def standing(events: Iterable[Event], *, city: City, as_of: date) -> Standing:
    """The furthest stage reported and the furthest proven by `as_of`. Planned steps must not be passed in.

    Stages outside the city's order (paused, resumed, exited) do not move a project.
    """
    reported = proven = NOWHERE
    for event in events:
        stage = city.stage.get(event.stage)
        if stage is None or not happened(event, as_of):
            continue
        reported = max(reported, stage.order)
        if stage.order > proven and any(
            accepts(city.evidence_kind.get(proof.kind), event.stage, proof) for proof in event.proofs
        ):
            proven = stage.order
    return Standing(reported, proven)
