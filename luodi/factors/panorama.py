"""Of each factor over five years: what is given, what is promised, what projects could use if nothing lacked, what the plan will use.

Short is where projects could use more than is given: there they wait, and a plan only says who and how long.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest

from luodi.factors.engine.balance import Level, at
from luodi.factors.models import Pool, Reservation
from luodi.factors.open_needs import Open, Outlook
from luodi.factors.queries import balances, claimed
from luodi.factors.settings import Factor

YEARS = 5
Competing = tuple[Open, int]
"""A need and how much of it nobody has promised or held yet."""


@dataclass(frozen=True, slots=True)
class Month:
    """At the end of a month, in whole smallest units. `needed`: claimed, and what projects could use by then; `planned`: by the plan's days."""

    day: date
    granted: int
    claimed: int
    needed: int
    planned: int


SUMMED = ("granted", "claimed", "needed", "planned")


@dataclass(frozen=True)
class Panorama:
    """One factor in one place, or all that a person sees of it. `short`: the first month in which more is needed than given."""

    factor: Factor
    pools: Sequence[Pool]
    months: Sequence[Month]
    short: Month | None
    competing: Sequence[Competing]

    @property
    def now(self) -> Month:
        return self.months[0]

    @property
    def waiting(self) -> Mapping[int, int | None]:
        """Projects that nobody has promised what they need, with their investment in 分."""
        return {need.project: need.amount_fen for need, _lacking in self.competing}


def months_from(day: date, count: int = 12 * YEARS) -> list[date]:
    """Last days of months, this one first."""
    starts = [date(day.year + (day.month + n) // 12, (day.month + n) % 12 + 1, 1) for n in range(count)]
    return [date.fromordinal(one.toordinal() - 1) for one in starts]


def panoramas(pools: Sequence[Pool], found: Outlook, today: date) -> list[Panorama]:
    """One for each factor that has a pool among these. Three queries, however many pools."""
    return overview(pools, found, today)[0]


def overview(pools: Sequence[Pool], found: Outlook, today: date) -> tuple[list[Panorama], list[Panorama]]:
    """One for each factor, and one for each factor and place: pools of a place by label serve the same needs and are short together."""
    levels, open_ = balances([pool.pk for pool in pools], today), _open(pools, found, today)
    places: dict[tuple[str, str], list[Pool]] = defaultdict(list)
    for pool in pools:
        places[pool.factor, pool.unit].append(pool)
    parts: dict[str, list[Panorama]] = defaultdict(list)
    for place, own in places.items():
        parts[place[0]].append(_panorama(own[0].kind_of, own, open_.get(place, ()), levels, today))
    return [_together(own) for own in parts.values()], [one for own in parts.values() for one in own]


def _together(parts: Sequence[Panorama]) -> Panorama:
    """A factor is the sum of its places."""
    if len(parts) == 1:
        return parts[0]
    months = [
        Month(one.day, *(sum(getattr(part.months[number], name) for part in parts) for name in SUMMED))
        for number, one in enumerate(parts[0].months)
    ]
    pools, competing = ([one for part in parts for one in getattr(part, name)] for name in ("pools", "competing"))
    return Panorama(parts[0].factor, pools, months, _short(months), competing)


def _short(months: Sequence[Month]) -> Month | None:
    return next((one for one in months if one.needed > one.granted), None)


def _open(pools: Sequence[Pool], found: Outlook, today: date) -> Mapping[tuple[str, str], list[Competing]]:
    """By factor and place, needs that would draw on one of these pools, less what is claimed for them."""
    taken: dict[tuple[int, str, str], int] = defaultdict(int)
    for project, factor, step, amount in claimed([pool.pk for pool in pools], today).values_list(
        "project_id", "pool__factor", "step", "amount"
    ):
        taken[project, factor, step] += amount
    every = {(pool.factor, pool.unit) for pool in Pool.objects.current()}
    wanted: dict[tuple[str, str], list[Competing]] = defaultdict(list)
    for need in found.needs:
        code = need.factor.code
        lacking = need.amount - taken.get((need.project, code, need.step), 0)
        if lacking > 0:
            wanted[code, need.unit if (code, need.unit) in every else ""].append((need, lacking))
    return wanted


def _panorama(
    factor: Factor, pools: Sequence[Pool], open_: Sequence[Competing], levels: Mapping[int, list[Level]], today: date
) -> Panorama:
    needed = _by_month(((need, need.could_on, lacking) for need, lacking in open_), today)
    planned = _by_month(((need, need.need_on, lacking) for need, lacking in open_), today)
    months, wanted, due = [], 0, 0
    for end in months_from(today):
        held = [at(levels[pool.pk], end) for pool in pools]
        wanted, due = wanted + needed.get(_month(end), 0), due + planned.get(_month(end), 0)
        taken = sum(one.claimed for one in held)
        months.append(Month(end, sum(one.granted for one in held), taken, taken + wanted, taken + due))
    return Panorama(factor, pools, months, _short(months), open_)


def first_of(competing: Iterable[Competing], today: date, count: int) -> list[Competing]:
    """Who could use it soonest, of those the largest investment: a day that is past is not sooner than today."""
    return nsmallest(
        count, competing, key=lambda pair: (max(pair[0].could_on, today), -(pair[0].amount_fen or 0), pair[0].project)
    )


def _by_month(wanted: Iterable[tuple[Open, date, int]], today: date) -> Mapping[tuple[int, int], int]:
    """What begins in each month, and comes back in it where it is lent."""
    added: dict[tuple[int, int], int] = defaultdict(int)
    for need, day, lacking in wanted:
        begin = max(day, today)
        added[_month(begin)] += lacking
        if need.factor.lent:
            added[_month(begin + timedelta(weeks=need.weeks))] -= lacking
    return added


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def claims_by(pools: Sequence[Pool], today: date) -> Sequence[Reservation]:
    """Claims that stand on these pools, earliest first."""
    return list(claimed([pool.pk for pool in pools], today).select_related("project", "pool").order_by("from_on", "pk"))
