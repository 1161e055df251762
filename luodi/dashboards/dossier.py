"""One project, told: where it stands and why, every step that was claimed, what speaks for it, and who said so."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.core.city import EvidenceKind
from luodi.core.installation import city
from luodi.dashboards import words
from luodi.evidence.models import Evidence, Support
from luodi.intake.models import Batch, Row
from luodi.projects.models import NetDecision, Project, StageEvent
from luodi.snapshots.engine.standing import Proof, accepts


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement came from: "台账.xlsx, 招商!F12"; `url` is blank for who may not open the batch."""

    text: str
    url: str = ""


@dataclass(slots=True)
class ProofLine:
    """A piece of evidence as it speaks for one step: `counts` under the city's definition, else `why` not."""

    title: str
    grade: str
    counts: bool
    why: str


@dataclass(slots=True)
class EventLine:
    """One claimed step as it was said."""

    event: StageEvent
    stage: str
    period: str
    kind: str
    origin: Origin
    proofs: list[ProofLine] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        return any(proof.counts for proof in self.proofs)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the three standings: `kind` names badge and mark, `text` the stage, `why` what it rests on."""

    label: str
    kind: str
    text: str
    why: str
    url: str = ""


class Origins:
    """The rows behind a page's statements, read once."""

    def __init__(self, ids: Iterable[int | None], user: User) -> None:
        wanted = {row_id for row_id in ids if row_id}
        rows = (
            Row.objects.filter(pk__in=wanted)
            .select_related("batch")
            .only("sheet", "number", "batch__name", "batch__sheets", "batch__unit")
        )
        self._rows = {row.pk: row for row in rows}
        self._links = may(user, "intake.batch.view")
        self._open = set(Batch.objects.visible_to(user).filter(rows__in=wanted).values_list("pk", flat=True))

    def of(self, row_id: int | None, column: str = "") -> Origin:
        """`column`: the ledger field, to name the very cell."""
        row = self._rows.get(row_id or 0)
        if row is None:
            return Origin(_("来源行未保存"))
        place = f"{row.sheet}!{self._letter(row, column)}{row.number}" if column else f"{row.sheet}!{row.number}"
        visible = self._links and row.batch_id in self._open
        return Origin(f"{row.batch.name}　{place}", reverse("intake:batch", args=[row.batch_id]) if visible else "")

    @staticmethod
    def _letter(row: Row, column: str) -> str:
        sheets = (sheet for sheet in row.batch.sheets if sheet["sheet"] == row.sheet)
        letters = {c["field"]: c["letter"] for sheet in sheets for c in sheet.get("columns", ())}
        if column in {"unit", "division"} and column not in letters:
            column = "place"  # the place's words say both
        return str(letters.get(column, ""))


def why_not(kind: EvidenceKind | None, stage: str, evidence: Evidence) -> str:
    """Why a piece of evidence does not count for a step; the order is that of `accepts`."""
    if evidence.withdrawn_at:
        return _("已撤回")
    if evidence.verdict == Evidence.Verdict.REJECTED:
        return _("核实未通过：%(reason)s") % {"reason": evidence.reason}
    if kind is None or stage not in kind.proves:
        return _("这类材料不能证明%(stage)s") % {"stage": words.stage_name(stage)}
    if kind.grades and evidence.grade not in kind.grades:
        return _("来源等级 %(grade)s，口径只认 %(accepted)s") % {
            "grade": evidence.grade or "—",
            "accepted": "、".join(sorted(kind.grades)),
        }
    return _("待第二人核实")


def events(project: Project, origins: Origins) -> list[EventLine]:
    """Every claimed step in the order of its days, each with what speaks for it; withdrawn ones included."""
    proofs: dict[int, list[ProofLine]] = defaultdict(list)
    supports = Support.objects.filter(event__project=project).select_related("evidence", "event").order_by("evidence")
    for support in supports:
        proofs[support.event_id].append(_proof(support.evidence, support.event.stage))
    lines = [
        EventLine(
            event=event,
            stage=words.stage_name(event.stage),
            period=words.period(event.starts_on, event.ends_on, event.precision),
            kind=str(event.get_kind_display()),
            origin=origins.of(event.row_id, event.field),
            proofs=sorted(proofs.get(event.pk, ()), key=lambda proof: not proof.counts),
        )
        for event in project.events.all()
    ]
    return sorted(lines, key=lambda line: (_certain(line.event), line.event.pk))


def _certain(event: StageEvent) -> date:
    """The day by which it has certainly happened, as the standings engine reckons."""
    return event.ends_on or event.known_on or timezone.localdate(event.recorded_at)


def _proof(evidence: Evidence, stage: str) -> ProofLine:
    kind = city().evidence_kind.get(evidence.kind)
    living = evidence.withdrawn_at is None and evidence.verdict != Evidence.Verdict.REJECTED
    proof = Proof(evidence.kind, evidence.grade, evidence.verdict == Evidence.Verdict.ACCEPTED)
    counts = living and accepts(kind, stage, proof)
    return ProofLine(evidence.title, evidence.grade, counts, "" if counts else why_not(kind, stage, evidence))


def standings(project: Project, lines: Sequence[EventLine], decision: Any) -> list[Side]:
    """The three standings as stored, each with the words that explain it."""
    standing = getattr(project, "standing", None)
    reported, proven, net = (standing.reported, standing.proven, standing.net) if standing else (-1, -1, -1)
    actual = [line for line in lines if line.event.kind == StageEvent.Kind.ACTUAL and not line.event.withdrawn_at]
    said = _last_at(reported, actual)
    shown = _last_at(proven, [line for line in actual if line.proven])
    return [
        Side(
            str(words.SIDES["reported"]),
            "reported" if said else "unknown",
            words.rank_name(reported) or _("未写明"),
            _("%(period)s，%(origin)s") % {"period": said.period, "origin": said.origin.text}
            if said
            else _("没有已发生的阶段记录"),
        ),
        Side(
            str(words.SIDES["proven"]),
            "proven" if shown else "missing",
            words.rank_name(proven) or _("缺佐证"),
            _proven_by(shown) if shown else _("没有符合本市口径的佐证"),
        ),
        _net(project, net, proven, decision),
    ]


def _last_at(rank: int, lines: Sequence[EventLine]) -> EventLine | None:
    """The latest claim of the stage with this rank."""
    if rank < 0:
        return None
    code = city().stages[rank].code
    return next((line for line in reversed(lines) if line.event.stage == code), None)


def _proven_by(line: EventLine) -> str:
    counting = [proof for proof in line.proofs if proof.counts]
    return _("%(period)s，佐证 %(n)s 份：%(title)s") % {
        "period": line.period,
        "n": len(counting),
        "title": counting[0].title,
    }


def _net(project: Project, net: int, proven: int, decision: Any) -> Side:
    label = str(words.SIDES["net"])
    if decision is not None:
        why = _("%(who)s于 %(day)s 认定为%(ground)s：%(reason)s") % {
            "who": decision.decided_by.display_name,
            "day": timezone.localdate(decision.decided_at),
            "ground": decision.get_ground_display(),
            "reason": decision.reason,
        }
        return Side(label, "water", _("不计"), why)
    if net >= 0:
        return Side(label, "net", words.rank_name(net), _("与佐证一致，无拆分重复，无虚假认定"))
    if proven >= 0 and project.package:
        why = _("打包项目“%(name)s”自己有佐证，子项目并入它只计一次") % {"name": project.package.name}
        return Side(label, "water", _("不计"), why, reverse("project", args=[project.package_id]))
    return Side(label, "missing", _("缺佐证"), _("没有佐证就不计入净数"))


def amounts(project: Project, origins: Origins, unit: str) -> list[dict[str, Any]]:
    """Every statement of an amount, the latest first, in its own currency."""
    return [
        {
            "kind": words.field_name(item.kind),
            "text": words.amount(item.minor, item.currency, item.bound, unit),
            "said": item.text,
            "stated_on": item.stated_on,
            "recorded_at": item.recorded_at,
            "withdrawn": item.withdrawn_at is not None,
            "origin": origins.of(item.row_id, item.kind),
        }
        for item in sorted(project.amounts.all(), key=lambda item: -item.pk)
    ]


def evidence(project: Project, user: User, origins: Origins) -> list[dict[str, Any]]:
    """Every piece of evidence with its verdict and what this person may do with it."""
    verifier = may(user, "evidence.evidence.verify")
    found = project.evidence.select_related("verified_by", "filed_by", "row__batch").order_by("grade", "id")
    return [
        {
            "item": item,
            "kind": words.named(city().evidence_kind[item.kind]) if item.kind in city().evidence_kind else item.kind,
            "url": item.source if urlsplit(item.source).scheme in {"http", "https"} else "",
            "verdict_kind": {"accepted": "ok", "rejected": "error"}.get(item.verdict, "wait"),
            "verdict": item.get_verdict_display(),
            "origin": origins.of(item.row_id, "source"),
            "may_verify": verifier and not item.withdrawn_at and filer(item) != user.pk,
            "own": verifier and filer(item) == user.pk,
        }
        for item in found
    ]


def filer(item: Evidence) -> int | None:
    """Who filed it: a person, or whoever loaded the ledger that named it."""
    return item.filed_by_id or (item.row.batch.created_by_id if item.row else None)


def fields(project: Project, origins: Origins, unit: str) -> list[dict[str, Any]]:
    """Each field's value, and the cell that said it; in the order of the field names' table."""
    order = {name: place for place, name in enumerate(words.FIELDS)}
    held = sorted(project.facts.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))
    return [
        {"name": words.field_name(name), "text": words.fact(name, text, unit), "origin": origins.of(row_id, name)}
        for name, (text, row_id) in held
    ]


def row_ids(project: Project) -> set[int | None]:
    """Intake rows behind anything that the page shows."""
    said = {row_id for _text, row_id in project.facts.values()}
    for statements in (project.events, project.amounts, project.evidence, project.participations):
        said |= {statement.row_id for statement in statements.all()}
    return said


def context(project: Project, user: User) -> dict[str, Any]:
    """Everything of the page."""
    origins = Origins(row_ids(project), user)
    lines = events(project, origins)
    decisions = list(project.net_decisions.select_related("decided_by", "revoked_by").order_by("-id"))
    decision = next((item for item in decisions if item.revoked_at is None), None)
    parties = project.participations.filter(withdrawn_at=None).select_related("party").order_by("role", "id")
    return {
        "project": project,
        "unit": words.unit_name(project.unit),
        "division": city().divisions.get(project.division, project.division),
        "tier": words.tier_name(project.standing.tier) if hasattr(project, "standing") else "",
        "aliases": [alias.name for alias in project.aliases.filter(withdrawn_at=None)],
        "parties": [
            {"item": item, "share": f"{item.share.normalize():f}%" if item.share is not None else ""}
            for item in parties
        ],
        "members": list(project.members.filter(withdrawn_at=None).order_by("id").values("id", "name")),
        "sides": standings(project, lines, decision),
        "timeline": [line for line in lines if not line.event.withdrawn_at],
        "withdrawn": [line for line in lines if line.event.withdrawn_at],
        "amounts": amounts(project, origins, user.money_unit),
        "evidence": evidence(project, user, origins),
        "fields": fields(project, origins, user.money_unit),
        "decision": decision,
        "decisions": decisions,
        "may_decide": may(user, "projects.net.decide"),
        "grounds": NetDecision.Ground.choices,
    }
