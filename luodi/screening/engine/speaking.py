"""Conditions and values said aloud, in Chinese and English, so that an official can read what a rule asks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from luodi.screening.engine.nodes import Kind, Node

SIGNS = {"=": "＝", "<>": "≠", "<": "＜", "<=": "≤", ">": "＞", ">=": "≥", "+": "＋", "-": "－", "*": "×", "/": "÷"}


UNITS_EN = {
    "万元": "×10⁴ CNY", "亩": "mu", "人": "people", "个": "", "条": "", "件": "", "天": "days", "个月": "months", "%": "%",
    "吨标准煤": "tce", "万千瓦时": "×10⁴ kWh", "万元/年": "×10⁴ CNY a year", "万元/亩": "×10⁴ CNY per mu",
    "万元/亩·年": "×10⁴ CNY per mu and year", "吨标准煤/万元": "tce per 10⁴ CNY",
}  # fmt: skip


def shown(value: Any, unit: str = "", language: str = "zh") -> str:
    """A value for the eye: no trailing zeros, thousands apart, long lists cut with their count."""
    unit = UNITS_EN.get(unit, unit) if language == "en" else unit
    if value is None:
        return "—"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    if isinstance(value, int | float):
        text = f"{value:,.4f}".rstrip("0").rstrip(".")
        return f"{text} {unit}".strip()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        head = {"zh": "、", "en": ", "}[language].join(str(one) for one in value[:6])
        return head if len(value) <= 6 else f"{head}…（{len(value)}）"
    return f"{value} {unit}".strip()


class Speaker:
    """Says a node. `names` gives facts' and parameters' names in the language, `values` the parameters of a day."""

    def __init__(self, names: Mapping[str, str], values: Mapping[str, str], language: str = "zh") -> None:
        self.names, self.values, self.language, self.zh = names, values, language, language == "zh"

    def say(self, node: Node) -> str:
        return getattr(self, f"_{_HOW.get(node.op, 'infix')}")(node)

    def _part(self, node: Node) -> str:
        """In brackets when it is itself composed."""
        text = self.say(node)
        composed = node.op in ("and", "or", "case", "+", "-", "*", "/")
        return (f"（{text}）" if self.zh else f"({text})") if composed else text

    def _literal(self, node: Node) -> str:
        if isinstance(node.value, bool):
            return ("总是" if node.value else "从不") if self.zh else ("always" if node.value else "never")
        return f"“{node.value}”" if node.kind is Kind.TEXT else shown(node.value, "", self.language)

    def _list(self, node: Node) -> str:
        return shown(node.value, "", self.language)

    def _name(self, node: Node) -> str:
        code = str(node.value)
        name = self.names.get(code, code)
        if node.op == "parameter" and code in self.values:
            return f"{name}（{self.values[code]}）" if self.zh else f"{name} ({self.values[code]})"
        return name

    def _not(self, node: Node) -> str:
        inner = node.args[0]
        if inner.op == "missing":
            return f"{self._part(inner.args[0])} {'已知' if self.zh else 'is known'}"
        return f"{'不是：' if self.zh else 'not '}{self._part(inner)}"

    def _missing(self, node: Node) -> str:
        return f"{self._part(node.args[0])} {'未知' if self.zh else 'is unknown'}"

    def _joined(self, node: Node) -> str:
        words = {"and": ("，并且 ", " and "), "or": ("，或者 ", " or ")}[node.op]
        return words[0 if self.zh else 1].join(self._part(arg) for arg in node.args)

    def _infix(self, node: Node) -> str:
        return f" {SIGNS[node.op]} ".join(self._part(arg) for arg in node.args)

    def _negative(self, node: Node) -> str:
        return f"－{self._part(node.args[0])}"

    def _search(self, node: Node) -> str:
        words = {
            "in": ("属于", "is one of"),
            "contains": ("含有", "contains"),
            "starts_with": ("开头是", "starts with"),
        }[node.op]
        return f"{self._part(node.args[0])} {words[0 if self.zh else 1]} {self.say(node.args[1])}"

    def _days(self, node: Node) -> str:
        start, end = (self._part(arg) for arg in node.args)
        return f"从 {start} 到 {end} 的天数" if self.zh else f"days from {start} to {end}"

    def _months(self, node: Node) -> str:
        day, months = (self._part(arg) for arg in node.args)
        if node.args[1].op == "literal":
            months += " 个月" if self.zh else " months"
        return f"{day} 后 {months}" if self.zh else f"{months} after {day}"

    def _case(self, node: Node) -> str:
        pairs = zip(node.args[:-1:2], node.args[1:-1:2], strict=True)
        if self.zh:
            said = [f"{self.say(condition)} 时 {self.say(value)}" for condition, value in pairs]
            return "；".join([*said, f"否则 {self.say(node.args[-1])}"])
        said = [f"{self.say(value)} if {self.say(condition)}" for condition, value in pairs]
        return "; ".join([*said, f"else {self.say(node.args[-1])}"])


_HOW = {
    "literal": "literal",
    "list": "list",
    "fact": "name",
    "parameter": "name",
    "not": "not",
    "missing": "missing",
    "and": "joined",
    "or": "joined",
    "in": "search",
    "contains": "search",
    "starts_with": "search",
    "days": "days",
    "add_months": "months",
    "case": "case",
    "negative": "negative",
}
