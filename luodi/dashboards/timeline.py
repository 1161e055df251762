"""The steps of one project as they were claimed: days as said, what speaks for each, and the very cell that says so."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import Fields
from luodi.core.installation import city
from luodi.evidence.engine.readiness import ItemState, Proof, offer, weigh
from luodi.evidence.models import Evidence, Judgement, Support
from luodi.evidence.weighing import is_purchase, proof_of
from luodi.intake import words
from luodi.intake.models import Batch, Row
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
    stage_proven: bool = False

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


def why_not(stage: str, evidence: Evidence, judged: Judgement | None) -> str:
    """Why a piece of evidence does not count for a step; blank when it does."""
    if evidence.withdrawn_at:
        return _("已撤回")
    if judged is not None and judged.verdict == Judgement.Verdict.REJECTED:
        return _("核实未通过：%(reason)s") % {"reason": judged.reason}
    if evidence.file is not None and not evidence.file.is_clean:
        return str(evidence.file.refusal or evidence.file.get_state_display())
    if refused := city().proof.why_refused(evidence.kind, stage):
        return refused.why_en if get_language() == "en" else refused.why
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


def events(project: Project, origins: Origins, sees: Fields) -> list[EventLine]:
    """Every claimed step in the order of its days, each with what speaks for it; withdrawn ones included."""
    proofs: dict[int, list[ProofLine]] = defaultdict(list)
    shown: dict[str, set[Proof]] = defaultdict(set)
    pieces = {piece.pk: piece for piece in project.evidence.all()}
    steps = {event.pk: event for event in project.events.all()}
    supports = Support.objects.filter(event__project=project).order_by("evidence")
    for event_id, evidence_id in supports.values_list("event_id", "evidence_id"):
        event, piece = steps[event_id], pieces[evidence_id]
        proofs[event_id].append(_proof(piece, event.stage))
        if not event.withdrawn_at and _is_alive(piece):
            shown[event.stage].add(proof_of(piece, piece.judgement))
    proven = {stage for stage, proofs_of in shown.items() if _is_proven(project, stage, proofs_of)}
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
        )
        for event in project.events.all()
    ]
    return sorted(lines, key=lambda line: (certain(line.event), line.event.pk))


def _proof(evidence: Evidence, stage: str) -> ProofLine:
    why = why_not(stage, evidence, evidence.judgement)
    return ProofLine(evidence.title, evidence.grade, not why, why)


def _is_alive(evidence: Evidence) -> bool:
    opened = evidence.file is None or evidence.file.is_clean
    return evidence.withdrawn_at is None and evidence.verdict != Judgement.Verdict.REJECTED and opened


def _is_proven(project: Project, stage: str, proofs: set[Proof]) -> bool:
    amount = project.standing.amount_fen if hasattr(project, "standing") else None
    found = weigh(stage, frozenset(proofs), city=city(), amount_fen=amount, purchase=is_purchase(project))
    return found.is_proven
