"""What the formation's codes are called, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luodi.core.installation import city
from luodi.formation.engine.moves import ABSENT, Cause
from luodi.intake import words

STEPS = {**words.SIDES, **words.GAPS}
CAUSES = {
    Cause.STAYED: gettext_lazy("未动"),
    Cause.ENTERED: gettext_lazy("新入库"),
    Cause.LEFT: gettext_lazy("撤出库"),
    Cause.JOINED: gettext_lazy("并入打包项目"),
    Cause.UNFOLDED: gettext_lazy("不再并入打包项目"),
    Cause.PROVEN: gettext_lazy("新得佐证"),
    Cause.UNPROVEN: gettext_lazy("佐证不再成立"),
    Cause.EXCLUDED: gettext_lazy("认定虚假、重复或并入同一工程"),
    Cause.READMITTED: gettext_lazy("撤销认定"),
    Cause.AMOUNT: gettext_lazy("金额变化"),
    Cause.STATED: gettext_lazy("写明了金额"),
    Cause.UNSTATED: gettext_lazy("不再有确切金额"),
}
BANDS = {
    "early": gettext_lazy("签约以前"),
    "signed": gettext_lazy("已签约、未开工"),
    "started": gettext_lazy("已开工、未投产"),
    "produced": gettext_lazy("已投产"),
    "none": gettext_lazy("没有阶段"),
}
BY = {"chain": gettext_lazy("产业类别"), "tier": gettext_lazy("层级"), "unit": gettext_lazy("填报单位")}


def tier(code: str) -> str:
    """A rung; unknown amounts have a word of their own."""
    return words.tier_name(code) or _("金额未写明")


def place(code: str) -> str:
    """Where a move starts or ends."""
    return _("不在此列") if code == ABSENT else tier(code)


def band_of(rank: int | None) -> str:
    """Which of the picture's looks a stage has; the bounds are the stages that the cockpit's groups are counted by."""
    if rank is None or rank < 0:
        return "none"
    found = "early"
    for code in ("signed", "started", "produced"):
        stage = city().stage.get(code)
        if stage is not None and rank >= stage.order:
            found = code
    return found


def group(by: str, code: str) -> str:
    """A group of the picture."""
    if by == "tier":
        return tier(code)
    name = words.unit_name(code) if by == "unit" else code
    return name or _("未写明")
