"""One page of a run's results: filtered and ordered over frozen columns, never over the whole register again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.projects.models import Project
from luodi.screening.engine.rulebook import Rulebook, Verdict
from luodi.screening.engine.screening import Screened

SIZE = 50
OPEN = "open"
"""Band of a project whose unknown facts could still move it into another."""
VERDICT_CODES = {"fail": Verdict.FAIL, "undefined": Verdict.UNDEFINED, "pass": Verdict.PASS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the results a person wants: `rule` with `says` its verdict, else the project's own `verdict`, and `band`."""

    verdict: str = ""
    band: str = ""
    rule: str = ""
    says: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Asked":
        given = {one.name: query.get(one.name, "").replace("\0", "")[:40].strip() for one in fields(cls)}
        page = given.pop("page")
        return cls(**given, page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1)

    def url(self, path: str, **other: Any) -> str:
        own = {one.name: getattr(self, one.name) for one in fields(self)} | other
        return (
            f"{path}?{urlencode({key: value for key, value in own.items() if value and (key, value) != ('page', 1)})}"
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of results with the position of the first, and how many there are."""

    rows: list[dict[str, Any]]
    first: int
    total: int
    verdicts: dict[int, int]
    bands: dict[str, int]


def page(screened: Screened, user: User, asked: Asked) -> Page:
    """Rows within the person's reach. The totals by verdict and band are those of the same reach."""
    import polars as pl

    # What was withdrawn since the run has no page to lead to.
    gone = Project.objects.exclude(withdrawn_at=None).values_list("id", flat=True)
    seen = screened.results.filter(~pl.col("id").is_in(list(gone)))
    if not scope_of(user).everything:
        reach = list(Project.objects.current().visible_to(user).values_list("id", flat=True))
        seen = seen.filter(pl.col("id").is_in(reach))
    found = seen.filter(conditions(screened.book, seen.columns, asked))
    codes = [code for code in screened.book.rules if code in seen.columns and screened.book.rules[code].is_gate]
    ordered = found.with_columns(pl.col("score").rank("min", descending=True).cast(pl.Int32).alias("rank")).sort(
        "rank", "id"
    )
    start = (asked.page - 1) * SIZE
    columns = [
        "id",
        "rank",
        "verdict",
        "failed",
        "undefined",
        "score",
        "proven",
        "possible",
        "undecided",
        "band",
        "band_ceiling",
    ]
    return Page(
        rows=ordered.slice(start, SIZE).select(*columns, *codes).to_dicts(),
        first=start + 1,
        total=found.height,
        verdicts=dict(seen.group_by("verdict").len().iter_rows()),
        bands={band: n for band, n in seen.group_by(band_of()).len().iter_rows()},
    )


def conditions(book: Rulebook, columns: list[str], asked: Asked) -> Any:
    """The filter as one expression; what the address does not know matches nothing it should not."""
    import polars as pl

    wanted: Any = pl.lit(True)
    if asked.rule in book.rules and asked.rule in columns:
        wanted = wanted & (pl.col(asked.rule) == int(VERDICT_CODES.get(asked.says, Verdict.FAIL)))
    if asked.verdict in VERDICT_CODES:
        wanted = wanted & (pl.col("verdict") == int(VERDICT_CODES[asked.verdict]))
    if asked.band:
        wanted = wanted & (band_of() == asked.band)
    return wanted


def band_of() -> Any:
    """The band where unknown facts could not change it, else `OPEN`: unknown is not zero."""
    import polars as pl

    decided = pl.col("band") == pl.col("band_ceiling")
    return pl.when(decided).then(pl.col("band")).otherwise(pl.lit(OPEN)).alias("band")
