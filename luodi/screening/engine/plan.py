"""A rulebook of one day as columns to compute: built once, run over any table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from luodi.screening.engine import language
from luodi.screening.engine.columns import Columns, dtype
from luodi.screening.engine.nodes import Node
from luodi.screening.engine.rulebook import SCORE, Parsed, Rulebook, Verdict

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Plan:
    """Expressions in the order in which they are computed; each stage may read the columns of those before."""

    facts: dict[str, Any]
    searches: list["pl.Expr"]
    derived: list[list["pl.Expr"]]
    inner: list[list["pl.Expr"]]
    conditions: list["pl.Expr"]
    verdicts: list["pl.Expr"]
    explained: list["pl.Expr"]
    totals: list["pl.Expr"]
    bands: list["pl.Expr"]
    rules: tuple[Parsed, ...]
    values: dict[str, Any]
    kept: list[str]


@lru_cache(maxsize=32)
def plan_for(book: Rulebook, as_of: date) -> Plan:
    """The plan of a rulebook on a day. Rulebooks never change once read, so plans are kept."""
    return _Planner(book, as_of).plan()


class _Planner:
    def __init__(self, book: Rulebook, as_of: date) -> None:
        import polars as pl

        self.pl = pl
        self.book = book
        self.as_of = as_of
        self.rules = book.rules_on(as_of)
        self.values = book.values_on(as_of)
        self.columns = Columns(self.values, book.derived)
        self.highest = {
            one.rule.code: language.whole_range(one.points, self.values)[1]
            for one in self.rules
            if one.points is not None
        }

    def plan(self) -> Plan:
        searches, derived, inner = self._searches(), self._derived(), self._inner()
        conditions = self._conditions()
        explained, totals = self._explained(), self._totals()
        plain = ["verdict", *(f"gate_{gate.stage}" for gate in self.book.gates)]
        sums = [name for name, _ in self._sum_names()]
        kept = ["id", *plain, "failed", "undefined", "band", "band_ceiling", *sums]
        for one in self.rules:
            kept += [one.rule.code, *self._extra_columns(one)]
        return Plan(
            facts={code: dtype(fact.type) for code, fact in self.book.facts.items() if fact.source != "derived"},
            searches=searches,
            derived=derived,
            inner=inner,
            conditions=conditions,
            verdicts=[self._verdict(one).alias(one.rule.code) for one in self.rules],
            explained=explained,
            totals=totals,
            bands=self._bands(),
            rules=self.rules,
            values=self.values,
            kept=kept,
        )

    def _extra_columns(self, one: Parsed) -> list[str]:
        code = one.rule.code
        return (
            ([f"{code}.points"] if not one.rule.is_gate else [])
            + ([f"{code}.value"] if one.value is not None else [])
            + ([f"{code}.missing"] if one.facts else [])
            + ([f"{code}.evidenced"] if one.rule.evidence else [])
        )

    def _derived(self) -> list[list["pl.Expr"]]:
        """Derived facts in steps, each step resting on those before."""
        done: set[str] = set()
        steps = []
        waiting = dict(self.book.derived)
        while waiting:
            ready = {
                code: node for code, node in waiting.items() if not set(node.names("fact")) & (waiting.keys() - done)
            }
            steps.append([self.columns.expression(node).alias(code) for code, node in ready.items()])
            done |= ready.keys()
            waiting = {code: node for code, node in waiting.items() if code not in ready}
        return steps

    def _roots(self) -> list[Node]:
        return [*self.book.derived.values(), *(node for one in self.rules for node in one.nodes)]

    def _searches(self) -> list["pl.Expr"]:
        """Each search of a text once, however many conditions ask for it."""
        parts = [part for root in self._roots() for part in root.walk() if part.op in ("contains", "starts_with")]
        return self._named(part for part in dict.fromkeys(parts) if part.args[0].value not in self.book.derived)

    def _inner(self) -> list[list["pl.Expr"]]:
        """Undecided parts explain what is missing, so each AND, OR and CASE is a column too; the inner ones before the outer."""
        self.columns.ready.update({node: code for code, node in self.book.derived.items()})
        parts = dict.fromkeys(
            part for root in self._roots() for part in root.walk() if part.op in ("and", "or", "case")
        )
        depths: dict[int, list[Node]] = {}
        for part in parts:
            if part not in self.columns.ready:
                depths.setdefault(_depth(part), []).append(part)
        return [self._named(depths[depth]) for depth in sorted(depths)]

    def _named(self, parts: Iterable[Node]) -> list["pl.Expr"]:
        """Columns for parts, which from then on are read and not computed."""
        first = len(self.columns.ready)
        named = {part: f"~{first + number}" for number, part in enumerate(parts)}
        found = [self.columns.expression(part).alias(name) for part, name in named.items()]
        self.columns.ready.update(named)
        return found

    def _conditions(self) -> list["pl.Expr"]:
        found = []
        for one in self.rules:
            code = one.rule.code
            found.append(self.columns.expression(one.holds).alias(f"{code}?"))
            if one.applies is not None:
                found.append(self.columns.expression(one.applies).alias(f"{code}!"))
            if one.points is not None and one.points.op == "case":
                found.append(self.columns.expression(one.points).alias(f"{code}#"))
        return found

    def _verdict(self, one: Parsed) -> "pl.Expr":
        """Fail, pass, undefined or not applicable. A gate rule that holds holds whether or not it applies; no points are given on a guess."""
        pl, code = self.pl, one.rule.code
        holds = pl.col(f"{code}?")
        if one.points is not None and one.points.op == "case":
            holds = pl.when(holds).then(pl.when(pl.col(f"{code}#").is_not_null()).then(True)).otherwise(holds)
        if one.applies is None:
            return holds.cast(pl.UInt8).fill_null(int(Verdict.UNDEFINED))
        applies = pl.col(f"{code}!")
        answer = holds if one.rule.is_gate else holds & pl.when(applies.is_not_null()).then(True)
        passed = answer if one.rule.is_gate else answer & applies
        return (
            pl.when(~applies)
            .then(pl.lit(int(Verdict.NOT_APPLICABLE), pl.UInt8))
            .when(passed)
            .then(pl.lit(int(Verdict.PASS), pl.UInt8))
            .when(applies & ~holds)
            .then(pl.lit(int(Verdict.FAIL), pl.UInt8))
            .otherwise(pl.lit(int(Verdict.UNDEFINED), pl.UInt8))
        )

    def _explained(self) -> list["pl.Expr"]:
        return [
            column
            for one in self.rules
            for column in (*self._points(one), *self._value(one), *self._missing(one), *self._evidenced(one))
        ]

    def _points(self, one: Parsed) -> list["pl.Expr"]:
        pl, code = self.pl, one.rule.code
        if one.points is None:
            return []
        passed = pl.col(code) == int(Verdict.PASS)
        if one.points.op == "case":
            found = pl.when(passed).then(pl.col(f"{code}#").cast(pl.Int16)).otherwise(pl.lit(0, pl.Int16))
        else:
            found = passed.cast(pl.Int16) * pl.lit(self.highest[code], pl.Int16)
        return [found.alias(f"{code}.points")]

    def _value(self, one: Parsed) -> list["pl.Expr"]:
        if one.value is None:
            return []
        return [self.columns.expression(one.value).alias(f"{one.rule.code}.value")]

    def _missing(self, one: Parsed) -> list["pl.Expr"]:
        pl, code = self.pl, one.rule.code
        if not one.facts:
            return []
        kind = pl.UInt8() if len(one.facts) <= 8 else pl.UInt16() if len(one.facts) <= 16 else pl.UInt32()
        bits = {fact: 1 << place for place, fact in enumerate(one.facts)}
        nodes = [node for node in (one.applies, one.holds, one.points) if node is not None]
        parts = [part for node in nodes if (part := self.columns.gaps(node, bits, kind)) is not None]
        asked = pl.when(pl.col(code) == int(Verdict.UNDEFINED)).then(reduce(or_, parts)) if parts else pl.lit(0, kind)
        return [asked.otherwise(pl.lit(0, kind)).alias(f"{code}.missing") if parts else asked.alias(f"{code}.missing")]

    def _evidenced(self, one: Parsed) -> list["pl.Expr"]:
        if not one.rule.evidence:
            return []
        needs = [
            reduce(or_, [self.pl.col(f"evidence_{kind}") for kind in need.split("|")]) for need in one.rule.evidence
        ]
        return [reduce(and_, needs).alias(f"{one.rule.code}.evidenced")]

    def _totals(self) -> list["pl.Expr"]:
        return [*self._gates(), *(column.alias(name) for name, column in self._sum_names())]

    def _gates(self) -> list["pl.Expr"]:
        """For each gate whether a rule due by then fails or is undecided; the project's own verdict is that of the gate it stands at."""
        pl = self.pl
        failed, undecided, found = pl.lit(False), pl.lit(False), []
        for gate in self.book.gates:
            codes = [one.rule.code for one in self.rules if one.rule.gate == gate.stage]
            if codes:
                failed = failed | pl.any_horizontal(pl.col(code) == int(Verdict.FAIL) for code in codes)
                undecided = undecided | pl.any_horizontal(pl.col(code) == int(Verdict.UNDEFINED) for code in codes)
            answer = pl.when(failed).then(int(Verdict.FAIL)).when(undecided).then(int(Verdict.UNDEFINED))
            found.append(answer.otherwise(int(Verdict.PASS)).cast(pl.UInt8).alias(f"gate_{gate.stage}"))
        for name, verdict in (("failed", Verdict.FAIL), ("undefined", Verdict.UNDEFINED)):
            found.append(self._count(verdict).alias(name))
        return found

    def _count(self, verdict: Verdict) -> "pl.Expr":
        """How many rules due at the project's own gate came out so."""
        pl = self.pl
        counted = []
        for gate in self.book.gates:
            codes = [one.rule.code for one in self.rules if one.rule.gate == gate.stage]
            if codes:
                many = pl.sum_horizontal((pl.col(code) == int(verdict)).cast(pl.UInt8) for code in codes)
                counted.append(
                    many * (pl.col("stage_rank").fill_null(-1) >= gate.rank) if gate is not self.book.gates[0] else many
                )
        return pl.sum_horizontal(counted).cast(pl.UInt16) if counted else pl.lit(0, pl.UInt16)

    def _sum_names(self) -> list[tuple[str, "pl.Expr"]]:
        scored = [one for one in self.rules if not one.rule.is_gate]
        found = [
            ("score", self._sum(scored, lambda code: self.pl.col(f"{code}.points"))),
            ("proven", self._sum(scored, self._proven)),
            ("possible", self._possible(scored, Verdict.NOT_APPLICABLE, negate=True)),
            ("undecided", self._possible(scored, Verdict.UNDEFINED)),
        ]
        for dimension in SCORE:
            own = [one for one in scored if one.rule.dimension is dimension]
            found += [
                (f"score_{dimension}", self._sum(own, lambda code: self.pl.col(f"{code}.points"))),
                (f"proven_{dimension}", self._sum(own, self._proven)),
                (f"possible_{dimension}", self._possible(own, Verdict.NOT_APPLICABLE, negate=True)),
                (f"undecided_{dimension}", self._possible(own, Verdict.UNDEFINED)),
            ]
        return found

    def _proven(self, code: str) -> "pl.Expr":
        points = self.pl.col(f"{code}.points")
        return points * self.pl.col(f"{code}.evidenced") if self.book.rules[code].evidence else points

    def _possible(self, rules: Sequence[Parsed], verdict: Verdict, negate: bool = False) -> "pl.Expr":
        def most(code: str) -> "pl.Expr":
            is_so = self.pl.col(code) != int(verdict) if negate else self.pl.col(code) == int(verdict)
            return is_so.cast(self.pl.Int16) * self.pl.lit(self.highest[code], self.pl.Int16)

        return self._sum(rules, most)

    def _sum(self, rules: Sequence[Parsed], each: Any) -> "pl.Expr":
        parts = [each(one.rule.code) for one in rules]
        return self.pl.sum_horizontal(parts).cast(self.pl.Int16) if parts else self.pl.lit(0, self.pl.Int16)

    def _bands(self) -> list["pl.Expr"]:
        """The project's own gate, and the bands of what it has and of what it could have; exact in whole numbers."""
        pl = self.pl
        first, *later = self.book.gates
        verdict = pl.col(f"gate_{first.stage}")
        rank = pl.col("stage_rank").fill_null(-1)
        for gate in later:
            verdict = pl.when(rank >= gate.rank).then(pl.col(f"gate_{gate.stage}")).otherwise(verdict)
        score, possible = pl.col("score").cast(pl.Int32), pl.col("possible").cast(pl.Int32)
        ceiling = score + pl.col("undecided").cast(pl.Int32)
        return [
            verdict.alias("verdict"),
            self._band(score, possible).alias("band"),
            self._band(ceiling, possible).alias("band_ceiling"),
        ]

    def _band(self, points: "pl.Expr", possible: "pl.Expr") -> "pl.Expr":
        pl = self.pl
        result: Any = pl.lit(None, pl.String)
        for band in reversed(self.book.bands):
            reached = (possible > 0) & (points * 100 >= possible * band.floor)
            result = pl.when(reached).then(pl.lit(band.code)).otherwise(result)
        return result


def _depth(node: Node) -> int:
    return 1 + max((_depth(arg) for arg in node.args), default=0)
