"""What a project claims and proves, as one spell: entered, and the first end that came. No database; the city's stages and rules are passed in.

A step is taken when its stage *or a later one* is claimed (or proven): the same as the three figures count, so that a curve and a funnel agree.
A day is the last of the period claimed. A period stays a period (`ended_from`); a step without any day lies between entry and the ledger that says it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from luodi.core.city import City
from luodi.projects.engine.lifecycle import EXITED, State, state
from luodi.snapshots.engine.standing import Event, Proof, standing
from luodi.snapshots.engine.weighing import proves

EXCLUDED = "excluded"
"""A confirmed fake: signed on paper, and it never lands, from its first day."""
REPORTED, PROVEN, NET = "reported", "proven", "net"
STANDINGS = (REPORTED, PROVEN, NET)


@dataclass(frozen=True, slots=True)
class Claim:
    """An actual step somebody claims. `by`: the day by which it has certainly happened; `first`: of a period, the day from which it may have."""

    stage: str
    by: date
    first: date | None = None
    is_dated: bool = True
    recorded: date | None = None
    proofs: tuple[tuple[Proof, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """All that counts of one project. `seen_on`: when it was first told of; `is_whole`: by a list that names those who left as well."""

    claims: tuple[Claim, ...]
    seen_on: date
    amount_fen: int | None = None
    purchase: bool = False
    is_fake: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """From which stage to which, in which standing, by which day."""

    entry: str
    event: str
    standing: str
    as_of: date


class Doubt(StrEnum):
    """What makes a spell less than a pair of days; counted and told, never guessed away."""

    NO_ENTRY_DAY = "no_entry_day"
    UNDATED = "undated"
    PERIOD = "period"
    IMPLIED = "implied"
    BEFORE_ENTRY = "before_entry"


@dataclass(frozen=True, slots=True)
class End:
    """The first end. `recorded`: when the record held enough to say it."""

    outcome: str
    on: date
    start: date | None = None
    recorded: date | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Spell:
    """Entered, and its end if it has come."""

    entered: date
    end: End | None


def spell(trail: Trail, ask: Ask, *, city: City) -> Spell | Doubt | None:
    """None when it has not entered; a doubt when it has, but on a day nobody said."""
    claims = [claim for claim in trail.claims if claim.by <= ask.as_of]
    entered = entered_on(claims, ask.entry, ask.as_of)
    if entered is None:
        order = city.stage[ask.entry].order
        later = any(claim.stage in city.stage and city.stage[claim.stage].order >= order for claim in claims)
        return Doubt.NO_ENTRY_DAY if later else None
    if ask.standing == NET and trail.is_fake:
        return Spell(entered, End(EXCLUDED, entered))
    ends = [end for end in (_reached(claims, trail, ask, city), _exit(claims, ask, city)) if end is not None]
    # On one day the step counts: who lands and leaves that day has landed.
    first = min(ends, key=lambda end: end.on, default=None)
    return Spell(entered, _after(entered, first) if first else None)


def entered_on(claims: Iterable[Claim], entry: str, as_of: date) -> date | None:
    """The first day said of the entry; a later stage tells that it was, not when."""
    days = (claim.by for claim in claims if claim.stage == entry and claim.is_dated and claim.by <= as_of)
    return min(days, default=None)


def _after(entered: date, end: End) -> End:
    """No end lies before the entry: one claimed earlier had come by the day of entry, and is told."""
    start = end.start
    if Doubt.UNDATED in end.doubts:
        start = entered
    if end.on < entered:
        return End(end.outcome, entered, None, end.recorded, (*end.doubts, Doubt.BEFORE_ENTRY))
    start = max(start, entered) if start else None
    return End(end.outcome, end.on, start if start and start < end.on else None, end.recorded, end.doubts)


def _reached(claims: Sequence[Claim], trail: Trail, ask: Ask, city: City) -> End | None:
    """The earliest of the stage and those after it."""
    least = city.stage[ask.event].order
    by_stage: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        stage = city.stage.get(claim.stage)
        if stage is not None and stage.order >= least:
            by_stage[claim.stage].append(claim)
    found = []
    for code, said in by_stage.items():
        said.sort(key=lambda claim: claim.by)
        one = _claimed(said) if ask.standing == REPORTED else _shown(code, said, trail, city)
        if one is not None:
            claim, recorded = one
            found.append(_end(claim, recorded, ask))
    return min(found, key=lambda end: (end.on, Doubt.IMPLIED in end.doubts), default=None)


def _end(claim: Claim, recorded: date | None, ask: Ask) -> End:
    doubts = []
    if claim.stage != ask.event:
        doubts.append(Doubt.IMPLIED)
    if not claim.is_dated:
        doubts.append(Doubt.UNDATED)
    elif claim.first and claim.first < claim.by:
        doubts.append(Doubt.PERIOD)
    return End(ask.event, claim.by, claim.first, recorded, tuple(doubts))


def _claimed(said: Sequence[Claim]) -> tuple[Claim, date | None]:
    """Of claims of one day the one first recorded."""
    first = min(said, key=lambda claim: (claim.by, claim.recorded or date.max))
    return first, first.recorded


def _shown(code: str, said: Sequence[Claim], trail: Trail, city: City) -> tuple[Claim, date | None] | None:
    """The first claim with which, together with those before it, the evidence is complete; and when the record held it all."""
    held: list[tuple[Proof, date]] = []
    for claim in said:
        if not claim.proofs:
            continue
        held += claim.proofs
        if _suffices(code, held, trail, city):
            claims = [one.recorded for one in said if one.by <= claim.by and one.proofs and one.recorded]
            return claim, max([_complete(code, held, trail, city), *claims[:1]])
    return None


def _suffices(code: str, held: Iterable[tuple[Proof, date]], trail: Trail, city: City) -> bool:
    shown = frozenset(proof for proof, _since in held)
    return proves(code, shown, city=city, amount_fen=trail.amount_fen, purchase=trail.purchase)


def _complete(code: str, held: list[tuple[Proof, date]], trail: Trail, city: City) -> date:
    """The day on which the evidence, piece by piece as it came in, first sufficed."""
    held = sorted(held, key=lambda pair: pair[1])
    for number in range(1, len(held)):
        if _suffices(code, held[:number], trail, city):
            return held[number - 1][1]
    return held[-1][1]


def _exit(claims: Sequence[Claim], ask: Ask, city: City) -> End | None:
    """The exit that still stands on the day; one followed by a re-entry is none."""
    turned = [(claim.stage, claim.by) for claim in claims]
    if state(turned, lifecycle=city.lifecycle, as_of=ask.as_of) is not State.EXITED:
        return None
    back = max((claim.by for claim in claims if claim.stage == "reentered"), default=date.min)
    last = min((claim for claim in claims if claim.stage == EXITED and claim.by >= back), key=lambda one: one.by)
    doubts = () if last.is_dated else (Doubt.UNDATED,)
    return End(EXITED, last.by, last.first, last.recorded, doubts)


def furthest(trail: Trail, as_of: date, *, city: City) -> tuple[int, int]:
    """Ranks reported and proven by the day, as the three figures have them."""
    events = [Event(one.stage, one.by, tuple(proof for proof, _since in one.proofs)) for one in trail.claims]
    found = standing(events, city=city, as_of=as_of, amount_fen=trail.amount_fen, purchase=trail.purchase)
    return found.reported, found.proven
