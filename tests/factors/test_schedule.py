"""Schedules of published instances: valid when counted step by step, and as short as the published optimum says."""

import csv
import tarfile
import time
from pathlib import Path

import pytest

from luodi.factors.engine.instance import read_instance
from luodi.factors.engine.problem import ProblemRefused
from luodi.factors.engine.schedule import schedule

DATA = Path(__file__).parents[3] / "shared/data/scheduling"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the published sets are not beside this checkout")


def unpacked(archive, name, folder):
    with tarfile.open(DATA / archive) as files:
        member = next(one for one in files.getmembers() if one.name.split("/")[-1] == name)
        member.name = name
        files.extract(member, folder, filter="data")
    return folder / name


def published(table, key, column):
    rows = csv.DictReader((DATA / table).read_text(encoding="utf-8").splitlines())
    return next(row[column] for row in rows if key in row.values())


def violations(instance, made):
    """Counted anew, step by step."""
    start, end = made.starts, [s + int(d) for s, d in zip(made.starts, instance.duration, strict=True)]
    wrong = [(i, j) for i, j, lag in instance.lags if start[j] < start[i] + lag]
    for t in range(made.makespan):
        running = [j for j in range(len(start)) if start[j] <= t < end[j]]
        wrong += [(t, k) for k, c in enumerate(instance.capacity) if sum(instance.request[j, k] for j in running) > c]
    for k, level in enumerate(instance.store):
        for t in range(made.makespan + 1):
            moved = sum(instance.given[j, k] for j in range(len(end)) if end[j] <= t)
            moved -= sum(instance.taken[j, k] for j in range(len(end)) if start[j] <= t)
            wrong += [(t, "store", k)] if level + moved < 0 else []
    return wrong + ([("end", max(end))] if max(end) != made.makespan else [])


@pytest.mark.parametrize(
    ("archive", "name", "optimum"),
    [
        ("psplib/j30.sm.tar.gz", "j301_1.sm", ("psplib/j30.bounds.csv", "ub")),
        ("psplib/j30.sm.tar.gz", "j3048_10.sm", ("psplib/j30.bounds.csv", "ub")),
        ("psplib/j60.sm.tar.gz", "j601_1.sm", ("psplib/j60.bounds.csv", "ub")),
        ("patterson/patterson.rcp.tar.gz", "pat1.rcp", ("patterson/patterson.optimum.csv", "optimum")),
        ("patterson/patterson.rcp.tar.gz", "pat72.rcp", ("patterson/patterson.optimum.csv", "optimum")),
        ("rcpsp-max/sm_j10.sch.tar.gz", "PSP1.SCH", ("rcpsp-max/sm_j10.optimum.csv", "optimum")),
        ("rcpsp-cpr/KSD30_ConsProd.rcp.tar.gz", "ConsProd_j3010_1.rcp", ("rcpsp-cpr/best_known.csv", "ub")),
    ],
)
def test_the_published_optimum_is_found_and_proven(tmp_path, archive, name, optimum):
    instance = read_instance(unpacked(archive, name, tmp_path))
    table, column = optimum
    key = name if "cpr" not in table else name.removesuffix(".rcp")
    seconds = 20.0 if instance.plain else 120.0  # the solver alone, and the machine may be shared
    made = schedule(instance, time.monotonic, seconds, workers=2, seed=1)

    assert violations(instance, made) == []
    assert made.proven
    assert made.makespan == made.bound == int(published(table, key, column))


def test_maximal_lags_that_cannot_be_kept_are_proven_so(tmp_path):
    instance = read_instance(unpacked("rcpsp-max/sm_j10.sch.tar.gz", "PSP2.SCH", tmp_path))

    made = schedule(instance, time.monotonic, 20.0)

    assert published("rcpsp-max/sm_j10.optimum.csv", "PSP2.SCH", "optimum") == "unsat"
    assert (made.makespan, made.infeasible, made.proven) == (None, True, True)


def test_the_search_alone_gives_valid_schedules_of_many_projects(tmp_path):
    instance = read_instance(unpacked("multi-project/MPLIB1_Set3.sample.rcmp.tar.gz", "MPLIB1_Set3_0.rcmp", tmp_path))

    made = schedule(instance, time.monotonic, 6.0)

    assert len(instance.duration) == 24 * 62
    assert violations(instance, made) == []
    assert made.bound <= int(
        published("multi-project/MPLIB1_Set3.sample.best_known.csv", "MPLIB1_Set3_0.rcmp", "bks_makespan")
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", ""), ("a.rcp", "3 1\n5\n"), ("a.sm", "nothing"), ("a.sch", "1 1\n"), ("a.rcp", "1 1\n5\n2 1 1 9\n")],
)
def test_what_is_no_instance_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(ProblemRefused, match=name.split(".")[0]):
        read_instance(tmp_path / name)
