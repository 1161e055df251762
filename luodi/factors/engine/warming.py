"""The loops compiled ahead, so that the first plan of an installation need not wait for the compiler."""

from collections.abc import Callable

import numpy as np

from luodi.factors.engine.instance import Instance
from luodi.factors.engine.limits import Limits
from luodi.factors.engine.planning import plan
from luodi.factors.engine.problem import FORMAT, problem_of
from luodi.factors.engine.schedule import schedule
from luodi.factors.engine.searching import EARLY


def warm(clock: Callable[[], float]) -> None:
    """Plan three projects and schedule three jobs: every loop is called once with the types it will see."""
    stages = [
        {"id": "a", "duration": 2, "after": [], "demand": {"quota": 2}},
        {"id": "b", "duration": 3, "after": ["a"], "demand": {"crew": 2}},
    ]
    problem = {
        "format": FORMAT, "grid": {"horizon": 60},
        "factors": [
            {"id": "quota", "kind": "pool", "supply": [[0, 3], [9, 9]]}, {"id": "crew", "kind": "renewable", "capacity": [[0, 3]]}
        ],
        "projects": [{"id": name, "weight": 1 + i, "release": 0, "stages": stages} for i, name in enumerate("abc")],
        "works": [{"id": "w", "factor": "quota", "adds": 3, "duration": 2, "earliest": 0, "cost": 1, "uses": {"crew": 1}}],
    }  # fmt: skip
    plan(problem_of(problem), Limits(clock, iterations=EARLY + 1))
    duration, none = np.array([0, 2, 3, 2, 0]), np.zeros((5, 0), dtype=np.int64)
    lags = tuple((i, j, int(duration[i])) for i, j in ((0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)))
    request = np.array([[0], [2], [2], [1], [0]])
    schedule(
        Instance("warm", duration, request, np.array([3]), lags, np.zeros(0, dtype=np.int64), none, none), clock, 1.0
    )
