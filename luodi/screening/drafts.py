"""A rulebook for pages and forms: its entries said in words, a draft's fields as typed, what a draft changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.screening import words
from luodi.screening.engine.documents import Change
from luodi.screening.engine.nodes import Node
from luodi.screening.engine.rulebook import STATUSES, Rulebook, Verdict
from luodi.screening.engine.speaking import Speaker, shown

RULE_FIELDS = {
    "name": gettext_lazy("名称"),
    "name_en": gettext_lazy("英文名称"),
    "flag": gettext_lazy("一句话"),
    "flag_en": gettext_lazy("英文一句话"),
    "applies": gettext_lazy("适用于（条件，可空）"),
    "holds": gettext_lazy("条件"),
    "points": gettext_lazy("分值"),
    "value": gettext_lazy("显示的值（可空）"),
    "value_unit": gettext_lazy("单位"),
    "citation": gettext_lazy("依据"),
    "status": gettext_lazy("来源状态"),
    "valid_from": gettext_lazy("生效日"),
    "valid_to": gettext_lazy("失效日（可空）"),
    "why": gettext_lazy("为什么"),
    "why_en": gettext_lazy("为什么（英文）"),
    "advice": gettext_lazy("不符时怎么办"),
    "advice_en": gettext_lazy("不符时怎么办（英文）"),
    "exclusions": gettext_lazy("不包括"),
    "exclusions_en": gettext_lazy("不包括（英文）"),
}
PARAMETER_FIELDS = {
    "value": gettext_lazy("值（词表用顿号隔开）"),
    "valid_from": gettext_lazy("从哪天起"),
    "source": gettext_lazy("依据"),
    "status": gettext_lazy("来源状态"),
}
EXPRESSIONS = ("applies", "holds", "points", "value")
_MANY_LINES = (
    *EXPRESSIONS,
    "citation",
    "why",
    "why_en",
    "advice",
    "advice_en",
    "exclusions",
    "exclusions_en",
    "source",
)
_FIELDS = {"rules": RULE_FIELDS, "parameters": PARAMETER_FIELDS}


def names_of(part: str) -> tuple[str, ...]:
    """Fields of the form of a rule or a parameter."""
    return tuple(_FIELDS[part])


def fields(part: str, entry: Mapping[str, Any], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The form, with what was typed or else what stands."""
    held = entry if part == "rules" else entry["values"][-1]
    return [
        {
            "name": name,
            "label": label,
            "value": given.get(name, _as_typed(held.get(name, ""))),
            "long": name in _MANY_LINES and (part == "rules" or name != "value"),
            "code": name in EXPRESSIONS and part == "rules",
            "options": STATUSES if name == "status" else (),
            "day": name in ("valid_from", "valid_to"),
        }
        for name, label in _FIELDS[part].items()
        if not (part == "rules" and name == "points" and "points" not in entry)
    ]


def cases_text(document: Mapping[str, Any], code: str) -> str:
    """The cases of a rule as officials write them."""
    own = [
        {name: value for name, value in case.items() if name != "rule"}
        for case in document["cases"]
        if case["rule"] == code
    ]
    return str(yaml.safe_dump(own, allow_unicode=True, sort_keys=False, width=120)) if own else ""


def read_cases(text: str) -> list[dict[str, Any]]:
    """Cases as typed. Raises `ValidationError` where the text is no list of cases."""
    try:
        found = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise ValidationError(_("案例读不懂：%(why)s") % {"why": str(error).splitlines()[0]}) from error
    if not isinstance(found, list) or not all(isinstance(case, dict) for case in found):
        raise ValidationError(_("案例是一个清单，每条以“- name:”开头。"))
    # The document is JSON: days become text again.
    return [_plain(case) for case in found]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _as_typed(value: Any) -> str:
    return "、".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


def values_of(part: str, entry: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as fields of the document. A parameter's new day adds a value; the same day corrects it."""
    said = {name: text.strip() for name, text in given.items()}
    if part == "rules":
        return _rule_values(entry, said)
    last = entry["values"][-1]
    dated = {
        **last,
        "value": _like(last["value"], said["value"]),
        **{k: said[k] for k in ("valid_from", "source", "status")},
    }
    earlier = [one for one in entry["values"] if one["valid_from"] != dated["valid_from"]]
    return {"values": sorted([*earlier, dated], key=lambda one: str(one["valid_from"]))}


def _rule_values(entry: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: text for name, text in said.items() if text or name in entry}
    if "points" in found:
        digits = found["points"]
        found["points"] = int(digits) if digits.isascii() and digits.isdigit() else digits
    if not found.get("valid_to"):
        found["valid_to"] = None
    return found


def _like(before: Any, text: str) -> Any:
    """A parameter stays of its kind: a number, a list of words, a text."""
    if isinstance(before, list):
        return [word.strip() for word in text.replace("，", "、").replace("\n", "、").split("、") if word.strip()]
    if isinstance(before, int | float):
        try:
            number = float(text.replace(",", ""))
        except ValueError as error:
            raise ValidationError(_("参数的值应是数字：%(text)s") % {"text": text[:50]}) from error
        return int(number) if number.is_integer() else number
    return text


def speaker(book: Rulebook, day: date) -> Speaker:
    """Says conditions with the names of facts and the parameters of a day."""
    english = get_language() == "en"
    named = {**book.facts, **book.parameters}
    values = book.values_on(day)
    told = {code: shown(values[code], one.unit) for code, one in book.parameters.items()}
    return Speaker({code: words.either(one, "name") for code, one in named.items()}, told, "en" if english else "zh")


def rule_page(book: Rulebook, code: str, day: date) -> dict[str, Any]:
    """What a rule's page tells beside its own texts."""
    rule, parsed, say = book.rules[code], book.parsed[code], speaker(book, day)

    def said(node: Node | None) -> str:
        return say.say(node) if node is not None else ""

    return {
        **words.rule_line(rule),
        "dimension": words.DIMENSION_TITLES[rule.dimension],
        "gate": next((words.either(gate, "name") for gate in book.gates if gate.stage == rule.gate), ""),
        "holds": said(parsed.holds),
        "applies": said(parsed.applies),
        "points_said": said(parsed.points) if parsed.points is not None and parsed.points.op == "case" else "",
        "highest": parsed.highest,
        "texts": {name: words.either(rule, name) for name in ("why", "method", "advice", "exclusions")},
        "evidence": [words.evidence_name(need) for need in rule.evidence],
        "parameters": [parameter_line(book, one, day) for one in parsed.parameters],
        "facts": [
            {
                "name": words.either(book.facts[one], "name"),
                "code": one,
                "source": words.SOURCES[book.facts[one].source],
            }
            for one in parsed.facts
        ],
    }


def parameter_line(book: Rulebook, code: str, day: date) -> dict[str, Any]:
    """A parameter with the value of a day, its source, and the rules that use it."""
    parameter = book.parameters[code]
    dated = parameter.on(day)
    return {
        "code": code,
        "name": words.either(parameter, "name"),
        "shown": shown(dated.value, parameter.unit) if dated else "—",
        "valid_from": dated.valid_from if dated else "",
        "source": dated.source if dated else "",
        "status": words.STATUSES[dated.status] if dated else "",
        "status_badge": words.STATUS_BADGES[dated.status] if dated else "unknown",
        "rules": book.rules_using(code),
    }


def vocabulary(book: Rulebook) -> list[tuple[str, str, str]]:
    """Names that a condition may call, for who writes one."""
    facts = [(code, words.either(one, "name"), one.unit) for code, one in sorted(book.facts.items())]
    parameters = [(code, words.either(one, "name"), _("参数")) for code, one in sorted(book.parameters.items())]
    return facts + parameters


def changes(found: Sequence[Change]) -> list[dict[str, Any]]:
    """A diff for reading: what, before, after."""
    parts = {
        "rules": _("规则"), "parameters": _("参数"), "facts": _("事实"), "cases": _("案例"), "gates": _("关口"), "bands": _("档次"),
        "head": _("总则"),
    }  # fmt: skip
    labels = {**RULE_FIELDS, "values": _("值")}
    return [
        {
            "part": parts[one.part],
            "code": one.code,
            "field": labels.get(one.field, one.field),
            "before": _told(one.before),
            "after": _told(one.after),
        }
        for one in found
    ]


def _told(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "；".join(f"{one.get('valid_from', '')} {_as_typed(one.get('value'))}" for one in value)
    if isinstance(value, dict):
        return str(value.get("name", "…"))
    return _as_typed(value)


def moved(book: Rulebook, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A project that a draft would change: before and after."""
    return {
        "name": name,
        "url": reverse("screening:project", args=[row["id"]]),
        "verdicts": [
            (words.VERDICTS[Verdict(row[key])], words.BADGES[Verdict(row[key])])
            for key in ("verdict_before", "verdict_after")
        ],
        "same_verdict": row["verdict_before"] == row["verdict_after"],
        "bands": [
            words.band_words(book, row[f"band_{when}"], row[f"band_ceiling_{when}"]) for when in ("before", "after")
        ],
        "scores": (row["score_before"], row["score_after"]),
        "ranks": (row["rank_before"], row["rank_after"]),
    }


def rule_moves(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Per rule how many projects went from what to what."""

    def name(value: int | None) -> str:
        return str(words.VERDICTS[Verdict(value)]) if value is not None else _("没有这条")

    return [
        {"rule": row["rule"], "before": name(row["before"]), "after": name(row["after"]), "projects": row["projects"]}
        for row in rows
    ]
