"""The problem as arrays: read, checked, refused with the place of the mistake. The format is `luodi.factors.problem/1`.

Time is whole steps 0..horizon. A renewable is lent to what runs, a pool is used up by what has started. Stages are laid out
project by project in an order in which every stage follows those it waits for.
"""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = "luodi.factors.problem/1"
NEVER = -1  # not placed, not done, no follower
Numbers = NDArray[np.int64]


class ProblemRefused(ValueError):
    """The file is not a problem we can plan; the message says where, in Chinese and in English."""

    def __init__(self, words: str, english: str) -> None:
        super().__init__(words)
        self.english = english


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the loops need. `*_at` arrays are offsets: what belongs to i lies in [at[i], at[i + 1])."""

    name: str
    unit: str
    start: str
    horizon: int
    factors: tuple[str, ...]
    units: tuple[str, ...]
    pool: NDArray[np.bool_]
    have: Numbers  # factor × step: what is there at a step; for a pool, all that was supplied until then
    projects: tuple[str, ...]
    weight: NDArray[np.float64]
    release: Numbers
    stages: tuple[str, ...]
    stage_at: Numbers
    duration: Numbers
    free: Numbers  # earliest start with unlimited factors
    tail: Numbers  # steps from the start of a stage to the end of its project
    finish: Numbers  # per project: completion with unlimited factors
    demand_at: Numbers
    demand_factor: Numbers
    demand_amount: Numbers
    after_at: Numbers
    after: Numbers
    before_at: Numbers
    before: Numbers
    works: tuple[str, ...]
    work_factor: Numbers
    work_adds: Numbers
    work_duration: Numbers
    work_earliest: Numbers
    work_cost: NDArray[np.float64]
    use_at: Numbers
    use_factor: Numbers
    use_amount: Numbers

    @property
    def project_of(self) -> Numbers:
        return np.repeat(np.arange(len(self.projects)), np.diff(self.stage_at))

    @property
    def whole(self) -> bool:
        """Whole weights: then waiting is whole, and a bound may be rounded up."""
        return bool(np.all(self.weight == np.floor(self.weight)))


def load(path: Path) -> dict[str, Any]:
    """A JSON document, packed or not."""
    try:
        data = path.read_bytes()
        document = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise ProblemRefused(
            f"{path.name} 读不出 JSON：{error}", f"{path.name} is not readable as JSON: {error}"
        ) from None
    if not isinstance(document, dict):
        raise ProblemRefused(f"{path.name} 应是一个 JSON 对象", f"{path.name} should be one JSON object")
    return document


def problem_of(document: Mapping[str, Any]) -> Problem:
    """Check a document and lay it out."""
    if document.get("format") != FORMAT:
        format_ = document.get("format")
        raise ProblemRefused(f"format 应是 {FORMAT}，不是 {format_!r}", f"format should be {FORMAT}, not {format_!r}")
    try:
        return _laid_out(document)
    except KeyError as error:
        raise ProblemRefused(f"缺少字段 {error}", f"field {error} is missing") from None
    except (TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ProblemRefused(f"结构不对：{error}", f"the structure is wrong: {error}") from None


def _laid_out(document: Mapping[str, Any]) -> Problem:
    grid = document["grid"]
    horizon = _whole(grid["horizon"], "grid.horizon", least=1)
    factors = _by_id(document["factors"], "要素", "factors")
    row = {name: number for number, name in enumerate(factors)}
    pool = np.array([_kind(one) for one in factors.values()], dtype=bool)
    have = np.zeros((len(factors), horizon), dtype=np.int64)
    for name, one in factors.items():
        have[row[name]] = _pool(one, horizon) if pool[row[name]] else _renewable(one, horizon)
    projects = _by_id(document["projects"], "项目", "projects")
    parts = [_project(name, one, row) for name, one in projects.items()]
    works = _by_id(document.get("works", []), "准备工程", "works")
    uses = [_amounts(one["uses"], f"{name}.uses", row) for name, one in works.items()]
    for name, one in works.items():
        if one["factor"] not in row:
            gains = one["factor"]
            raise ProblemRefused(
                f"{name} 增加的要素 {gains} 不在 factors 里", f"{name} adds to {gains}, which is not in factors"
            )
        if not pool[row[one["factor"]]]:
            gains = one["factor"]
            raise ProblemRefused(f"{name} 增加的 {gains} 不是 pool", f"{name} adds to {gains}, which is not a pool")
    stage_at = _offsets(len(part["duration"]) for part in parts)
    after = [[stage_at[i] + one for one in list_] for i, part in enumerate(parts) for list_ in part["after"]]
    before: list[list[int]] = [[] for _ in after]
    for stage, list_ in enumerate(after):
        for one in list_:
            before[one].append(stage)
    demands = [list_ for part in parts for list_ in part["demand"]]
    return Problem(
        name=str(document.get("name", "")), unit=str(grid.get("unit", "step")), start=str(grid.get("start", "")),
        horizon=horizon, factors=tuple(factors), units=tuple(str(one.get("unit", "")) for one in factors.values()),
        pool=pool, have=have, projects=tuple(projects),
        weight=np.array([_positive(one["weight"], f"{name}.weight") for name, one in projects.items()], dtype=float),
        release=_array(_whole(one["release"], f"{name}.release") for name, one in projects.items()),
        stages=tuple(name for part in parts for name in part["name"]), stage_at=stage_at,
        duration=_array(d for part in parts for d in part["duration"]),
        free=_array(t for part in parts for t in part["free"]), tail=_array(t for part in parts for t in part["tail"]),
        finish=_array(part["finish"] for part in parts),
        demand_at=_offsets(map(len, demands)), demand_factor=_array(f for one in demands for f, _ in one),
        demand_amount=_array(a for one in demands for _, a in one),
        after_at=_offsets(map(len, after)), after=_array(one for list_ in after for one in list_),
        before_at=_offsets(map(len, before)), before=_array(one for list_ in before for one in list_),
        works=tuple(works), work_factor=_array(row[one["factor"]] for one in works.values()),
        work_adds=_array(_whole(one["adds"], f"{name}.adds") for name, one in works.items()),
        work_duration=_array(_whole(one["duration"], f"{name}.duration") for name, one in works.items()),
        work_earliest=_array(_whole(one["earliest"], f"{name}.earliest") for name, one in works.items()),
        work_cost=np.array([_positive(one["cost"], f"{name}.cost") for name, one in works.items()], dtype=float),
        use_at=_offsets(map(len, uses)), use_factor=_array(f for one in uses for f, _ in one),
        use_amount=_array(a for one in uses for _, a in one),
    )  # fmt: skip


def _project(name: str, project: Mapping[str, Any], row: Mapping[str, int]) -> dict[str, Any]:
    """One project in an order that respects `after`, with its times under unlimited factors."""
    stages = _by_id(project["stages"], f"{name} 的阶段", f"the stages of {name}")
    if not stages:
        raise ProblemRefused(f"{name} 没有阶段", f"{name} has no stages")
    order = _ordered(name, stages)
    place = {one: number for number, one in enumerate(order)}
    duration = [_whole(stages[one]["duration"], f"{name}.{one}.duration") for one in order]
    after = [[place[a] for a in dict.fromkeys(stages[one]["after"])] for one in order]
    release = _whole(project["release"], f"{name}.release")
    free: list[int] = []
    for number in range(len(order)):
        free.append(max([free[a] + duration[a] for a in after[number]], default=release))
    tail = list(duration)
    for number in reversed(range(len(order))):
        for a in after[number]:
            tail[a] = max(tail[a], duration[a] + tail[number])
    demand = [_amounts(stages[one]["demand"], f"{name}.{one}", row) for one in order]
    finish = max(f + d for f, d in zip(free, duration, strict=True))
    return dict(name=order, duration=duration, after=after, free=free, tail=tail, demand=demand, finish=finish)


def _ordered(name: str, stages: Mapping[str, Mapping[str, Any]]) -> list[str]:
    order: list[str] = []
    left = dict(stages)
    for stage, one in stages.items():
        unknown = [a for a in one["after"] if a not in stages]
        if unknown:
            where = f"{name}.{stage}"
            raise ProblemRefused(
                f"{where} 的 after 里没有这个阶段：{unknown[0]}", f"{where}: no stage {unknown[0]} to come after"
            )
    while left:
        ready = [stage for stage, one in left.items() if not any(a in left for a in one["after"])]
        if not ready:
            raise ProblemRefused(
                f"{name} 的阶段互相等待：{'、'.join(left)}", f"stages of {name} wait for each other: {', '.join(left)}"
            )
        order += ready
        for stage in ready:
            del left[stage]
    return order


def _kind(factor: Mapping[str, Any]) -> bool:
    if factor["kind"] not in {"pool", "renewable"}:
        name, kind = factor["id"], factor["kind"]
        raise ProblemRefused(
            f"{name} 的 kind 应是 pool 或 renewable，不是 {kind!r}",
            f"kind of {name} should be pool or renewable, not {kind!r}",
        )
    return bool(factor["kind"] == "pool")


def _pool(factor: Mapping[str, Any], horizon: int) -> Numbers:
    added = np.zeros(horizon, dtype=np.int64)
    for step, amount in factor["supply"]:
        if _whole(step, f"{factor['id']}.supply") < horizon:
            added[step] += _whole(amount, f"{factor['id']}.supply", least=None)
    return np.cumsum(added)


def _renewable(factor: Mapping[str, Any], horizon: int) -> Numbers:
    change, last = np.zeros(horizon, dtype=np.int64), 0
    for step, amount in factor["capacity"]:
        if _whole(step, f"{factor['id']}.capacity") < horizon:
            change[step] += _whole(amount, f"{factor['id']}.capacity", least=None) - last
        last = amount
    return np.cumsum(change)


def _by_id(entries: Sequence[Mapping[str, Any]], what: str, english: str) -> dict[str, Mapping[str, Any]]:
    named: dict[str, Mapping[str, Any]] = {}
    for one in entries:
        if not isinstance(one["id"], str) or one["id"] in named:
            raise ProblemRefused(
                f"{what}的 id 要是文字且不重复：{one['id']!r}",
                f"ids of {english} should be texts and unlike: {one['id']!r}",
            )
        named[one["id"]] = one
    return named


def _amounts(demand: Mapping[str, Any], where: str, row: Mapping[str, int]) -> list[tuple[int, int]]:
    unknown = [name for name in demand if name not in row]
    if unknown:
        raise ProblemRefused(
            f"{where} 要的要素 {unknown[0]} 不在 factors 里", f"{where} needs {unknown[0]}, which is not in factors"
        )
    amounts = [(row[name], _whole(amount, f"{where}.{name}")) for name, amount in demand.items()]
    return [pair for pair in amounts if pair[1]]


def _whole(value: Any, where: str, least: int | None = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
        raise ProblemRefused(
            f"{where} 应是整数{'' if least is None else f'，不小于 {least}'}，不是 {value!r}",
            f"{where} should be a whole number{'' if least is None else f', {least} or more'}, not {value!r}",
        )
    return value


def _positive(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise ProblemRefused(
            f"{where} 应是不小于 0 的数，不是 {value!r}", f"{where} should be a number, 0 or more, not {value!r}"
        )
    return float(value)


def _array(values: Iterable[int]) -> Numbers:
    return np.array(list(values), dtype=np.int64)


def _offsets(sizes: Iterable[int]) -> Numbers:
    return np.concatenate([[0], np.cumsum(_array(sizes))]).astype(np.int64)
