"""A plan as the document that is written and checked: `luodi.factors.plan/1`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from luodi.factors.engine.explain import monthly, reasons
from luodi.factors.engine.limits import Plan
from luodi.factors.engine.problem import NEVER, Numbers, Problem, ProblemRefused
from luodi.factors.engine.terms import Terms, moves

FORMAT = "luodi.factors.plan/1"


def document_of(problem: Problem, plan: Plan, terms: Terms | None = None) -> dict[str, Any]:
    """Under `terms`, with the list of what moved and why."""
    if terms is not None:
        why = {one.project: one.words for one in reasons(problem, plan.starts, plan.works)}
        return document_of(problem, plan) | {"moved": moves(problem, terms, plan.starts, plan.works, why)}
    starts = plan.starts.tolist()
    return {
        "format": FORMAT,
        "problem": problem.name,
        "status": plan.status,
        "waiting": plain(plan.waiting),
        "cost": plain(plan.cost),
        "bound": plain(plan.bound),
        "gap": round(plan.gap, 6),
        "seconds": plan.seconds,
        "seed": plan.seed,
        "prices": monthly(problem, plan.prices),
        "starts": {
            name: dict(zip(problem.stages[at:end], starts[at:end], strict=True))
            for name, at, end in zip(problem.projects, problem.stage_at[:-1], problem.stage_at[1:], strict=True)
        },
        "works": {name: None if t == NEVER else t for name, t in zip(problem.works, plan.works.tolist(), strict=True)},
    }


def plain(number: float) -> float | int:
    """Whole numbers are written as such."""
    return int(number) if float(number).is_integer() else float(number)


def starts_of(problem: Problem, document: Mapping[str, Any]) -> tuple[Numbers, Numbers]:
    """The starts of an earlier plan. Projects it does not know are NEVER; what it knows and we do not is passed over."""
    if document.get("format", FORMAT) != FORMAT:
        format_ = document.get("format")
        raise ProblemRefused(
            f"排期的 format 应是 {FORMAT}，不是 {format_!r}", f"format of the plan should be {FORMAT}, not {format_!r}"
        )
    starts = np.full(len(problem.stages), NEVER)
    works = np.full(len(problem.works), NEVER)
    try:
        for number, name in enumerate(problem.projects):
            known = document["starts"].get(name, {})
            at, end = problem.stage_at[number], problem.stage_at[number + 1]
            if all(isinstance(known.get(stage), int) for stage in problem.stages[at:end]):
                starts[at:end] = [known[stage] for stage in problem.stages[at:end]]
        for number, name in enumerate(problem.works):
            t = document["works"].get(name)
            works[number] = t if isinstance(t, int) else NEVER
    except (KeyError, AttributeError, TypeError) as error:
        raise ProblemRefused(f"排期的结构不对：{error}", f"the structure of the plan is wrong: {error}") from None
    return starts, works
