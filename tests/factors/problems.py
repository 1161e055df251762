"""Small problems, every plan of which can be tried, and the checker that judges a plan, as a second source."""

import itertools
import json
import random
import runpy
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared/engines/factors"


def judged(problem, plan, folder):
    """What the published checker says: None and its line, or the first violation."""
    if not (SHARED / "check_plan.py").exists():
        pytest.skip("the checker is not beside this checkout")
    paths = [folder / "problem.json", folder / "plan.json"]
    for path, document in zip(paths, (problem, plan), strict=True):
        path.write_text(json.dumps(document), encoding="utf-8")
    return runpy.run_path(str(SHARED / "check_plan.py"))["main"](*map(str, paths))


def document(factors, projects, works=(), horizon=12):
    return {
        "format": "luodi.factors.problem/1", "name": "t", "grid": {"unit": "week", "start": "2026-01-05", "horizon": horizon},
        "factors": list(factors), "projects": list(projects), "works": list(works),
    }  # fmt: skip


def pool(name, *supply):
    return {"id": name, "kind": "pool", "unit": "t", "supply": [list(one) for one in supply]}


def renewable(name, *capacity):
    return {"id": name, "kind": "renewable", "unit": "crew", "capacity": [list(one) for one in capacity]}


def project(name, weight, *stages, release=0):
    return {"id": name, "weight": weight, "release": release, "stages": list(stages)}


def stage(name, duration, after=(), **demand):
    return {"id": name, "duration": duration, "after": list(after), "demand": demand}


def work(name, factor, adds, duration, earliest=0, cost=1, **uses):
    return {
        "id": name,
        "factor": factor,
        "adds": adds,
        "duration": duration,
        "earliest": earliest,
        "cost": cost,
        "uses": uses,
    }


def tiny(seed):
    """Two or three projects of one to three stages with a pool, a renewable and sometimes a work; some cannot be solved."""
    dice = random.Random(seed)
    horizon = 7
    factors = [
        pool("quota", (0, dice.randint(0, 3)), (dice.randint(1, 4), dice.randint(1, 4)), (dice.randint(5, 6), 5)),
        renewable("crew", (0, dice.randint(1, 2)), (dice.randint(2, 5), dice.randint(1, 3))),
    ]
    projects = []
    for number in range(dice.randint(2, 3)):
        shape = dice.choice([((),), ((), (0,)), ((), (), (0, 1)), ((), (0,), (0,))])
        names = [f"s{i}" for i in range(len(shape))]
        stages = [
            stage(names[i], dice.randint(1, 2), [names[a] for a in after], **{f: dice.randint(0, 2) for f in ("quota", "crew")})
            for i, after in enumerate(shape)
        ]  # fmt: skip
        projects.append(project(f"p{number}", dice.randint(1, 5), *stages, release=dice.randint(0, 2)))
    works = (
        [work("w", "quota", dice.randint(1, 3), dice.randint(1, 2), crew=dice.randint(0, 1))]
        if dice.random() < 0.6
        else []
    )
    return document(factors, projects, works, horizon)


def least_waiting(problem, work_choices=None, spans=None):
    """Every start of every stage and every work is tried, project by project; None when nothing is valid.

    `work_choices` and `spans` (soonest and latest completion of each project) leave out some.
    """
    horizon = problem["grid"]["horizon"]
    work_choices = work_choices or [[None, *range(w["earliest"], horizon + 1)] for w in problem["works"]]
    least = None
    for chosen in itertools.product(*work_choices):
        have = _have(problem, chosen)
        found = _place(problem, problem["projects"], have, spans)
        if found is not None and (least is None or found < least):
            least = found
    return least


def _have(problem, chosen):
    """Factor → what is there at each step once the works have used theirs and added theirs."""
    horizon, have = problem["grid"]["horizon"], {}
    for factor in problem["factors"]:
        steps = factor.get("capacity") or factor["supply"]
        if factor["kind"] == "pool":
            have[factor["id"]] = [sum(a for s, a in steps if s <= t) for t in range(horizon)]
        else:
            have[factor["id"]] = [
                [a for s, a in steps if s <= t][-1] if steps[0][0] <= t else 0 for t in range(horizon)
            ]
    kinds = {f["id"]: f["kind"] for f in problem["factors"]}
    for one, t in zip(problem["works"], chosen, strict=True):
        if t is None:
            continue
        for factor, amount in one["uses"].items():
            end = horizon if kinds[factor] == "pool" else min(horizon, t + one["duration"])
            for step in range(t, end):
                have[factor][step] -= amount
        for step in range(t + one["duration"], horizon):
            have[one["factor"]][step] += one["adds"]
    return have


def _place(problem, projects, have, spans=None):
    if any(left < 0 for row in have.values() for left in row):
        return None
    if not projects:
        return 0
    kinds = {f["id"]: f["kind"] for f in problem["factors"]}
    horizon, first = problem["grid"]["horizon"], projects[0]
    free, least = {}, None
    for s in first["stages"]:
        free[s["id"]] = max([free[a] for a in s["after"]], default=first["release"]) + s["duration"]
    for starts in itertools.product(*[range(first["release"], horizon - s["duration"] + 1) for s in first["stages"]]):
        end = {s["id"]: t + s["duration"] for s, t in zip(first["stages"], starts, strict=True)}
        if any(t < end[a] for s, t in zip(first["stages"], starts, strict=True) for a in s["after"]):
            continue
        if spans and not spans[0][0] <= max(end.values()) <= spans[0][1]:
            continue
        rest = _place(problem, projects[1:], _left(kinds, horizon, have, first["stages"], starts), spans and spans[1:])
        if rest is not None:
            total = rest + first["weight"] * (max(end.values()) - max(free.values()))
            least = total if least is None else min(least, total)
    return least


def _left(kinds, horizon, have, stages, starts):
    left = {name: list(row) for name, row in have.items()}
    for s, t in zip(stages, starts, strict=True):
        for factor, amount in s["demand"].items():
            for step in range(t, horizon if kinds[factor] == "pool" else t + s["duration"]):
                left[factor][step] -= amount
    return left


def valid_plans(problem):
    """Every plan of a tiny problem that the rules allow: ({project: {stage: start}}, [start or None of each work])."""
    horizon = problem["grid"]["horizon"]
    for chosen in itertools.product(*[[None, *range(w["earliest"], horizon + 1)] for w in problem["works"]]):
        for starts in _placed(problem, problem["projects"], _have(problem, chosen)):
            yield starts, chosen


def _placed(problem, projects, have):
    if any(left < 0 for row in have.values() for left in row):
        return
    if not projects:
        yield {}
        return
    kinds, horizon = {f["id"]: f["kind"] for f in problem["factors"]}, problem["grid"]["horizon"]
    first = projects[0]
    for starts in itertools.product(*[range(first["release"], horizon - s["duration"] + 1) for s in first["stages"]]):
        begun = {s["id"]: t for s, t in zip(first["stages"], starts, strict=True)}
        lasts = {s["id"]: s["duration"] for s in first["stages"]}
        if all(t >= begun[a] + lasts[a] for s, t in zip(first["stages"], starts, strict=True) for a in s["after"]):
            for rest in _placed(problem, projects[1:], _left(kinds, horizon, have, first["stages"], starts)):
                yield {first["id"]: begun, **rest}
