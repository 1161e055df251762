"""What questions, cases and their terms are called. Every word asks; none accuses."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.integrity.models import Case, Ruling, ScanRun, Scheme
from luodi.integrity.queries import GREY, RED, YELLOW, Standing
from luodi.integrity.settings import days_left, integrity_settings

SCHEMES = dict(Scheme.choices)
ASKS = {
    Scheme.FAKE: gettext_lazy("签约以后的几步还看不到：请说明项目是否还在推进，到了哪一步。"),
    Scheme.SPLIT: gettext_lazy("这几项有不少相同之处：请说明是几项工程，还是一项工程分开填报。"),
    Scheme.DUP: gettext_lazy("这几项像是同一件事签了不止一次：请说明两次签约的关系。"),
    Scheme.MOTION: gettext_lazy("填报的进展和别处的记录对不上：请说明实际进展。"),
}
BANDS = {"likely": gettext_lazy("很需要说明"), "asked": gettext_lazy("需要说明")}
STATES = {
    "": gettext_lazy("未办结"),
    "new": gettext_lazy("还没有立件"),
    "case": gettext_lazy("已立件"),
    "gone": gettext_lazy("已消失"),
    "all": gettext_lazy("全部"),
}
VERDICTS = dict(Ruling.Verdict.choices)
POINTS = "points"
_OTHER = re.compile(r" ?\{(\d+)\}")


def sentences(told: Mapping[str, Iterable[str]], names: Mapping[int, str]) -> list[str]:
    """In the reader's language; another project by its name, as far as the reader may see it."""
    spoken = told.get("en" if get_language() == "en" else "zh", ())

    def name(found: re.Match[str]) -> str:
        known = names.get(int(found[1]))
        # Chinese sets no space before a quotation mark.
        space = " " if get_language() == "en" else ""
        return f"{space}“{known}”" if known else _("（另一单位的项目）")

    return [_OTHER.sub(name, one) for one in spoken]


def others_in(told: Mapping[str, Iterable[str]]) -> set[int]:
    """Ids that the sentences speak of."""
    return {int(one) for some in told.values() for sentence in some for one in _OTHER.findall(sentence)}


def model_name(version: str) -> str:
    if version == "rules":
        return str(_("记录自己写明，不用模型"))
    return str(_("指标计分")) if version == POINTS else _("模型 %(version)s") % {"version": version}


def notes(run: ScanRun | None) -> list[str]:
    """Why a scan's probabilities are to be taken with care, in the reader's language."""
    if run is None:
        return []
    told = [str(_("这份台账与模型学过的差得远：不用模型，只按指标计分。"))] if run.model == POINTS else []
    if run.counts.get("sparse"):
        told.append(str(_("登记信息少或项目太少，概率靠不住：成对的问题只在相同点足够多时才问。")))
    return told


def starts(run: ScanRun | None) -> list[str]:
    """From which probability each scheme was asked about in a scan, and whose word that is."""
    found = run.counts.get("from", {}) if run else {}
    return [_start(scheme, *found[scheme]) for scheme in Scheme.values if scheme in found]


def _start(scheme: str, at: float, reason: str) -> str:
    said = {"scheme": SCHEMES[scheme], "at": f"{at:.0%}", "reason": reason}
    if reason:
        return _("%(scheme)s %(at)s（本市另定：%(reason)s）") % said
    return _("%(scheme)s %(at)s（模型卡的工作点）") % said


def band(share: float) -> tuple[str, str]:
    """Badge and word of a probability."""
    likely = share >= integrity_settings().likely
    return ("warning", str(BANDS["likely"])) if likely else ("wait", str(BANDS["asked"]))


def state_word(stands: Standing, *, closed: bool) -> str:
    """How a question stands, in words beside its colour."""
    case = stands.case
    if case is None:
        return str(_("黄 · 已消失，曾经问过")) if closed else str(_("红 · 待立件"))
    if case.verdict:
        word = VERDICTS[case.verdict]
        if case.state == Case.State.APPEALED:
            return _("红 · %(verdict)s，复核中") % {"verdict": word}
        colour = _("红") if stands.colour == RED else _("黄")
        return f"{colour} · {word}"
    colour = _("红") if stands.colour == RED else _("黄")
    return f"{colour} · {case.get_state_display()}"


def clock(case: Case, today: date) -> dict[str, str]:
    """The term that runs: its lamp, and how many working days are left."""
    if case.due_on is None or case.state == Case.State.CLOSED:
        return {"colour": GREY, "text": str(_("没有在走的期限")), "due": ""}
    left, due = days_left(case.due_on, today), case.due_on.isoformat()
    if case.due_on < today:
        text = _("已逾期 %(n)s 个工作日") % {"n": max(1, -left)}
        colour = GREY if case.state == Case.State.RULED else RED
        return {"colour": colour, "text": _("复核期已过") if case.state == Case.State.RULED else text, "due": due}
    text = _("还剩 %(n)s 个工作日") % {"n": left}
    soon = left <= integrity_settings().soon
    return {"colour": YELLOW if soon else "green", "text": text, "due": due}


EFFECTS = {
    Scheme.FAKE: gettext_lazy("核定属实后，这个项目不计入净数；上报、佐证两个口径不变。"),
    Scheme.SPLIT: gettext_lazy("核定属实后，这几项在净数里按同一工程只计一次，金额相加不丢；上报、佐证两个口径不变。"),
    Scheme.DUP: gettext_lazy("核定属实后，只保留一项，其余不计入净数；上报、佐证两个口径不变。"),
    Scheme.MOTION: gettext_lazy(
        "核定属实只作标记，不直接改数：净数本来只认佐证。哪份材料站不住，请在“佐证核实”里退回那一份，阶段随之退回。"
    ),
}
