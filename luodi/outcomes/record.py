"""From the record to the engine's table: one row a project that entered, as of a day and as known at a moment.

Whose history was seen: a list made later than the signing names who was still there, and those who left before are in no list. So a project is
followed from the day it was first told of (`observed_from`), unless the ledger that brought it names exits as well. `LISTED` takes every list for
the whole history, which flatters; it is asked for by name and said on the page.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone

from luodi.core.installation import city
from luodi.outcomes.engine.spells import Spells, check_spells
from luodi.outcomes.engine.trail import NET, Ask, Claim, Doubt, Spell, Trail, entered_on, furthest, spell
from luodi.projects.clocks import stood
from luodi.projects.engine.lifecycle import EXITED
from luodi.projects.models import NetDecision, Participation, StageEvent
from luodi.snapshots import queries as snapshots
from luodi.snapshots.clock import Clock, Head, head

COUNT, AMOUNT = "count", "amount"
WEIGHTS = (COUNT, AMOUNT)
WATCHED, LISTED = "watched", "listed"
HISTORIES = (WATCHED, LISTED)
GROUPS = ("unit", "division", "chain", "tier", "investor", "quarter", "year")
"""Columns of the table that group it."""
FEN_A_WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """What the table is asked for."""

    event: str = "landed"
    standing: str = NET
    entry: str = "signed"
    weight: str = COUNT
    history: str = WATCHED


@dataclass(frozen=True, slots=True)
class Known:
    """One project as the record knew it: its trail and what groups it."""

    trail: Trail
    package: int | None
    ground: str
    groups: Mapping[str, str]
    undertaking: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a project's spell, its share of a unit, and since when it was followed."""

    project: int
    spell: Spell
    weight: float
    observed_from: date | None
    recorded_on: date | None
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows, and how many are not plain pairs of days."""

    lines: tuple[Line, ...]
    told: Counter[str] = field(default_factory=Counter)

    def spells(self) -> Spells:
        """Exactly what the engine reads from the exported file."""
        import polars as pl

        return check_spells(pl.DataFrame([row_of(line) for line in self.lines], schema=_schema(), orient="row"))


COLUMNS = ("id", "entered_on", "ended_on", "outcome", "recorded_on", "weight", "observed_from", "ended_from", *GROUPS)


def row_of(line: Line) -> tuple[Any, ...]:
    """One row of `luodi.outcomes.spells/1`."""
    end = line.spell.end
    ended = (end.on, end.outcome, line.recorded_on) if end else (None, None, None)
    groups = tuple(line.groups[name] or None for name in GROUPS)
    return (str(line.project), line.spell.entered, *ended, line.weight, line.observed_from, end.start if end else None, *groups)  # fmt: skip


def _schema() -> dict[str, Any]:
    import polars as pl

    return {name: pl.Date if name.endswith(("_on", "_from")) else pl.String for name in COLUMNS} | {
        "weight": pl.Float64
    }


def known(known_at: datetime | None) -> Mapping[int, Known]:
    """Everything known of every project at the moment; kept while the log stands still, because every change of the record writes an entry."""
    return _known(known_at, head(), city())


@lru_cache(maxsize=3)
def _known(known_at: datetime | None, _head: Head, _city: object) -> Mapping[int, Known]:
    claims, named_exits = _claims(known_at)
    amounts = snapshots.exact_amounts(None, known_at)
    bought, grounds, investors = snapshots.purchases(None), snapshots.grounds(None, known_at), _investors(known_at)
    found = {}
    rows = snapshots.known_projects(known_at).order_by("id")
    columns = ("id", "package_id", "unit", "division", "chain", "created_at", "created_from__batch_id")
    packages, plain, united = {}, [], snapshots.undertakings(None, known_at)
    for project, package, *rest in rows.values_list(*columns):
        packages[project] = package
        plain.append((project, *rest))
    for project, unit, division, chain, created, batch in plain:
        mine = claims.get(project, ())
        ground = next((grounds[one] for one in upwards(project, packages) if one in grounds), "")
        amount = amounts.get(project)
        trail = Trail(
            claims=tuple(claim for claim, _known_on in mine),
            seen_on=_seen(mine, created),
            amount_fen=amount,
            purchase=project in bought,
            is_fake=ground == NetDecision.Ground.FAKE,
            is_whole=batch is not None and batch in named_exits,
        )
        groups = {
            "unit": unit, "division": division, "chain": chain, "tier": city().tier_of(amount),
            "investor": investors.get(project, ""),
        }  # fmt: skip
        found[project] = Known(trail, packages[project], ground, groups, united.get(project))
    return found


def _seen(claims: Iterable[tuple[Claim, date | None]], created: datetime) -> date:
    """The day somebody first told of it: of the ledger, else of the entry into the record."""
    days = [known_on for _claim, known_on in claims if known_on is not None]
    return min([snapshots.local_day(created), *days])


def _claims(known_at: datetime | None) -> tuple[Mapping[int, list[tuple[Claim, date | None]]], set[int]]:
    """Actual steps by project, and the ledgers that name an exit."""
    shown = snapshots.shown_by(None, known_at)
    live = stood(StageEvent.objects.filter(kind=StageEvent.Kind.ACTUAL), known_at).order_by("id")
    columns = ("id", "project_id", "stage", "starts_on", "ends_on", "known_on", "recorded_at", "row__batch_id")
    found: dict[int, list[tuple[Claim, date | None]]] = defaultdict(list)
    exits = set()
    day = lru_cache(maxsize=1024)(snapshots.local_day)  # thousands of rows are written in one moment
    for event, project, stage, first, last, known_on, recorded_at, batch in live.values_list(*columns):
        recorded = day(recorded_at)
        proofs = tuple((proof, day(since)) for proof, since in shown.get(event, ()))
        claim = Claim(stage, last or known_on or recorded, first, last is not None, recorded, proofs)
        found[project].append((claim, known_on))
        if stage == EXITED and batch is not None:
            exits.add(batch)
    return found, exits


def _investors(known_at: datetime | None) -> dict[int, str]:
    """Where the first investor is registered, as its credit code says: in the city, the province, elsewhere; blank = no code known."""
    rows = stood(Participation.objects.filter(role=Participation.Role.INVESTOR), known_at).order_by("id")
    found: dict[int, str] = {}
    own = city().division
    for project, code in rows.values_list("project_id", "party__credit_code"):
        if len(code) == 18 and project not in found:  # noqa: PLR2004 - GB 32100
            place = code[2:8]
            found[project] = "city" if place[:4] == own[:4] else "province" if place[:2] == own[:2] else "elsewhere"
    return found


def upwards(project: int, packages: Mapping[int, int | None]) -> list[int]:
    """The project, its package, the package of that; a ring ends where it began."""
    seen: list[int] = []
    at: int | None = project
    while at is not None and at in packages and at not in seen:
        seen.append(at)
        at = packages[at]
    return seen


def last_day(asked: Clock) -> date:
    """Nothing can be said of days after the moment of knowing."""
    return min(asked.as_of, snapshots.local_day(asked.known_at)) if asked.known_at else asked.as_of


def table(asked: Clock, question: Question, within: Iterable[int] | None = None) -> Table:
    """The spells of these projects (None = all). Shares of a package are of the whole package, whoever sees how much of it."""
    lines, left = _whole(asked, question, head(), city())
    if within is not None:
        visible = set(within)
        lines = tuple(line for line in lines if line.project in visible)
        left = {project: why for project, why in left.items() if project in visible}
    told = Counter(left.values())
    for line in lines:
        told.update(line.spell.end.doubts if line.spell.end else ())
        told["unwatched"] += line.observed_from is not None
    return Table(lines, told)


@lru_cache(maxsize=8)
def _whole(asked: Clock, question: Question, _head: Head, _city: object) -> tuple[tuple[Line, ...], dict[int, str]]:
    """Every row of the city, and why each of the others has none."""
    every = known(asked.known_at)
    ask = Ask(question.entry, question.event, question.standing, last_day(asked))
    left: dict[int, str] = {}
    entered: dict[int, Spell] = {}
    for project, one in every.items():
        found = spell(one.trail, ask, city=city())
        if isinstance(found, Doubt):
            left[project] = found
        elif found is not None:
            entered[project] = found
    lines = []
    for project, (share, amount) in weights(every, entered, question.standing).items():
        if question.weight == AMOUNT and amount is None:
            left[project] = "no_amount"
            continue
        weight = share if question.weight == COUNT else amount or 0.0
        lines.append(_line(project, every[project], entered[project], weight, asked, question))
    if question.standing == NET:
        left |= {project: "duplicates" for project in entered if _is_duplicate(every[project])}
    return tuple(lines), left


def _is_duplicate(one: Known) -> bool:
    return one.ground == NetDecision.Ground.DUPLICATE


def weights(every: Mapping[int, Known], entered: Iterable[int], standing: str) -> dict[int, tuple[float, float | None]]:
    """Share of a unit and amount (万元) by project. A package whose members entered is counted in them; in net they share its one unit, as do the
    parts of one undertaking; a confirmed duplicate, which is somebody else's project, has none.
    """
    packages = {project: one.package for project, one in every.items()}
    is_net = standing == NET
    counted = [project for project in entered if not (is_net and _is_duplicate(every[project]))]
    shells = {around for project in counted if packages[project] for around in upwards(project, packages)[1:]}
    leaves = [project for project in counted if project not in shells]
    top = {project: _unit_of(project, every, packages) for project in leaves}
    families = Counter(top.values())
    found = {}
    for project in leaves:
        amount = every[project].trail.amount_fen
        share = 1 / families[top[project]] if is_net else 1.0
        found[project] = (share, amount / FEN_A_WAN if amount else None)
    return found


def _unit_of(project: int, every: Mapping[int, Known], packages: Mapping[int, int | None]) -> int:
    """The outermost package or, with a negative number, the undertaking that it is told in parts of."""
    around = upwards(project, packages) if packages[project] else [project]
    united = [every[one].undertaking for one in around]
    return next((-one for one in united if one is not None), around[-1])


def _line(project: int, one: Known, found: Spell, weight: float, asked: Clock, question: Question) -> Line:
    seen = one.trail.seen_on if question.history == WATCHED and not one.trail.is_whole else date.min
    recorded = found.end.recorded if found.end else None
    if found.end and (recorded is None or found.end.on <= one.trail.seen_on or is_hindsight(asked)):
        # What came before anybody looked was not late, and who looks back knows what was recorded since.
        recorded = None
    return Line(
        project, found, weight, seen if seen > found.entered else None, recorded, {**one.groups, **dated(found.entered)}
    )


def is_hindsight(asked: Clock) -> bool:
    """Whether more is known than was on the day itself."""
    knowing = snapshots.local_day(asked.known_at) if asked.known_at else timezone.localdate()
    return knowing > asked.as_of


@dataclass(frozen=True, slots=True)
class Stood:
    """Of one project that entered: its furthest stage reported and proven, as ranks, and what its row is worth in a standing."""

    project: int
    reported: int
    proven: int
    ground: str
    groups: Mapping[str, str]
    share: float
    amount: float | None


def stands(asked: Clock, entry: str, standing: str) -> tuple[Stood, ...]:
    """All that entered, as they stand by the day."""
    return _stands(last_day(asked), asked.known_at, entry, standing, head(), city())


@lru_cache(maxsize=9)
def _stands(
    as_of: date, known_at: datetime | None, entry: str, standing: str, _head: Head, _city: object
) -> tuple[Stood, ...]:
    every = known(known_at)
    far = _entered(as_of, known_at, entry, _head, _city)
    worth = weights(every, far, standing)
    return tuple(
        Stood(project, *far[project][1], every[project].ground, {**every[project].groups, **dated(far[project][0])}, *worth[project])
        for project in worth
    )  # fmt: skip


@lru_cache(maxsize=3)
def _entered(
    as_of: date, known_at: datetime | None, entry: str, _head: Head, _city: object
) -> Mapping[int, tuple[date, tuple[int, int]]]:
    found = {}
    for project, one in known(known_at).items():
        on = entered_on(one.trail.claims, entry, as_of)
        if on is not None:
            found[project] = (on, furthest(one.trail, as_of, city=city()))
    return found


def dated(entered: date) -> dict[str, str]:
    """Groups by the day of entry."""
    return {"quarter": f"{entered.year}Q{(entered.month + 2) // 3}", "year": str(entered.year)}


def events_after(entry: str) -> Sequence[str]:
    """Stages that may be asked for, in the city's order."""
    order = city().stage[entry].order
    return [stage.code for stage in city().stages if stage.order > order]
