"""One project to be done as early as possible: published instances, read into one shape.

PSPLIB `.sm`, Patterson `.rcp`, the same with storages that are drawn from and refilled (ConsProd), ProGen/max `.sch` with
minimal and maximal lags, and MPLIB `.rcmp`, several projects side by side, which are one where only the last end counts.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from luodi.factors.engine.problem import Numbers, ProblemRefused


@dataclass(frozen=True, slots=True)
class Instance:
    """Job j runs `duration[j]` and lends `request[j]` of `capacity`. A lag (i, j, l): j starts l after the start of i, or later.

    A storage holds `store` at first; job j takes `taken[j]` at its start and gives `given[j]` at its end; it is never below zero.
    """

    name: str
    duration: Numbers
    request: Numbers
    capacity: Numbers
    lags: tuple[tuple[int, int, int], ...]
    store: Numbers
    taken: Numbers
    given: Numbers

    @property
    def plain(self) -> bool:
        """Only "after the end of", no storage: what the genetic search takes."""
        return not len(self.store) and all(lag == self.duration[i] for i, _, lag in self.lags)


def read_instance(path: Path) -> Instance:
    """By the ending of its name."""
    readers = {".sm": _sm, ".rcp": _rcp, ".sch": _sch, ".rcmp": _rcmp}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ProblemRefused(
            f"认得 {'、'.join(readers)}，不认得 {path.name}", f"{', '.join(readers)} can be read, not {path.name}"
        )
    try:
        text = path.read_text(encoding="latin-1")
        return _checked(reader(path.name, text))
    except (ValueError, IndexError, StopIteration) as error:
        if isinstance(error, ProblemRefused):
            raise
        raise ProblemRefused(
            f"{path.name} 不是完整的 {path.suffix} 文件：{error}",
            f"{path.name} is no whole {path.suffix} file: {error}",
        ) from None


def _checked(instance: Instance) -> Instance:
    jobs = len(instance.duration)
    if (
        not jobs
        or instance.duration.min() < 0
        or any(not (0 <= i < jobs and 0 <= j < jobs) for i, j, _ in instance.lags)
    ):
        raise ProblemRefused(
            f"{instance.name} 里有不存在的后续任务或负的工期",
            f"{instance.name} names followers that are not there, or has durations below zero",
        )
    return instance


def _plain(name: str, rows: list[tuple[int, list[int], list[int]]], capacity: list[int]) -> Instance:
    """From (duration, requests, followers) of each job."""
    lags = tuple((i, j, row[0]) for i, row in enumerate(rows) for j in row[2])
    none = np.zeros(0, dtype=np.int64)
    return Instance(
        name, np.array([row[0] for row in rows]), np.array([row[1] for row in rows]).reshape(len(rows), len(capacity)),
        np.array(capacity), lags, none, np.zeros((len(rows), 0), dtype=np.int64), np.zeros((len(rows), 0), dtype=np.int64),
    )  # fmt: skip


def _sm(name: str, text: str) -> Instance:
    after, demands, supply = (
        text.index(word) for word in ("PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES")
    )
    order = [list(map(int, line.split())) for line in text[after:demands].splitlines() if re.match(r"\s*\d", line)]
    asked = [list(map(int, line.split())) for line in text[demands:supply].splitlines() if re.match(r"\s*\d", line)]
    have = [list(map(int, line.split())) for line in text[supply:].splitlines() if re.match(r"\s*\d", line)][0]
    if len(order) != len(asked) or any(row[1] != 1 for row in order):
        raise ProblemRefused(f"{name}：每项任务要正好一种做法（单模式）", f"{name}: every job needs exactly one mode")
    rows = [(job[2], job[3:], [one - 1 for one in row[3 : 3 + row[2]]]) for row, job in zip(order, asked, strict=True)]
    return _plain(name, rows, have)


def _rcp(name: str, text: str) -> Instance:
    """Patterson; with three numbers in the first line, ConsProd: renewables, then storages with what is taken and given."""
    head = text.strip().splitlines()[0].split()
    numbers = iter(map(int, text.split()))
    jobs, renewables = next(numbers), next(numbers)
    storages = next(numbers) if len(head) == 3 else 0
    capacity, store = [next(numbers) for _ in range(renewables)], [next(numbers) for _ in range(storages)]
    rows, moved = [], []
    for _ in range(jobs):
        duration, request = next(numbers), [next(numbers) for _ in range(renewables)]
        moved.append([(next(numbers), next(numbers)) for _ in range(storages)])
        rows.append((duration, request, [next(numbers) - 1 for _ in range(next(numbers))]))
    made = _plain(name, rows, capacity)
    if not storages:
        return made
    both = np.array(moved, dtype=np.int64).reshape(jobs, storages, 2)
    both[0] = both[-1] = 0  # the format's readers pass over what the dummies take and give
    return Instance(
        name, made.duration, made.request, made.capacity, made.lags, np.array(store), both[:, :, 0], both[:, :, 1]
    )


def _sch(name: str, text: str) -> Instance:
    lines = [line.replace("[", " ").replace("]", " ").split() for line in text.splitlines() if line.strip()]
    jobs, renewables = int(lines[0][0]) + 2, int(lines[0][1])
    order, asked = (
        [list(map(int, row)) for row in lines[1 : jobs + 1]],
        [list(map(int, row)) for row in lines[jobs + 1 : 2 * jobs + 1]],
    )
    lags = [
        (row[0], one, lag) for row in order for one, lag in zip(row[3 : 3 + row[2]], row[3 + row[2] :], strict=True)
    ]
    capacity = [int(one) for one in lines[2 * jobs + 1]][:renewables]
    made = _plain(name, [(row[2], row[3 : 3 + renewables], []) for row in asked], capacity)
    return Instance(name, made.duration, made.request, made.capacity, tuple(lags), made.store, made.taken, made.given)


def _rcmp(name: str, text: str) -> Instance:
    numbers = iter(text.split())
    projects, renewables = int(next(numbers)), int(next(numbers))
    capacity = [int(next(numbers)) for _ in range(renewables)]
    parts: list[list[tuple[int, list[int], list[tuple[int, int]]]]] = []
    for _ in range(projects):
        jobs, release = int(next(numbers)), int(next(numbers))
        for _ in range(renewables):
            next(numbers)
        if release:
            raise ProblemRefused(
                f"{name}：有最早开始的项目，还不认得", f"{name}: release dates of projects are not read yet"
            )
        part = []
        for _ in range(jobs):
            duration, request = int(next(numbers)), [int(next(numbers)) for _ in range(renewables)]
            followers = [next(numbers).split(":") for _ in range(int(next(numbers)))]
            part.append((duration, request, [(int(p) - 1, int(j) - 1) for p, j in followers]))
        parts.append(part)
    at = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    rows = [(d, r, [int(at[p]) + j for p, j in followers]) for part in parts for d, r, followers in part]
    return _plain(name, rows, capacity)
