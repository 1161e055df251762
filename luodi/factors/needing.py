"""What projects still have to go through and what they need for it: said by people, else estimated by the city's norms and marked so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from luodi.core.installation import city
from luodi.factors.models import Demand
from luodi.factors.queries import demands
from luodi.factors.settings import Factor, Step, factor_settings
from luodi.projects.models import NetDecision, Project, StageEvent

ESTIMATED = "estimated"
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Need:
    """`amount` in whole smallest units; `basis` stated, contracted or estimated."""

    factor: Factor
    step: str
    amount: int
    basis: str
    source: str
    need_on: date | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """What is still before a project: its steps with weeks that remain, in the city's order, and the earliest day of each start."""

    project: int
    name: str
    unit: str
    amount_fen: int | None
    chain: str
    weeks: Mapping[str, int]
    free: Mapping[str, date]
    release: date
    planned: Mapping[str, date]

    @property
    def free_end(self) -> date:
        return max(self.free[step] + WEEK * weeks for step, weeks in self.weeks.items())

    def need_on(self, step: str) -> date:
        """When a step has to begin for its planned stage to be reached in time; without a plan, as early as it could."""
        stage = self.planned.get(factor_settings().step[step].done_by)
        return self.free[step] if stage is None else max(self.free[step], stage - WEEK * self.weeks[step])


def ways(projects: Iterable[int] | None, as_of: date) -> tuple[list[Way], dict[str, int]]:
    """Of every project that goes on and is not done, and how many were left out, by reason. Four queries, however many projects.

    Left out: `out` (paused, exited or taken for fake), `done`, `early` (not signed and no day planned), `shell` (a package).
    """
    rows = Project.objects.current().order_by("pk")
    rows = rows if projects is None else rows.filter(pk__in=projects)
    columns = ("pk", "name", "unit", "chain", "standing__reported", "standing__state", "standing__unpacked")
    events = _events([row[0] for row in rows.values_list("pk")] if projects is not None else None)
    fake = set(NetDecision.objects.filter(revoked_at=None).values_list("project_id", flat=True))
    found, left = [], dict.fromkeys(("out", "done", "early", "shell"), 0)
    for pk, name, unit, chain, rank, state, unpacked, amount in rows.values_list(*columns, "standing__amount_fen"):
        happened, planned = events.get(pk, ({}, {}))
        ahead = {stage: day for stage, day in planned.items() if day > as_of}
        why = _left_out(pk in fake or state not in (None, "active"), unpacked == 0, rank, ahead)
        weeks = _remaining(-1 if rank is None else rank, amount, happened, as_of)
        if why or not weeks:
            left[why or "done"] += 1
            continue
        release = max(as_of, ahead.get("signed", as_of))
        found.append(Way(pk, name, unit, amount, chain, weeks, free_of(weeks, release), release, ahead))
    return found, left


def _left_out(out: bool, shell: bool, rank: int | None, ahead: Mapping[str, date]) -> str:
    if out or shell:
        return "out" if out else "shell"
    signed = city().stage["signed"].order
    return "" if (rank is not None and rank >= signed) or ahead else "early"


def _events(projects: Sequence[int] | None) -> Mapping[int, tuple[dict[str, date], dict[str, date]]]:
    """Days of steps that happened and of steps that are planned, by project and stage."""
    rows = StageEvent.objects.filter(withdrawn_at=None, ends_on__isnull=False)
    rows = rows if projects is None else rows.filter(project__in=projects)
    found: dict[int, tuple[dict[str, date], dict[str, date]]] = defaultdict(lambda: ({}, {}))
    for project, stage, kind, day in rows.order_by("id").values_list("project_id", "stage", "kind", "ends_on"):
        if day is not None:
            found[project][int(kind == StageEvent.Kind.PLANNED)][stage] = day
    return found


def _remaining(rank: int, amount: int | None, happened: Mapping[str, date], as_of: date) -> dict[str, int]:
    """Weeks by step. Of steps that are under way, what has passed since the last stage is taken off, a week at least remains."""
    known, stages = factor_settings(), city().stage
    todo = [step for step in known.steps if stages[step.done_by].order > rank]
    names = {step.code for step in todo}
    since = max(
        (day for stage, day in happened.items() if stage in stages and stages[stage].order <= rank), default=as_of
    )
    passed = max(0, (as_of - since).days // 7)
    return {step.code: _weeks(known.weeks(step, amount), step, names, passed) for step in todo}


def _weeks(whole: int, step: Step, names: set[str], passed: int) -> int:
    return whole if names & set(step.after) else max(1, whole - passed)


def free_of(weeks: Mapping[str, int], release: date) -> dict[str, date]:
    """The earliest start of each step with unlimited factors."""
    known = factor_settings()
    starts: dict[str, date] = {}
    for code in known.order:
        if code in weeks:
            ends = [starts[one] + WEEK * weeks[one] for one in known.step[code].after if one in weeks]
            starts[code] = max([release, *ends])
    return starts


def needs(found: Sequence[Way]) -> Mapping[int, list[Need]]:
    """By project, what its remaining steps need. A factor that nobody has said anything of and no norm knows is not there: unknown; of
    what is said or ruled to be none nothing is needed.
    """
    said = demands(None if len(found) > 500 else [way.project for way in found])
    return {way.project: list(_needs(way, said.get(way.project, {}))) for way in found}


def _needs(way: Way, said: Mapping[tuple[str, str], Demand]) -> Iterable[Need]:
    known, named = factor_settings(), {code for code, _step in said}
    for factor in known.factors:
        own = {step: one for (code, step), one in said.items() if code == factor.code and step in way.weeks}
        for step, one in own.items():
            if one.amount:
                yield Need(factor, step, one.amount, one.basis, one.source, one.need_on)
        if factor.code in named or factor.step not in way.weeks:
            continue
        norm = known.norm(factor.code, way.chain)
        if norm is None or way.amount_fen is None:
            continue
        amount = factor.whole(norm.of(way.amount_fen))
        if amount:
            yield Need(factor, factor.step, amount, ESTIMATED, norm.source)
