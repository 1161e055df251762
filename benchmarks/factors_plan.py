"""Factor plans: gap between plan and bound, beside levelling by priority rules and a whole model in CP-SAT.

    python benchmarks/factors_plan.py [SIZE|FILE ...] [--seconds 60] [--seed 1] [--peers]

Problems are `../shared/engines/factors/city-SIZE-1.json.gz`, or a file of `factors_cities.py` in place of a size.
Every plan is judged by `check_plan.py` beside them. Peers see the same problem on the same machine for the same seconds; times are
wall clock, so say with how many others the machine was shared.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SHARED = ROOT.parent / "shared/engines/factors"
SIZES = ["30", "100", "300", "1000", "3000"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", default=SIZES)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument(
        "--processor", action="store_true", help="ours by processor seconds over two workers: a shared machine"
    )
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.seconds:g} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for size in asked.sizes:
        path = Path(size) if size.endswith(".gz") else SHARED / f"city-{size}-1.json.gz"
        if not path.exists():
            print(f"{path} is not here")
            continue
        ours(path, asked.seconds, asked.seed, halved if asked.processor else time.monotonic)
        if asked.peers:
            levelled(path)
            modelled(path, asked.seconds, asked.seed)


def judged(problem: Path, plan: dict) -> str:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "plan.json"
        written.write_text(json.dumps(plan), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, SHARED / "check_plan.py", problem, written], capture_output=True, text=True
        )
    return "valid" if done.returncode == 0 else f"NOT VALID: {done.stdout.strip()}"


def halved() -> float:
    """What two idle cores would have taken: on a busy machine the clock on the wall measures the others."""
    return time.process_time() / 2


def ours(path: Path, seconds: float, seed: int, clock) -> None:
    from luodi.factors.engine.document import document_of
    from luodi.factors.engine.limits import Limits
    from luodi.factors.engine.planning import plan
    from luodi.factors.engine.problem import load, problem_of

    begun, seen = clock(), []
    problem = problem_of(load(path))
    made = plan(problem, Limits(clock, seconds - (clock() - begun), seed=seed), seen.append)
    at = [next((f"{one.gap:.1%}" for one in reversed(seen) if one.seconds <= t), "–") for t in (2, 5, 10, 20, 30)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"| {path.name.split('.')[0]} | luodi | {' | '.join(at)} | {made.gap:.1%} | {made.waiting:,.0f} | {made.bound:,.0f} | "
        f"{made.cost:,.0f} | {memory:.1f} GB | {judged(path, document_of(problem, made))} |",
        flush=True,
    )


def levelled(path: Path) -> None:
    """What levelling in planning software does: one pass in the order of a rule, works as early as they fit."""
    import numpy as np

    from luodi.factors.engine.construct import empty, fill, tables, waiting_of
    from luodi.factors.engine.problem import load, problem_of

    problem = problem_of(load(path))
    works, none = np.argsort(problem.work_earliest), np.zeros(len(problem.stages), dtype=np.int64)
    for name, key in (
        ("first to finish", problem.finish),
        ("weightiest", -problem.weight),
        ("first released", problem.release),
    ):
        state = empty(problem)
        missing = fill(tables(problem), state, np.argsort(key, kind="stable"), works, problem.work_earliest, none)
        waiting = waiting_of(tables(problem), state) if not missing else float("nan")
        print(f"| {path.name.split('.')[0]} | levelling: {name} | | | | | | | {waiting:,.0f} | | | | |", flush=True)


def modelled(path: Path, seconds: float, seed: int) -> None:
    """The whole problem as one CP-SAT model, two workers, no hint."""
    import numpy as np

    from luodi.factors.engine.construct import restored, tables, waiting_of
    from luodi.factors.engine.exact import solve
    from luodi.factors.engine.problem import load, problem_of

    problem = problem_of(load(path))
    answer = solve(problem, problem.have, range(len(problem.projects)), True, seconds, workers=2, seed=seed)
    if answer.starts is None:
        print(f"| {path.name.split('.')[0]} | CP-SAT, whole | | | | | | | none | | | | |", flush=True)
        return
    starts = np.array([answer.starts[stage] for stage in range(len(problem.stages))])
    waiting = waiting_of(tables(problem), restored(problem, starts, answer.works))
    gap = (waiting - answer.bound) / max(1, waiting)
    print(
        f"| {path.name.split('.')[0]} | CP-SAT, whole | | | | | | {gap:.1%} | {waiting:,.0f} | {answer.bound:,.0f} | | | |",
        flush=True,
    )


if __name__ == "__main__":
    main()
