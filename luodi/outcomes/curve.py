"""The curve of a group with its band, the competing ends above it, and who was left to be seen."""

from dataclasses import dataclass
from datetime import date

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import LEVEL, Estimate, estimate, known_by, measure
from luodi.outcomes.engine.spells import Spells, outcomes_of
from luodi.outcomes.engine.waiting import Wait, restricted_mean

TICKS = (0, 90, 180, 270, 360, 450, 540, 630, 720, 900, 1080, 1260, 1440, 1620, 1800)
TABLE = (180, 360, 720)
"""Days that the table of groups tells."""
TAU = 720
"""Days up to which the mean wait is taken."""
FINEST = 400
"""Steps drawn at most."""


@dataclass(frozen=True, slots=True)
class Curve:
    """`steps`: (day, share with the event, share with it or another end) wherever one of the two moves; `ticks`: estimates at the asked days."""

    ticks: tuple[Estimate, ...]
    steps: tuple[tuple[int, float, float], ...]
    last: int
    n: int
    wait: Wait


def curve(spells: Spells, event: str, as_of: date, horizon: int) -> Curve | None:
    """None when the table knows no such event yet: there is no curve to draw."""
    if event not in outcomes_of(spells):
        return None
    made = cut(spells, event, as_of)
    days = [day for day in TICKS if day <= horizon]
    ticks = tuple(estimate(made, days, LEVEL))
    if not ticks:
        return None
    counted = measure(made, horizon)
    own = counted.own
    mine = own.incidence[0]
    gone = mine + (own.before[0] * own.other_hazard[0]).cumsum()
    can = known_by(own, slice(0, horizon + 1))[0]  # type: ignore[arg-type] # every day at once
    last = int(can.nonzero()[0].max()) if can.any() else -1
    moved = [d for d in range(last + 1) if d == 0 or mine[d] != mine[d - 1] or gone[d] != gone[d - 1]]
    if len(moved) > FINEST:
        moved = moved[:: len(moved) // FINEST + 1]
    steps = tuple((day, float(mine[day]), float(gone[day])) for day in moved)
    return Curve(ticks, steps, last, ticks[0].n, restricted_mean(made, TAU, LEVEL)[0])


def horizon_of(spells: Spells, as_of: date) -> int:
    """As far as somebody has been followed, up to five years; a tick."""
    if not spells.frame.height:
        return TICKS[4]
    longest = (as_of - spells.frame["entered_on"].min()).days
    return next((day for day in TICKS[4:] if day >= longest), TICKS[-1])


def groups(spells: Spells, event: str, as_of: date, by: str) -> dict[str, list[Estimate]]:
    """Every group of a column at the days of the table."""
    if event not in outcomes_of(spells):
        return {}
    found: dict[str, list[Estimate]] = {}
    for one in estimate(cut(spells, event, as_of, (by,)), TABLE, LEVEL):
        found.setdefault(one.group, []).append(one)
    return found
