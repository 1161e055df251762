"""Conditions as Polars expressions: one compiler for one project and for a hundred thousand.

A fact is a column of its own name. `gaps` says, as bits, which unknown facts leave a condition undecided; it follows Kleene:
in an undecided AND only the undecided parts count, for the true ones no longer matter.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from luodi.screening.engine.nodes import ARITHMETIC, COMPARISONS, HALF_A_FEN, Kind, Node

if TYPE_CHECKING:
    import polars as pl


def dtype(kind: Kind) -> Any:
    """The column type of a fact."""
    import polars as pl

    return {Kind.NUMBER: pl.Float64(), Kind.BOOLEAN: pl.Boolean(), Kind.TEXT: pl.String(), Kind.DATE: pl.Date()}[kind]


class Columns:
    """Compiles nodes with the parameters of one day. `derived` facts are columns of their own by the time a rule reads them."""

    def __init__(self, parameters: Mapping[str, Any], derived: Mapping[str, Node]) -> None:
        import polars as pl

        self.pl = pl
        self.parameters = parameters
        self.derived = derived
        self.ready: dict[Node, str] = {}
        """Parts that are columns by the time they are read: what asks for them again need not compute them again."""
        self.rules: dict[str, Callable[[Node], pl.Expr]] = {
            "literal": lambda n: self._constant(n.value, n.kind),
            "parameter": lambda n: self._constant(self.parameters[str(n.value)], n.kind),
            "fact": lambda n: pl.col(str(n.value)),
            "not": lambda n: ~self.expression(n.args[0]),
            "missing": lambda n: self.unknown(n.args[0]),
            "and": lambda n: reduce(lambda a, b: a & b, map(self.expression, n.args)),
            "or": lambda n: reduce(lambda a, b: a | b, map(self.expression, n.args)),
            "in": lambda n: self.expression(n.args[0]).is_in(self._options(n.args[1], n.args[0].kind)),
            "contains": self._contains,
            "starts_with": self._starts_with,
            "days": lambda n: (
                (self.expression(n.args[1]) - self.expression(n.args[0])).dt.total_days().cast(pl.Float64)
            ),
            "add_months": lambda n: self.expression(n.args[0]).dt.offset_by(f"{int(self._plain(n.args[1]))}mo"),
            "case": self._case,
            "negative": lambda n: -self.expression(n.args[0]),
        }

    def expression(self, node: Node) -> "pl.Expr":
        """The column that the node is; null where it is undecided."""
        if node in self.ready:
            return self.pl.col(self.ready[node])
        if node.op in COMPARISONS:
            return self._compare(node)
        if node.op in ARITHMETIC and node.op != "negative":
            return self._arithmetic(node)
        return self.rules[node.op](node)

    def _constant(self, value: Any, kind: Kind) -> "pl.Expr":
        if kind is Kind.NUMBER and value is not None:
            value = float(value)
        return self.pl.lit(value, dtype=dtype(kind))

    def _plain(self, node: Node) -> Any:
        """Value of a literal, a list or a parameter."""
        return self.parameters[str(node.value)] if node.op == "parameter" else node.value

    def _options(self, node: Node, kind: Kind) -> list[Any]:
        return [float(one) for one in self._plain(node)] if kind is Kind.NUMBER else list(self._plain(node))

    def _compare(self, node: Node) -> "pl.Expr":
        left, right = (self.expression(arg) for arg in node.args)
        if self.exact(node.args[0]) and self.exact(node.args[1]):
            return compared(node.op, left, right)
        gap = left - right
        near = {
            "=": lambda: gap.abs() <= HALF_A_FEN,
            "<>": lambda: gap.abs() > HALF_A_FEN,
            ">=": lambda: gap >= -HALF_A_FEN,
            ">": lambda: gap > HALF_A_FEN,
            "<=": lambda: gap <= HALF_A_FEN,
            "<": lambda: gap < -HALF_A_FEN,
        }
        return near[node.op]()

    def exact(self, node: Node) -> bool:
        """Whether a side of a comparison was stated, not computed."""
        return not computed(node, self.derived)

    def _arithmetic(self, node: Node) -> "pl.Expr":
        left, right = (self.expression(arg) for arg in node.args)
        if node.op == "/":
            return self.pl.when(right != 0).then(left / right)
        return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[node.op]()

    def _contains(self, node: Node) -> "pl.Expr":
        words = list(self._plain(node.args[1]))
        item = self.expression(node.args[0])
        return item.str.contains(words[0], literal=True) if len(words) == 1 else item.str.contains_any(words)

    def _starts_with(self, node: Node) -> "pl.Expr":
        """One set of heads for each length."""
        item = self.expression(node.args[0])
        lengths: dict[int, list[str]] = {}
        for word in self._plain(node.args[1]):
            lengths.setdefault(len(word), []).append(word)
        heads = [item.str.slice(0, n).is_in(some) for n, some in lengths.items()]
        return reduce(or_, heads)

    def _case(self, node: Node) -> "pl.Expr":
        result = self.expression(node.args[-1])
        for condition, value in reversed(list(zip(node.args[:-1:2], node.args[1:-1:2], strict=True))):
            asked = self.expression(condition)
            result = self.pl.when(asked.is_not_null()).then(
                self.pl.when(asked).then(self.expression(value)).otherwise(result)
            )
        return result

    def unknown(self, node: Node) -> "pl.Expr":
        """Whether the node is undecided, by the cheapest way to know."""
        if node.op in ("literal", "parameter", "list", "missing"):
            return self.pl.lit(node.op == "parameter" and self.parameters[str(node.value)] is None)
        if node.op in ("fact", "and", "or", "case", "/"):
            return self.expression(node).is_null()
        return reduce(or_, (self.unknown(arg) for arg in node.args if arg.op not in ("literal", "list")))

    def gaps(self, node: Node, bits: Mapping[str, int], kind: Any) -> "pl.Expr | None":
        """Bits of the unknown facts that leave the node undecided, zero where it is decided; None if nothing in it can be unknown."""
        if node.op == "fact" and str(node.value) not in self.derived:
            return self.pl.col(str(node.value)).is_null().cast(kind) * self.pl.lit(bits[str(node.value)], dtype=kind)
        # A derived fact is a column already: whether it is unknown need not be computed again.
        inner = self.derived[str(node.value)] if node.op == "fact" else node
        if inner.op == "fact":
            return self.gaps(inner, bits, kind)
        if inner.op == "missing":
            return None
        parts = [part for arg in inner.args if (part := self.gaps(arg, bits, kind)) is not None]
        if inner.op == "/":
            parts += self._divisor(inner.args[1], bits, kind)
        if not parts:
            return None
        found = reduce(or_, parts)
        if inner.op in ("and", "or", "case"):
            return self.pl.when(self.expression(node).is_null()).then(found).otherwise(self.pl.lit(0, dtype=kind))
        return found

    def _divisor(self, node: Node, bits: Mapping[str, int], kind: Any) -> list["pl.Expr"]:
        """A divisor of zero leaves the division undecided, and its facts are what to look at."""
        mask = sum(bits[code] for code in facts_of(node, self.derived))
        if not mask:
            return []
        return [(self.expression(node) == 0).fill_null(False).cast(kind) * self.pl.lit(mask, dtype=kind)]


def computed(node: Node, derived: Mapping[str, Node]) -> bool:
    """Whether a number comes out of arithmetic, its own or a derived fact's: then half a fen does not count."""
    if node.kind is not Kind.NUMBER or node.op == "days":
        return False
    if node.op == "fact" and str(node.value) in derived:
        return computed(derived[str(node.value)], derived)
    if node.op == "case":
        return any(computed(arg, derived) for arg in (*node.args[1::2], node.args[-1]))
    return node.op in ARITHMETIC


def compared(op: str, left: Any, right: Any) -> Any:
    """The plain comparison, of columns or of values."""
    return {
        "=": lambda: left == right,
        "<>": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }[op]()


def facts_of(node: Node, derived: Mapping[str, Node]) -> tuple[str, ...]:
    """The facts of the record that a condition rests on, through derived ones, each once."""
    found: dict[str, None] = {}
    for code in node.names("fact"):
        found.update(dict.fromkeys(facts_of(derived[code], derived) if code in derived else (code,)))
    return tuple(found)
