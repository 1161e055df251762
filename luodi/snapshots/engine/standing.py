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


def accepts(kind: EvidenceKind | None, stage: str, proof: Proof) -> bool:
    """Whether this proof counts for this stage under the city's definition."""
    if kind is None or stage not in kind.proves:
        return False
    if kind.grades and proof.grade not in kind.grades:
        return False
    return kind.verification == "publisher" or proof.verified


def standing(events: Iterable[Event], *, city: City, as_of: date) -> Standing:
    """The furthest stage reported and the furthest proven by `as_of`. Planned steps must not be passed in.

    Stages outside the city's order (paused, resumed, exited) do not move a project.
    """
    reported = proven = NOWHERE
    for event in events:
        stage = city.stage.get(event.stage)
        if stage is None or event.by > as_of:
            continue
        reported = max(reported, stage.order)
        if stage.order > proven and any(
            accepts(city.evidence_kind.get(proof.kind), event.stage, proof) for proof in event.proofs
        ):
            proven = stage.order
    return Standing(reported, proven)
