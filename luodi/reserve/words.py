"""What the reserve's codes are called, in the reader's language."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.core.installation import city
from luodi.intake.words import named
from luodi.reserve.engine.packaging import Known, Line, Maturity
from luodi.reserve.settings import reserve_settings

KNOWN = {
    Known.PROVEN: gettext_lazy("有核实的佐证"),
    Known.FILED: gettext_lazy("有材料、待核实"),
    Known.STATED: gettext_lazy("有人说已具备"),
    Known.LEDGER: gettext_lazy("台账写了"),
    Known.MISSING: gettext_lazy("尚缺"),
    Known.UNKNOWN: gettext_lazy("不知道"),
    Known.NOT_NEEDED: gettext_lazy("不需要"),
    Known.UNSURE: gettext_lazy("行业未写明，不知道要不要"),
}
BADGES = {
    Known.PROVEN: "proven",
    Known.FILED: "reported",
    Known.STATED: "reported",
    Known.LEDGER: "reported",
    Known.MISSING: "missing",
    Known.UNKNOWN: "unknown",
    Known.NOT_NEEDED: "planned",
    Known.UNSURE: "unknown",
}
CHANGES = {"stage": gettext_lazy("阶段"), "chain": gettext_lazy("产业类别"), "key": gettext_lazy("重点库")}


def pool_name(code: str) -> str:
    """A pool; a stay that went on to no pool went into production."""
    pool = reserve_settings().pool(code)
    return named(pool) if pool else _("投产出库")


def pool_note(pool: Any) -> str:
    note = pool.note_en if get_language() == "en" else pool.note
    return f"{note}{_('（')}{_('待核')}{_('）')}" if pool.status else str(note)


def item_name(code: str) -> str:
    item = reserve_settings().item.get(code)
    return named(item) if item else code


def lacking(line: Line) -> str:
    """What would prove an item."""
    kinds = [named(kind) for code, kind in city().evidence_kind.items() if code in line.item.kinds]
    return _("、").join(kinds)


def maturity(found: Maturity) -> str:
    """One number where everything is known, else the range."""
    if not found.whole:
        return _("尚不可测")
    return f"{found.low}" if found.low == found.high else f"{found.low}–{found.high}"
