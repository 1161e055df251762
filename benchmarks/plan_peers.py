"""The peers of `factors_plan.py` on one city problem: each prints its row. Same problem, same machine, same seconds."""

import time
from pathlib import Path


def peers(path: Path, seconds: float, seed: int) -> None:
    from luodi.factors.engine.problem import load, problem_of

    problem = problem_of(load(path))
    levelled(problem)
    modelled(problem, seconds, seed)
    indexed(problem, seconds)


def told(problem, name: str, waiting: float | None, bound: float | None = None, note: str = "") -> None:
    gap = "" if waiting is None or bound is None else f"{(waiting - bound) / max(1, waiting):.1%}"
    said = "none" if waiting is None else f"{waiting:,.0f}"
    low = "" if bound is None else f"{abs(bound):,.0f}"  # the solver writes nothing as -0
    print(f"| {problem.name} | {name} | | | | | | {gap} | {said} | {low} | | | {note} |", flush=True)


def levelled(problem) -> None:
    """What levelling in planning software does: one pass in the order of a rule, works as early as they fit."""
    import numpy as np

    from luodi.factors.engine.construct import empty, fill, tables, waiting_of

    works, none = np.argsort(problem.work_earliest), np.zeros(len(problem.stages), dtype=np.int64)
    for name, key in (
        ("first to finish", problem.finish),
        ("weightiest", -problem.weight),
        ("first released", problem.release),
    ):
        state = empty(problem)
        missing = fill(tables(problem), state, np.argsort(key, kind="stable"), works, problem.work_earliest, none)
        told(problem, f"levelling: {name}", None if missing else waiting_of(tables(problem), state))


def modelled(problem, seconds: float, seed: int) -> None:
    """The whole problem as one CP-SAT model, two workers, no hint."""
    import numpy as np

    from luodi.factors.engine.construct import restored, tables, waiting_of
    from luodi.factors.engine.exact import solve

    begun = time.monotonic()
    answer = solve(problem, problem.have, range(len(problem.projects)), True, seconds, workers=2, seed=seed)
    note = f"{time.monotonic() - begun:.0f} s"
    if answer.starts is None:
        told(problem, "CP-SAT, whole", None, answer.bound, note)
        return
    starts = np.array([answer.starts[stage] for stage in range(len(problem.stages))])
    told(
        problem, "CP-SAT, whole", waiting_of(tables(problem), restored(problem, starts, answer.works)), answer.bound, note
    )  # fmt: skip


def indexed(problem, seconds: float) -> None:
    """HiGHS, time-indexed: weekly, whose bound holds, and on a grid of four weeks, which finds plans sooner."""
    from factors_highs import solved

    from luodi.factors.engine.construct import restored, tables, waiting_of

    for grid in (1, 4):
        name, begun = f"HiGHS, every {grid} steps", time.monotonic()
        try:
            starts, works, bound = solved(problem, grid, seconds)
        except MemoryError as error:
            told(problem, name, None, None, f"not tried: {error}")
            continue
        waiting = None
        if starts is not None:
            state = restored(problem, starts, works)
            assert state.left.min() >= 0, "HiGHS's plan uses more than there is"
            waiting = waiting_of(tables(problem), state)
        told(problem, name, waiting, bound, f"{time.monotonic() - begun:.0f} s")
