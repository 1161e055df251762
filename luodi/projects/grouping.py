"""A named person says that several projects are one undertaking (同一工程), or takes it back."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.projects.actions import decided
from luodi.projects.models import Project, Undertaking, UndertakingPart

FEWEST = 2


@transaction.atomic
def unite(*, actor: User, projects: Sequence[int], reason: str) -> Undertaking:
    """From now on they count as one in net figures. Raises `ValidationError` without a reason or when one lies in another already."""
    if not may(actor, "projects.net.decide"):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("请写明理由。"))
    parts = list(Project.objects.current().select_for_update().filter(pk__in=projects).order_by("pk"))
    if len(parts) < FEWEST:
        raise ValidationError(_("至少要有两个项目才谈得上是同一工程。"))
    ids = {one.pk for one in parts}
    if UndertakingPart.objects.filter(project__in=ids, undertaking__dissolved_at=None).exists():
        raise ValidationError(_("其中有项目已经认定为另一工程的一部分。"))
    if any(one.package_id in ids for one in parts):
        raise ValidationError(_("打包项目和它的子项目本来就只计一次，不用再认定。"))
    made = Undertaking.objects.create(reason=reason.strip(), decided_by=actor)
    for one in parts:
        UndertakingPart.objects.create(undertaking=made, project=one)
    _follow(sorted(ids))
    record(actor, "projects.undertaking.united", made, projects=sorted(ids), reason=made.reason)
    return made


@transaction.atomic
def dissolve(*, actor: User, undertaking: Undertaking, reason: str) -> Undertaking:
    """They count one by one again; that they were taken for one stays readable."""
    if not may(actor, "projects.net.decide"):
        raise PermissionDenied
    undertaking = Undertaking.objects.select_for_update().get(pk=undertaking.pk)
    if not reason.strip():
        raise ValidationError(_("请写明撤销的理由。"))
    if undertaking.dissolved_at is not None:
        raise ValidationError(_("这项认定已经撤销。"))
    undertaking.dissolved_by, undertaking.dissolved_at = actor, timezone.now()
    undertaking.dissolution = reason.strip()
    undertaking.save(update_fields=["dissolved_by", "dissolved_at", "dissolution"])
    ids = sorted(undertaking.parts.values_list("project_id", flat=True))
    _follow(ids)
    record(actor, "projects.undertaking.dissolved", undertaking, projects=ids, reason=undertaking.dissolution)
    return undertaking


def _follow(projects: Sequence[int]) -> None:
    for follow in decided:
        follow(projects)
