"""What the pages of a map show: its gaps in words, one node with everything that hangs on it, the dictionary by year."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.chains import words
from luodi.chains.engine.gaps import KINDS, STATES, Gap
from luodi.chains.models import Chain, ChainEdition, ChainHolder, ChainName, ChainNode, ChainStatement
from luodi.chains.queries import Chart, grouped_roles
from luodi.chains.settings import chain_settings
from luodi.core.codelists import industries
from luodi.intake.words import rank_name


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap for people. `amount` with its unit; `lacks` the figures that are missing."""

    gap: Gap
    node: ChainNode
    state: str
    word: str
    amount: str
    said: str
    lacks: tuple[str, ...]
    url: str
    panel: str


def gap_lines(chart: Chart, names: words.Names, only: str = "") -> list[GapLine]:
    """Every gap of the map, or of one node, the gravest first."""
    lines = []
    for gap in chart.analysis.gaps:
        if only and gap.node != only:
            continue
        node, where = chart.node[gap.node], [chart.chain.code, gap.node]
        lines.append(
            GapLine(
                gap=gap,
                node=node,
                word=str(words.STATES[gap.kind]),
                state=gap.kind,
                amount=words.quantity(gap.amount, node.unit),
                said=words.sentence(gap, node, names, chart),
                lacks=tuple(dict.fromkeys(names.lack(lack) for lack in gap.lacks)),
                url=reverse("chains:node", args=where),
                panel=reverse("chains:node_panel", args=where),
            )
        )
    return lines


def legend(chart: Chart) -> list[dict[str, Any]]:
    """How many nodes are in each state or have each gap (one may have several); what does not occur is left out."""
    counted = Counter(gap.kind for gap in chart.analysis.gaps)
    counted.update(state for state in chart.analysis.states.values() if state not in KINDS)
    return [
        {"state": state, "word": words.STATES[state], "count": counted[state]} for state in STATES if counted[state]
    ]


def cut_words(chart: Chart, names: words.Names) -> str:
    """The fewest plants whose stop cuts the whole chain; blank when no stop of plants can."""
    cut = chart.analysis.cut
    if not cut:
        return ""
    who = _("、").join(
        f"{names.node(node)}{_('（')}{names.owner(owner)}{_('）')}" for node, owner in sorted(cut, key=lambda one: one)
    )
    return _("最少 %(n)s 处停产，从头到尾就全断：%(who)s") % {"n": len(cut), "who": who}


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node in the list beside the map."""

    node: ChainNode
    state: str
    word: str
    supply: str
    demand: str
    rest: str
    expected: str
    url: str
    panel: str


def node_lines(chart: Chart) -> list[NodeLine]:
    """Every node with its balance: the map for the keyboard and for paper."""
    lines = []
    for node in chart.nodes:
        own, state, where = chart.analysis.balances[node.code], chart.analysis.states[node.code], [chart.chain.code, node.code]  # fmt: skip
        lines.append(
            NodeLine(
                node=node,
                state=state,
                word=str(words.STATES[state]),
                supply=words.number(own.supply),
                demand=words.number(own.demand),
                rest=words.number(own.by_then),
                expected=words.number(own.expected) if own.expected else "",
                url=reverse("chains:node", args=where),
                panel=reverse("chains:node_panel", args=where),
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class HolderLine:
    """Who stands on a node, as far as the reader may know. `url` blank = no page that they can open."""

    holder: ChainHolder
    name: str
    url: str
    capacity: str
    role: str
    reason: str
    stage: str
    chance: str
    ready: str
    hidden: bool
    mark: str
    badge: str


def holder_lines(chart: Chart, code: str, names: words.Names) -> list[HolderLine]:
    """Of a stranger's project the capacity is told and nothing else."""
    node = chart.node[code]
    return [_holder_line(chart, holder, node, names) for holder in chart.held(code)]


def _holder_line(chart: Chart, holder: ChainHolder, node: ChainNode, names: words.Names) -> HolderLine:
    own, hidden = chart.engine_holder[holder.pk], names.hidden(holder)
    standing = getattr(holder.project, "standing", None) if holder.project is not None and not hidden else None
    day: date | None = own.ready_on if holder.project_id and not own.runs else None
    return HolderLine(
        holder=holder,
        name=names.holder(holder),
        url=_url(holder, hidden),
        capacity=words.quantity(holder.capacity, node.unit),
        role="" if hidden else words.role_name(holder.role),
        reason="" if hidden else holder.role_reason,
        stage=rank_name(standing.reported) if standing is not None else "",
        chance="" if hidden or holder.project_id is None or own.runs else _percent(own.probability),
        ready="" if hidden or day is None else day.isoformat(),
        hidden=hidden,
        mark=holder.get_mark_display(),
        badge=words.MARK_BADGES[holder.mark],
    )


def _url(holder: ChainHolder, hidden: bool) -> str:
    if hidden:
        return ""
    if holder.project_id:
        return reverse("project", args=[holder.project_id])
    return reverse("party", args=[holder.party_id])


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{words.number(value * 100, 0)}%"


def node_context(chart: Chart, code: str, names: words.Names) -> dict[str, Any]:
    """One node: its balance, who is on it, what it hangs on."""
    node, own = chart.node[code], chart.analysis.balances[code]
    state, unit = chart.analysis.states[code], chart.node[code].unit
    figures = [
        (_("本地能力"), words.quantity(node.capacity, unit)),
        (_("本地供给"), words.quantity(own.supply, unit)),
        (_("本地需求"), words.quantity(own.demand, unit)),
        (_("项目可增（按概率）"), words.quantity(own.expected, unit) if own.planned else ""),
        (_("下游项目再用（按概率）"), words.quantity(own.asked, unit) if own.asked else ""),
        (_("到 %(by)s 余缺") % {"by": chart.by}, words.quantity(own.by_then, unit)),
    ]
    always = {0, 1, 2, 5}
    return {
        "chain": chart.chain,
        "node": node,
        "state": state,
        "word": words.STATES[state],
        "mark_badge": words.MARK_BADGES[node.mark],
        "figures": [one for index, one in enumerate(figures) if one[1] or index in always],
        "lacks": list(dict.fromkeys(names.lack(lack) for lack in own.lacks)),
        "gaps": gap_lines(chart, names, code),
        "holders": holder_lines(chart, code, names),
        "feeds_from": [_end(chart, edge.feeds_from, edge) for edge in chart.edges if edge.feeds_to == code],
        "feeds_to": [_end(chart, edge.feeds_to, edge) for edge in chart.edges if edge.feeds_from == code],
        "industries": industry_names(node.industries),
        "by": chart.by,
    }


def _end(chart: Chart, code: str, edge: Any) -> dict[str, Any]:
    return {
        "name": chart.node[code].name if code in chart.node else code,
        "url": reverse("chains:node", args=[chart.chain.code, code]),
        "ratio": words.number(edge.ratio, 4),
        "edge": edge,
    }


def industry_names(codes: list[str]) -> list[str]:
    """Codes of GB/T 4754 with their names."""
    listed = industries()
    found = [(code, listed.get(code.lstrip("ABCDEFGHIJKLMNOPQRST"))) for code in codes]
    return [f"{code} {entry.name}" if entry else code for code, entry in found]


def role_counts(chart: Chart) -> list[tuple[str, int]]:
    counted = grouped_roles(chart.holders)
    return [(words.role_name(role.code), counted.get(role.code, 0)) for role in chain_settings().roles]


@dataclass
class EditionLine:
    """A year's dictionary: the names it has, and how many of its count nobody published."""

    edition: ChainEdition
    names: list[ChainName] = field(default_factory=list)

    @property
    def unnamed(self) -> int:
        """Chains that are counted and not named."""
        return max((self.edition.stated_count or 0) - len(self.names), 0)

    @property
    def unknown_majors(self) -> bool:
        """The number of major chains is published, and not which they are."""
        return bool(self.edition.stated_majors) and any(name.major == "pending" for name in self.names)


def editions() -> list[EditionLine]:
    """By year, the newest first."""
    lines = {
        one.code: EditionLine(one) for one in ChainEdition.objects.filter(withdrawn_at=None).select_related("within")
    }
    for name in ChainName.objects.filter(withdrawn_at=None).select_related("chain"):
        if name.edition in lines:
            lines[name.edition].names.append(name)
    return sorted(lines.values(), key=lambda line: (-line.edition.year, line.edition.code))


def versions(statements: list[ChainStatement]) -> list[dict[str, Any]]:
    """Everything that was said, the latest first, with year, author and reason."""
    return [
        {
            "said": one,
            "who": one.said_by.display_name if one.said_by else _("控制台"),
            "stands": one.withdrawn_at is None,
            "mark": one.get_mark_display(),
            "told": _told(one),
        }
        for one in sorted(statements, key=lambda one: -one.pk)
    ]


def _told(said: ChainStatement) -> str:
    """The numbers of a version."""
    if isinstance(said, ChainEdition):
        return _("公布 %(n)s 条") % {"n": "—" if said.stated_count is None else said.stated_count}
    if isinstance(said, ChainName):
        return str(said.get_major_display())
    if not isinstance(said, ChainNode):
        return ""
    pairs = ((_("供给"), said.supply), (_("需求"), said.demand), (_("能力"), said.capacity))
    return _("、").join(f"{label} {words.quantity(value, said.unit) or '—'}" for label, value in pairs)


def wanting(chart: Chart, names: words.Names) -> list[dict[str, Any]]:
    """Nodes that cannot be told, with the figures that would tell them; those with most neighbours first."""
    degree = Counter(code for edge in chart.edges for code in (edge.feeds_from, edge.feeds_to))
    unknown = [code for code, balance in chart.analysis.balances.items() if balance.by_then is None]
    return [
        {
            "node": chart.node[code],
            "lacks": list(dict.fromkeys(names.lack(lack) for lack in chart.analysis.balances[code].lacks))[:3],
            "url": reverse("chains:node", args=[chart.chain.code, code]),
            "panel": reverse("chains:node_panel", args=[chart.chain.code, code]),
        }
        for code in sorted(unknown, key=lambda code: (-degree[code], code))
    ]


def chains_of(user: User) -> list[Chain]:
    """All chains; every reader may see every map."""
    return list(Chain.objects.order_by("id"))
