"""The same rulebook as one query of a larger engine: verdict, points, value and missing facts of every rule, for DuckDB, Spark or PostgreSQL.

It goes in the steps of `plan.py`: derived facts, conditions, verdicts, then what explains them.
"""

from datetime import date
from typing import Any

from luodi.screening.engine.rulebook import Parsed, Rulebook, Verdict
from luodi.screening.engine.sql import Sql


def select_rules(book: Rulebook, as_of: date, table: str, dialect: str) -> str:
    """A query over a table with `id`, `as_of` and one column a fact; its columns are named as those of `Screened.results`."""
    from sqlglot import exp

    sql = Sql({**book.values_on(as_of)}, book.derived)
    rules = [_Rule(sql, one) for one in book.rules_on(as_of)]
    steps = [[sql.named(sql.expression(book.derived[code]), code) for code in step] for step in _steps(book)]
    steps.append([column for rule in rules for column in rule.conditions()])
    steps.append([rule.verdict() for rule in rules])
    final = exp.select("id").select(*(column for rule in rules for column in rule.columns()), copy=False)
    for number, step in enumerate(steps):
        source = exp.to_table(table if number == 0 else f"step_{number - 1}")
        inner = exp.select("*").select(*step, copy=False).from_(source, copy=False)
        final = final.with_(f"step_{number}", as_=inner, copy=False)
    return final.from_(f"step_{len(steps) - 1}", copy=False).sql(dialect=dialect, copy=False)


def _steps(book: Rulebook) -> list[list[str]]:
    """Derived facts in the order of their need."""
    found: list[list[str]] = []
    waiting = dict(book.derived)
    while waiting:
        ready = [code for code, node in waiting.items() if not set(node.names("fact")) & waiting.keys()]
        found.append(ready)
        waiting = {code: node for code, node in waiting.items() if code not in ready}
    return found


class _Rule:
    """The columns of one rule."""

    def __init__(self, sql: Sql, one: Parsed) -> None:
        from sqlglot import exp

        self.exp, self.sql, self.one, self.code = exp, sql, one, one.rule.code

    def _column(self, mark: str) -> Any:
        return self.exp.column(f"{self.code}{mark}", quoted=True)

    def conditions(self) -> list[Any]:
        marked = (("?", self.one.holds), ("!", self.one.applies), ("#", self.one.points))
        return [
            self.sql.named(self.sql.expression(node), f"{self.code}{mark}") for mark, node in marked if node is not None
        ]

    def verdict(self) -> Any:
        """As the plan's: a gate rule that holds holds; points need applying, holding and points that can be told."""
        exp, number = self.exp, self.exp.Literal.number
        always = self.one.applies is None

        def applies() -> Any:
            return exp.true() if always else self._column("!")

        known = [] if self.one.rule.is_gate else [applies(), exp.Not(this=self.sql.unknown(self._column("#")))]
        passed = self.sql.joined(exp.And, [self._column("?"), *known])
        failed = self.sql.joined(exp.And, [applies(), exp.Not(this=self._column("?"))])
        answers = [(Verdict.PASS, passed), (Verdict.FAIL, failed)]
        if not always:
            answers.insert(0, (Verdict.NOT_APPLICABLE, exp.Not(this=applies())))
        pairs = [(condition, number(int(verdict))) for verdict, condition in answers]
        return self.sql.named(self.sql.choice(pairs, number(int(Verdict.UNDEFINED))), self.code)

    def columns(self) -> list[Any]:
        found = [self._column("")]
        if self.one.points is not None:
            passed = self.exp.EQ(this=self._column(""), expression=self.exp.Literal.number(int(Verdict.PASS)))
            found.append(self.sql.named(self._when(passed, self._column("#")), f"{self.code}.points"))
        if self.one.value is not None:
            found.append(self.sql.named(self.sql.expression(self.one.value), f"{self.code}.value"))
        if self.one.facts:
            found.append(self.sql.named(self._missing(), f"{self.code}.missing"))
        return found

    def _when(self, condition: Any, then: Any) -> Any:
        return self.sql.choice([(condition, then)], self.exp.Literal.number(0))

    def _missing(self) -> Any:
        bits = {fact: 1 << place for place, fact in enumerate(self.one.facts)}
        nodes = [node for node in (self.one.applies, self.one.holds, self.one.points) if node is not None]
        parts = [part for node in nodes if (part := self.sql.gaps(node, bits)) is not None]
        if not parts:
            return self.exp.Literal.number(0)
        joined = self.sql.joined(self.exp.BitwiseOr, parts)
        undefined = self.exp.EQ(this=self._column(""), expression=self.exp.Literal.number(int(Verdict.UNDEFINED)))
        return self._when(undefined, joined)
