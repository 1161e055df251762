"""What checks say, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.checks.engine.catalogue import CHECKS
from luodi.checks.engine.checks import ASKING, LACKS, Check, Result, State
from luodi.intake.words import stage_name

STATES = {
    State.CONSISTENT: gettext_lazy("一致"),
    State.MISSING: gettext_lazy("缺失"),
    State.EXPIRED: gettext_lazy("过期"),
    State.CONTRADICTORY: gettext_lazy("矛盾"),
    State.PENDING: gettext_lazy("待核"),
    State.UNMEASURABLE: gettext_lazy("尚不可测"),
    State.REVIEW: gettext_lazy("需人工复核"),
}
BADGES = {
    State.CONSISTENT: "ok",
    State.MISSING: "missing",
    State.EXPIRED: "expired",
    State.CONTRADICTORY: "error",
    State.PENDING: "wait",
    State.UNMEASURABLE: "unknown",
    State.REVIEW: "warning",
}
COLOURS = {
    "red": gettext_lazy("红 · 待说明"),
    "yellow": gettext_lazy("黄 · 曾为红"),
    "green": gettext_lazy("绿"),
    "grey": gettext_lazy("灰"),
}


def title(check: Check) -> str:
    return check.title_en if get_language() == "en" else check.title


def sentence(check: Check, state: State | str, values: Mapping[str, str]) -> str:
    """The sentence of a result that asks; of the others the word alone says it."""
    if State(state) not in ASKING:
        return ""
    told = dict(values)
    if "stage" in told:
        told["stage"] = stage_name(told["stage"])
    return (check.says_en if get_language() == "en" else check.says).format_map(told)


def said(check: Check, result: Result) -> str:
    """What the result says, or what it would need to say anything."""
    if result.lacks:
        chinese, english = LACKS[result.lacks]
        return _("还没有%(what)s") % {"what": english if get_language() == "en" else chinese}
    return sentence(check, result.state, result.values)


def of_code(code: str) -> Check | None:
    return CHECKS.get(code)
