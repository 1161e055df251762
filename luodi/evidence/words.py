"""Evidence in the reader's language: how an item stands, how a photo fits, what is odd about a step."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.core.installation import city
from luodi.evidence.engine.photos import Comparison, Fit
from luodi.evidence.engine.readiness import ItemState
from luodi.evidence.models import Evidence, Judgement
from luodi.intake.words import named, period, stage_name
from luodi.projects.engine.lifecycle import Oddity, Violation

Badge = tuple[str, str]
"""Kind of the badge, which gives shape and colour, and its word from the closed vocabulary."""


def kind_name(code: str) -> str:
    kind = city().evidence_kind.get(code)
    return named(kind) if kind else code


def ground_name(code: str) -> str:
    """An entry of the city's lists of pauses and exits."""
    ground = city().lifecycle.ground.get(code)
    return named(ground) if ground else code


def item_badge(state: ItemState) -> Badge:
    return {
        ItemState.MET: ("ok", _("一致")),
        ItemState.WAITING: ("wait", _("待核")),
        ItemState.FACTS_MISSING: ("missing", _("缺时间或地点")),
        ItemState.MISSING: ("missing", _("缺失")),
    }[state]


def verdict_badge(evidence: Evidence) -> Badge:
    """Where a document stands; what its publisher answers for needs no second person, but its grade must do."""
    if evidence.file is not None and not evidence.file.is_clean:
        refused = evidence.file.state == evidence.file.State.REFUSED
        return ("error" if refused else "wait"), str(evidence.file.get_state_display())
    kind, judged = city().evidence_kind.get(evidence.kind), evidence.judgement
    if judged is not None:
        return "ok" if judged.verdict == Judgement.Verdict.ACCEPTED else "error", str(judged.get_verdict_display())
    if kind is not None and kind.verification == "publisher":
        good = not kind.grades or evidence.grade in kind.grades
        return ("ok", _("公开发布，免核")) if good else ("missing", _("等级不够"))
    return "wait", _("待核")


def _fit(fit: Fit) -> Badge:
    return {
        Fit.CONSISTENT: ("ok", _("一致")),
        Fit.CONTRADICTORY: ("error", _("矛盾")),
        Fit.UNMEASURABLE: ("unknown", _("尚不可测")),
    }[fit]


def comparison(found: Comparison) -> list[dict[str, Any]]:
    """The two questions asked of a photo, each with its answer and why."""
    days, km = found.days, found.km
    if days is None:
        day = _("照片上没有拍摄时间，或还没有用于任何阶段记录")
    elif days == 0:
        day = _("拍摄日在所报的日期之内")
    else:
        text = _("比所报的日期早 %(n)s 天") if days < 0 else _("比所报的日期晚 %(n)s 天")
        day = text % {"n": abs(days)}
    site = (
        _("照片上没有经纬度，或没有这个单位的范围数据")
        if km is None
        else _("距本单位区域中心 %(km)s 公里") % {"km": f"{km:.0f}"}
    )
    return [
        {"badge": _fit(found.day), "name": _("拍摄时间与所报日期"), "text": day},
        {"badge": _fit(found.place), "name": _("拍摄地点与填报单位"), "text": site},
    ]


def violation(found: Violation) -> str:
    """What is odd, in a sentence."""
    other = found.other
    said = {"stage": stage_name(other.stage), "when": period(other.first, other.last, "day") if other.first else ""}
    return {
        Oddity.BEFORE_EARLIER: _("应在它之前的“%(stage)s”记在 %(when)s，比这一步晚"),
        Oddity.AFTER_LATER: _("应在它之后的“%(stage)s”已记在 %(when)s，比这一步早"),
        Oddity.WHILE_PAUSED: _("项目自 %(when)s 停工，还没有复工的记录"),
        Oddity.AFTER_EXIT: _("项目已于 %(when)s 退出"),
        Oddity.SKIPPED: _("还没有报过“%(stage)s”"),
    }[found.oddity] % said


def refused_kind(kind: str, stage: str) -> str:
    """Why a kind that looks like proof of the stage is none; blank when it is no such kind."""
    refused = city().proof.why_refused(kind, stage)
    if refused is None:
        return ""
    return refused.why_en if get_language() == "en" else refused.why
