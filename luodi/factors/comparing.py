"""Two plans side by side, what one more unit would save, and a plan in one sentence for a briefing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from luodi.factors import words
from luodi.factors.asking import OTHERS
from luodi.factors.models import Plan, PlanLine, PlanWork, Pool
from luodi.factors.plans import documents_of

SHOWN = 60
TOLD = 8


class End(NamedTuple):
    """Of a line of a plan what is compared."""

    pk: int
    project: int | None
    name: str
    ends_on: date
    waits_days: int


def compared(a: Plan, b: Plan, seen: frozenset[int] | None) -> dict[str, Any]:
    """Totals of both, and the projects whose end differs: of those in both the largest difference first, then those in one only."""
    before, after = (_ends(plan, seen) for plan in (a, b))
    both = before.keys() & after.keys()
    days = {key: (after[key].ends_on - before[key].ends_on).days for key in both}
    rows = [(after[key].pk, before[key], after[key], days[key]) for key in both if days[key]]
    rows.sort(key=lambda row: (-abs(row[3]), row[0]))
    gone, new = ([own[key] for key in own if key not in both] for own in (before, after))
    alone = [*((one.pk, None, one, None) for one in new), *((one.pk, one, None, None) for one in gone)]
    shown = [*rows, *alone][:SHOWN]
    lines = PlanLine.objects.select_related("project").in_bulk([row[0] for row in shown])
    return {
        "a": a, "b": b, "totals": [_total(plan, ends, both) for plan, ends in ((a, before), (b, after))],
        "rows": [{"line": lines[pk], "a": one, "b": other, "days": diff} for pk, one, other, diff in shown],
        "shown": len(shown), "changed": len(rows) + len(alone), "kept": len(both) - len(rows), "both": len(both), "only_a": len(gone), "only_b": len(new),
        "later": sum(row[3] > 0 for row in rows), "earlier": sum(row[3] < 0 for row in rows), "works": _works(a, b),
    }  # fmt: skip


def _ends(plan: Plan, seen: frozenset[int] | None) -> dict[str, End]:
    rows = PlanLine.objects.filter(plan=plan).order_by("pk")
    columns = rows.values_list("pk", "project_id", "name", "ends_on", "waits_days")
    lines = (End(*row) for row in columns)
    return {
        str(one.project or one.name): one for one in lines if seen is None or one.project is None or one.project in seen
    }


def _total(plan: Plan, ends: dict[str, End], both: Set[str]) -> dict[str, Any]:
    waits = [line.waits_days for line in ends.values()]
    return {
        "plan": plan, "projects": len(ends), "waiting": sum(days > 0 for days in waits), "days": f"{sum(waits):,}",
        "both_days": f"{sum(ends[key].waits_days for key in both):,}",
        "cost": f"{(plan.cost_fen or 0) / 1_000_000:,.0f}", "gap": f"{plan.gap:.1%}" if plan.gap is not None else "",
        "last": max((line.ends_on for line in ends.values()), default=None),
    }  # fmt: skip


def _works(a: Plan, b: Plan) -> list[dict[str, Any]]:
    """Works that one of them does and the other does not, or on another day."""
    starts: list[dict[int, Any]] = []
    named: dict[int, str] = {}
    for plan in (a, b):
        rows = PlanWork.objects.filter(plan=plan).select_related("work__pool")
        named |= {row.work_id: f"{row.work.name}（{words.pool_name(row.work.pool)}）" for row in rows}
        starts.append({row.work_id: row.starts_on for row in rows})
    return [
        {"name": name, "a": starts[0].get(pk), "b": starts[1].get(pk)}
        for pk, name in named.items()
        if starts[0].get(pk) != starts[1].get(pk)
    ]


def prices_of(plan: Plan, pools: Iterable[Pool]) -> list[str]:
    """Of each factor the month in which a unit more saves most, in words; the dearest first, `TOLD` at most.

    It is told for about a twentieth of all that is supplied, for that is an amount that somebody could still find.
    """
    places = {f"{pool.factor}@{pool.unit}": pool for pool in pools}
    given, dearest = _priced(plan.pk, plan.document_sha256)
    best = {name: price for name, price in dearest.items() if name in places}
    told = []
    for name, price in best.items():
        pool, more = places[name], _round(given[name] / 20)
        saves = price["saves"] * more
        about = {
            "month": price["month"], "amount": words.amount(pool.kind_of, more), "pool": words.pool_name(pool),
            "saves": f"{saves:,.0f}",
        }  # fmt: skip
        text = _("%(month)s 起 %(pool)s 多 %(amount)s，约省 %(saves)s 加权周")
        if pool.kind_of.lent:
            text = _("%(month)s 里 %(pool)s 多 %(amount)s，约省 %(saves)s 加权周")
        told.append((saves, text % about))
    return [text for saves, text in sorted(told, reverse=True) if saves >= 1][:TOLD]


@lru_cache(maxsize=8)
def _priced(plan: int, sha256: str) -> tuple[Mapping[str, int], Mapping[str, Mapping[str, Any]]]:
    """What is supplied of each factor, and its dearest month; kept, for the document of a hash is always the same."""
    documents = documents_of(Plan.objects.get(pk=plan, document_sha256=sha256))
    saves: dict[tuple[str, str], float] = defaultdict(float)
    for price in documents["plan"]["prices"]:  # a unit more of what is lent is there for claimants and for others
        saves[price["factor"].removesuffix(OTHERS), price["month"]] += price["saves"]
    best: dict[str, dict[str, Any]] = {}
    for (factor, month), saved in saves.items():
        if saved > best.get(factor, {"saves": 0})["saves"]:
            best[factor] = {"month": month, "saves": saved}
    return {one["id"]: _given(one) for one in documents["problem"]["factors"]}, best


def _given(factor: Mapping[str, Any]) -> int:
    if "capacity" in factor:
        return max((amount for _step, amount in factor["capacity"]), default=0)
    return sum(amount for _step, amount in factor["supply"])


def _round(amount: float) -> int:
    """One digit and noughts, one at least."""
    return max(1, int(float(f"{amount:.0e}")))


def sentence(plan: Plan) -> str:
    """A plan in one sentence, as a briefing quotes it: its cohort, date, figures, and what it moved."""
    lines = PlanLine.objects.filter(plan=plan)
    moved = lines.exclude(moved_days=0).exclude(moved_days=None)
    told: dict[str, Any] = {
        "day": plan.as_of, "n": lines.count(), "waits": lines.filter(waits_days__gt=0).count(), "waiting": f"{plan.waiting or 0:,.0f}",
        "bound": f"{plan.bound or 0:,.0f}", "works": PlanWork.objects.filter(plan=plan).exclude(starts_on=None).count(),
    }  # fmt: skip
    text = _(
        "截至 %(day)s 排 %(n)s 个项目，%(waits)s 个要等要素，等待 %(waiting)s 加权周（任何排法不低于 %(bound)s），安排准备工程 %(works)s 项"
    )
    if plan.unfit:
        text += _("；另有 %(unfit)s 个排不进，录入的供给不够")
        told["unfit"] = len(plan.unfit)
    if plan.base_id is None:
        return text % told + _("。")
    changed = {"earlier": moved.filter(moved_days__lt=0).count(), "later": moved.filter(moved_days__gt=0).count()}
    changed["kept"] = lines.filter(moved_days=0).count()
    return text % told + _("；与上一现行排期比，%(earlier)s 个提前、%(later)s 个推后、%(kept)s 个不变。") % changed
