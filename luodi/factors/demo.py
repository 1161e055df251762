"""What the demo city shows of factors: supplies are for show (the city publishes none), sized by what its projects are estimated to need."""

import time
from collections import defaultdict
from datetime import date, timedelta

from luodi.accounts.models import User
from luodi.factors import planning, reserving, supplying
from luodi.factors.answering import Refusal, answer
from luodi.factors.asking import ask
from luodi.factors.models import Mark, Pool
from luodi.factors.open_needs import Open, outlook
from luodi.factors.plans import newest_entry
from luodi.factors.reserving import Claim
from luodi.factors.settings import factor_settings
from luodi.factors.statements import Tranche, WorkTerms
from luodi.projects.models import Project

SOURCE = "演示供给：按估算需求编的，不是本市公布的数"
LOCAL = frozenset({"land", "power", "water", "steam"})
"""Kept by park or county; the rest are the city's."""
SHARES = (50, 25, 20, 20)
SHORT = {"power": (20, 10, 10, 15, 25, 40), "land": (30, 10, 15, 20, 25, 20)}
"""Percent of all that is needed, given half-year by half-year: enough in the end, of some short on the way."""
BUILT = "power"
"""Of what a work may be built."""
ITERATIONS = 60


def load(office: User, chief: User, today: date) -> None:
    """The book and a plan that is in force. Once, after the city's ledgers."""
    fill(office, today)
    _plan(office, chief, today)


def fill(office: User, today: date) -> None:
    """Pools, tranches, works and a few promises, sized by what the projects of the record need."""
    by_place: dict[tuple[str, str], list[Open]] = defaultdict(list)
    for need in outlook(today).needs:
        by_place[need.factor.code, need.unit if need.factor.code in LOCAL else ""].append(need)
    pools = [_pool(office, place, own, today) for place, own in sorted(by_place.items()) if _known(place[1])]
    for pool in pools:
        if pool.factor == BUILT:
            _work(office, pool, by_place[pool.factor, pool.unit], today)
    _promises(office, pools, by_place, today)


def _known(unit: str) -> bool:
    return unit != "outside"


def _pool(office: User, place: tuple[str, str], needs: list[Open], today: date) -> Pool:
    factor, unit = place
    pool = supplying.open_pool(actor=office, factor=factor, unit=unit, demo=True)
    lent = factor_settings().factor[factor].lent
    whole = sum(need.amount for need in needs)
    if lent:
        # The largest project must find its crews even when nobody else is at work.
        most = max(max(need.amount for need in needs), -(-whole // 2))
        _give(office, pool, most, today)
        return pool
    for number, share in enumerate(SHORT.get(factor, SHARES)):
        _give(office, pool, -(-whole * share // 100), today + timedelta(days=183 * number))
    return pool


def _give(office: User, pool: Pool, amount: int, day: date) -> None:
    supplying.supply(actor=office, pool=pool, tranche=Tranche(max(1, amount), day, SOURCE, mark=Mark.DEMO))


def _work(office: User, pool: Pool, needs: list[Open], today: date) -> None:
    adds = max(1, sum(need.amount for need in needs))
    terms = WorkTerms(
        "新建变电站（演示）", adds, 400, today + timedelta(days=30), SOURCE, cost_fen=8_000_000_000, mark=Mark.DEMO
    )
    supplying.propose_work(actor=office, pool=pool, terms=terms)


def _promises(office: User, pools: list[Pool], by_place: dict[tuple[str, str], list[Open]], today: date) -> None:
    """Power for the two smallest projects of each place: one promised, one held."""
    for pool in pools:
        if pool.factor != BUILT:
            continue
        smallest = sorted(by_place[BUILT, pool.unit], key=lambda need: (need.amount, need.project))[:2]
        for number, need in enumerate(smallest):
            project = Project.objects.get(pk=need.project)
            claim = Claim(need.amount, today, "演示：报装申请")
            try:
                held = reserving.hold(actor=office, project=project, pool=pool, claim=claim)
            except reserving.NotEnough:
                continue
            if number == 0:
                reserving.promise(actor=office, reservation=held, from_on=today, basis="演示：供电方案答复")


def _plan(office: User, chief: User, today: date) -> None:
    """A plan with counted work, so that it is the same on every machine."""
    plan = planning.ask_plan(actor=office, name="演示排期", as_of=today, seconds=1, queue=False)
    found = answer(ask(today), None, 60.0, plan.seed, lambda _now: None, bool, time.monotonic, iterations=ITERATIONS)
    if isinstance(found, Refusal):
        planning.fail(actor=office, plan=plan, trouble=found, entry=None)
        return
    planning.keep(actor=office, plan=plan, found=found, entry=newest_entry())
    planning.adopt(actor=chief, plan=plan, reason="演示：会议纪要")
