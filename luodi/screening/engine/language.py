"""The language of conditions: a whitelist of SQL expressions over named facts and parameters, checked for types when it is read.

Three-valued throughout: what is unknown stays unknown (Kleene), and a division by zero is unknown. A CASE whose condition is
unknown is unknown as well: SQL itself would go on as if the condition were false.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from luodi.screening.engine.nodes import COMPARISONS, KINDS_ZH, Kind, Name, Names, Node

LONGEST = 2000
DEEPEST = 24


class Refused(ValueError):
    """A condition that cannot be read. Says what is wrong and what to write instead, in both languages."""

    def __init__(self, message: str, message_en: str) -> None:
        super().__init__(message)
        self.message = message
        self.message_en = message_en


def parse(text: str, names: Names) -> Node:
    """Read one condition; everything outside the whitelist is refused here, long before it could run."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    if len(text) > LONGEST:
        raise Refused(f"条件超过 {LONGEST} 字，请拆成几条规则", f"Longer than {LONGEST} characters: split the rule")
    if not text.strip():
        raise Refused("条件是空的", "The condition is empty")
    try:
        found = sqlglot.parse(text, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        said = str(error).splitlines()[0]
        raise Refused(f"读不懂：{said}。请检查括号、引号和运算符", f"Not readable: {said}") from error
    if len(found) != 1 or found[0] is None:
        raise Refused("只能写一个条件，不要用分号", "One condition only, no semicolon")
    reader = _Reader(names)
    return reader.read(found[0], 0)


def want(node: Node, kind: Kind, what: str, what_en: str) -> Node:
    if node.kind is not kind:
        raise Refused(
            f"{what}要的是{KINDS_ZH[kind]}，写的是{KINDS_ZH[node.kind]}（{text_of(node)}）",
            f"{what_en} takes a {kind}, not a {node.kind} ({text_of(node)})",
        )
    return node


def text_of(node: Node) -> str:
    """The part as one would write it, short enough for a message."""
    if node.op in ("fact", "parameter"):
        return str(node.value)
    if node.op in ("literal", "list"):
        return repr(node.value)
    return node.op


class _Reader:
    """Turns the parser's tree into ours, node by node."""

    def __init__(self, names: Names) -> None:
        from sqlglot import exp

        self.names = names
        self.exp = exp
        self.rules: dict[type, Callable[[Any, int], Node]] = {
            exp.Paren: lambda e, d: self.read(e.this, d),
            exp.And: lambda e, d: self._logic("and", e, d),
            exp.Or: lambda e, d: self._logic("or", e, d),
            exp.Not: self._not,
            exp.EQ: lambda e, d: self._compare("=", e, d),
            exp.NEQ: lambda e, d: self._compare("<>", e, d),
            exp.LT: lambda e, d: self._compare("<", e, d),
            exp.LTE: lambda e, d: self._compare("<=", e, d),
            exp.GT: lambda e, d: self._compare(">", e, d),
            exp.GTE: lambda e, d: self._compare(">=", e, d),
            exp.Between: self._between,
            exp.In: self._in,
            exp.Is: self._is,
            exp.Add: lambda e, d: self._arithmetic("+", e, d),
            exp.Sub: lambda e, d: self._arithmetic("-", e, d),
            exp.Mul: lambda e, d: self._arithmetic("*", e, d),
            exp.Div: lambda e, d: self._arithmetic("/", e, d),
            exp.Neg: self._negative,
            exp.Case: self._case,
            exp.Column: self._name,
            exp.Literal: self._literal,
            exp.Boolean: lambda e, d: Node("literal", Kind.BOOLEAN, value=bool(e.this)),
            exp.Cast: self._date,
            exp.Contains: lambda e, d: self._search("contains", e, d),
            exp.StartsWith: lambda e, d: self._search("starts_with", e, d),
            exp.AddMonths: self._add_months,
            exp.Anonymous: self._call,
        }
        self.instead = {
            exp.Like: ("contains(words, '词')", "LIKE"),
            exp.ILike: ("contains(words, '词')", "ILIKE"),
            exp.Coalesce: ("x IS NOT NULL AND …（未知不能当作某个值）", "COALESCE"),
            exp.If: ("CASE WHEN … THEN … ELSE … END", "IF"),
            exp.DateDiff: ("days(起, 止)", "DATE_DIFF"),
            exp.Null: ("x IS NULL", "NULL"),
            exp.NullSafeEQ: ("x = y", "IS NOT DISTINCT FROM"),
            exp.Cast: ("DATE '2024-08-01'", "CAST"),
        }

    def read(self, found: Any, depth: int) -> Node:
        if depth > DEEPEST:
            raise Refused(f"括号套得太深（超过 {DEEPEST} 层），请拆开", f"Nested deeper than {DEEPEST}")
        rule = self.rules.get(type(found))
        if rule is None:
            raise self._not_allowed(found)
        return rule(found, depth + 1)

    def _not_allowed(self, found: Any) -> Refused:
        instead, word = self.instead.get(type(found), ("", found.key.upper()))
        hint = f"，请改写成 {instead}" if instead else "；可用的写法见“怎样写规则”"
        return Refused(f"不能用 {word}（{found.sql(dialect='duckdb')}）{hint}", f"{word} is not allowed; {instead}")

    def _logic(self, op: str, found: Any, depth: int) -> Node:
        word = {"and": "AND", "or": "OR"}[op]
        args: list[Node] = []
        # A chain of ten ANDs is parsed ten deep; it is one list of ten.
        for side in found.flatten():
            node = want(self.read(side, depth), Kind.BOOLEAN, f"{word} 两边", f"{word}")
            args.extend(node.args if node.op == op else (node,))
        return Node(op, Kind.BOOLEAN, tuple(args))

    def _not(self, found: Any, depth: int) -> Node:
        return Node("not", Kind.BOOLEAN, (want(self.read(found.this, depth), Kind.BOOLEAN, "NOT ", "NOT"),))

    def _compare(self, op: str, found: Any, depth: int) -> Node:
        return self._comparison(op, self.read(found.left, depth), self.read(found.right, depth))

    def _comparison(self, op: str, left: Node, right: Node) -> Node:
        if Kind.BOOLEAN in (left.kind, right.kind):
            raise Refused(
                f"是非不用 {op} 比较，直接写 {text_of(left)} 或 NOT {text_of(left)}",
                f"Do not compare truth with {op}: write the fact, or NOT and the fact",
            )
        if left.kind is not right.kind:
            raise Refused(
                f"{text_of(left)} 是{KINDS_ZH[left.kind]}，{text_of(right)} 是{KINDS_ZH[right.kind]}，不能用 {op} 比较",
                f"{text_of(left)} is a {left.kind}, {text_of(right)} a {right.kind}: not comparable with {op}",
            )
        if left.kind is Kind.WORDS or (left.kind is Kind.TEXT and op not in ("=", "<>")):
            raise Refused(f"{text_of(left)} 只能用 =、<>、IN、contains、starts_with", f"{text_of(left)} has no order")
        self._check_codes(left, (right.value,) if right.op == "literal" else ())
        self._check_codes(right, (left.value,) if left.op == "literal" else ())
        return Node(op, Kind.BOOLEAN, (left, right))

    def _check_codes(self, node: Node, values: Any) -> None:
        """A code that the list does not have is a misspelling that would otherwise be false for ever."""
        closed = self.names[str(node.value)].values if node.op in ("fact", "parameter") else frozenset()
        for value in values if closed else ():
            if value not in closed:
                known = "、".join(sorted(closed))
                raise Refused(
                    f"{node.value} 没有“{value}”这个代码，只有：{known}", f"{node.value} has no code {value}: {known}"
                )

    def _between(self, found: Any, depth: int) -> Node:
        item = self.read(found.this, depth)
        low = self._comparison(">=", item, self.read(found.args["low"], depth))
        return Node("and", Kind.BOOLEAN, (low, self._comparison("<=", item, self.read(found.args["high"], depth))))

    def _in(self, found: Any, depth: int) -> Node:
        item = self.read(found.this, depth)
        if found.args.get("query") or found.args.get("unnest"):
            raise Refused("IN 后面写一串值或词表参数，不能写查询", "IN takes a list or a list parameter, no query")
        options = [self.read(one, depth) for one in found.expressions or [found.args["field"]]]
        if len(options) == 1 and options[0].kind is Kind.WORDS:
            return Node("in", Kind.BOOLEAN, (want(item, Kind.TEXT, "IN 词表左边", "IN"), options[0]))
        for option in options:
            if option.op != "literal":
                raise Refused("IN 括号里只写确定的值", "IN takes literal values")
            self._comparison("=", item, option)
        values = tuple(option.value for option in options)
        return Node("in", Kind.BOOLEAN, (item, Node("list", Kind.WORDS, value=values)))  # type: ignore[arg-type]

    def _is(self, found: Any, depth: int) -> Node:
        if not isinstance(found.expression, self.exp.Null):
            raise Refused("IS 后面只写 NULL 或 NOT NULL", "IS takes NULL or NOT NULL only")
        return Node("missing", Kind.BOOLEAN, (self.read(found.this, depth),))

    def _arithmetic(self, op: str, found: Any, depth: int) -> Node:
        sides = (self.read(found.left, depth), self.read(found.right, depth))
        if op == "-" and sides[0].kind is Kind.DATE:
            raise Refused("日期相减请写 days(起, 止)", "For a difference of dates write days(from, to)")
        return Node(op, Kind.NUMBER, tuple(want(side, Kind.NUMBER, f"{op} ", op) for side in sides))

    def _negative(self, found: Any, depth: int) -> Node:
        item = want(self.read(found.this, depth), Kind.NUMBER, "负号", "Minus")
        if item.op == "literal":
            return Node("literal", Kind.NUMBER, value=-item.value)  # type: ignore[operator]
        return Node("negative", Kind.NUMBER, (item,))

    def _case(self, found: Any, depth: int) -> Node:
        if found.this is not None:
            raise Refused("CASE 后面直接写 WHEN 条件", "Write CASE WHEN condition")
        if found.args.get("default") is None:
            raise Refused("CASE 要写 ELSE，否则没说到的情形会变成未知", "CASE needs an ELSE")
        args: list[Node] = []
        for branch in found.args["ifs"]:
            args.append(want(self.read(branch.this, depth), Kind.BOOLEAN, "WHEN 条件", "WHEN"))
            args.append(self.read(branch.args["true"], depth))
        args.append(self.read(found.args["default"], depth))
        results = [*args[1::2], args[-1]]
        for result in results:
            want(result, results[0].kind, "CASE 的每个结果", "Every result of CASE")
        return Node("case", results[0].kind, tuple(args))

    def _name(self, found: Any, depth: int) -> Node:
        code = found.name
        if found.table or code not in self.names:
            near = _nearest(code, self.names)
            raise Refused(
                f"没有叫 {found.sql()} 的事实或参数{near[0]}", f"No fact or parameter called {found.sql()}{near[1]}"
            )
        name: Name = self.names[code]
        return Node(name.op, name.kind, value=code)

    def _literal(self, found: Any, depth: int) -> Node:
        if found.is_string:
            return Node("literal", Kind.TEXT, value=str(found.this))
        number = float(found.this)
        return Node("literal", Kind.NUMBER, value=int(number) if number.is_integer() else number)

    def _date(self, found: Any, depth: int) -> Node:
        if not (found.to.is_type("date") and isinstance(found.this, self.exp.Literal)):
            raise self._not_allowed(found)
        try:
            day = date.fromisoformat(str(found.this.this))
        except ValueError as error:
            raise Refused(f"没有这一天：{found.this.this}", f"No such day: {found.this.this}") from error
        return Node("literal", Kind.DATE, value=day)

    def _search(self, op: str, found: Any, depth: int) -> Node:
        item = want(self.read(found.this, depth), Kind.TEXT, f"{op} 的第一项", op)
        words = self.read(found.expression, depth)
        if words.op == "literal" and words.kind is Kind.TEXT and words.value:
            words = Node("list", Kind.WORDS, value=(str(words.value),))
        want(words, Kind.WORDS, f"{op} 的第二项", op)
        return Node(op, Kind.BOOLEAN, (item, words))

    def _add_months(self, found: Any, depth: int) -> Node:
        day = want(self.read(found.this, depth), Kind.DATE, "add_months 的第一项", "add_months")
        months = want(self.read(found.expression, depth), Kind.NUMBER, "add_months 的第二项", "add_months")
        if months.op not in ("literal", "parameter"):
            raise Refused("add_months 的月数写数字或参数", "add_months takes a number or a parameter")
        return Node("add_months", Kind.DATE, (day, months))

    def _call(self, found: Any, depth: int) -> Node:
        name = str(found.this).lower()
        if name != "days" or len(found.expressions) != 2:
            raise Refused(
                f"没有 {found.this}() 这个函数；只有 contains、starts_with、days(起, 止)、add_months",
                f"No function {found.this}(); there are contains, starts_with, days(from, to), add_months",
            )
        args = tuple(want(self.read(one, depth), Kind.DATE, "days 的两项", "days") for one in found.expressions)
        return Node("days", Kind.NUMBER, args)


def _nearest(code: str, names: Names) -> tuple[str, str]:
    from difflib import get_close_matches

    near = get_close_matches(code, names, n=1)
    return (f"，是不是 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")


def whole_range(node: Node, values: dict[str, Any]) -> tuple[int, int]:
    """Lowest and highest points that a points expression can give: whole numbers, parameters, and CASE over them, nothing else."""
    if node.op == "case":
        parts = [whole_range(arg, values) for arg in (*node.args[1::2], node.args[-1])]
        return min(low for low, _ in parts), max(high for _, high in parts)
    value = values.get(str(node.value)) if node.op == "parameter" else node.value if node.op == "literal" else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise Refused(
            "分值只能是 0 到 1000 的整数、整数参数，或 CASE WHEN … THEN 整数 ELSE 整数 END",
            "Points are whole numbers from 0 to 1000, such parameters, or a CASE over them",
        )
    return value, value


__all__ = ["COMPARISONS", "Refused", "parse", "text_of", "want", "whole_range"]
