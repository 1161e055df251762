"""A random look at projects that nothing was asked of: commit to a seed, draw, publish it, look. So misses are known, not guessed."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.evidence import drawing
from luodi.evidence.drawing import LARGEST, committed, revealed
from luodi.integrity.hearing import open_case
from luodi.integrity.models import Case, SampledProject, SampleDraw
from luodi.integrity.queries import reporters, unflagged


@transaction.atomic
def commit_seed(*, actor: User | None, size: int) -> SampleDraw:
    """Choose a seed and make its hash known in the log. Nobody learns the seed before the draw, the database neither."""
    _permit(actor)
    if not 1 <= size <= LARGEST:
        raise ValidationError(_("抽查个数须在 1 到 %(n)s 之间。") % {"n": LARGEST})
    draw: SampleDraw = committed(SampleDraw, actor=actor, size=size)
    record(actor, "integrity.sample.committed", draw, sha256=draw.seed_sha256, size=size)
    return draw


@transaction.atomic
def draw_sample(*, actor: User | None, draw: SampleDraw) -> SampleDraw:
    """Draw from all projects that nothing was asked of by now, and publish the seed with it. A draw is made once."""
    _permit(actor)
    population = unflagged()
    if not population:
        raise ValidationError(_("没有未被问到的项目可抽。"))
    draw, sample = revealed(draw, population)
    SampledProject.objects.bulk_create(SampledProject(draw=draw, project_id=one) for one in sample)
    record(actor, "integrity.sample.drawn", draw, seed=draw.seed, population=len(population), size=len(sample))
    return draw


@transaction.atomic
def look(
    *, actor: User, sampled: SampledProject, scheme: str, reason: str, others: Sequence[int] = ()
) -> SampledProject:
    """What looking at a drawn project found: nothing (blank scheme), or a question, which becomes a case, with `others` where it
    is about several. Never by who reported it."""
    _permit(actor)
    sampled = SampledProject.objects.select_for_update(of=("self",)).select_related("project").get(pk=sampled.pk)
    if actor.pk in reporters([sampled.project_id]):
        raise PermissionDenied(_("抽查人不能是填报人。"))
    if sampled.result:
        raise ValidationError(_("这一个已经有抽查结论。"))
    if not reason.strip():
        raise ValidationError(_("请写明抽查的情况。"))
    if scheme:
        about = [sampled.project_id, *others]
        sampled.case = open_case(actor=actor, scheme=scheme, projects=about, question=reason, origin=Case.Origin.SAMPLE)
    sampled.result = SampledProject.Result.ASKED if scheme else SampledProject.Result.NOTHING
    sampled.reason, sampled.looked_by, sampled.looked_at = reason.strip()[:500], actor, timezone.now()
    sampled.save(update_fields=["result", "reason", "case", "looked_by", "looked_at"])
    record(actor, f"integrity.sample.{sampled.result}", sampled.project, reason=sampled.reason)
    return sampled


def agrees(draw: SampleDraw) -> bool:
    """Whether a published draw can be repeated from its seed."""
    return drawing.agrees(draw, list(draw.sampled.values_list("project_id", flat=True)))


def _permit(actor: User | None) -> None:
    if actor is not None and not may(actor, "integrity.sample.draw"):
        raise PermissionDenied
