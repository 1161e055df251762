"""The documents of one project as its page lists them, each with where it stands and what this person may do with it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.dashboards.timeline import Origins
from luodi.evidence import queries, words
from luodi.evidence.models import Evidence
from luodi.evidence.weighing import Pairs, beside_claim
from luodi.projects.models import Project, StageEvent


def documents(project: Project, user: User, origins: Origins, pairs: Pairs) -> list[dict[str, Any]]:
    """Every piece of evidence, public reports by grade first; the project's events and evidence are prefetched."""
    verifier = may(user, "evidence.evidence.verify")
    events = {event.pk: event for event in project.events.all()}
    behind: dict[int, list[StageEvent]] = defaultdict(list)
    for event, evidence in pairs:
        behind[evidence].append(events[event])
    return [
        {
            "item": item,
            "kind": words.kind_name(item.kind),
            "url": item.source if urlsplit(item.source).scheme in {"http", "https"} else "",
            "verdict": words.verdict_badge(item),
            "judged": item.judgement,
            "origin": origins.of(item.row_id, "source") if item.row_id else None,
            "may_verify": not item.withdrawn_at and not queries.why_not_verifier(user, item),
            "contradicts": _contradicts(item, behind[item.pk]),
            "own": verifier and item.filer == user.pk,
        }
        for item in sorted(project.evidence.all(), key=lambda item: (item.grade, item.pk))
    ]


def _contradicts(evidence: Evidence, events: Sequence[StageEvent]) -> bool:
    found = beside_claim(evidence, events)
    return found is not None and found.contradicts
