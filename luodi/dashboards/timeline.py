"""The steps of one project as they were claimed: days as said, what speaks for each, and the very cell that says so."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import Fields
from luodi.core.city import EvidenceKind
from luodi.core.installation import city
from luodi.evidence.models import Evidence, Support
from luodi.intake import words
from luodi.intake.models import Batch, Row
from luodi.projects.models import Project, StageEvent
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
    words_open: bool = True
    proofs_open: bool = True

    @property
    def proven(self) -> bool:
        return any(proof.counts for proof in self.proofs)


class Origins:
    """The rows behind a page's statements, read once."""

    def __init__(self, ids: Iterable[int | None], user: User, sees: Fields) -> None:
        self._open = sees["origin"]
        wanted = {row_id for row_id in ids if row_id}
        openable = Batch.objects.visible_to(user).filter(pk=OuterRef("batch"))
        rows = Row.objects.filter(pk__in=wanted).select_related("batch").annotate(openable=Exists(openable))
        self._rows: dict[int, Any] = {
            row.pk: row for row in rows.only("sheet", "number", "batch__name", "batch__sheets")
        }
        self._links = may(user, "intake.batch.view")

    def of(self, row_id: int | None, column: str = "") -> Origin:
        """`column`: the ledger field, to name the very cell."""
        if not self._open:
            return Origin("")
        row = self._rows.get(row_id or 0)
        if row is None:
            return Origin(_("来源行未保存"))
        place = f"{row.sheet}!{self._letter(row, column)}{row.number}" if column else f"{row.sheet}!{row.number}"
        visible = self._links and row.openable
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


def events(project: Project, origins: Origins, sees: Fields) -> list[EventLine]:
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
            words_open=sees[event.field or "stage"],
            proofs_open=sees["evidence"],
        )
        for event in project.events.all()
    ]
    return sorted(lines, key=lambda line: (certain(line.event), line.event.pk))


def certain(event: StageEvent) -> date:
    """The day by which it has certainly happened, as the standings engine reckons."""
    return event.ends_on or event.known_on or timezone.localdate(event.recorded_at)


def _proof(evidence: Evidence, stage: str) -> ProofLine:
    kind = city().evidence_kind.get(evidence.kind)
    living = evidence.withdrawn_at is None and evidence.verdict != Evidence.Verdict.REJECTED
    proof = Proof(evidence.kind, evidence.grade, evidence.verdict == Evidence.Verdict.ACCEPTED)
    counts = living and accepts(kind, stage, proof)
    return ProofLine(evidence.title, evidence.grade, counts, "" if counts else why_not(kind, stage, evidence))
