"""Factor plans: gap between plan and bound, beside levelling by priority rules, a whole model in CP-SAT and HiGHS.

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
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
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
    from plan_peers import peers

    print(f"seed {asked.seed}, {asked.seconds:g} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for size in asked.sizes:
        path = Path(size) if size.endswith(".gz") else SHARED / f"city-{size}-1.json.gz"
        if not path.exists():
            print(f"{path} is not here")
            continue
        ours(path, asked.seconds, asked.seed, halved if asked.processor else time.monotonic)
        if asked.peers:
            peers(path, asked.seconds, asked.seed)


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


if __name__ == "__main__":
    main()
