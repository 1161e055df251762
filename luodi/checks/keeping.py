"""Keeping results that ask, so that a red is remembered after it has turned."""

from collections.abc import Sequence

from django.utils import timezone

from luodi.checks.engine.checks import ASKING
from luodi.checks.models import Finding
from luodi.checks.queries import results, subject_of
from luodi.projects.models import Project

CHUNK = 500


def keep(projects: Sequence[int]) -> tuple[int, int]:
    """Open, reopen, refresh and close findings inside the caller's transaction. Returns (opened, closed)."""
    opened = closed = 0
    for start in range(0, len(projects), CHUNK):
        more, fewer = _keep(projects[start : start + CHUNK])
        opened, closed = opened + more, closed + fewer
    return opened, closed


def follow(projects: Sequence[int]) -> None:
    """After an action on projects: its entry seals what is kept here."""
    keep(projects)


def _keep(projects: Sequence[int]) -> tuple[int, int]:
    list(Project.objects.select_for_update().filter(pk__in=projects).order_by("pk").values_list("pk"))
    held = {(one.project_id, one.check_code, one.subject): one for one in Finding.objects.filter(project__in=projects)}
    now, opened, asked = timezone.now(), 0, set()
    for project, found in results(projects).items():
        for check, result in found:
            key = (project, check.code, subject_of(result))
            if result.state not in ASKING or key in asked:
                continue
            asked.add(key)
            known, values = held.get(key), dict(result.values)
            if known is None:
                Finding.objects.create(
                    project_id=project, check_code=check.code, subject=key[2], state=result.state, values=values
                )
                opened += 1
            elif known.closed_at or (known.state, known.values) != (result.state, values):
                opened += known.closed_at is not None
                known.state, known.values, known.closed_at = result.state, values, None
                known.save(update_fields=["state", "values", "closed_at"])
    gone = [one.pk for key, one in held.items() if key not in asked and one.closed_at is None]
    Finding.objects.filter(pk__in=gone).update(closed_at=now)
    return opened, len(gone)
