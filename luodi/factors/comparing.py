"""Two plans side by side, what one more unit would save, and a plan in one sentence for a briefing."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from luodi.factors import words
from luodi.factors.models import Plan, PlanLine, PlanWork, Pool
from luodi.factors.plans import documents_of

SHOWN = 60
TOLD = 8


def compared(a: Plan, b: Plan, seen: frozenset[int] | None) -> dict[str, Any]:
    """Totals of both, and the projects whose end differs, the largest difference first."""
    before, after = (_ends(plan, seen) for plan in (a, b))
    rows: list[dict[str, Any]] = []
    for key in before.keys() | after.keys():
        one, other = before.get(key), after.get(key)
        if one is None or other is None or one.ends_on != other.ends_on:
            line = other or one
            days = (other.ends_on - one.ends_on).days if one and other else None
            rows.append({"line": line, "a": one, "b": other, "days": days})
    rows.sort(key=lambda row: (-abs(row["days"]) if row["days"] is not None else -(10**6), str(row["line"].pk)))
    return {
        "a": a, "b": b, "totals": [_total(plan, ends) for plan, ends in ((a, before), (b, after))], "rows": rows[:SHOWN],
        "shown": min(len(rows), SHOWN), "changed": len(rows), "kept": len(before.keys() & after.keys()) - sum(row["days"] is not None for row in rows),
        "later": sum((row["days"] or 0) > 0 for row in rows), "earlier": sum((row["days"] or 0) < 0 for row in rows),
        "works": _works(a, b),
    }  # fmt: skip


def _ends(plan: Plan, seen: frozenset[int] | None) -> dict[str, PlanLine]:
    lines = PlanLine.objects.filter(plan=plan).select_related("project")
    return {
        str(line.project_id or line.name): line
        for line in lines
        if seen is None or line.project_id is None or line.project_id in seen
    }


def _total(plan: Plan, ends: dict[str, PlanLine]) -> dict[str, Any]:
    waits = [line.waits_days for line in ends.values()]
    return {
        "plan": plan, "projects": len(ends), "waiting": sum(days > 0 for days in waits), "days": f"{sum(waits):,}",
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
    documents = documents_of(Plan.objects.get(pk=plan.pk))
    given = {one["id"]: _given(one) for one in documents["problem"]["factors"]}
    best: dict[str, dict[str, Any]] = {}
    for price in documents["plan"]["prices"]:
        if price["factor"] in places and price["saves"] > best.get(price["factor"], {"saves": 0})["saves"]:
            best[price["factor"]] = price
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
