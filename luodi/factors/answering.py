"""The planner's answer in the record's words: days, pools and works instead of steps and ids. Called by workers and commands only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import translation

from luodi.factors import words
from luodi.factors.asking import Asked
from luodi.factors.needing import WEEK
from luodi.factors.settings import factor_settings


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no plan, for readers of either language."""

    words: str
    english: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`lines` and `works` as `PlanLine` and `PlanWork` take them."""

    waiting: float
    bound: float
    cost_fen: int
    proven: bool
    took: float
    lines: list[dict[str, Any]]
    works: list[dict[str, Any]]
    documents: dict[str, Any]
    unfit: list[list[Any]] = field(default_factory=list)


def answer(
    asked: Asked, base: Mapping[str, Any] | None, seconds: float, seed: int,
    tell: Callable[[Any], None], stopped: Callable[[], bool], clock: Callable[[], float],
    iterations: int | None = None,
) -> Answer | Refusal:  # fmt: skip
    """The plan, warm-started from the one in force, or in words why there is none."""
    from luodi.factors.engine.document import document_of, starts_of
    from luodi.factors.engine.explain import reasons
    from luodi.factors.engine.limits import OPTIMAL, Limits
    from luodi.factors.engine.planning import plan
    from luodi.factors.engine.problem import ProblemRefused, problem_of
    from luodi.factors.engine.terms import terms_of

    grid = factor_settings().grid
    try:
        problem = problem_of(asked.document)
        if not problem.projects:
            return Refusal(
                "没有要排的项目：都已投产、退出，或还没有签约",
                "There is no project to plan: all are in production, have left, or are not signed yet",
            )
        limits = Limits(clock, seconds, iterations, 2, seed, stopped)
        before = None if base is None else shifted(asked, base)
        terms = None
        if before is not None:
            terms = terms_of(
                problem, *starts_of(problem, before), float(grid["keep_weight"]), int(grid["frozen_weeks"])
            )
        try:
            made = plan(problem, limits, tell, terms)
        except ProblemRefused:
            if before is None:
                raise
            # What was to stay no longer fits: then everything may move, and the moves are told.
            terms = terms_of(problem, *starts_of(problem, before), float(grid["keep_weight"]), 0)
            made = plan(problem, limits, tell, terms)
    except ProblemRefused as error:
        return Refusal(_named(asked, str(error)), _named(asked, error.english, "en"))
    document = document_of(problem, made, terms)
    why = {one.project: one for one in reasons(problem, made.starts, made.works)}
    was = {} if base is None else days_of(base)
    lines = [_line(asked, one, document["starts"][one["id"]], why, was) for one in asked.document["projects"]]
    works = [_work(asked, name, step, base) for name, step in document["works"].items()]
    slips = {one["id"]: line["slips"] for one, line in zip(asked.document["projects"], lines, strict=True)}
    return Answer(
        float(made.waiting), float(made.bound), round(made.cost * 1_000_000), made.status == OPTIMAL, made.seconds, lines, works,
        {"problem": asked.document, "plan": document, "slips": slips},
        [[way.project, way.name if way.project < 0 else "", asked.pools[factor].pk] for way, factor in asked.unfit],
    )  # fmt: skip


def _line(
    asked: Asked, project: Mapping[str, Any], starts: Mapping[str, int], why: Mapping[str, Any], was: Mapping[str, Any]
) -> dict[str, Any]:
    name = project["id"]
    way = asked.ways[name]
    end = max(starts[stage["id"]] + stage["duration"] for stage in project["stages"])
    reason = why.get(name)
    chain = [] if reason is None else [_link(asked, link) for link in reason.chain]
    ends_on, late = asked.day(end), 0 if reason is None else reason.late
    before = was.get(name)
    held = next((pool for _step, pool, *_ in reversed(chain) if pool), None)
    return {
        "project_id": way.project if way.project > 0 else None,
        "name": "" if way.project > 0 else way.name,
        "weight": project["weight"],
        "starts_on": asked.day(min(starts.values())),
        "ends_on": ends_on,
        "free_on": ends_on - WEEK * late,
        "waits_days": 7 * late,
        "pool_id": held,
        "reasons": chain,
        "moved_days": None if before is None else (ends_on - before[0]).days,
        "slips": 0 if before is None else before[1] + int(ends_on > before[0]),
    }


def _link(asked: Asked, link: Any) -> list[Any]:
    """[step, pool or 0, days, until, how, work or 0]; a promise for later is how "promise"."""
    pool = asked.pools.get(link.factor)
    work = asked.works.get(link.work) if link.work else None
    how = link.source if pool else "promise"
    return [
        link.stage, pool.pk if pool else 0, 7 * link.steps, asked.day(link.until).isoformat(), how, work.pk if work else 0
    ]  # fmt: skip


def _work(asked: Asked, name: str, step: int | None, base: Mapping[str, Any] | None) -> dict[str, Any]:
    before = None if base is None else base["plan"]["works"].get(name)
    start = None if base is None else _start(base)
    return {
        "work_id": asked.works[name].pk,
        "starts_on": None if step is None else asked.day(step),
        "before_on": None if before is None or start is None else start + WEEK * before,
    }


def _start(documents: Mapping[str, Any]) -> date:
    return date.fromisoformat(documents["problem"]["grid"]["start"])


def days_of(documents: Mapping[str, Any]) -> dict[str, tuple[date, int]]:
    """End of each project in a plan, and how often it had slipped until then."""
    start, slips = _start(documents), documents.get("slips", {})
    ends = {}
    for project in documents["problem"]["projects"]:
        starts = documents["plan"]["starts"][project["id"]]
        end = max(starts[stage["id"]] + stage["duration"] for stage in project["stages"])
        ends[project["id"]] = (start + WEEK * end, int(slips.get(project["id"], 0)))
    return ends


def steps_of(documents: Mapping[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """The steps of each real project of a plan on the calendar."""
    start, found = _start(documents), {}
    for project in documents["problem"]["projects"]:
        if not project["id"].startswith("p"):
            continue
        starts = documents["plan"]["starts"][project["id"]]
        found[int(project["id"][1:])] = [
            {
                "step": stage["id"],
                "starts_on": start + WEEK * starts[stage["id"]],
                "ends_on": start + WEEK * (starts[stage["id"]] + stage["duration"]) - timedelta(days=1),
            }
            for stage in project["stages"]
        ]
    return found


def shifted(asked: Asked, base: Mapping[str, Any]) -> dict[str, Any]:
    """The plan in force on the new grid: steps that are over are gone, those that should have begun and have not begin now.

    A step keeps its day unless what it waits for has slipped past it.
    """
    weeks = (asked.start - _start(base)).days // 7
    before, starts = base["plan"]["starts"], {}
    for project in asked.document["projects"]:
        known = before.get(project["id"])
        if known is None or any(stage["id"] not in known for stage in project["stages"]):
            continue
        placed: dict[str, int] = {}
        for stage in _in_order(project["stages"]):
            ready = max([project["release"], *(placed[one["id"]] + one["duration"] for one in stage["before"])])
            placed[stage["id"]] = max(ready, known[stage["id"]] - weeks)
        starts[project["id"]] = placed
    works = {name: max(0, step - weeks) for name, step in base["plan"]["works"].items() if step is not None}
    return {"starts": starts, "works": works}


def _in_order(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stages after those they wait for, each with these."""
    by_id, order = {stage["id"]: stage for stage in stages}, []
    left = list(stages)
    while left:
        ready = [stage for stage in left if not any(one in {x["id"] for x in left} for one in stage["after"])]
        order += [{**stage, "before": [by_id[one] for one in stage["after"]]} for stage in ready]
        left = [stage for stage in left if stage not in ready]
    return order


def _named(asked: Asked, said: str, language: str = "zh-hans") -> str:
    """The engine's refusal with names instead of ids."""
    names = {name: way.name for name, way in asked.ways.items()}
    with translation.override(language):
        names |= {name: words.pool_name(pool) for name, pool in asked.pools.items()}
    names |= {name: work.name for name, work in asked.works.items()}
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name, names[name])
    return said[:1].upper() + said[1:]
