"""PyJobShop on instances that `factors_schedule.py` hands over: `python schedule_pyjobshop.py SECONDS SEED < INSTANCES.json`.

Run in an environment that has it (requirements/peers.txt). One JSON line an instance: makespan and bound.
"""

import json
import sys


def solved(one, seconds, seed):
    from pyjobshop import Model

    model = Model()
    resources = [model.add_renewable(capacity=capacity) for capacity in one["capacity"]]
    tasks = [model.add_task() for _ in one["duration"]]
    for task, duration, request in zip(tasks, one["duration"], one["request"], strict=True):
        used = [(resource, demand) for resource, demand in zip(resources, request, strict=True) if demand]
        model.add_mode(
            task, [resource for resource, _ in used], duration=duration, demands=[demand for _, demand in used]
        )
    for i, j, lag in one["lags"]:
        if lag == one["duration"][i]:
            model.add_end_before_start(tasks[i], tasks[j])
        else:
            model.add_start_before_start(tasks[i], tasks[j], delay=lag)
    result = model.solve(solver="ortools", time_limit=seconds, num_workers=2, display=False, random_seed=seed)
    found = result.objective if result.best is not None else None
    return {"makespan": found, "bound": result.lower_bound}


if __name__ == "__main__" and len(sys.argv) == 3:  # `make bench` runs every file here
    for one in json.load(sys.stdin):
        print(json.dumps(solved(one, float(sys.argv[1]), int(sys.argv[2]))), flush=True)
