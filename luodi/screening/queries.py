"""Reading results: one project explained now or on a past day, runs and their figures, what a draft would change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from luodi.projects.models import Project
from luodi.screening import books
from luodi.screening.engine.cases import Ran, run_cases
from luodi.screening.engine.comparing import Comparison, compare
from luodi.screening.engine.explaining import Explanation
from luodi.screening.engine.rulebook import Rulebook, Verdict
from luodi.screening.engine.screening import Screened, read_one, screen
from luodi.screening.facts import Known, facts
from luodi.screening.frames import table
from luodi.screening.models import Run
from luodi.screening.results import band_of


def explained(
    project: int, book: Rulebook, *, as_of: date, known_at: datetime | None = None
) -> tuple[Explanation, Known] | None:
    """Why one project stands where it does; None when it is not in the register."""
    known = facts([project], as_of=as_of, known_at=known_at)
    if project not in known:
        return None
    screened = screen(book, table(book, known), as_of)
    return read_one(screened, project), known[project]


def vetoes(project: int, day: date) -> list[str]:
    """Gate rules that fail for a project on the day, at whatever gate they stand."""
    book = books.in_force(day)
    found = explained(project, book, as_of=day) if book else None
    outcomes = found[0].outcomes if found else ()
    return [one.rule.code for one in outcomes if one.rule.is_gate and one.verdict is Verdict.FAIL]


def screen_all(book: Rulebook, *, as_of: date, known_at: datetime | None = None) -> Screened:
    """The whole register under a rulebook."""
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True))
    return screen(book, table(book, facts(ids, as_of=as_of, known_at=known_at)), as_of)


def latest_run() -> Run | None:
    return Run.objects.select_related("rulebook").defer("rulebook__document").first()


def screened_of(run: Run) -> Screened:
    """The frozen results of a run."""
    return _screened(run.pk, run.results_sha256)


@lru_cache(maxsize=2)
def _screened(pk: int, sha256: str) -> Screened:
    return _frozen(Run.objects.select_related("rulebook").get(pk=pk))


def _frozen(run: Run) -> Screened:
    return Screened.read(run.path / "results.parquet", books.read(run.rulebook))


def frozen_facts(run: Run) -> Any:
    """The table of facts that a run was made from."""
    import polars as pl

    return pl.read_parquet(run.path / "facts.parquet")


@lru_cache(maxsize=8)
def cases_of(book: Rulebook) -> tuple[Ran, ...]:
    """Every case of a book as it ran; a book never changes once it is read."""
    return tuple(run_cases(book))


def simulate(draft: Rulebook, run: Run) -> Comparison:
    """What a draft would change, on the very facts of a run."""
    return compare(screened_of(run), screen(draft, frozen_facts(run), run.as_of))


@dataclass(frozen=True, slots=True)
class Replay:
    """A run computed again from its frozen facts under its own rulebook."""

    run: Run
    sha256: str

    @property
    def is_same(self) -> bool:
        return self.sha256 == self.run.results_sha256


def replay(run: Run) -> Replay:
    """Whether a past run comes out the same again."""
    return Replay(run, sha256_of(screen(books.read(run.rulebook), frozen_facts(run), run.as_of).results))


def untrue() -> Iterator[str]:
    """Frozen runs that are not what was sealed: somebody changed a file past the program."""
    from polars.exceptions import PolarsError

    for run in Run.objects.select_related("rulebook").defer("rulebook__document").order_by("id"):
        try:
            same = sha256_of(frozen_facts(run)) == run.facts_sha256
            same = same and sha256_of(_frozen(run).results) == run.results_sha256
        except (OSError, ValueError, PolarsError) as error:
            yield f"screening run {run.pk} cannot be read: {type(error).__name__}"
            continue
        if not same:
            yield f"screening run {run.pk} is not what was sealed"


def sha256_of(frame: Any) -> str:
    """Hash of the rows as text: it does not change with the version of the Parquet writer."""
    import hashlib

    return hashlib.sha256(frame.write_csv(None).encode()).hexdigest()


def counts_of(screened: Screened) -> dict[str, Any]:
    """What a run's head says: projects by verdict and band, and how often each fact was missing."""
    results, book = screened.results, screened.book
    return {
        "projects": results.height,
        "verdicts": {str(code): n for code, n in results.group_by("verdict").len().sort("verdict").iter_rows()},
        "bands": dict(results.group_by(band_of()).len().sort("band").iter_rows()),
        "missing": missing_by_fact(screened),
        "rules": len(book.rules_on(screened.as_of)),
    }


def missing_by_fact(screened: Screened) -> dict[str, int]:
    """For how many projects some rule waits for the fact, the most wanted first."""
    import polars as pl

    found: dict[str, Any] = {}
    for one in screened.book.rules_on(screened.as_of):
        name = f"{one.rule.code}.missing"
        for place, fact in enumerate(one.facts if name in screened.results.columns else ()):
            waits = (pl.col(name).cast(pl.UInt32) & (1 << place)) != 0
            found[fact] = (found[fact] | waits) if fact in found else waits
    if not found:
        return {}
    sums = screened.results.select(expr.fill_null(False).sum().alias(fact) for fact, expr in found.items())
    unknown = sums.row(0, named=True)
    return {fact: n for fact, n in sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0])) if n}


def names_of(ids: Sequence[int]) -> dict[int, str]:
    return dict(Project.objects.filter(pk__in=ids).values_list("id", "name"))
