"""Writes on a chain's map: nodes, edges, who stands on them, published totals; one by one or as a whole workbook."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.chains import permissions
from luodi.chains.engine.tables import PROJECT, EdgeLine, HolderLine, NodeLine, Tables
from luodi.chains.models import Chain, ChainEdge, ChainHolder, ChainNode, ChainStatement, ChainTotal
from luodi.chains.settings import chain_settings
from luodi.chains.writing import SAME, Said, known_node, locked, needs_reason, put, take_back
from luodi.core.codelists import industry_path
from luodi.organizations.engine.names import key
from luodi.organizations.models import Party
from luodi.projects.models import Project

MAP = permissions.MAP
LARGEST = Decimal(10) ** 11


@transaction.atomic
def state_node(*, actor: User | None, chain: Chain, line: NodeLine, reason: str, year: int | None = None) -> ChainNode:
    """A node as it is from now on; what it was stays readable. Raises `ValidationError` that names what is wrong."""
    chain, said = locked(chain, actor, MAP), Said.now(actor, year, needs_reason(reason))
    node, state = _node(chain, line, said)
    if state != SAME:
        record(actor, "chains.node.stated", chain, code=node.code, name=node.name, reason=said.reason)
    return node


@transaction.atomic
def state_edge(*, actor: User | None, chain: Chain, line: EdgeLine, reason: str, year: int | None = None) -> ChainEdge:
    """Who feeds whom, and how much of the one comes from the other."""
    chain, said = locked(chain, actor, MAP), Said.now(actor, year, needs_reason(reason))
    known_node(chain, line.feeds_from), known_node(chain, line.feeds_to)
    edge, state = _edge(chain, line, said)
    if state != SAME:
        record(actor, "chains.edge.stated", chain, name=str(edge), reason=said.reason)
    return edge


@transaction.atomic
def place(*, actor: User | None, chain: Chain, line: HolderLine, reason: str, year: int | None = None) -> ChainHolder:
    """Put an enterprise or a project on a node, with its capacity and its role there. The enterprise is found by name, or made."""
    chain, said = locked(chain, actor, MAP), Said.now(actor, year, needs_reason(reason))
    known_node(chain, line.node)
    holder, state = _holder(chain, line, said, _project(line, actor))
    if state != SAME:
        detail: dict[str, Any] = {"code": holder.node, "role": holder.role, "project": holder.project_id}
        record(actor, "chains.holder.placed", chain, **detail, reason=said.reason)
    return holder


@transaction.atomic
def state_total(*, actor: User | None, chain: Chain, measure: str, given: Mapping[str, Any], reason: str) -> ChainTotal:
    """A published total (`given`: value, unit, source, mark, year), which the map is held against."""
    chain, said = locked(chain, actor, MAP), Said.now(actor, given.get("year"), needs_reason(reason))
    if measure not in ChainTotal.Measure.values or not str(given.get("source", "")).strip():
        raise ValidationError(_("请选择总数的种类，并写明来源。"))
    values = {name: given.get(name, "") for name in ("value", "unit", "source")} | {
        "mark": given.get("mark", "pending")
    }
    values["value"] = _quantity(values["value"])
    total, state = put(ChainTotal, {"chain": chain, "measure": measure}, values, said)
    if state != SAME:
        record(actor, "chains.total.stated", chain, kind=measure, total=str(total.value), reason=said.reason)
    return total


@transaction.atomic
def withdraw(*, actor: User | None, statement: ChainStatement, reason: str) -> None:
    """Take a node, an edge, a holder or a total from the map. A node that others hang on stays until they are gone."""
    chain: Chain = statement.chain  # type: ignore[attr-defined] # every statement of a map has its chain
    chain, said = locked(chain, actor, MAP), Said.now(actor, None, needs_reason(reason))
    statement.refresh_from_db()
    if isinstance(statement, ChainNode):
        _is_free(chain, statement.code)
    take_back(statement, said.at)
    record(actor, f"chains.{_KIND[type(statement)]}.withdrawn", chain, name=str(statement), reason=said.reason)


_KIND: dict[type[ChainStatement], str] = {
    ChainNode: "node",
    ChainEdge: "edge",
    ChainHolder: "holder",
    ChainTotal: "total",
}


def _is_free(chain: Chain, code: str) -> None:
    live = {"chain": chain, "withdrawn_at": None}
    edges = ChainEdge.objects.filter(**live)
    if edges.filter(feeds_from=code).exists() or edges.filter(feeds_to=code).exists():
        raise ValidationError(_("还有上下游关系连着这个环节，请先撤去。"))
    if ChainHolder.objects.filter(**live, node=code).exists():
        raise ValidationError(_("还有企业或项目在这个环节上，请先撤去。"))


@transaction.atomic
def load_map(
    *, actor: User | None, chain: Chain, tables: Tables, reason: str, year: int | None = None
) -> dict[str, dict[str, int]]:
    """All of a workbook in one transaction, or nothing. Returns {table: {new, changed, same}}; what the workbook leaves out stays.

    Raises `ValidationError` that names the first line that cannot stand; `sheets.check` says all of them beforehand.
    """
    chain, said = locked(chain, actor, MAP), Said.now(actor, year, needs_reason(reason))
    found = {name: Counter[str]() for name in ("nodes", "edges", "holders")}
    for node in tables.nodes:
        found["nodes"][_node(chain, node, said)[1]] += 1
    known = set(ChainNode.objects.filter(chain=chain, withdrawn_at=None).values_list("code", flat=True))
    for code in [c for edge in tables.edges for c in (edge.feeds_from, edge.feeds_to)] + [
        h.node for h in tables.holders
    ]:
        if code not in known:
            known_node(chain, code)
    for edge in tables.edges:
        found["edges"][_edge(chain, edge, said)[1]] += 1
    for holder in tables.holders:
        found["holders"][_holder(chain, holder, said, _project(holder, actor))[1]] += 1
    counts = {name: {state: counter[state] for state in ("new", "changed", "same")} for name, counter in found.items()}
    if any(counter[state] for counter in found.values() for state in ("new", "changed")):
        record(actor, "chains.map.loaded", chain, counts=counts, reason=said.reason)
    return counts


@transaction.atomic
def note_export(*, actor: User | None, chain: Chain, rows: int) -> None:
    """That somebody took a map out."""
    if actor is not None and not may(actor, permissions.EXPORT):
        raise PermissionDenied
    record(actor, "chains.map.exported", chain, rows=rows)


def _node(chain: Chain, line: NodeLine, said: Said) -> tuple[ChainNode, str]:
    values = asdict(line)
    code, name = values.pop("code").strip(), values["name"].strip()
    if not code or not name or len(code) > 20 or any(c.isspace() for c in code):
        raise ValidationError(_("请写明环节编号（最长 20 个字符，不含空格）和名称。"))
    for industry in line.industries:
        if not industry_path(industry):
            raise ValidationError(_("GB/T 4754-2017 没有行业代码“%(code)s”。") % {"code": industry})
    values |= {name: _quantity(getattr(line, name)) for name in ("capacity", "supply", "demand", "norm_size")}
    values |= {"name": name[:80], "industries": list(line.industries), "source": line.source[:500]}
    return put(ChainNode, {"chain": chain, "code": code}, values, said)


def _edge(chain: Chain, line: EdgeLine, said: Said) -> tuple[ChainEdge, str]:
    if line.feeds_from == line.feeds_to:
        raise ValidationError(_("环节不能供给自己。"))
    if line.ratio is not None and not 0 < line.ratio < 10**5:
        raise ValidationError(_("单位产出要大于零；不知道的留空。"))
    ends = {"chain": chain, "feeds_from": line.feeds_from, "feeds_to": line.feeds_to}
    ratio = _quantity(line.ratio, Decimal("0.000001"))
    return put(ChainEdge, ends, {"ratio": ratio, "mark": line.mark, "source": line.source[:500]}, said)


def _holder(chain: Chain, line: HolderLine, said: Said, project: Project | None) -> tuple[ChainHolder, str]:
    if line.role and line.role not in chain_settings().role:
        raise ValidationError(_("没有角色“%(role)s”。") % {"role": line.role})
    if line.role and not line.role_reason.strip():
        raise ValidationError(_("写了角色，也请写明为什么是这个角色。"))
    values = asdict(line)
    for name in ("node", "kind", "name", "record"):
        values.pop(name)
    values |= {
        "capacity": _quantity(line.capacity),
        "role_reason": line.role_reason.strip()[:300],
        "source": line.source[:500],
    }
    own = {"project": project} if project is not None else {"party": _party(line.name)}
    return put(ChainHolder, {"chain": chain, "node": line.node, **own}, values, said)


def _party(name: str) -> Party:
    if not name.strip():
        raise ValidationError(_("请写明企业名称。"))
    return Party.objects.get_or_create(key=key(name), defaults={"name": name.strip()[:300]})[0]


def _project(line: HolderLine, actor: User | None) -> Project | None:
    """The project of the register that a line means; by its record, else by its exact name. Nobody places what they cannot reach."""
    if line.kind != PROJECT:
        return None
    seen = Project.objects.current().visible_to(actor)
    found = seen.filter(pk=line.record) if line.record else seen.filter(name=line.name.strip())
    matches = list(found[:2])
    if len(matches) != 1:
        reason = _("项目库里没有“%(name)s”。") if not matches else _("项目库里有不止一个“%(name)s”，请写系统编号。")
        raise ValidationError(reason % {"name": line.name or line.record})
    return matches[0]


def _quantity(value: Decimal | None, places: Decimal = Decimal("0.0001")) -> Decimal | None:
    """As the record keeps it, so that the same again is the same."""
    if value is None:
        return None
    if not (value.is_finite() and 0 <= value < LARGEST):
        raise ValidationError(_("数量应是零或正数；不知道的留空，不要写零。"))
    return value.quantize(places)
