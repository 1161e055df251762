"""Acts on the book of factors and on plans."""

import base64
import gzip
import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from luodi.accounts.models import User
from luodi.audit.models import Entry
from luodi.factors.answering import Answer, Refusal
from luodi.factors.engine.sheets import Parsed, Row
from luodi.factors.models import Demand, Plan, Pool, Posting, Reservation, Supply, Work
from luodi.factors.reserving import Claim
from luodi.factors.statements import Need, Tranche, WorkTerms
from luodi.projects.models import Project
from tests.guards.acts import TODAY, act

TERMS = WorkTerms("变电站", 500, 400, TODAY, "会议纪要")


def _pool():
    pool = Pool.objects.create(factor="power")
    said = Supply.objects.create(pool=pool, amount=1000, from_on=TODAY, source="批复")
    Posting.objects.create(pool=pool, kind="supplied", amount=1000, day=TODAY, supply=said)
    return pool


def _supply():
    return _pool().supplies.get()


def _work(**changes):
    pool = _pool()
    told = {"name": "变电站", "adds": 500, "days": 400, "earliest_on": TODAY, "source": "纪要", **changes}
    return Work.objects.create(pool=pool, **told)


def _claim(world, project=None, **changes):
    pool = _pool()
    told = {"amount": 100, "from_on": TODAY, "step": "connect", "basis": "申请", "state": "promised", **changes}
    made = Reservation.objects.create(pool=pool, project=project or world.project, **told)
    Posting.objects.create(pool=pool, kind="claimed", amount=-100, day=TODAY, reservation=made)
    return made


def _held(world):
    return _claim(world, state="held", expires_on=timezone.localdate() + timedelta(days=5))


def _late(world):
    return _claim(world, state="held", expires_on=date(2025, 1, 1))


def _plan(**changes):
    asker = User.objects.filter(username="asker").first() or User.objects.create_user("asker", first_name="排")
    told = {"name": "年度排期", "as_of": TODAY, "seconds": 1, "asked_by": asker, **changes}
    return Plan.objects.create(**told)


DOCUMENTS = {"problem": {"grid": {"start": "2024-12-30"}, "projects": []}, "plan": {"starts": {}, "works": {}}}


def _keep(world, actor):
    found = Answer(0.0, 0.0, 0, True, 0.1, [], [], DOCUMENTS)
    return act("factors.keep", actor=actor, plan=_plan(), found=found, entry=None)


def _adopt(world, actor):
    packed = gzip.compress(json.dumps(DOCUMENTS).encode())
    sealed = {"document": base64.b64encode(packed).decode(), "document_sha256": hashlib.sha256(packed).hexdigest()}
    plan = _plan(state="found", entry=Entry.objects.latest("id").pk, **sealed)
    return act("factors.adopt", actor=actor, plan=plan, reason="会议纪要")


def _withdraw_demand(world, actor):
    demand = Demand.objects.create(project=world.project, factor="power", step="connect", amount=1, source="函")
    return act("factors.withdraw_demand", actor=actor, demand=demand, reason="填错")


def _decide(world, actor):
    return act("factors.decide_work", actor=actor, work=_work(), starts_on=TODAY, reason="纪要")


def _start(world, actor):
    return act("factors.start_work", actor=actor, work=_work(), day=TODAY, basis="开工令")


def _finish(world, actor):
    return act("factors.finish_work", actor=actor, work=_work(state="started"), day=TODAY, basis="验收")


def _supply_more(world, actor):
    return act("factors.supply", actor=actor, pool=_pool(), tranche=Tranche(5, TODAY, "批复"))


def _withdraw_supply(world, actor):
    return act("factors.withdraw_supply", actor=actor, supply=_supply(), reason="重复")


def _postpone(world, actor):
    return act("factors.postpone_supply", actor=actor, supply=_supply(), from_on=date(2025, 6, 1), reason="延期")


def _hold(world, actor):
    return act("factors.hold", actor=actor, project=world.project, pool=_pool(), claim=Claim(10, TODAY, "申请"))


def _promise(world, actor):
    return act("factors.promise", actor=actor, reservation=_held(world), from_on=TODAY, basis="批复")


def _deliver(world, actor):
    return act("factors.deliver", actor=actor, reservation=_claim(world), day=TODAY, basis="送电单")


def _transfer(world, actor):
    to = Project.objects.exclude(pk=world.project.pk).first()
    return act("factors.transfer", actor=actor, reservation=_claim(world), to=to, reason="会议纪要")


def _load(world, actor):
    _pool()
    said = {"record": None, "factor": "power", "unit": "", "label": "", "amount": Decimal(5), "from_on": TODAY}
    row = Row("供给", 3, {**said, "until_on": None, "mark": "pending", "source": "批复", "measure": "MVA"})
    parsed = Parsed({"supplies": [row], "works": [], "needs": []})
    return act("factors.load_book", actor=actor, parsed=parsed, reason="导入")


def _expire(world, actor):
    _late(world)
    return act("factors.expire_holds", actor=actor, today=date(2025, 2, 1))


FACTORS = {
    "factors.open_pool": (
        lambda w, a: act("factors.open_pool", actor=a, factor="power", unit="dawa"),
        ["factors.pool.opened"],
    ),
    "factors.supply": (_supply_more, ["factors.supply.stated"]),
    "factors.withdraw_supply": (_withdraw_supply, ["factors.supply.withdrawn"]),
    "factors.postpone_supply": (_postpone, ["factors.supply.postponed"]),
    "factors.propose_work": (
        lambda w, a: act("factors.propose_work", actor=a, pool=_pool(), terms=TERMS),
        ["factors.work.proposed"],
    ),
    "factors.decide_work": (_decide, ["factors.work.decided"]),
    "factors.start_work": (_start, ["factors.work.started"]),
    "factors.finish_work": (_finish, ["factors.work.finished"]),
    "factors.cancel_work": (
        lambda w, a: act("factors.cancel_work", actor=a, work=_work(), reason="不做了"),
        ["factors.work.cancelled"],
    ),
    "factors.state_demand": (
        lambda w, a: act("factors.state_demand", actor=a, project=w.project, need=Need("power", 50, "可研")),
        ["factors.demand.stated"],
    ),
    "factors.withdraw_demand": (_withdraw_demand, ["factors.demand.withdrawn"]),
    "factors.hold": (_hold, ["factors.reservation.held"]),
    "factors.promise": (_promise, ["factors.reservation.promised"]),
    "factors.deliver": (_deliver, ["factors.reservation.delivered"]),
    "factors.release": (
        lambda w, a: act("factors.release", actor=a, reservation=_claim(w), reason="不要了"),
        ["factors.reservation.released"],
    ),
    "factors.transfer": (_transfer, ["factors.reservation.moved"]),
    "factors.ask_plan": (
        lambda w, a: act("factors.ask_plan", actor=a, name="年度排期", as_of=TODAY),
        ["factors.plan.asked", "jobs.job.queued"],
    ),
    "factors.load_book": (_load, ["factors.book.loaded"]),
    "factors.note_export": (
        lambda w, a: act("factors.note_export", actor=a, rows=1),
        ["factors.book.exported"],
    ),
    "factors.expire_holds": (_expire, ["factors.reservation.expired"]),
    "factors.keep": (_keep, ["factors.plan.found"]),
    "factors.fail": (
        lambda w, a: act("factors.fail", actor=a, plan=_plan(), trouble=Refusal("排不下", "does not fit"), entry=None),
        ["factors.plan.failed"],
    ),
    "factors.adopt": (_adopt, ["factors.plan.adopted"]),
}
