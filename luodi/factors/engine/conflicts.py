"""Demands that no plan can meet, named. What passes here may still be impossible together; then the search says so."""

import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.problem import Problem, ProblemRefused

NAMED = 3
Said = tuple[str, str]  # in Chinese and in English


def refuse_impossible(problem: Problem) -> None:
    """Raises with every conflict that can be seen at once, in words."""
    found = [*_too_long(problem), *_too_much(problem), *_too_little(problem)]
    if found:
        words, english = zip(*found, strict=True)
        raise ProblemRefused("排不下：\n" + "\n".join(words), "it does not fit:\n" + "\n".join(english))


def _too_long(problem: Problem) -> list[Said]:
    late = np.flatnonzero(problem.finish > problem.horizon)
    return [
        (
            f"{problem.projects[p]} 不受任何限制也要到第 {problem.finish[p]} 步，期限只到 {problem.horizon}",
            f"{problem.projects[p]} needs until step {problem.finish[p]} even without limits; the horizon is {problem.horizon}",
        )
        for p in late[:NAMED]
    ]


def _too_much(problem: Problem) -> list[Said]:
    """A stage that asks more of a renewable than there is in any stretch as long as it."""
    found: list[Said] = []
    owner = np.repeat(np.arange(len(problem.stages)), np.diff(problem.demand_at))
    for k, stage in enumerate(owner):
        factor, amount = int(problem.demand_factor[k]), int(problem.demand_amount[k])
        if problem.pool[factor] or problem.duration[stage] == 0 or len(found) == NAMED:
            continue
        from_, to = int(problem.free[stage]), problem.horizon - int(problem.tail[stage]) + int(problem.duration[stage])
        most = _longest(problem.have[factor, from_:to] >= amount)
        if most < problem.duration[stage]:
            name = f"{problem.projects[int(problem.project_of[stage])]}.{problem.stages[stage]}"
            what, length = f"{problem.factors[factor]} {amount}", problem.duration[stage]
            found.append((
                f"{name} 要 {what} 连续 {length} 步，最多只有连续 {most} 步",
                f"{name} needs {what} for {length} steps on end, and there are {most} at most",
            ))  # fmt: skip
    return found


def _longest(fits: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fits.astype(np.int64), [0]])))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def _too_little(problem: Problem) -> list[Said]:
    """A pool of which all together ask more than is supplied and can be added within the horizon."""
    found = []
    owner = problem.project_of[np.repeat(np.arange(len(problem.stages)), np.diff(problem.demand_at))]
    for factor in np.flatnonzero(problem.pool):
        of = problem.demand_factor == factor
        asked = int(problem.demand_amount[of].sum())
        useful = (problem.work_factor == factor) & (problem.work_earliest + problem.work_duration < problem.horizon)
        there = int(problem.have[factor].max()) + int(problem.work_adds[useful].sum())
        if asked > there:
            by = np.bincount(owner[of], problem.demand_amount[of], minlength=len(problem.projects))
            worst = [f"{problem.projects[p]} {int(by[p])}" for p in np.argsort(-by, kind="stable")[:NAMED]]
            name, lacks = problem.factors[factor], asked - there
            found.append((
                f"{name} 共要 {asked}，连同全部准备工程只有 {there}，差 {lacks}；要得最多的是 {'、'.join(worst)}",
                f"{asked} of {name} are needed and, with all works, there are {there}: {lacks} lack; most is needed by {', '.join(worst)}",
            ))  # fmt: skip
    return found
