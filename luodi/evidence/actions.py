"""Writes on evidence: file, judge, ask, answer, withdraw. Nothing is overwritten: each word is a statement of its own."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.core.installation import city
from luodi.evidence import receiving
from luodi.evidence.engine.reader import Read
from luodi.evidence.models import Evidence, Judgement, StoredFile, Support
from luodi.evidence.queries import why_not_verifier
from luodi.evidence.receiving import Paper, Received
from luodi.intake.engine.guards import Refusal
from luodi.jobs.actions import enqueue
from luodi.projects.models import Project, StageEvent
from luodi.projects.reporting import Claim, report_step

CHECK = "evidence.check"

verified: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after evidence of projects came, was judged or went."""


def add(*, actor: User | None, project: Project, paper: Paper) -> Evidence:
    """File a document for a project. It speaks for the claims of the stage that it is filed for, those to come included."""
    _permit_filing(actor, project)
    _check_paper(paper)
    # The check takes its time, so it comes before the transaction and its lock.
    received = receiving.receive(paper)
    with transaction.atomic():
        events = StageEvent.objects.filter(project=project, stage=paper.stage, kind="actual", withdrawn_at=None)
        return _file(actor, project, paper, received, list(events))


def report(*, actor: User | None, project: Project, claim: Claim, papers: Sequence[Paper]) -> StageEvent:
    """Claim a stage and file its documents at once: all of it or nothing. What was filed ahead for the stage speaks for it, too."""
    _permit_filing(actor, project)
    for paper in papers:
        _check_paper(paper)
    received = [receiving.receive(paper) for paper in papers]
    with transaction.atomic():
        event = report_step(actor=actor, project=project, claim=claim)
        for paper, file in zip(papers, received, strict=True):
            _file(actor, project, paper, file, [event])
    return event


@transaction.atomic
def link(*, actor: User, evidence: Evidence, event: StageEvent) -> Support:
    """Let a document speak for one more step of its project."""
    evidence = _locked(evidence)
    _permit_filing(actor, evidence.project)
    if event.project_id != evidence.project_id or event.withdrawn_at or evidence.withdrawn_at:
        raise ValidationError(_("材料与阶段记录不属于同一个项目，或已经撤回。"))
    support, made = Support.objects.get_or_create(evidence=evidence, event=event)
    if made:
        _follow(evidence)
        record(actor, "evidence.evidence.linked", evidence, project=evidence.project_id, event=event.pk)
    return support


@transaction.atomic
def withdraw(*, actor: User, evidence: Evidence, reason: str) -> Evidence:
    """Take back what was filed here; the file and every word on it stay readable."""
    evidence = _locked(evidence)
    _permit_filing(actor, evidence.project)
    if evidence.row_id is not None:
        raise ValidationError(_("台账带来的来源，请用更正的台账或撤回批次来改。"))
    if evidence.withdrawn_at is not None:
        raise ValidationError(_("这份材料已经撤回。"))
    if not reason.strip():
        raise ValidationError(_("请写明理由。"))
    evidence.withdrawal, evidence.withdrawn_by, evidence.withdrawn_at = reason.strip()[:300], actor, timezone.now()
    evidence.save(update_fields=["withdrawal", "withdrawn_by", "withdrawn_at"])
    _follow(evidence)
    record(actor, "evidence.evidence.withdrawn", evidence, project=evidence.project_id, reason=evidence.withdrawal)
    return evidence


@transaction.atomic
def settle(*, actor: User | None, file: StoredFile, found: Read | Refusal) -> StoredFile:
    """What the worker's check found: the file leaves quarantine, or it is refused for good."""
    file = StoredFile.objects.select_for_update().get(pk=file.pk)
    if file.state != StoredFile.State.QUARANTINED:
        return file
    if isinstance(found, Refusal):
        file.state, file.refusal = StoredFile.State.REFUSED, f"{found.message}。{found.advice}。"
        file.checked_at = timezone.now()
    else:
        receiving.accept(file, found)
    file.save()
    for evidence in file.evidence.select_for_update():
        for name, value in receiving.camera(file).items():
            setattr(evidence, name, value)
        evidence.save(update_fields=["taken_at", "latitude", "longitude"])
        _follow(evidence)
    record(actor, f"evidence.file.{file.state}", file, sha256=file.sha256, message=file.refusal)
    return file


@transaction.atomic
def note_download(*, actor: User, evidence: Evidence) -> None:
    """Files that leave the system leave a trace."""
    record(actor, "evidence.file.downloaded", evidence, project=evidence.project_id, sha256=evidence.sha256)


def _permit_filing(actor: User | None, project: Project) -> None:
    """The console of the server may; people need the permission and the project in their scope."""
    if actor is not None and not (may(actor, "evidence.evidence.file") and scope_of(actor).covers(project.unit)):
        raise PermissionDenied


def _check_paper(paper: Paper) -> None:
    kind = city().evidence_kind.get(paper.kind)
    if kind is None or kind.verification == "publisher":
        raise ValidationError(_("请选择材料种类。"))
    if paper.replaces and not paper.note.strip():
        raise ValidationError(_("用别的材料代替，须写明理由。"))


def _file(
    actor: User | None, project: Project, paper: Paper, received: Received, events: Sequence[StageEvent]
) -> Evidence:
    file = receiving.store(received, actor)
    evidence = Evidence.objects.create(
        project=project,
        kind=paper.kind,
        title=(paper.title.strip() or received.name)[:300],
        file=file,
        sha256=file.sha256,
        stage=paper.stage,
        replaces=paper.replaces,
        note=paper.note.strip()[:500],
        filed_by=actor,
        **receiving.taken(file, paper),
    )
    for event in events:
        Support.objects.create(evidence=evidence, event=event)
    _follow(evidence)
    said: dict[str, Any] = {"kind": paper.kind, "stage": paper.stage, "sha256": file.sha256, "size": file.size}
    record(actor, "evidence.evidence.filed", evidence, project=project.pk, **said)
    if file.state == StoredFile.State.QUARANTINED:
        enqueue(actor=actor, kind=CHECK, file=file.pk)
    return evidence


def _follow(evidence: Evidence) -> None:
    for follow in verified:
        follow([evidence.project_id])


@transaction.atomic
def verify(*, actor: User, evidence: Evidence, accept: bool, reason: str = "") -> Judgement:
    """Accept or reject. The verifier is never who filed it, and of another unit where the city says so; a rejection needs a reason."""
    evidence = _locked(evidence)
    if refusal := why_not_verifier(actor, evidence):
        raise PermissionDenied(refusal)
    if evidence.withdrawn_at or (evidence.file is not None and not evidence.file.is_clean):
        raise ValidationError(_("材料已撤回或未通过检查，不能核实。"))
    if not accept and not reason.strip():
        raise ValidationError(_("退回佐证须写明理由。"))
    verdict = Judgement.Verdict.ACCEPTED if accept else Judgement.Verdict.REJECTED
    return _say(actor, evidence, verdict, reason)


@transaction.atomic
def ask(*, actor: User, evidence: Evidence, question: str) -> Judgement:
    """Ask the filer; until the answer comes, the evidence waits for the filer and not for the verifier."""
    evidence = _locked(evidence)
    if refusal := why_not_verifier(actor, evidence):
        raise PermissionDenied(refusal)
    if not question.strip():
        raise ValidationError(_("请写明要问什么。"))
    return _say(actor, evidence, Judgement.Verdict.ASKED, question)


@transaction.atomic
def answer(*, actor: User, evidence: Evidence, text: str) -> Judgement:
    """The filing unit explains: to a question, to a contradiction, or against a rejection. It is in the queue again."""
    evidence = _locked(evidence)
    if not may(actor, "evidence.evidence.file") or not _is_own(actor, evidence):
        raise PermissionDenied(_("只有填报单位可以说明。"))
    if not text.strip():
        raise ValidationError(_("请写明情况。"))
    return _say(actor, evidence, Judgement.Verdict.ANSWERED, text)


def _is_own(actor: User, evidence: Evidence) -> bool:
    return evidence.filer == actor.pk or scope_of(actor).covers(evidence.project.unit)


def _locked(evidence: Evidence) -> Evidence:
    found = Evidence.objects.select_for_update(of=("self",))
    return found.select_related("row__batch", "filed_by", "file", "project").get(pk=evidence.pk)


def _say(actor: User, evidence: Evidence, verdict: str, reason: str) -> Judgement:
    reason = reason.strip()[:500]
    said = Judgement.objects.create(evidence=evidence, verdict=verdict, reason=reason, said_by=actor)
    _follow(evidence)
    record(actor, f"evidence.evidence.{verdict}", evidence, project=evidence.project_id, reason=reason)
    return said
