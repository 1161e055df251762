"""What a plan in force asks of the next one: its near part stays, and every announced completion that moves has its price."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.problem import NEVER, Numbers, Problem, ProblemRefused


@dataclass(frozen=True, slots=True)
class Terms:
    """`soonest` start of a stage or work that is not frozen; `fixed` start of one that is, before the soonest of others; `hoped` starts and `announced` ends."""

    soonest: Numbers
    fixed: Numbers
    hoped: Numbers
    announced: Numbers
    change: NDArray[np.float64]  # weighted steps that one step of change costs, by project
    work_soonest: Numbers
    work_fixed: Numbers
    hoped_works: Numbers


def no_terms(problem: Problem) -> Terms:
    stages, projects, works = len(problem.stages), len(problem.projects), len(problem.works)
    none, undone = np.full(stages, NEVER), np.full(works, NEVER)
    return Terms(
        problem.free, none, none, np.full(projects, NEVER), np.zeros(projects), problem.work_earliest, undone, undone
    )  # fmt: skip


def terms_of(problem: Problem, starts: Numbers, works: Numbers, keep_weight: float, frozen: int) -> Terms:
    """From the starts of the plan in force: `keep_weight` per step of change and unit of weight, `frozen` steps from now."""
    known = np.array([bool(np.all(starts[a:b] != NEVER)) for a, b in _spans(problem)], dtype=bool)
    ends = np.array([int((starts[a:b] + problem.duration[a:b]).max()) for a, b in _spans(problem)], dtype=np.int64)
    near = (starts != NEVER) & (starts < frozen) & known[problem.project_of]
    _order_kept(problem, starts, near)
    work_near = (works >= problem.work_earliest) & (works < frozen)  # NEVER is before any earliest
    return Terms(
        np.where(near, starts, np.where(known[problem.project_of], np.maximum(problem.free, frozen), problem.free)), np.where(near, starts, NEVER), starts,
        np.where(known, ends, NEVER), np.where(known, keep_weight * problem.weight, 0.0),
        np.maximum(problem.work_earliest, frozen), np.where(work_near, works, NEVER), works,
    )  # fmt: skip


def _spans(problem: Problem) -> list[tuple[int, int]]:
    return list(zip(problem.stage_at[:-1].tolist(), problem.stage_at[1:].tolist(), strict=True))


def _order_kept(problem: Problem, starts: Numbers, near: NDArray[np.bool_]) -> None:
    for stage in np.flatnonzero(near):
        if starts[stage] < problem.free[stage]:
            name = problem.projects[int(problem.project_of[stage])]
            where = f"{name}.{problem.stages[stage]}"
            raise ProblemRefused(
                f"冻结期内的 {where} 早于它能开始的时候，不能照旧",
                f"{where} is frozen before it can begin, so it cannot stay",
            )


def moves(
    problem: Problem, terms: Terms, starts: Numbers, works: Numbers, why: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What moved against the plan in force, most weight first; works last."""
    moved: list[dict[str, Any]] = []
    for number, (a, b) in enumerate(_spans(problem)):
        name, end = problem.projects[number], int((starts[a:b] + problem.duration[a:b]).max())
        before = int(terms.announced[number])
        if before == NEVER:
            moved.append({"project": name, "from": None, "to": end, "steps": None, "why": "新进的项目"})
        elif before != end:
            reason = why.get(name, "") if end > before else "要素提前够用，前移"
            moved.append({"project": name, "from": before, "to": end, "steps": end - before, "why": reason})
    moved.sort(key=lambda one: -abs(one["steps"] or 0))
    for number, name in enumerate(problem.works):
        old, new = (None if t == NEVER else int(t) for t in (terms.hoped_works[number], works[number]))
        if old != new:
            moved.append({"work": name, "from": old, "to": new})
    return moved


def changed(document: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A what-if as a problem of its own: `later` tranches, `cancel` works, `projects` that arrive."""
    unknown = set(change) - {"format", "later", "cancel", "projects"}
    if unknown:
        raise ProblemRefused(
            f"假设里不认得 {'、'.join(sorted(unknown))}；有 later、cancel、projects",
            f"a what-if has later, cancel and projects, not {', '.join(sorted(unknown))}",
        )
    made = {**document, "factors": [dict(one) for one in document["factors"]]}
    for one in change.get("later", []):
        factor = next((f for f in made["factors"] if f["id"] == one["factor"]), None)
        if factor is None or not any(step == one["step"] for step, _ in factor.get("supply", [])):
            name, step = one["factor"], one["step"]
            raise ProblemRefused(f"{name} 在第 {step} 步没有批次", f"{name} has no tranche at step {step}")
        factor["supply"] = sorted([s + one["by"] if s == one["step"] else s, a] for s, a in factor["supply"])
    cancelled = set(change.get("cancel", []))
    missing = cancelled - {one["id"] for one in document.get("works", [])}
    if missing:
        raise ProblemRefused(
            f"没有准备工程 {'、'.join(sorted(missing))}", f"no such works: {', '.join(sorted(missing))}"
        )
    made["works"] = [one for one in document.get("works", []) if one["id"] not in cancelled]
    made["projects"] = [*document["projects"], *change.get("projects", [])]
    return made


@numba.njit(cache=True, nogil=True)
def burden(data, project, end):  # type: ignore[no-untyped-def]
    """What the search makes small, of one project: weighted lateness, and the price of moving what was announced."""
    value = data.weight[project] * (end - data.finish[project])
    if data.announced[project] != NEVER:
        value += data.change[project] * abs(end - data.announced[project])
    return value


@numba.njit(cache=True, nogil=True)
def burden_of(data, state):  # type: ignore[no-untyped-def]
    total = 0.0
    for project in range(len(data.finish)):
        total += burden(data, project, state.ends[project])
    return total
