"""The peers of `factors_schedule.py`: each takes instances, seconds and a seed and gives (makespan, proven) for each, None: none found."""

import json
import os
import subprocess
from pathlib import Path


def by_rule(instances, _seconds, _seed, twice=False):
    """One schedule, jobs in the order of their latest starts: what levelling does; `twice`: pushed right and left again."""
    from luodi.factors.engine.schedule import ruled

    return [(ruled(one, twice) if one.plain else None, False) for one in instances]


def justified(instances, seconds, seed):
    return by_rule(instances, seconds, seed, twice=True)


def cp_sat(instances, seconds, seed):
    """The plain model, two workers, no schedule to begin with."""
    from luodi.factors.engine.schedule import constrained, simple_bound

    made = []
    for one in instances:
        found, low, infeasible = constrained(one, seconds, 2, seed, simple_bound(one), None, None)
        made.append((None, infeasible) if found is None else (int(found[-1]), bool(found[-1] <= low)))
    return made


def highs(instances, seconds, _seed):
    """Time-indexed, as one project whose only aim is its end; the horizon is what the rule with justification needs."""
    from factors_highs import solved

    from luodi.factors.engine.problem import FORMAT, problem_of

    made = []
    for one, (most, _) in zip(instances, justified(instances, 0, 0), strict=True):
        if most is None:
            made.append((None, False))
            continue
        after = [[] for _ in one.duration]
        for i, j, _lag in one.lags:
            after[j].append(str(i))
        stages = [
            {"id": str(j), "duration": int(d), "after": after[j], "demand": {str(k): int(a) for k, a in enumerate(one.request[j]) if a}}
            for j, d in enumerate(one.duration)
        ]  # fmt: skip
        factors = [{"id": str(k), "kind": "renewable", "capacity": [[0, int(c)]]} for k, c in enumerate(one.capacity)]
        project = {"id": "p", "weight": 1, "release": 0, "stages": stages}
        problem = problem_of({"format": FORMAT, "grid": {"horizon": most}, "factors": factors, "projects": [project]})
        starts, _, bound = solved(problem, 1, seconds)
        end = most if starts is None else int((starts + problem.duration).max())
        made.append((end, bound is not None and end <= problem.finish[0] + bound + 1 - 1e-6))
    return made


def pyjobshop(instances, seconds, seed):
    """In the environment that `LUODI_PEERS` names; it knows no storages that are refilled."""
    asked = [
        {
            "duration": one.duration.tolist(), "request": one.request.tolist(), "capacity": one.capacity.tolist(),
            "lags": [list(map(int, lag)) for lag in one.lags],
        }
        for one in instances
    ]  # fmt: skip
    script = Path(__file__).with_name("schedule_pyjobshop.py")
    ran = subprocess.run(
        [os.environ["LUODI_PEERS"], script, str(seconds), str(seed)], input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    return [(one["makespan"], one["makespan"] is not None and one["makespan"] <= one["bound"] + 1e-6) for one in told]


def peers():
    known = {
        "rule: latest start": by_rule, "rule, justified twice": justified, "HiGHS, time-indexed": highs, "CP-SAT, plain model": cp_sat,
    }  # fmt: skip
    if os.environ.get("LUODI_PEERS"):
        return {**known, "PyJobShop": pyjobshop}
    print("LUODI_PEERS is not set: no PyJobShop")
    return known
