"""Conditions as SQL of another engine. The tree is ours, so the text is made from it and not translated from what was written."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from luodi.screening.engine.columns import computed, facts_of
from luodi.screening.engine.nodes import ARITHMETIC, COMPARISONS, HALF_A_FEN, Kind, Node


class Sql:
    """Compiles nodes to sqlglot's tree, which knows how DuckDB, Spark or PostgreSQL spell it."""

    def __init__(self, parameters: Mapping[str, Any], derived: Mapping[str, Node]) -> None:
        from sqlglot import exp

        self.exp = exp
        self.parameters = parameters
        self.derived = derived
        self.rules: dict[str, Callable[[Node], Any]] = {
            "literal": lambda n: self._constant(n.value, n.kind),
            "parameter": lambda n: self._constant(self.parameters[str(n.value)], n.kind),
            "fact": lambda n: self._fact(str(n.value)),
            "not": lambda n: exp.Not(this=self._wrapped(n.args[0])),
            "missing": lambda n: self.unknown(self.expression(n.args[0])),
            "and": lambda n: self.joined(exp.And, [self.expression(arg) for arg in n.args]),
            "or": lambda n: self.joined(exp.Or, [self.expression(arg) for arg in n.args]),
            "in": lambda n: exp.In(
                this=self._wrapped(n.args[0]),
                expressions=[self._constant(one, n.args[0].kind) for one in self._plain(n.args[1])],
            ),
            "contains": lambda n: self._any_of(
                n,
                lambda item, word: exp.GT(
                    this=exp.StrPosition(this=item, substr=word), expression=exp.Literal.number(0)
                ),
            ),
            "starts_with": lambda n: self._any_of(n, lambda item, word: exp.StartsWith(this=item, expression=word)),
            "days": lambda n: self._number(
                exp.DateDiff(
                    this=self.expression(n.args[1]), expression=self.expression(n.args[0]), unit=exp.var("DAY")
                )
            ),
            "add_months": lambda n: exp.cast(
                exp.DateAdd(
                    this=self.expression(n.args[0]),
                    expression=exp.Literal.number(int(self._plain(n.args[1]))),
                    unit=exp.var("MONTH"),
                ),
                "date",
            ),
            "case": self._case,
            "negative": lambda n: exp.Neg(this=self._wrapped(n.args[0])),
        }

    def expression(self, node: Node) -> Any:
        if node.op in COMPARISONS:
            return self._compare(node)
        if node.op in ARITHMETIC and node.op != "negative":
            return self._arithmetic(node)
        return self.rules[node.op](node)

    def _wrapped(self, node: Node) -> Any:
        return self.exp.Paren(this=self.expression(node))

    def _fact(self, code: str) -> Any:
        """Derived facts are columns of an earlier step, as in `columns.py`."""
        return self.exp.column(code, quoted=True)

    def named(self, found: Any, name: str) -> Any:
        return self.exp.alias_(found, name, quoted=True, copy=False)

    def _constant(self, value: Any, kind: Kind) -> Any:
        exp = self.exp
        if value is None or kind is Kind.DATE:
            types = {Kind.DATE: "date", Kind.NUMBER: "double", Kind.TEXT: "text"}
            return exp.cast(exp.null() if value is None else exp.Literal.string(value.isoformat()), types[kind])
        if kind is Kind.NUMBER:
            return self._number(exp.Literal.number(repr(value)))
        return exp.convert(value)

    def _number(self, found: Any) -> Any:
        """Numbers are doubles in every engine, or some would round literals as decimals."""
        return self.exp.cast(found, "double", copy=False)

    def _plain(self, node: Node) -> Any:
        return self.parameters[str(node.value)] if node.op == "parameter" else node.value

    def _compare(self, node: Node) -> Any:
        exp = self.exp
        sides = [self._wrapped(arg) for arg in node.args]
        kinds = {"=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
        if not any(computed(arg, self.derived) for arg in node.args):
            return kinds[node.op](this=sides[0], expression=sides[1])
        gap = exp.Paren(this=exp.Sub(this=sides[0], expression=sides[1]))
        if node.op in ("=", "<>"):
            other = exp.LTE if node.op == "=" else exp.GT
            return other(this=exp.Abs(this=gap), expression=self._number(exp.Literal.number("5e-7")))
        sign = "-" if node.op in (">=", "<") else ""
        return kinds[node.op](this=gap, expression=self._number(exp.Literal.number(f"{sign}{HALF_A_FEN!r}")))

    def _arithmetic(self, node: Node) -> Any:
        exp = self.exp
        left, right = (self._wrapped(arg) for arg in node.args)
        if node.op == "/":
            zero = exp.Nullif(this=right, expression=self._number(exp.Literal.number(0)))
            return exp.Div(this=left, expression=zero, typed=False, safe=True)
        return {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}[node.op](this=left, expression=right)

    def _any_of(self, node: Node, test: Callable[[Any, Any], Any]) -> Any:
        words = [self.exp.Literal.string(word) for word in self._plain(node.args[1])]
        item = self.expression(node.args[0])
        return self.exp.Paren(this=self.joined(self.exp.Or, [test(item.copy(), word) for word in words]))

    def _case(self, node: Node) -> Any:
        pairs = []
        for condition, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
            pairs.append((self.unknown(self.expression(condition)), self.exp.null()))
            pairs.append((self.expression(condition), self.expression(value)))
        return self.choice(pairs, self.expression(node.args[-1]))

    def choice(self, pairs: list[tuple[Any, Any]], otherwise: Any) -> Any:
        """CASE, made without sqlglot's builders: they copy the tree at every step."""
        ifs = [self.exp.If(this=condition, true=value) for condition, value in pairs]
        return self.exp.Case(ifs=ifs, default=otherwise)

    def joined(self, by: type, parts: list[Any]) -> Any:
        """Parts in brackets under AND, OR or |."""
        return reduce(lambda a, b: by(this=a, expression=b), [self.exp.Paren(this=part) for part in parts])

    def unknown(self, found: Any) -> Any:
        return self.exp.Is(this=self.exp.Paren(this=found), expression=self.exp.null())

    def gaps(self, node: Node, bits: Mapping[str, int]) -> Any | None:
        """As `Columns.gaps`: the bits of the unknown facts that leave the node undecided."""
        if node.op == "fact" and str(node.value) not in self.derived:
            return self._bits(self.unknown(self._fact(str(node.value))), bits[str(node.value)])
        inner = self.derived[str(node.value)] if node.op == "fact" else node
        if inner.op == "fact":
            return self.gaps(inner, bits)
        if inner.op == "missing":
            return None
        parts = [part for arg in inner.args if (part := self.gaps(arg, bits)) is not None]
        if inner.op == "/":
            mask = sum(bits[code] for code in facts_of(inner.args[1], self.derived))
            zero = self.exp.EQ(this=self._wrapped(inner.args[1]), expression=self.exp.Literal.number(0))
            parts += [self._bits(zero, mask)] if mask else []
        if not parts:
            return None
        found = self.joined(self.exp.BitwiseOr, parts)
        if inner.op in ("and", "or", "case"):
            return self.choice([(self.unknown(self.expression(node)), found)], self.exp.Literal.number(0))
        return found

    def _bits(self, condition: Any, mask: int) -> Any:
        return self.choice([(condition, self.exp.Literal.number(mask))], self.exp.Literal.number(0))
