"""City problems of other sizes and seeds, drawn from a given one.

    python benchmarks/factors_cities.py FROM.json.gz MANY SEED OUT.json.gz

Projects are drawn with replacement and begin up to a quarter sooner or later; every supply grows in proportion, with up to a tenth
more or less in each tranche; works are drawn as well. So a problem of 10,000 is as tight as the one of 3,000 that it comes from.
"""

import gzip
import json
import random
import sys
from pathlib import Path

MOVED, QUARTER = 0.1, 13


def drawn(document: dict, many: int, seed: int) -> dict:
    dice = random.Random(seed)
    share = many / len(document["projects"])
    works = round(len(document["works"]) * max(1.0, share))
    return {
        **document,
        "name": f"city-{many}-{seed}",
        "factors": [_factor(one, share, dice) for one in document["factors"]],
        "projects": [_project(dice.choice(document["projects"]), number, dice) for number in range(many)],
        "works": [_work(dice.choice(document["works"]), number, share, dice) for number in range(works)],
    }


def _factor(factor: dict, share: float, dice: random.Random) -> dict:
    if factor["kind"] == "renewable":
        return {**factor, "capacity": [[step, max(1, round(amount * share))] for step, amount in factor["capacity"]]}
    supply = [[step, round(amount * share * dice.uniform(1 - MOVED, 1 + MOVED))] for step, amount in factor["supply"]]
    supply[-1][1] += round(MOVED * sum(amount for _, amount in factor["supply"]) * share)  # nobody is left without
    return {**factor, "supply": supply}


def _project(project: dict, number: int, dice: random.Random) -> dict:
    release = max(0, project["release"] + dice.randint(-QUARTER, QUARTER))
    return {**project, "id": f"P{number + 1:05d}", "release": release}


def _work(work: dict, number: int, share: float, dice: random.Random) -> dict:
    """Smaller cities have as many works, each smaller."""
    less = min(1.0, share)
    return {
        **work,
        "id": f"W{number + 1:03d}",
        "adds": max(1, round(work["adds"] * less)),
        "cost": max(1, round(work["cost"] * less)),
        "earliest": max(0, work["earliest"] + dice.randint(-QUARTER, QUARTER)),
        "uses": {factor: max(1, round(amount * less)) for factor, amount in work["uses"].items()},
    }


if __name__ == "__main__" and len(sys.argv) == 5:  # `make bench` runs every file here
    from_, many, seed, out = sys.argv[1:]
    made = drawn(json.loads(gzip.decompress(Path(from_).read_bytes())), int(many), int(seed))
    Path(out).write_bytes(gzip.compress(json.dumps(made).encode()))
