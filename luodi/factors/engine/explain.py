"""Why a project waits, and what a unit more would save, in words.

A chain is found by placing the project anew among all others as they are: where a stage could begin by its order but a factor does
not allow it, that factor holds it, until a tranche arrives, a work is finished, or others give back what they lent.
A price is the bound's: what one unit more of a factor from a month on takes off the bound; the first units save about that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from luodi.factors.engine.bound import Prices, ahead_of
from luodi.factors.engine.construct import State, Tables, earliest, occupy, remove, restored, tables
from luodi.factors.engine.ledger import room
from luodi.factors.engine.problem import NEVER, Numbers, Problem

DAYS = {"day": 1, "week": 7}
STEPS = {"day": "天", "week": "周"}
TRANCHE, WORK, RELEASED = "tranche", "work", "released"


@dataclass(frozen=True, slots=True)
class Link:
    """`stage` waited `steps` for `factor`, until `until`, when `source` (a tranche, a work's name, or others) had enough."""

    stage: str
    factor: str
    steps: int
    until: int
    source: str
    work: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    project: str
    late: int
    weighted: float
    chain: tuple[Link, ...]
    words: str


def reasons(problem: Problem, starts: Numbers, works: Numbers, most: int | None = None) -> list[Reason]:
    """Of every project that waits, dearest first."""
    data, state = tables(problem), restored(problem, starts, works)
    late = state.ends - problem.finish
    order = [int(p) for p in np.argsort(-late * problem.weight, kind="stable") if late[p] > 0][:most]
    told = []
    for project in order:
        chain = tuple(_chain(problem, data, state, project))
        words = _words(problem, problem.projects[project], int(late[project]), chain)
        told.append(
            Reason(
                problem.projects[project],
                int(late[project]),
                float(late[project] * problem.weight[project]),
                chain,
                words,
            )
        )
    return told


def _chain(problem: Problem, data: Tables, state: State, project: int) -> list[Link]:
    """Placed as early as it goes, then from its end backwards along what held it; the state is as before afterwards."""
    at, end = problem.stage_at[project], problem.stage_at[project + 1]
    before, links, ready = state.starts[at:end].copy(), {}, {}
    remove(data, state, project)
    placed: dict[int, int] = {}
    for stage in range(at, end):
        after = [int(one) for one in problem.after[problem.after_at[stage] : problem.after_at[stage + 1]]]
        ready[stage] = max(
            [placed[one] + int(problem.duration[one]) for one in after], default=int(problem.release[project])
        )
        t = int(earliest(data, state, stage, ready[stage]))
        placed[stage] = t if t != NEVER else int(before[stage - at])
        if placed[stage] > ready[stage]:
            links[stage] = _link(problem, data, state, stage, ready[stage], placed[stage])
        state.starts[stage] = placed[stage]
        occupy(data, state, stage, placed[stage], 1)
    remove(data, state, project)
    _as_it_was(data, state, project, before)
    chain, stage = [], max(range(at, end), key=lambda one: placed[one] + problem.duration[one])
    while True:
        if stage in links:
            chain.append(links[stage])
        after = [int(one) for one in problem.after[problem.after_at[stage] : problem.after_at[stage + 1]]]
        if not after:
            return chain[::-1]
        stage = max(after, key=lambda one: placed[one] + problem.duration[one])


def _as_it_was(data: Tables, state: State, project: int, before: Numbers) -> None:
    for offset, t in enumerate(before):
        stage = int(data.stage_at[project]) + offset
        state.starts[stage] = t
        occupy(data, state, stage, int(t), 1)
    state.ends[project] = int((before + data.duration[data.stage_at[project] : data.stage_at[project + 1]]).max())


def _link(problem: Problem, data: Tables, state: State, stage: int, ready: int, t: int) -> Link:
    """The demand that alone is satisfied last."""
    demands = range(problem.demand_at[stage], problem.demand_at[stage + 1])
    duration = problem.duration[stage]
    alone = {
        k: int(room(data.pool, state.left, state.low, data.demand_factor[k], data.demand_amount[k], ready, duration))
        for k in demands
    }
    worst = max(alone, key=lambda k: alone[k])
    factor = int(problem.demand_factor[worst])
    done = [w for w in np.flatnonzero(state.work_starts != NEVER) if problem.work_factor[w] == factor
            and state.work_starts[w] + problem.work_duration[w] == alone[worst]]  # fmt: skip
    grown = (
        problem.have[factor, min(alone[worst], problem.horizon - 1)] > problem.have[factor, max(0, alone[worst] - 1)]
    )
    source = WORK if done else TRANCHE if grown else RELEASED
    return Link(
        problem.stages[stage], problem.factors[factor], t - ready, t, source, problem.works[int(done[0])] if done else None
    )  # fmt: skip


def day_of(problem: Problem, step: int) -> date | None:
    try:
        return date.fromisoformat(problem.start) + timedelta(days=DAYS[problem.unit] * step)
    except (ValueError, KeyError):
        return None


def _when(problem: Problem, step: int) -> str:
    day = day_of(problem, step)
    return f"第 {step} 步" if day is None else f"{day:%Y-%m-%d}"


def _words(problem: Problem, project: str, late: int, chain: Sequence[Link]) -> str:
    unit = STEPS.get(problem.unit, "步")
    if not chain:
        return f"{project} 晚 {late} {unit}：按现有排法本可更早，没有要素挡住它"
    ends = {TRANCHE: "批次到位", RELEASED: "别的项目让出"}
    parts = [
        f"{link.stage} 等 {link.factor} {link.steps} {unit}（{_when(problem, link.until)} "
        + (f"{link.work} 建成" if link.source == WORK else ends[link.source])
        + "）"
        for link in chain
    ]
    return f"{project} 晚 {late} {unit}：" + "；".join(parts)


def monthly(problem: Problem, prices: Prices) -> list[dict[str, Any]]:
    """What one unit more saves: of a pool from the month on, of a renewable during the month. Only where it saves something."""
    ahead, summed = ahead_of(prices)
    days = [day_of(problem, step) for step in range(problem.horizon)]
    first: dict[str, int] = {}
    for step, day in enumerate(days):
        first.setdefault(f"{day:%Y-%m}" if day else str(step), step)
    months = [*first.items(), ("", problem.horizon)]
    told = []
    for number, factor in enumerate(problem.factors):
        for (month, begun), (_, end) in zip(months[:-1], months[1:], strict=True):
            saves = ahead[number, begun] if problem.pool[number] else summed[number, end] - summed[number, begun]
            if saves > 1e-6:
                told.append(
                    {"factor": factor, "unit": problem.units[number], "month": month, "saves": round(float(saves), 4)}
                )
    return told


def telling(prices: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of each factor the month in which a unit more saves most."""
    most: dict[str, Mapping[str, Any]] = {}
    for price in prices:
        if price["factor"] not in most or price["saves"] > most[price["factor"]]["saves"]:
            most[price["factor"]] = price
    return list(most.values())


def sentence(price: Mapping[str, Any], amount: int, unit: str) -> str:
    """Like “2028-03 多 10 t/a VOC 省 412 加权周”."""
    return f"{price['month']} 多 {amount} {price['unit']} {price['factor']} 省 {price['saves'] * amount:,.0f} 加权{STEPS.get(unit, '步')}"
