"""Whether a rulebook can be run: every condition is parsed and typed, every name exists, every code and stage is known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from luodi.screening.engine import language
from luodi.screening.engine.columns import facts_of
from luodi.screening.engine.language import Refused
from luodi.screening.engine.nodes import KINDS_ZH, Kind, Names, Node
from luodi.screening.engine.problems import Problem, RulebookRefused
from luodi.screening.engine.rulebook import (
    STATUSES,
    Fact,
    Parameter,
    Parsed,
    Rule,
    Rulebook,
    Verdict,
    kind_of,
    names_of,
)

MOST_FACTS = 31
SOURCES = ("record", "stated", "derived")


def checked(book: Rulebook, digest: str) -> Rulebook:
    """The same rulebook with its conditions parsed; raises with every problem otherwise."""
    problems = [*_of_facts(book), *_of_parameters(book), *_of_frame(book)]
    if problems:
        raise RulebookRefused(problems)
    names = names_of(book.facts, book.parameters)
    derived = _derived(book, names, problems)
    parsed = {}
    for code, rule in book.rules.items():
        problems.extend(_of_rule(rule, book))
        one = _Reading(book, names, derived, rule).parsed(problems)
        if one is not None:
            parsed[code] = one
    problems.extend(_of_cases(book))
    if problems:
        raise RulebookRefused(problems)
    cases = tuple(
        replace(case, facts={code: _typed(book.facts[code], one) for code, one in case.facts.items()})
        for case in book.cases
    )
    return replace(book, cases=cases, parsed=parsed, derived=derived, digest=digest)


def _of_facts(book: Rulebook) -> Iterable[Problem]:
    for code, fact in book.facts.items():
        where = Problem("facts", code)
        if fact.source not in SOURCES:
            yield where.saying("source", f"来源只能是 {'、'.join(SOURCES)}", f"source is one of {SOURCES}")
        if (fact.source == "derived") != bool(fact.expression):
            yield where.saying(
                "expression", "只有 derived 的事实写表达式，而且必须写", "Derived facts, and only they, have one"
            )
        if fact.type is Kind.WORDS or code in book.parameters or not code.isidentifier():
            yield where.saying(
                "code", "代码要用英文字母、数字和下划线，不能与参数同名", "Code is an identifier, not a parameter's"
            )


def _of_parameters(book: Rulebook) -> Iterable[Problem]:
    for code, parameter in book.parameters.items():
        where = Problem("parameters", code)
        if not parameter.values:
            yield where.saying("values", "至少要有一个带起用日期的值", "At least one dated value")
            continue
        if len({_kind(one.value) for one in parameter.values}) > 1 or _kind(parameter.values[0].value) is None:
            yield where.saying(
                "values", "各期的值要同一类型：数、文字、日期或词表", "Values of one type: number, text, date, words"
            )
        if any(one.value == () or (isinstance(one.value, tuple) and "" in one.value) for one in parameter.values):
            yield where.saying(
                "values", "词表不能空，也不能有空词", "A list of words is not empty and has no empty word"
            )
        if any(one.status not in STATUSES or not one.source for one in parameter.values):
            yield where.saying(
                "status", f"每个值都要有来源和状态（{'、'.join(STATUSES)}）", "Each value has source and status"
            )
        if len({one.valid_from for one in parameter.values}) < len(parameter.values):
            yield where.saying("valid_from", "同一天有两个值", "Two values from one day")


def _kind(value: Any) -> Kind | None:
    try:
        return kind_of(value)
    except TypeError:
        return None


def _of_frame(book: Rulebook) -> Iterable[Problem]:
    if not (book.title and book.version):
        yield Problem(
            "book", field="version", message="规则集要有名称和版本", message_en="Title and version are needed"
        )
    if not book.gates or [gate.rank for gate in book.gates] != sorted({gate.rank for gate in book.gates}):
        yield Problem(
            "gates", message="准入关口按先后列，至少一个", message_en="Gates in the order of their ranks, one at least"
        )
    floors = [band.floor for band in book.bands]
    if not floors or floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
        yield Problem(
            "bands", message="档次由高到低列，最后一档从 0 起", message_en="Bands from high to low, the last from 0"
        )


def _derived(book: Rulebook, names: Names, problems: list[Problem]) -> dict[str, Node]:
    """Parse derived facts; each may rest on those before it in order of need, so circles are refused."""
    found: dict[str, Node] = {}
    waiting = {fact.code: fact for fact in book.facts_from("derived")}
    while waiting:
        ready = {}
        for code, fact in waiting.items():
            where = Problem("facts", code)
            try:
                node = language.parse(fact.expression, names)
                language.want(node, fact.type, f"{fact.name} ", fact.name_en)
            except Refused as refused:
                problems.append(where.saying("expression", refused.message, refused.message_en))
                continue
            if not any(name in waiting for name in node.names("fact")):
                ready[code] = node
        if not ready:
            if not problems:
                message = f"推算的事实互相引用：{'、'.join(waiting)}"
                problems.append(
                    Problem("facts", next(iter(waiting)), "expression", message, "Derived facts in a circle")
                )
            break
        found.update(ready)
        waiting = {code: fact for code, fact in waiting.items() if code not in ready}
    return found


def _of_rule(rule: Rule, book: Rulebook) -> Iterable[Problem]:
    where = Problem("rules", rule.code)
    prefix = "G" if rule.is_gate else "S"
    if not (rule.code[:1] == prefix and rule.code[1:].isdigit()):
        yield where.saying(
            "code", f"这一类规则的代码是 {prefix} 加数字", f"Codes of this dimension are {prefix} and digits"
        )
    if rule.is_gate and rule.gate not in {gate.stage for gate in book.gates}:
        yield where.saying("gate", "准入规则要写在哪个关口之前（gate）", "A gate rule names its gate")
    if rule.is_gate and rule.points != 0:
        yield where.saying("points", "准入规则不计分", "A gate rule has no points")
    if not rule.is_gate and rule.gate:
        yield where.saying("gate", "评分规则没有关口", "A score rule has no gate")
    if rule.status not in STATUSES:
        yield where.saying("status", f"状态只能是 {'、'.join(STATUSES)}", f"status is one of {STATUSES}")
    for name in ("name", "name_en", "flag", "flag_en", "citation", "why", "why_en", "advice", "advice_en"):
        if not getattr(rule, name):
            yield where.saying(name, f"{name} 不能空", f"{name} is empty")


class _Reading:
    """Reads the conditions of one rule."""

    def __init__(self, book: Rulebook, names: Names, derived: Mapping[str, Node], rule: Rule) -> None:
        self.book, self.names, self.derived, self.rule = book, names, derived, rule

    def parsed(self, problems: list[Problem]) -> Parsed | None:
        before = len(problems)
        read = {
            name: self._one(name, kind, problems)
            for name, kind in (
                ("holds", Kind.BOOLEAN),
                ("applies", Kind.BOOLEAN),
                ("points", None),
                ("value", Kind.NUMBER),
            )
        }
        if len(problems) > before or read["holds"] is None:
            return None
        nodes = [node for node in read.values() if node is not None]
        lowest, highest = self._range(read["points"], problems)
        deciding = [node for name in ("applies", "holds", "points") if (node := read[name]) is not None]
        facts = tuple(dict.fromkeys(code for node in deciding for code in facts_of(node, self.derived)))
        parameters = tuple(dict.fromkeys(code for node in nodes for code in self._parameters(node)))
        where = Problem("rules", self.rule.code)
        if len(facts) > MOST_FACTS:
            problems.append(where.saying("holds", f"一条规则最多用 {MOST_FACTS} 个事实", f"At most {MOST_FACTS} facts"))
        problems.extend(
            where.saying("valid_from", f"规则起用时参数 {code} 还没有值", f"{code} has no value when the rule starts")
            for code in parameters
            if self.book.parameters[code].on(self.rule.valid_from) is None
        )
        return Parsed(
            self.rule, read["holds"], read["applies"], read["points"], read["value"], lowest, highest, facts, parameters
        )

    def _one(self, name: str, kind: Kind | None, problems: list[Problem]) -> Node | None:
        text = getattr(self.rule, name)
        if text in ("", 0) and (name != "holds" or text == 0):
            return None
        try:
            node = language.parse(str(text), self.names)
            return language.want(node, kind, f"{name} ", name) if kind else node
        except Refused as refused:
            problems.append(Problem("rules", self.rule.code, name, refused.message, refused.message_en))
            return None

    def _parameters(self, node: Node) -> tuple[str, ...]:
        inner = [
            name for code in node.names("fact") if code in self.derived for name in self._parameters(self.derived[code])
        ]
        return tuple(dict.fromkeys((*node.names("parameter"), *inner)))

    def _range(self, points: Node | None, problems: list[Problem]) -> tuple[int, int]:
        """The lowest and highest points over every value that the parameters ever have."""
        if points is None:
            if not self.rule.is_gate:
                problems.append(
                    Problem("rules", self.rule.code, "points", "评分规则要写分值", "A score rule has points")
                )
            return 0, 0
        try:
            ranges = [language.whole_range(points, values) for values in _value_sets(self.book.parameters, points)]
        except Refused as refused:
            problems.append(Problem("rules", self.rule.code, "points", refused.message, refused.message_en))
            return 0, 0
        return min(low for low, _ in ranges), max(high for _, high in ranges)


def _value_sets(parameters: Mapping[str, Parameter], points: Node) -> list[dict[str, Any]]:
    days = {one.valid_from for code in points.names("parameter") for one in parameters[code].values}
    sets = [
        {code: (dated.value if (dated := one.on(day)) else None) for code, one in parameters.items()} for day in days
    ]
    return sets or [dict[str, Any]()]


def _of_cases(book: Rulebook) -> Iterable[Problem]:
    expected = {verdict.name.lower() for verdict in Verdict}
    for case in book.cases:
        where = Problem("cases", f"{case.rule} {case.name}")
        if case.rule not in book.rules:
            yield where.saying("rule", f"没有规则 {case.rule}", f"No rule {case.rule}")
        if case.expect not in expected:
            yield where.saying(
                "expect", f"应得结论只能是 {'、'.join(sorted(expected))}", f"expect is one of {sorted(expected)}"
            )
        for code, value in case.facts.items():
            fact: Fact | None = book.facts.get(code)
            if fact is None or fact.source == "derived":
                yield where.saying("facts", f"没有可填的事实 {code}", f"No fact {code} to state")
            elif not _fits(fact, value):
                yield where.saying(
                    "facts", f"{code} 要的是{KINDS_ZH[fact.type]}：{value}", f"{code} takes a {fact.type}: {value}"
                )


def _typed(fact: Fact, value: Any) -> Any:
    """JSON has no days: a date fact's text is one."""
    return date.fromisoformat(value) if fact.type is Kind.DATE and isinstance(value, str) else value


def _fits(fact: Fact, value: Any) -> bool:
    try:
        value = _typed(fact, value)
    except ValueError:
        return False
    wanted = {Kind.NUMBER: (int, float), Kind.BOOLEAN: (bool,), Kind.TEXT: (str,), Kind.DATE: (date,)}[fact.type]
    return value is None or (isinstance(value, wanted) and (fact.type is Kind.BOOLEAN or not isinstance(value, bool)))
