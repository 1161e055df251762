"""Screening: a rulebook over a table of projects, as of a day. One project is a table of one row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from luodi.screening.engine import explaining
from luodi.screening.engine.explaining import Explanation
from luodi.screening.engine.plan import Plan, plan_for
from luodi.screening.engine.rulebook import Rulebook

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Screened:
    """Verdicts, points and their reasons, one row a project, with the facts they came from.

    `results` has `id`, `verdict`, `gate_<stage>`, `failed`, `undefined` (rules due at its gate), `band`, `band_ceiling`, `score`, `proven`,
    `possible`, `undecided`, each also per dimension (`score_high` …), and per rule `G101` (a Verdict), `.points`, `.value`,
    `.missing` (bit n = the rule's n-th fact), `.evidenced`. `facts` has the facts and `evidence_<kind>`, derived ones too.
    """

    book: Rulebook
    as_of: date
    results: "pl.DataFrame"
    facts: "pl.DataFrame"

    def write(self, path: Path) -> None:
        """One Parquet file with everything needed to explain every row."""
        import polars as pl

        facts = self.facts.drop("id").rename(lambda name: f"fact.{name}")
        whole = pl.concat([self.results, facts], how="horizontal")
        about = {"rulebook": self.book.digest, "as_of": self.as_of.isoformat()}
        whole.write_parquet(path, compression="zstd", compression_level=1, metadata=about)

    @staticmethod
    def read(path: Path, book: Rulebook) -> "Screened":
        """What `write` wrote; refuses another rulebook's results."""
        import polars as pl

        about = pl.read_parquet_metadata(path)
        if about.get("rulebook") != book.digest:
            raise ValueError(f"{path.name} was screened with rulebook {about.get('rulebook')}, not {book.digest}")
        whole = pl.read_parquet(path)
        facts = [name for name in whole.columns if name.startswith("fact.")]
        return Screened(
            book,
            date.fromisoformat(about["as_of"]),
            whole.drop(facts),
            whole.select("id", *facts).rename(lambda name: name.removeprefix("fact.")),
        )


def screen(book: Rulebook, table: "pl.DataFrame", as_of: date) -> Screened:
    """Run the rules in force on the day over a table: `id`, a column per fact, a Boolean `evidence_<kind>` per kind verified.

    A column that is not there is unknown for all; evidence that is not there is not verified.
    """
    plan = plan_for(book, as_of)
    frame = _facts(book, plan, table, as_of)
    facts = frame.select(name for name in frame.columns if not name.startswith("~"))
    for step in (*plan.inner, plan.conditions, plan.verdicts, plan.explained, plan.totals, plan.bands):
        frame = frame.with_columns(step)
    return Screened(book, as_of, frame.select(plan.kept), facts)


def _facts(book: Rulebook, plan: Plan, table: "pl.DataFrame", as_of: date) -> "pl.DataFrame":
    """Every fact in its type, unknown where it is not given, then the derived ones."""
    import polars as pl

    def column(code: str, kind: Any) -> "pl.Expr":
        if code == "as_of":
            return pl.lit(as_of, pl.Date).alias(code)
        if code not in table.columns:
            return pl.lit(None, kind).alias(code)
        given = pl.col(code).cast(kind)
        return given.fill_nan(None) if kind == pl.Float64 else given

    evidence = [f"evidence_{kind}" for kind in book.evidence_kinds]
    known = [pl.col(name).cast(pl.Boolean).fill_null(False) for name in evidence if name in table.columns]
    absent = [pl.lit(False).alias(name) for name in evidence if name not in table.columns]
    frame = table.select("id", *(column(code, kind) for code, kind in plan.facts.items()), *known, *absent)
    for step in (plan.searches, *plan.derived):
        frame = frame.with_columns(step)
    return frame


def explain(book: Rulebook, facts: Mapping[str, Any], evidence: Collection[str], as_of: date) -> Explanation:
    """One project, by the same way as a hundred thousand."""
    return read_one(screen(book, one_row(book, facts, evidence), as_of), "0")


def pooled(tables: Sequence["pl.DataFrame"]) -> "pl.DataFrame":
    """Tables with different columns as one; what a table does not have is unknown in it."""
    import polars as pl

    return pl.concat(tables, how="diagonal")


def one_row(book: Rulebook, facts: Mapping[str, Any], evidence: Collection[str], name: str = "0") -> "pl.DataFrame":
    """The table of one project. Raises TypeError for a fact that is none, ValueError for a value of another type."""
    import polars as pl

    from luodi.screening.engine.columns import dtype

    unknown = [code for code in facts if code not in book.facts or book.facts[code].source == "derived"]
    if unknown:
        raise TypeError(f"no such facts: {', '.join(unknown)}")
    columns: dict[str, Any] = {"id": pl.Series([name])}
    for code, value in facts.items():
        try:
            columns[code] = pl.Series([value], dtype=dtype(book.facts[code].type), strict=True)
        except TypeError as error:
            raise ValueError(f"{code}: {value!r}") from error
    columns |= {f"evidence_{kind}": pl.Series([True]) for kind in evidence}
    return pl.DataFrame(columns)


def read_one(screened: Screened, project: Any) -> Explanation:
    """Why one project came out as it did. KeyError when it was not screened."""
    import polars as pl

    rows = screened.results.with_row_index("row").filter(pl.col("id") == project)
    if rows.is_empty():
        raise KeyError(project)
    facts = screened.facts.row(rows["row"][0], named=True)
    return explaining.explanation(screened.book, screened.as_of, rows.row(0, named=True), facts)
