"""Reading the book: what is left of pools, who claims them, whether the ledger agrees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q, QuerySet, Sum

from luodi.accounts.models import User
from luodi.factors.engine.balance import Level, Line, levels
from luodi.factors.models import LIVE, Demand, Pool, Posting, Reservation, Supply, Work
from luodi.factors.settings import factor_settings


def pools_of(user: User | None) -> list[Pool]:
    """Open pools that a person may see, by factor as the city lists them, then by place."""

    place = {one.code: at for at, one in enumerate(factor_settings().factors)}
    found = Pool.objects.current().visible_to(user)
    return sorted(found, key=lambda pool: (place.get(pool.factor, len(place)), pool.unit, pool.label, pool.pk))


def granted(pools: Iterable[int]) -> QuerySet[Supply]:
    return Supply.objects.filter(LIVE, pool__in=pools)


def claimed(pools: Iterable[int], today: date) -> QuerySet[Reservation]:
    """Claims that stand: a hold that has run out stands no more, whether or not anybody has written that down yet."""
    alive = Q(state__in=(Reservation.State.PROMISED, Reservation.State.DELIVERED))
    held = Q(state=Reservation.State.HELD, expires_on__gte=today)
    return Reservation.objects.filter(alive | held, pool__in=pools)


def balances(pools: Sequence[int], today: date, *, without: int | None = None) -> Mapping[int, list[Level]]:
    """What was granted, claimed and is left of each pool over time, one claim perhaps left out; two queries, however many pools."""
    grants, claims = defaultdict(list), defaultdict(list)
    for one in granted(pools):
        grants[one.pool_id].append(Line(one.amount, one.from_on, one.until_on))
    for claim in claimed(pools, today):
        if claim.pk != without:
            claims[claim.pool_id].append(Line(claim.amount, claim.from_on, claim.until_on))
    return {pool: levels(grants[pool], claims[pool]) for pool in pools}


def pools_for(unit: str, factor: str, pools: Iterable[Pool]) -> list[Pool]:
    """Pools that a project of a unit may draw on: its own place's, and where there is none the city's."""
    own = [pool for pool in pools if pool.factor == factor and pool.unit == unit and unit]
    return own or [pool for pool in pools if pool.factor == factor and not pool.unit]


def unbalanced(pools: Iterable[int] | None = None) -> list[int]:
    """Pools whose ledger does not add up to what is granted less what is claimed; none, ever."""
    every = Pool.objects.all() if pools is None else Pool.objects.filter(pk__in=pools)
    ids = list(every.values_list("pk", flat=True))
    booked = _sums(Posting.objects.filter(pool__in=ids))
    given = _sums(granted(ids))
    taken = _sums(Reservation.objects.filter(pool__in=ids, state__in=Reservation.LIVE))
    return [pool for pool in ids if booked.get(pool, 0) != given.get(pool, 0) - taken.get(pool, 0)]


def _sums(rows: QuerySet[Supply] | QuerySet[Reservation] | QuerySet[Posting]) -> dict[int, int]:
    return dict(rows.order_by().values("pool").annotate(sum=Sum("amount")).values_list("pool", "sum"))


def demands(projects: Iterable[int] | None = None) -> Mapping[int, dict[tuple[str, str], Demand]]:
    """What projects have said that they need, by factor and step."""
    rows = Demand.objects.filter(LIVE)
    rows = rows if projects is None else rows.filter(project__in=projects)
    found: dict[int, dict[tuple[str, str], Demand]] = defaultdict(dict)
    for one in rows:
        found[one.project_id][one.factor, one.step] = one
    return found


def live_works(pools: Iterable[int]) -> QuerySet[Work]:
    """Works that may still be done or are under way."""
    over = (Work.State.CANCELLED, Work.State.FINISHED)
    return Work.objects.filter(LIVE, pool__in=pools).exclude(state__in=over).prefetch_related("uses")
