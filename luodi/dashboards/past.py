"""A project's page as of a past day and as it was known: the same page over what stood then."""

from django.db.models import QuerySet

from luodi.core.installation import city
from luodi.projects.models import Lapse, Project
from luodi.snapshots import clock as clocks
from luodi.snapshots.models import Standing


def said_by_then(statements: QuerySet, asked: clocks.Clock | None, began: str = "recorded_at") -> QuerySet:  # type: ignore[type-arg]
    """Statements that had been made at the moment of knowing; all of them without one."""
    if asked is None or asked.known_at is None:
        return statements
    return statements.filter(**{f"{began}__lte": asked.known_at})


def as_known(project: Project, asked: clocks.Clock) -> None:
    """Set the read project, in memory only, to how it stood: later withdrawals undone, its standing of that day."""
    found = clocks.counted(asked)[project.pk]
    project.standing = Standing(
        project_id=project.pk,
        reported=found.reported,
        proven=found.proven,
        net=found.net,
        amount_fen=found.amount_fen,
        tier=city().tier_of(found.amount_fen),
        state=found.state,
        part_of_id=found.part_of,
        computed_on=asked.as_of,
    )
    if asked.known_at is None:
        return
    for statements in (project.events, project.amounts, project.aliases, project.evidence):
        for one in statements.all():
            if one.withdrawn_at is not None and one.withdrawn_at > asked.known_at:
                one.withdrawn_at = None
    for decision in project.net_decisions.all():
        if decision.revoked_at is not None and decision.revoked_at > asked.known_at:
            decision.revoked_at = None
    _lapse(project, asked)


def _lapse(project: Project, asked: clocks.Clock) -> None:
    """What a batch had replaced that was reverted later did not stand meanwhile."""
    lapses = Lapse.objects.filter(since__lte=asked.known_at, until__gt=asked.known_at)
    gone = {(kind, pk): since for kind, pk, since in lapses.values_list("kind", "statement", "since")}
    for statements in (project.events, project.amounts):
        for one in statements.all():
            one.withdrawn_at = gone.get((str(one._meta.model_name), one.pk), one.withdrawn_at)
