"""What chains say, in the reader's language: states, numbers, and the sentence that explains a gap."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.chains import landing
from luodi.chains.engine.balance import CAPACITY, DEMAND, PROBABILITY, RATIO, READY, SUPPLY, Lack
from luodi.chains.engine.gaps import MISSING, SHORT, SINGLE, SUPPLIED, SURPLUS, UNKNOWN, WEAK, Gap
from luodi.chains.models import ChainHolder, ChainNode
from luodi.chains.queries import Chart, reachable_projects
from luodi.chains.settings import chain_settings

STATES = {
    MISSING: gettext_lazy("缺失"),
    SHORT: gettext_lazy("不足"),
    SURPLUS: gettext_lazy("富余"),
    SINGLE: gettext_lazy("独家"),
    WEAK: gettext_lazy("薄弱"),
    SUPPLIED: gettext_lazy("平衡"),
    UNKNOWN: gettext_lazy("尚不可测"),
}
MARK_BADGES = {"confirmed": "ok", "pending": "wait", "demo": "planned"}
_FIGURES = {
    SUPPLY: gettext_lazy("本地供给"),
    DEMAND: gettext_lazy("本地需求"),
    CAPACITY: gettext_lazy("%(of)s的能力"),
    RATIO: gettext_lazy("到%(of)s的单位产出"),
    PROBABILITY: gettext_lazy("%(of)s的落地概率"),
    READY: gettext_lazy("%(of)s的投产时间"),
}


def number(value: Decimal | None, places: int = 2) -> str:
    """A quantity, rounded once, here; blank for what is not known."""
    if value is None:
        return ""
    text = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: Decimal | None, unit: str) -> str:
    return f"{number(value)} {unit_name(unit)}" if value is not None else ""


_UNITS = {"万吨": "×10⁴ t", "吨": "t", "亿立方米": "×10⁸ m³", "万台": "×10⁴ units", "台": "units"}


def unit_name(unit: str) -> str:
    """Units of weight in the reader's language; any other as it was written."""
    return _UNITS.get(unit, unit) if get_language() == "en" else unit


def role_name(code: str) -> str:
    role = chain_settings().role.get(code)
    if role is None:
        return code
    return role.name_en if get_language() == "en" else role.name


def landing_note() -> str:
    """What the probabilities are worth, said wherever they count."""
    own = chain_settings()
    said = [own.note_en if get_language() == "en" else own.note, *(tell() for tell in landing.notes)]
    return _("；").join(one for one in said if one)


class Names:
    """Who is who on one map, for one reader: of a project out of reach there is no name."""

    def __init__(self, chart: Chart, user: User | None) -> None:
        self._chart = chart
        self.seen = reachable_projects(user, chart.holders)
        self._by_key = {str(holder.pk): holder for holder in chart.holders}
        self._owners: dict[str, str] = {}
        for holder in chart.holders:
            owner = chart.engine_holder[holder.pk].owner
            if holder.party is not None:
                self._owners[owner] = holder.party.name
            elif holder.project_id in self.seen:
                self._owners.setdefault(owner, self._owner_of(holder))

    @staticmethod
    def _owner_of(holder: ChainHolder) -> str:
        standing = getattr(holder.project, "standing", None)
        return str(standing.investor or holder.project) if standing is not None else str(holder.project)

    def hidden(self, holder: ChainHolder) -> bool:
        return holder.project_id is not None and holder.project_id not in self.seen

    def holder(self, holder: ChainHolder) -> str:
        return _("其他单位的项目") if self.hidden(holder) else str(holder)

    def owner(self, owner: str) -> str:
        return self._owners.get(owner) or _("其他单位的项目")

    def node(self, code: str) -> str:
        node = self._chart.node.get(code)
        return node.name if node else code

    def lack(self, lack: Lack) -> str:
        """What figure is missing, of whom."""
        of = self._by_key.get(lack.of)
        named = self.node(lack.of) if lack.figure == RATIO else self.holder(of) if of else lack.of
        text = str(_FIGURES[lack.figure])
        return text % {"of": named} if lack.of else text


def sentence(gap: Gap, node: ChainNode, names: Names, chart: Chart) -> str:
    """Why this is a gap, with its numbers and units."""
    if gap.kind == SINGLE:
        return _single(gap, node, names, chart)
    if gap.kind == WEAK:
        return _weak(gap, node)
    told = {key: quantity(value, node.unit) for key, value in gap.values.items() if isinstance(value, Decimal)}
    told |= {"by": chart.by.isoformat(), "amount": quantity(gap.amount, node.unit)}
    pattern = {
        MISSING: _("本地不生产，需要 %(demand)s；到 %(by)s 还缺 %(amount)s。"),
        SHORT: _("本地供给 %(supply)s，需要 %(demand)s；到 %(by)s 还差 %(amount)s。"),
        SURPLUS: _("本地供给 %(supply)s，本地用 %(demand)s；到 %(by)s 有 %(amount)s 没有加工就运出去。"),
    }[gap.kind]
    return pattern % told + _projects(gap, told)


def _projects(gap: Gap, told: dict[str, str]) -> str:
    """What projects add and take, where they do."""
    parts = []
    if gap.values.get("planned"):
        parts.append(_("链上项目全部投产可增 %(planned)s，按落地概率计 %(expected)s。") % told)
    if gap.values.get("asked"):
        parts.append(_("下游项目按落地概率还要用 %(asked)s。") % told)
    return "".join(parts)


def _single(gap: Gap, node: ChainNode, names: Names, chart: Chart) -> str:
    feeds = [names.node(edge.feeds_to) for edge in chart.edges if edge.feeds_from == node.code]
    carried = f"{_('（')}{quantity(gap.amount, node.unit)}{_('）')}" if gap.amount is not None else ""
    text = _("只有%(owner)s%(carried)s一家，下游 %(n)s 个环节靠它：%(feeds)s。") % {
        "owner": names.owner(str(gap.values["owner"])),
        "carried": carried,
        "n": len(feeds),
        "feeds": _("、").join(feeds),
    }
    lost = gap.values.get("lost")
    if isinstance(lost, list) and lost:
        text += _("它一停，%(lost)s断供。") % {"lost": _("、").join(names.node(str(code)) for code in lost)}
    if gap.values.get("splits"):
        text += _("链图在这里断成两截。")
    return text


def _weak(gap: Gap, node: ChainNode) -> str:
    told = {
        "amount": quantity(gap.amount, node.unit),
        "count": gap.values["count"],
        "old": gap.values["old"],
        "small": gap.values["small"],
        "years": gap.values["norm_years"] or "—",
        "size": quantity(node.norm_size, node.unit) or "—",
    }
    text = _(
        "%(count)s 套装置中，投用满 %(years)s 年的 %(old)s 套、低于 %(size)s 的 %(small)s 套，合计能力 %(amount)s。"
    )
    return text % told
