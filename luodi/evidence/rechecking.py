"""Random re-checks of accepted evidence: commit to a seed, draw, publish the seed, record what looking again found."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.evidence import drawing
from luodi.evidence.actions import verified
from luodi.evidence.drawing import LARGEST, committed, revealed
from luodi.evidence.models import Draw, Evidence, Judgement, Recheck
from luodi.evidence.queries import accepted, why_not_verifier


@transaction.atomic
def commit_seed(*, actor: User | None, size: int) -> Draw:
    """Choose a seed and make its hash known in the log. Nobody learns the seed before the draw, the database neither."""
    _permit(actor)
    if not 1 <= size <= LARGEST:
        raise ValidationError(_("抽查份数须在 1 到 %(n)s 之间。") % {"n": LARGEST})
    draw: Draw = committed(Draw, actor=actor, size=size)
    record(actor, "evidence.draw.committed", draw, sha256=draw.seed_sha256, size=size)
    return draw


@transaction.atomic
def draw_sample(*, actor: User | None, draw: Draw) -> Draw:
    """Draw from all evidence accepted by now, and publish the seed with it. A draw is made once."""
    _permit(actor)
    population = sorted(accepted().values_list("pk", flat=True))
    if not population:
        raise ValidationError(_("还没有核实通过的佐证可抽。"))
    draw, sample = revealed(draw, population)
    Recheck.objects.bulk_create(Recheck(draw=draw, evidence_id=one) for one in sample)
    record(actor, "evidence.draw.drawn", draw, seed=draw.seed, population=len(population), size=len(sample))
    return draw


@transaction.atomic
def record_recheck(*, actor: User, recheck: Recheck, upheld: bool, reason: str) -> Recheck:
    """What looking again found. The checker neither filed nor accepted it; what does not hold is rejected with the same reason."""
    recheck = Recheck.objects.select_for_update().select_related("evidence").get(pk=recheck.pk)
    pieces = Evidence.objects.select_related("row__batch", "filed_by", "project")
    evidence = pieces.get(pk=recheck.evidence_id)
    if refusal := why_not_verifier(actor, evidence):
        raise PermissionDenied(refusal)
    if recheck.result:
        raise ValidationError(_("这一份已经有抽查结论。"))
    decided = evidence.judgement
    if decided is not None and decided.said_by_id == actor.pk:
        raise PermissionDenied(_("抽查人不能是原核实人。"))
    if not reason.strip():
        raise ValidationError(_("请写明抽查的情况。"))
    recheck.result = Recheck.Result.UPHELD if upheld else Recheck.Result.OVERTURNED
    recheck.reason, recheck.checked_by, recheck.checked_at = reason.strip()[:500], actor, timezone.now()
    recheck.save(update_fields=["result", "reason", "checked_by", "checked_at"])
    if not upheld:
        said = {"verdict": Judgement.Verdict.REJECTED, "reason": recheck.reason, "said_by": actor}
        Judgement.objects.create(evidence=evidence, **said)
        for follow in verified:
            follow([evidence.project_id])
    record(actor, f"evidence.recheck.{recheck.result}", evidence, project=evidence.project_id, reason=recheck.reason)
    return recheck


def agrees(draw: Draw) -> bool:
    """Whether a published draw can be repeated from its seed."""
    return drawing.agrees(draw, list(draw.rechecks.values_list("evidence_id", flat=True)))


def _permit(actor: User | None) -> None:
    if actor is not None and not may(actor, "evidence.recheck.draw"):
        raise PermissionDenied
