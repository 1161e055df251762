"""From the record to the planner's problem: a week grid from a Monday, pools less what is claimed, needs less what is reserved.

Pools of one factor in one place (labels) are one factor of the problem. What is reserved is out of the pool and out of the need; a promise
for a later day becomes a small pool of the project's own, so that its step cannot begin before that day. Of what is lent, claims bind
everybody else: a second factor, the same less all that is claimed, is asked by whoever has no claim, and by a claimant for what goes
beyond it. So a claimant is sure of its weeks, and may still begin sooner or later where there is room.
A factor without a pool in a project's place or in the city is not planned: that nobody has entered a supply does not mean there is none.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from luodi.factors.models import Plan, PlanLine, Pool, Reservation, Work
from luodi.factors.needing import WEEK, Need, Way, free_of, needs, ways
from luodi.factors.queries import claimed, granted, live_works, pools_for
from luodi.factors.settings import factor_settings

FORMAT = "luodi.factors.problem/1"
OTHERS = "/others"
FEN_OF_WEIGHT = 1_000_000_000
"""One unit of weight for each 1000 万元 of total investment, one at least."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A question beside the record: {supply: weeks later}, works left out, projects that arrive (name, unit, amount in 分, chain)."""

    later: Mapping[int, int] = field(default_factory=dict)
    cancelled: frozenset[int] = frozenset()
    arriving: tuple[tuple[str, str, int, str], ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "WhatIf":
        later = {int(key): int(weeks) for key, weeks in data.get("later", {}).items()}
        arriving = tuple((str(a), str(b), int(c), str(d)) for a, b, c, d in data.get("arriving", ()))
        return cls(later, frozenset(int(one) for one in data.get("cancelled", ())), arriving)

    def __bool__(self) -> bool:
        return bool(self.later or self.cancelled or self.arriving)


@dataclass(frozen=True)
class Asked:
    """The problem with what is needed to tell its answer in the record's words."""

    document: dict[str, Any]
    start: date
    ways: Mapping[str, Way]
    pools: Mapping[str, Pool]
    works: Mapping[str, Work]
    left_out: Mapping[str, int]
    broken: Sequence[tuple[str, int, int]]
    """(factor, step, lacking): what was promised and is not covered, as a late tranche may bring about."""
    unfit: Sequence[tuple[Way, str]]
    """Projects that the planner is not asked about, with the factor of which not enough is supplied within the horizon."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()

    def day(self, step: int) -> date:
        return self.start + WEEK * step


def ask(as_of: date, what_if: WhatIf | None = None) -> Asked:
    """The problem of the record as of a day, and perhaps of what is supposed beside it."""
    supposed = what_if or WhatIf()
    start = as_of - timedelta(days=as_of.weekday())
    found, left_out = ways(None, as_of)
    needed = dict(needs(found))
    for number, one in enumerate(supposed.arriving):
        way = _arriving(number, one, as_of)
        found.append(way)
        needed[way.project] = list(needs([way])[way.project])
    return _Builder(start, as_of, supposed, found, needed).asked(left_out)


def _arriving(number: int, one: tuple[str, str, int, str], as_of: date) -> Way:
    """A project that is not there: every step still before it. Its id is negative."""
    name, unit, amount, chain = one
    weeks = {step.code: factor_settings().weeks(step, amount) for step in factor_settings().steps}
    return Way(-1 - number, name, unit, amount, chain, weeks, free_of(weeks, as_of), as_of, {})


class _Builder:
    """One question on its way into the document."""

    def __init__(
        self, start: date, as_of: date, supposed: WhatIf, found: Sequence[Way], needed: Mapping[int, list[Need]]
    ) -> None:
        self.start, self.as_of, self.supposed, self.ways, self.needed = start, as_of, supposed, found, needed
        self.horizon = int(factor_settings().grid["weeks"])
        self.pools = list(Pool.objects.current())
        self.factor_of = {pool.pk: f"{pool.factor}@{pool.unit}" for pool in self.pools}
        self.supply: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.lent: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))  # claims of what is given back
        self.own: list[dict[str, Any]] = []
        self.broken: list[tuple[str, int, int]] = []
        self.reserved: dict[tuple[int, str], list[Reservation]] = defaultdict(list)

    def asked(self, left_out: Mapping[str, int]) -> Asked:
        self._supplies()
        self._claims()
        works = [work for work in live_works(self.factor_of) if work.pk not in self.supposed.cancelled]
        optional = [work for work in works if work.state == Work.State.CONSIDERED]
        for work in works:
            if work not in optional:
                self._certain(work)
        factors = self._factors()
        projects, unfit = self._fitting([self._project(way) for way in self.ways], factors, optional)
        document = {
            "format": FORMAT,
            "name": f"luodi {self.as_of}",
            "grid": {"unit": "week", "start": self.start.isoformat(), "horizon": self.horizon},
            "factors": [*factors, *self.own],
            "projects": projects,
            "works": [self._work(work) for work in optional],
        }
        by_id = {_project_id(way.project): way for way in self.ways}
        out = [(by_id.pop(name), factor) for name, factor in unfit]
        named = {self.factor_of[pool.pk]: pool for pool in reversed(self.pools)}
        named |= {_others(name): named[name] for name in self.lent}
        return Asked(
            document,
            self.start,
            by_id,
            named,
            {f"w{work.pk}": work for work in optional},
            left_out,
            self.broken,
            out,
        )

    def step(self, day: date) -> int:
        """The first step that begins on the day or later."""
        return max(0, -((self.start - day).days // 7))

    def _supplies(self) -> None:
        for one in granted(self.factor_of):
            begin = self.step(one.from_on) + self.supposed.later.get(one.pk, 0)
            rows = self.supply[self.factor_of[one.pool_id]]
            rows[begin] += one.amount
            if one.until_on is not None:
                rows[max(begin, self.step(one.until_on + timedelta(days=1)))] -= one.amount

    def _claims(self) -> None:
        """A pool gives what it has promised to nobody else; of what is lent others have the rest, while the claim lasts."""
        planned = {way.project for way in self.ways}
        for one in claimed(self.factor_of, self.as_of).select_related("pool"):
            name = self.factor_of[one.pool_id]
            if one.until_on is None:
                self.supply[name][self.step(one.from_on)] -= one.amount
            elif one.until_on < self.start:
                continue
            else:
                rows = self.lent[name] if one.project_id in planned else self.supply[name]
                rows[max(0, (one.from_on - self.start).days // 7)] -= one.amount
                rows[self.step(one.until_on + timedelta(days=1))] += one.amount
            self.reserved[one.project_id, one.pool.factor].append(one)

    def _certain(self, work: Work) -> None:
        """A work that is decided or under way is a tranche on the day of its end, and uses what it needs from its start."""
        begun = work.starts_on or work.earliest_on
        ready = self.step(max(begun + timedelta(days=work.days), self.as_of))
        self.supply[self.factor_of[work.pool_id]][ready] += work.adds
        for use in work.uses.all():
            if use.pool_id in self.factor_of:
                rows = self.supply[self.factor_of[use.pool_id]]
                rows[self.step(begun)] -= use.amount
                if factor_settings().factor[self.factor_of[use.pool_id].partition("@")[0]].lent:
                    rows[ready] += use.amount

    def _factors(self) -> list[dict[str, Any]]:
        told = []
        for name in dict.fromkeys(self.factor_of.values()):
            factor = factor_settings().factor[name.partition("@")[0]]
            there = self._there(name)
            about = {"id": name, "kind": factor.kind, "unit": factor.unit}
            if factor.lent:
                told.append({**about, "capacity": [list(row) for row in there] or [[0, 0]]})
                if name in self.lent:
                    rest = self._there(name, self.lent[name])
                    told.append({**about, "id": _others(name), "capacity": [list(row) for row in rest]})
            else:
                added = [(step, level - before) for (_, before), (step, level) in pairwise([(0, 0), *there])]
                told.append({**about, "supply": [list(row) for row in added if row[1]]})
        return told

    def _there(self, name: str, claims: Mapping[int, int] | None = None) -> list[tuple[int, int]]:
        """(step, level) where it changes. Less than nothing cannot be planned with: it counts as nothing, and is told."""
        level, found, less = 0, [], claims or {}
        for step in sorted({*self.supply[name], *less}):
            level += self.supply[name].get(step, 0) + less.get(step, 0)
            if level < 0:
                self.broken.append((name, step, -level))
            found.append((step, max(0, level)))
        return found

    def _fitting(
        self, projects: list[dict[str, Any]], factors: Sequence[Mapping[str, Any]], works: Sequence[Work]
    ) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
        """Of a pool that all together ask more of than it ever has, newcomers leave before those that the plan in force holds, and
        among them who loses the least weight for each unit it asks.

        A city enters supplies a few years ahead: that not all fit is no reason to plan nobody.
        """
        held = PlanLine.objects.filter(plan__state=Plan.State.ADOPTED).values_list("project_id", flat=True)
        announced = {_project_id(pk) for pk in held if pk is not None}
        there = {one["id"]: sum(amount for _step, amount in one["supply"]) for one in factors if "supply" in one}
        for work in works:
            there[self.factor_of[work.pool_id]] += work.adds
        out: list[tuple[str, str]] = []
        for name, total in there.items():
            asked = {one["id"]: sum(stage["demand"].get(name, 0) for stage in one["stages"]) for one in projects}
            loss = {one["id"]: one["weight"] / asked[one["id"]] for one in projects if asked[one["id"]]}
            lacking = sum(asked.values()) - total
            for project in sorted(loss, key=lambda one: (one in announced, loss[one], one)):
                if lacking <= 0:
                    break
                lacking -= asked[project]
                out.append((project, name))
            gone = {project for project, _factor in out}
            projects = [one for one in projects if one["id"] not in gone]
        return projects, out

    def _project(self, way: Way) -> dict[str, Any]:
        wanted: dict[str, dict[str, int]] = {step: {} for step in way.weeks}
        for need in self.needed[way.project]:
            self._want(way, need, wanted[need.step])
        after = factor_settings().step
        stages = [
            {"id": code, "duration": weeks, "after": [one for one in after[code].after if one in way.weeks], "demand": wanted[code]}
            for code, weeks in way.weeks.items()
        ]  # fmt: skip
        return {
            "id": _project_id(way.project),
            "weight": weight_of(way.amount_fen),
            "release": self.step(way.release),
            "stages": stages,
        }

    def _want(self, way: Way, need: Need, demand: dict[str, int]) -> None:
        """What is not reserved is asked of the pools; what is promised for later has to be waited for."""
        open_, late = need.amount, 0
        for one in self.reserved.get((way.project, need.factor.code), ()):
            if one.step != need.step:
                continue
            covered = min(open_, one.amount)
            open_ -= covered
            late = max(late, self.step(one.from_on) if covered and one.until_on is None else 0)
        pools = pools_for(way.unit, need.factor.code, self.pools)
        name = self.factor_of[pools[0].pk] if pools else ""
        asked = [(name, need.amount if need.factor.lent else open_)]
        if name in self.lent:
            asked.append((_others(name), open_))
        for one_of, amount in asked:
            if amount and pools:
                demand[one_of] = demand.get(one_of, 0) + amount
        if late:
            name = f"promise-{way.project}-{need.factor.code}-{need.step}"
            self.own.append({"id": name, "kind": "pool", "unit": "", "supply": [[late, 1]]})
            demand[name] = 1

    def _work(self, work: Work) -> dict[str, Any]:
        uses: dict[str, int] = defaultdict(int)
        for use in work.uses.all():
            if use.pool_id in self.factor_of:
                uses[self.factor_of[use.pool_id]] += use.amount
                if self.factor_of[use.pool_id] in self.lent:
                    uses[_others(self.factor_of[use.pool_id])] += use.amount
        cost = (work.cost_fen or 0) / 1_000_000  # 万元
        return {
            "id": f"w{work.pk}", "factor": self.factor_of[work.pool_id], "adds": work.adds, "duration": max(1, -(-work.days // 7)),
            "earliest": self.step(work.earliest_on), "cost": cost, "uses": dict(uses),
        }  # fmt: skip


def _others(name: str) -> str:
    """What is lent, less what is claimed of it."""
    return name + OTHERS


def _project_id(pk: int) -> str:
    return f"p{pk}" if pk > 0 else f"new{-pk}"


def weight_of(amount_fen: int | None) -> int:
    """Of an unknown investment the least there is."""
    return max(1, round((amount_fen or 0) / FEN_OF_WEIGHT))
