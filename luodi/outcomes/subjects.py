"""From the record to the sheet's input: every project as it counts on a day, with the days of its stages and what was decided about it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.utils import timezone

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.outcomes.engine.measures import Subject, Terms, tally
from luodi.outcomes.engine.sheet import Marks, Tally, Value, assess
from luodi.outcomes.engine.sheet_reading import Read
from luodi.projects.clocks import stood
from luodi.projects.models import Project, StageEvent
from luodi.snapshots import clock as clocks
from luodi.snapshots import queries as snapshots
from luodi.snapshots.clock import Clock, Head, head

"""Until which entry of the log an answer holds."""


def subjects(asked: Clock | None) -> tuple[Subject, ...]:
    """Every project of the whole city; kept while the log stands still, because every change of the record writes an entry."""
    return _subjects(asked, timezone.localdate(), head())


@lru_cache(maxsize=4)
def _subjects(asked: Clock | None, today: date, _head: Head) -> tuple[Subject, ...]:
    as_of = asked.as_of if asked else today
    known_at = asked.known_at if asked else None
    days, grounds = _days(as_of, known_at), snapshots.grounds(None, known_at)
    rows: Iterable[Any] = _now() if asked is None else _then(asked)
    return tuple(
        Subject(**dict(zip(FIELDS, row, strict=True)), decided=grounds.get(row[0], ""), days=days.get(row[0], {}))
        for row in rows
    )


COLUMNS = (
    "reported", "proven", "net", "packed", "unpacked", "amount_fen", "unpacked_fen", "state", "added_fen", "added_unpacked_fen",
)  # fmt: skip
FIELDS = ("id", "unit", *COLUMNS, "chain")


def _now() -> Iterable[tuple[Any, ...]]:
    """From stored standings, which every action keeps."""
    names = ("id", "unit", *(f"standing__{name}" for name in COLUMNS), "chain")
    return Project.objects.current().exclude(standing=None).order_by("id").values_list(*names)


def _then(asked: Clock) -> Iterable[tuple[Any, ...]]:
    found = clocks.counted(asked)
    rows = snapshots.known_projects(asked.known_at).order_by("id").values_list("id", "unit", "chain")
    for project, unit, chain in rows:
        yield (project, unit, *(getattr(found[project], name) for name in COLUMNS), chain)


def _days(as_of: date, known_at: snapshots.Clock) -> Mapping[int, dict[str, date]]:
    """The first day claimed of each stage, the last of its period. A claim without a day gives none: it is in no window."""
    found: dict[int, dict[str, date]] = defaultdict(dict)
    events = stood(StageEvent.objects.filter(kind=StageEvent.Kind.ACTUAL, ends_on__lte=as_of), known_at)
    for project, stage, day in events.order_by("-ends_on", "-id").values_list("project_id", "stage", "ends_on"):
        found[project][stage] = day  # type: ignore[assignment] # the filter leaves no blank ones
    return found


def order() -> dict[str, int]:
    return {stage.code: stage.order for stage in city().stages}


def terms(asked: Clock | None, standing: str) -> Terms:
    return Terms(order(), asked.as_of if asked else timezone.localdate(), standing)


def by_unit(everything: Iterable[Subject]) -> dict[str, list[Subject]]:
    """Units in the city's order, those without one last; a unit without projects is none of the sheet's."""
    found: dict[str, list[Subject]] = {code: [] for code in city().unit}
    for one in everything:
        found.setdefault(one.unit, []).append(one)
    return {code: some for code, some in found.items() if some}


def tallies(read: Read, everything: Iterable[Subject], under: Terms) -> dict[str, Tally]:
    """Measures of the register and figures given with the sheet, of each unit."""
    given = {
        unit: {code: Value(values[unit], values[unit]) for code, values in read.sheet.given.items() if unit in values}
        for unit in city().unit
    }
    return {
        unit: {**tally(read.measures, some, under), **given.get(unit, {})} for unit, some in by_unit(everything).items()
    }


def marks(read: Read, asked: Clock | None, standing: str) -> Mapping[str, Marks]:
    """Every unit's sheet, whoever asks; what a person sees of it is `visible`."""
    return _marks(read, asked, standing, timezone.localdate(), head())


@lru_cache(maxsize=24)
def _marks(read: Read, asked: Clock | None, standing: str, _today: date, _head: Head) -> Mapping[str, Marks]:
    return assess(read.sheet.items, tallies(read, subjects(asked), terms(asked, standing)))


def visible(user: User | None, unit: str) -> bool:
    """A unit's sheet is for the city and for itself."""
    scope = scope_of(user)
    return scope.everything or scope.covers(unit)


def wan(fen: int) -> Fraction:
    """分 as 万元, exactly."""
    return Fraction(fen, 1_000_000)
