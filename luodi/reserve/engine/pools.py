"""The pools: who is in which, since when, and what became of those that entered.

A project is in the pool of the furthest stage that it has claimed, and in none after it left. Who is still inside when the
question is asked is *censored*: their stay is at least as long as it was until then, and the median is Kaplan and Meier's (1958).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from luodi.projects.engine.lifecycle import EXITED, REENTERED

_TURNS = frozenset({EXITED, REENTERED})
"""Only these two take a project out of its pool or bring it back; a pause stays inside."""


class Ending(StrEnum):
    """What became of a stay."""

    INSIDE = "inside"
    ON = "on"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Happened:
    """An actual event: `day` is when it was at the latest; `dated` = the claim itself gave the day."""

    stage: str
    day: date
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Stay:
    """From entering a pool until leaving it. `days` is None where a day was never claimed: nothing is reckoned from guesses."""

    pool: str
    entered_on: date
    ending: Ending
    left_on: date | None = None
    target: str = ""
    days: int | None = None


def stays(
    events: Iterable[Happened], *, order: Mapping[str, int], pool_of: Mapping[str, str], as_of: date
) -> list[Stay]:
    """The stays of one project until the day. `order` of stages, `pool_of` by stage; a stage in no pool lies behind them all."""
    found: list[Stay] = []
    furthest, pool, since, left = "", "", None, False
    happened = [event for event in events if event.day <= as_of and (event.stage in order or event.stage in _TURNS)]
    for event in sorted(happened, key=lambda one: (one.day, order.get(one.stage, -1))):
        if event.stage in _TURNS:
            left = event.stage == EXITED
        elif order[event.stage] > order.get(furthest, -1):
            furthest = event.stage
        now = "" if left else pool_of.get(furthest, "")
        if now == pool:
            continue
        if since is not None:
            found.append(_ended(pool, since, event, now))
        pool, since = now, event if now else None
    if since is not None:
        days = (as_of - since.day).days if since.dated else None
        found.append(Stay(pool, since.day, Ending.INSIDE, days=days))
    return found


def _ended(pool: str, since: Happened, event: Happened, now: str) -> Stay:
    ending = Ending.OUT if event.stage == EXITED else Ending.ON
    days = (event.day - since.day).days if since.dated and event.dated else None
    return Stay(pool, since.day, ending, event.day, now, days)


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of everything that ever entered a pool, and how long it stayed.

    `median` None = not half of them has left by the time that any was watched: not to be told yet. `undated` stays have no length.
    """

    pool: str
    entered: int
    inside: int
    on: int
    out: int
    targets: dict[str, int]
    median: int | None
    watched: int
    undated: int


def flow(pool: str, found: Iterable[Stay]) -> Flow:
    """Conversion and dwell of one pool."""
    mine = [stay for stay in found if stay.pool == pool]
    endings = Counter(stay.ending for stay in mine)
    timed = [(stay.days, stay.ending is not Ending.INSIDE) for stay in mine if stay.days is not None]
    return Flow(
        pool=pool,
        entered=len(mine),
        inside=endings[Ending.INSIDE],
        on=endings[Ending.ON],
        out=endings[Ending.OUT],
        targets=dict(Counter(stay.target for stay in mine if stay.ending is Ending.ON)),
        median=median_of(timed),
        watched=len(timed),
        undated=len(mine) - len(timed),
    )


def median_of(durations: Sequence[tuple[int, bool]]) -> int | None:
    """Kaplan–Meier median of (length, whether it ended); None while the curve stays above one half."""
    ended, gone = Counter(days for days, over in durations if over), Counter(days for days, _ in durations)
    at_risk, alive, dead = len(durations), 1, 1
    for days in sorted(gone):
        if ended[days]:
            # In whole numbers: a curve that meets one half exactly must be seen to meet it.
            alive, dead = alive * (at_risk - ended[days]), dead * at_risk
            if 2 * alive <= dead:
                return days
        at_risk -= gone[days]
    return None
