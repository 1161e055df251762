"""Evidence filed ahead: a document may come before anybody claims its stage, and speaks for the claim once it is made."""

from collections import defaultdict
from collections.abc import Sequence

from luodi.evidence.models import Evidence, Support
from luodi.projects.models import StageEvent


def speak(projects: Sequence[int]) -> None:
    """Let the documents of these projects speak for every claim of the stage that they were filed for."""
    pieces = Evidence.objects.filter(project__in=projects, withdrawn_at=None).exclude(stage="")
    filed: dict[tuple[int, str], list[int]] = defaultdict(list)
    for evidence, project, stage in pieces.order_by("id").values_list("id", "project_id", "stage"):
        filed[(project, stage)].append(evidence)
    if not filed:
        return
    live = StageEvent.objects.filter(project__in={project for project, _ in filed}, withdrawn_at=None)
    claims = live.filter(kind=StageEvent.Kind.ACTUAL).order_by("id").values_list("id", "project_id", "stage")
    wanted = {(evidence, event) for event, project, stage in claims for evidence in filed.get((project, stage), ())}
    known = set(Support.objects.filter(evidence__in=pieces).values_list("evidence_id", "event_id"))
    Support.objects.bulk_create(Support(evidence_id=one, event_id=event) for one, event in sorted(wanted - known))
