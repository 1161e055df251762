"""What every project that goes on still needs, and by when: by the plan in force, by its own planned stages, or as early as it could.

Computed once for a state of the record and kept: pages ask it often, and it takes in every project.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from luodi.factors.models import PlanStep
from luodi.factors.needing import Need, Way, needs, ways
from luodi.factors.plans import in_force
from luodi.factors.settings import Factor
from luodi.snapshots.clock import Head, head

BY_PLAN, BY_PERSON, BY_STAGE = "plan", "said", "stage"


@dataclass(frozen=True, slots=True)
class Open:
    """One need of a project: `need_on` by plan, person or stage (`dated` says which), `could_on` when it would be used if nothing lacked."""

    project: int
    name: str
    unit: str
    amount_fen: int | None
    factor: Factor
    step: str
    amount: int
    basis: str
    source: str
    need_on: date
    dated: str
    weeks: int
    could_on: date


@dataclass(frozen=True)
class Outlook:
    """All of them, and how many projects were left out by reason."""

    needs: Sequence[Open]
    ways: Mapping[int, Way]
    left_out: Mapping[str, int]

    def of(self, project: int) -> list[Open]:
        return [one for one in self.needs if one.project == project]


def outlook(as_of: date) -> Outlook:
    """Of the whole record."""
    return _outlook(as_of, head())


@lru_cache(maxsize=2)
def _outlook(as_of: date, _head: Head) -> Outlook:
    found, left_out = ways(None, as_of)
    return Outlook(_open(found), {way.project: way for way in found}, left_out)


def outlook_of(project: int, as_of: date) -> Outlook:
    """Of one project, without looking at the others."""
    found, left_out = ways([project], as_of)
    return Outlook(_open(found), {way.project: way for way in found}, left_out)


def _open(found: Sequence[Way]) -> list[Open]:
    planned, needed = _planned(found), needs(found)
    return [
        Open(
            way.project, way.name, way.unit, way.amount_fen, need.factor, need.step, need.amount, need.basis, need.source,
            *_day(way, need, planned.get(way.project, {})), way.weeks[need.step], need.need_on or way.need_on(need.step),
        )
        for way in found
        for need in needed[way.project]
    ]  # fmt: skip


def _day(way: Way, need: Need, planned: Mapping[str, date]) -> tuple[date, str]:
    if need.need_on is not None:
        return need.need_on, BY_PERSON
    if need.step in planned:
        return planned[need.step], BY_PLAN
    return way.need_on(need.step), BY_STAGE


def _planned(found: Sequence[Way]) -> Mapping[int, dict[str, date]]:
    """Starts of steps in the plan in force."""
    plan = in_force()
    days: dict[int, dict[str, date]] = defaultdict(dict)
    if plan is None:
        return days
    rows = PlanStep.objects.filter(line__plan=plan)
    rows = rows if len(found) > 1 else rows.filter(line__project__in=[way.project for way in found])
    for project, step, day in rows.values_list("line__project", "step", "starts_on"):
        days[project][step] = day
    return days
