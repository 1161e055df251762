"""The second source: three-valued logic for one project, written again without columns, a value at a time."""

from calendar import monthrange
from datetime import date

from luodi.screening.engine.nodes import HALF_A_FEN


def later(day, months):
    """The same day of a later month, or its last when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


EXACT = ("fact", "literal", "parameter", "days")


class Kleene:
    """Says what a node is (None = unknown) and which unknown facts leave it so."""

    def __init__(self, facts, parameters, derived):
        self.facts, self.parameters, self.derived = facts, parameters, derived

    def value(self, node):
        if node.op in ("literal", "list"):
            return node.value
        if node.op == "parameter":
            return self.parameters[node.value]
        if node.op == "fact":
            return self.value(self.derived[node.value]) if node.value in self.derived else self.facts[node.value]
        if node.op == "missing":
            return self.value(node.args[0]) is None
        if node.op in ("and", "or"):
            parts, decides = [self.value(arg) for arg in node.args], node.op == "or"
            return decides if decides in parts else None if None in parts else not decides
        if node.op == "case":
            for condition, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
                asked = self.value(condition)
                if asked is None or asked:
                    return None if asked is None else self.value(value)
            return self.value(node.args[-1])
        parts = [self.value(arg) for arg in node.args]
        return None if None in parts else self.strict(node, parts)

    def strict(self, node, parts):
        first, second = parts[0], parts[-1]
        if node.op in ("=", "<>", "<", "<=", ">", ">="):
            return self.compared(node, first, second)
        return {
            "not": lambda: not first,
            "+": lambda: first + second,
            "-": lambda: first - second,
            "*": lambda: first * second,
            "/": lambda: None if second == 0 else first / second,
            "negative": lambda: -first,
            "in": lambda: first in second,
            "contains": lambda: any(word in first for word in second),
            "starts_with": lambda: any(first.startswith(word) for word in second),
            "add_months": lambda: later(first, second),
            "days": lambda: float((second - first).days),
        }[node.op]()

    def compared(self, node, left, right):
        if isinstance(left, int | float) and not all(self.stated(arg) for arg in node.args):
            near = abs(left - right) <= HALF_A_FEN
            return {"=": near, "<>": not near, "<": left < right and not near, ">": left > right and not near,
                    "<=": left < right or near, ">=": left > right or near}[node.op]  # fmt: skip
        if isinstance(left, str):
            return (left == right) == (node.op == "=")
        return {"=": left == right, "<>": left != right, "<": left < right, ">": left > right,
                "<=": left <= right, ">=": left >= right}[node.op]  # fmt: skip

    def stated(self, node):
        if node.op == "fact" and node.value in self.derived:
            return self.stated(self.derived[node.value])
        if node.op == "case":
            return all(self.stated(arg) for arg in (*node.args[1::2], node.args[-1]))
        return node.op in EXACT

    def gaps(self, node):
        """Facts to ask for: those unknown inside what is undecided."""
        if node.op == "missing" or (node.op != "list" and self.value(node) is not None):
            return set()
        if node.op == "fact":
            return self.gaps(self.derived[node.value]) if node.value in self.derived else {node.value}
        found = set().union(*(self.gaps(arg) for arg in node.args)) if node.args else set()
        if node.op == "/" and self.value(node.args[1]) == 0:
            found |= self.rests_on(node.args[1])
        return found

    def rests_on(self, node):
        if node.op == "fact":
            return self.rests_on(self.derived[node.value]) if node.value in self.derived else {node.value}
        return set().union(*(self.rests_on(arg) for arg in node.args)) if node.args else set()
