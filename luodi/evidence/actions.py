"""Writes on evidence: file, judge, ask, answer, withdraw. Nothing is overwritten: each word is a statement of its own."""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.evidence.models import Evidence, Judgement
from luodi.evidence.queries import why_not_verifier

verified: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after evidence of projects came, was judged or went."""


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
    for follow in verified:
        follow([evidence.project_id])
    record(actor, f"evidence.evidence.{verdict}", evidence, project=evidence.project_id, reason=reason)
    return said
