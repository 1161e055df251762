"""Results and rules in the reader's language, ready for a page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.core.installation import city
from luodi.intake.words import named
from luodi.screening.engine.explaining import Explanation, Outcome
from luodi.screening.engine.rulebook import GATE, SCORE, Dimension, Rule, Rulebook, Verdict

VERDICTS = {
    Verdict.FAIL: gettext_lazy("不通过"),
    Verdict.PASS: gettext_lazy("通过"),
    Verdict.UNDEFINED: gettext_lazy("尚不可判"),
    Verdict.NOT_APPLICABLE: gettext_lazy("不适用"),
}
SCORED = {
    Verdict.FAIL: gettext_lazy("不得分"),
    Verdict.PASS: gettext_lazy("得分"),
    Verdict.UNDEFINED: gettext_lazy("尚不可判"),
    Verdict.NOT_APPLICABLE: gettext_lazy("不适用"),
}
BADGES = {Verdict.FAIL: "error", Verdict.PASS: "ok", Verdict.UNDEFINED: "unknown", Verdict.NOT_APPLICABLE: "planned"}
SCORE_BADGES = BADGES | {Verdict.FAIL: "missing"}
DIMENSIONS = {
    Dimension.SAFETY: gettext_lazy("安全"),
    Dimension.LAW: gettext_lazy("法治"),
    Dimension.GREEN: gettext_lazy("绿色"),
    Dimension.HIGH: gettext_lazy("高"),
    Dimension.NEW: gettext_lazy("新"),
    Dimension.FIT: gettext_lazy("适"),
    Dimension.REAL: gettext_lazy("实"),
}
DIMENSION_TITLES = {
    Dimension.SAFETY: gettext_lazy("安全（底线，否决）"),
    Dimension.LAW: gettext_lazy("法治（保障，否决）"),
    Dimension.GREEN: gettext_lazy("绿色（底色，否决）"),
    Dimension.HIGH: gettext_lazy("高：站位"),
    Dimension.NEW: gettext_lazy("新：方向"),
    Dimension.FIT: gettext_lazy("适：市情"),
    Dimension.REAL: gettext_lazy("实：落地"),
}
STATUSES = {"有出处": gettext_lazy("有出处"), "参考": gettext_lazy("参考"), "待核": gettext_lazy("待核")}
STATUS_BADGES = {"有出处": "ok", "参考": "reported", "待核": "wait"}
SOURCES = {"record": gettext_lazy("项目档案"), "stated": gettext_lazy("填报"), "derived": gettext_lazy("算出")}


def either(thing: Any, name: str) -> str:
    """A text of the rulebook in the reader's language; the Chinese one where no English was written."""
    english = getattr(thing, f"{name}_en", "") if get_language() == "en" else ""
    return str(english or getattr(thing, name))


def band_name(book: Rulebook, code: str | None) -> str:
    band = next((band for band in book.bands if band.code == code), None)
    return either(band, "name") if band else ""


def band_words(book: Rulebook, low: str | None, high: str | None) -> str:
    """The band; where unknown facts could still raise it, from which to which."""
    if low == high:
        return band_name(book, low)
    short = [band_name(book, code).partition("（")[0].partition(":")[0] or "—" for code in (low, high)]
    return _("尚不可定（%(low)s 至 %(high)s）") % {"low": short[0], "high": short[1]}


def evidence_name(need: str) -> str:
    """A needed kind of evidence; "a|b" is either."""
    kinds = city().evidence_kind
    return _(" 或 ").join(named(kinds[kind]) if kind in kinds else kind for kind in need.split("|"))


def outcome(book: Rulebook, one: Outcome, exempted: Mapping[str, date]) -> dict[str, Any]:
    """One rule's result for a page."""
    rule, scored = one.rule, not one.rule.is_gate
    return {
        "code": rule.code,
        "name": either(rule, "name"),
        "verdict": (SCORED if scored else VERDICTS)[one.verdict],
        "badge": (SCORE_BADGES if scored else BADGES)[one.verdict],
        "state": one.verdict.name.lower(),
        "points": one.points if scored else None,
        "highest": one.highest if scored else None,
        "proven": one.proven if scored else None,
        "reason": one.reason_en if get_language() == "en" else one.reason,
        "advice": either(rule, "advice") if one.verdict in (Verdict.FAIL, Verdict.UNDEFINED) else "",
        "citation": rule.citation,
        "status": STATUSES[rule.status],
        "status_badge": STATUS_BADGES[rule.status],
        "evidence": [(evidence_name(need), there) for need, there in one.evidence],
        "missing": [either(book.facts[fact], "name") for fact in one.missing],
        "parameters": [(either(used, "name"), used.shown) for used in one.parameters],
        "exempted": exempted.get(rule.code),
    }


def _speaks(one: Outcome) -> bool:
    """What a reader looks for first: a veto, a rule that is met, points that were earned."""
    return one.verdict is Verdict.PASS or (one.rule.is_gate and one.verdict is Verdict.FAIL)


def dimensions(
    book: Rulebook, told: Explanation, exempted: Mapping[str, date], only: tuple[Dimension, ...]
) -> list[dict[str, Any]]:
    """Results by dimension; what fails first, then what is not known, then the rest."""
    order = {Verdict.FAIL: 0, Verdict.UNDEFINED: 1, Verdict.PASS: 2, Verdict.NOT_APPLICABLE: 3}
    found = []
    for dimension in only:
        own = sorted(
            (one for one in told.outcomes if one.rule.dimension is dimension),
            key=lambda one: (order[one.verdict] if one.rule.is_gate else 0, one.rule.code),
        )
        score, proven, possible, undecided = told.dimensions.get(dimension, (0, 0, 0, 0))
        found.append(
            {
                "code": dimension.value,
                "name": DIMENSIONS[dimension],
                "title": DIMENSION_TITLES[dimension],
                "told": [outcome(book, one, exempted) for one in own if _speaks(one)],
                "open": [outcome(book, one, exempted) for one in own if one.verdict is Verdict.UNDEFINED],
                "quiet": [
                    outcome(book, one, exempted)
                    for one in own
                    if not _speaks(one) and one.verdict is not Verdict.UNDEFINED
                ],
                "score": score,
                "proven": proven,
                "possible": possible,
                "undecided": undecided,
                "counts": [
                    (VERDICTS[verdict], BADGES[verdict], n)
                    for verdict in order
                    if (n := sum(one.verdict is verdict for one in own)) and verdict is not Verdict.NOT_APPLICABLE
                ],
            }
        )
    return found


def gates(book: Rulebook, told: Explanation) -> list[dict[str, Any]]:
    """Each gate with whether the project could pass it today."""
    return [
        {
            "name": either(gate, "name"),
            "verdict": VERDICTS[told.gates[gate.stage]],
            "badge": BADGES[told.gates[gate.stage]],
        }
        for gate in book.gates
    ]


def rule_line(rule: Rule) -> dict[str, Any]:
    """A rule in the list of rules."""
    return {
        "code": rule.code,
        "name": either(rule, "name"),
        "flag": either(rule, "flag"),
        "points": rule.points if isinstance(rule.points, int) else _("分档"),
        "is_gate": rule.is_gate,
        "status": STATUSES[rule.status],
        "status_badge": STATUS_BADGES[rule.status],
        "citation": rule.citation,
        "valid_from": rule.valid_from,
    }


__all__ = ["GATE", "SCORE"]
