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
            "not": lambda n: exp.not_(self._wrapped(n.args[0])),
            "missing": lambda n: self.unknown(self.expression(n.args[0])),
            "and": lambda n: exp.and_(*[self._wrapped(arg) for arg in n.args]),
            "or": lambda n: exp.or_(*[self._wrapped(arg) for arg in n.args]),
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
        return self.exp.paren(self.expression(node), copy=False)

    def _fact(self, code: str) -> Any:
        if code in self.derived:
            return self._wrapped(self.derived[code])
        return self.exp.column(code, quoted=True)

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
        return self.exp.cast(found, "double")

    def _plain(self, node: Node) -> Any:
        return self.parameters[str(node.value)] if node.op == "parameter" else node.value

    def _compare(self, node: Node) -> Any:
        exp = self.exp
        sides = [self._wrapped(arg) for arg in node.args]
        kinds = {"=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
        if not any(computed(arg, self.derived) for arg in node.args):
            return kinds[node.op](this=sides[0], expression=sides[1])
        gap = exp.paren(exp.Sub(this=sides[0], expression=sides[1]))
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
        return self.exp.paren(self.exp.or_(*[test(item.copy(), word) for word in words]))

    def _case(self, node: Node) -> Any:
        case = self.exp.Case()
        for condition, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
            asked = self._wrapped(condition)
            case = case.when(self.unknown(asked), self.exp.null()).when(asked.copy(), self.expression(value))
        return case.else_(self.expression(node.args[-1]))

    def unknown(self, found: Any) -> Any:
        return self.exp.Is(this=self.exp.paren(found), expression=self.exp.null())

    def gaps(self, node: Node, bits: Mapping[str, int]) -> Any | None:
        """As `Columns.gaps`: the bits of the unknown facts that leave the node undecided."""
        if node.op == "fact":
            code = str(node.value)
            if code in self.derived:
                return self.gaps(self.derived[code], bits)
            return self._bits(self.unknown(self._fact(code)), bits[code])
        if node.op == "missing":
            return None
        parts = [part for arg in node.args if (part := self.gaps(arg, bits)) is not None]
        if node.op == "/":
            mask = sum(bits[code] for code in facts_of(node.args[1], self.derived))
            zero = self.exp.EQ(this=self._wrapped(node.args[1]), expression=self.exp.Literal.number(0))
            parts += [self._bits(zero, mask)] if mask else []
        if not parts:
            return None
        found = reduce(lambda a, b: self.exp.BitwiseOr(this=self.exp.paren(a), expression=self.exp.paren(b)), parts)
        if node.op in ("and", "or", "case"):
            return self.exp.Case().when(self.unknown(self.expression(node)), found).else_(self.exp.Literal.number(0))
        return found

    def _bits(self, condition: Any, mask: int) -> Any:
        return self.exp.Case().when(condition, self.exp.Literal.number(mask)).else_(self.exp.Literal.number(0))
