"""Need by, promised by, delivered: the gap of each need in days, and its light."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from luodi.factors import words
from luodi.factors.engine.balance import Level, Line, earliest
from luodi.factors.models import Pool, Reservation
from luodi.factors.open_needs import Open
from luodi.factors.queries import balances, pools_for
from luodi.factors.settings import factor_settings


@dataclass(frozen=True, slots=True)
class Gap:
    """`days` between need and promise (or, where nobody promised, the first day on which the pool could); None: cannot be told."""

    need: Open
    light: str
    covered: int
    promised_on: date | None
    delivered_on: date | None
    days: int | None
    could_on: date | None
    claims: Sequence[Reservation]
    pools: Sequence[Pool]

    @property
    def open(self) -> int:
        return max(0, self.need.amount - self.covered)


def gaps(needs: Iterable[Open], pools: Sequence[Pool], today: date) -> list[Gap]:
    """Of these needs, with pools that the reader may see. Three queries, however many needs."""
    wanted = list(needs)
    claims = _claims({need.project for need in wanted}, today)
    levels = balances([pool.pk for pool in pools], today)
    places = {(need.unit, need.factor.code) for need in wanted}
    own = {(unit, factor): pools_for(unit, factor, pools) for unit, factor in places}
    return [
        _gap(need, claims.get((need.project, need.factor.code, need.step), []), own[need.unit, need.factor.code], levels, today)
        for need in wanted
    ]  # fmt: skip


def _claims(projects: set[int], today: date) -> Mapping[tuple[int, str, str], list[Reservation]]:
    rows = Reservation.objects.filter(state__in=Reservation.LIVE).select_related("pool")
    rows = rows if len(projects) > 500 else rows.filter(project__in=projects)  # noqa: PLR2004 # a long list is slower than all
    found: dict[tuple[int, str, str], list[Reservation]] = defaultdict(list)
    for one in rows:
        if one.state != Reservation.State.HELD or (one.expires_on and one.expires_on >= today):
            found[one.project_id, one.pool.factor, one.step].append(one)
    return found


def _gap(
    need: Open, claims: list[Reservation], own: Sequence[Pool], levels: Mapping[int, list[Level]], today: date
) -> Gap:
    sure = [one for one in claims if one.state != Reservation.State.HELD]
    covered = sum(one.amount for one in sure)
    told: dict[str, Any] = {"need": need, "claims": claims, "pools": own, "covered": covered}
    if covered >= need.amount:
        promised = max(one.delivered_on or one.from_on for one in sure)
        if all(one.state == Reservation.State.DELIVERED for one in sure):
            return Gap(
                **told, light=words.DELIVERED, promised_on=promised, delivered_on=promised,
                days=(promised - need.need_on).days, could_on=None,
            )  # fmt: skip
        # A promise whose day is past and not kept grows later every day.
        late = (max(promised, today) - need.need_on).days
        return Gap(**told, light=_light(late), promised_on=promised, delivered_on=None, days=late, could_on=None)
    could = _could(need, need.amount - sum(one.amount for one in claims), own, levels, today)
    days = None if could is None else (could - need.need_on).days
    light = words.HELD if sum(one.amount for one in claims) >= need.amount else words.OPEN if own else words.NOWHERE
    return Gap(**told, light=light, promised_on=None, delivered_on=None, days=days, could_on=could)


def _could(
    need: Open, lacking: int, own: Sequence[Pool], levels: Mapping[int, list[Level]], today: date
) -> date | None:
    """The first day on which one of the pools could give what is not even held."""
    if lacking <= 0 or not own:
        return None
    begin = max(need.need_on, today)
    end = begin + timedelta(weeks=need.weeks) if need.factor.lent else None
    days = [earliest(levels[pool.pk], Line(lacking, begin, end)) for pool in own]
    return min((day for day in days if day is not None), default=None)


def _light(late: int) -> str:
    known = factor_settings()
    if late < known.late_days:
        return words.IN_TIME
    return words.SERIOUS if late >= known.serious_days else words.LATE
