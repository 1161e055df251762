"""The steps of one project as they were claimed: days as said, what speaks for each, and the very cell that says so."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import Fields
from luodi.core.installation import city
from luodi.evidence import words as evidence_words
from luodi.evidence.engine.readiness import ItemState, offer
from luodi.evidence.models import Evidence, Judgement
from luodi.evidence.weighing import Pairs, beside_claim, by_stage, proof_of, readiness
from luodi.intake import words
from luodi.intake.models import Batch, Row
from luodi.projects.engine.lifecycle import TURNS
from luodi.projects.models import Project, StageEvent
from luodi.projects.steps import certain


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement came from: "台账.xlsx, 招商!F12"; `url` is blank for who may not open the batch."""

    text: str
    url: str = ""


@dataclass(slots=True)
class ProofLine:
    """A piece of evidence as it speaks for one step: `counts` under the city's definition, else `why` not."""

    pk: int
    kind: str
    title: str
    grade: str
    counts: bool
    why: str
    judged: str = ""
    contradicts: bool = False


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
    stage_proven: bool = False
    filing: str = ""
    withdrawal: str = ""
    ground: str = ""
    is_turn: bool = False

    @property
    def proven(self) -> bool:
        """It takes part in what completes a set for its stage."""
        return self.stage_proven and any(proof.counts for proof in self.proofs)


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
            return Origin(_("来源行未保存") if row_id else _("在页面上填写"))
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


def why_not(stage: str, evidence: Evidence, judged: Judgement | None) -> str:
    """Why a piece of evidence does not count for a step; blank when it does."""
    if evidence.withdrawn_at:
        return _("已撤回")
    if judged is not None and judged.verdict == Judgement.Verdict.REJECTED:
        return _("核实未通过：%(reason)s") % {"reason": judged.reason}
    if evidence.file is not None and not evidence.file.is_clean:
        return str(evidence.file.refusal or evidence.file.get_state_display())
    if refused := evidence_words.refused_kind(evidence.kind, stage):
        return refused
    found = offer(stage, proof_of(evidence, judged), city=city())
    return _not_met(found, stage, evidence)


def _not_met(found: ItemState, stage: str, evidence: Evidence) -> str:
    if found is ItemState.MET:
        return ""
    if found is ItemState.WAITING:
        return _("待第二人核实")
    if found is ItemState.FACTS_MISSING:
        return _("照片上读不到拍摄时间或地点，也没有写明")
    kind = city().evidence_kind.get(evidence.kind)
    if kind is not None and kind.grades and evidence.grade not in kind.grades:
        return _("来源等级 %(grade)s，口径只认 %(accepted)s") % {
            "grade": evidence.grade or "—",
            "accepted": "、".join(sorted(kind.grades)),
        }
    return _("这类材料不能证明%(stage)s") % {"stage": words.stage_name(stage)}


def events(project: Project, origins: Origins, sees: Fields, pairs: Pairs) -> list[EventLine]:
    """Every claimed step in the order of its days, each with what speaks for it; withdrawn ones included."""
    proofs: dict[int, list[ProofLine]] = defaultdict(list)
    pieces = {piece.pk: piece for piece in project.evidence.all()}
    steps = {event.pk: event for event in project.events.all()}
    for event_id, evidence_id in pairs:
        proofs[event_id].append(_proof(project, pieces[evidence_id], steps[event_id]))
    shown = by_stage(project, pairs)
    proven = {stage for stage, documents in shown.items() if readiness(project, stage, documents).is_proven}
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
            stage_proven=event.stage in proven,
            filing=_filing(event),
            withdrawal=_withdrawal(event),
            ground=evidence_words.ground_name(event.ground) if event.ground else "",
            is_turn=event.stage in TURNS,
        )
        for event in project.events.all()
    ]
    return sorted(lines, key=lambda line: (certain(line.event), line.event.pk))


def _filing(event: StageEvent) -> str:
    """Who reported it and when, for a step that came from a person and not from a ledger."""
    if event.row_id is not None:
        return ""
    who = event.filed_by.display_name if event.filed_by else _("控制台")
    at = timezone.localtime(event.recorded_at).strftime("%Y-%m-%d %H:%M")
    return _("%(who)s 报送于 %(at)s") % {"who": who, "at": at}


def _withdrawal(event: StageEvent) -> str:
    if event.withdrawn_at is None or not event.withdrawal:
        return ""
    who = event.withdrawn_by.display_name if event.withdrawn_by else _("控制台")
    at = timezone.localtime(event.withdrawn_at).strftime("%Y-%m-%d %H:%M")
    return _("%(who)s 于 %(at)s 撤回：%(reason)s") % {"who": who, "at": at, "reason": event.withdrawal}


def _proof(project: Project, evidence: Evidence, event: StageEvent) -> ProofLine:
    judged = evidence.judgement
    why = why_not(event.stage, evidence, judged)
    evidence.project = project  # the one that is being shown: no query for it
    found = beside_claim(evidence, [event])
    said = ""
    if judged is not None:
        who = judged.said_by.display_name if judged.said_by else _("控制台")
        at = timezone.localtime(judged.said_at).strftime("%Y-%m-%d %H:%M")
        said = _("%(who)s %(at)s 核实：%(verdict)s") % {"who": who, "at": at, "verdict": judged.get_verdict_display()}
    return ProofLine(
        pk=evidence.pk,
        kind=evidence_words.kind_name(evidence.kind),
        title=evidence.title,
        grade=evidence.grade,
        counts=not why,
        why=why,
        judged=said,
        contradicts=found is not None and found.contradicts,
    )
