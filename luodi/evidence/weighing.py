"""From the record to the weighing engine: a project's evidence by stage, its size and sort; a photo beside its claim and site."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.engine.photos import Comparison, compare
from luodi.evidence.engine.readiness import Proof, Readiness, weigh
from luodi.evidence.models import Evidence, Judgement
from luodi.projects.models import Project, StageEvent

Pairs = Iterable[tuple[int, int]]
"""(event, evidence): which document speaks for which step."""


def proof_of(evidence: Evidence, judged: Judgement | None) -> Proof:
    """A piece of evidence as the engine weighs it."""
    verified = judged is not None and judged.verdict == Judgement.Verdict.ACCEPTED
    placed = evidence.latitude is not None or bool(evidence.place)
    taken = evidence.taken_at is not None
    return Proof(evidence.kind, evidence.grade, verified, taken, placed, evidence.replaces)


def is_purchase(project: Project) -> bool:
    """Whether it only buys equipment, by its kind as the ledger says it."""
    return city().proof.purchase_tag in str((project.facts.get("kind") or [""])[0])


def is_alive(evidence: Evidence) -> bool:
    """Neither withdrawn nor rejected, and its file has passed its check."""
    opened = evidence.file is None or evidence.file.is_clean
    return evidence.withdrawn_at is None and evidence.verdict != Judgement.Verdict.REJECTED and opened


def by_stage(project: Project, pairs: Pairs) -> dict[str, list[Evidence]]:
    """Living documents by the stage that they speak or were filed for. The project's events and evidence are prefetched."""
    pieces = {piece.pk: piece for piece in project.evidence.all() if is_alive(piece)}
    stages = {
        event.pk: event.stage
        for event in project.events.all()
        if event.withdrawn_at is None and event.kind == StageEvent.Kind.ACTUAL
    }
    found: dict[str, dict[int, Evidence]] = defaultdict(dict)
    for event, evidence in pairs:
        if event in stages and evidence in pieces:
            found[stages[event]][evidence] = pieces[evidence]
    for piece in pieces.values():
        if piece.stage:
            found[piece.stage][piece.pk] = piece
    return {stage: list(documents.values()) for stage, documents in found.items()}


def readiness(project: Project, stage: str, documents: Sequence[Evidence]) -> Readiness:
    """What the stage asks of this project, against these documents."""
    proofs = frozenset(proof_of(piece, piece.judgement) for piece in documents)
    amount = project.standing.amount_fen if hasattr(project, "standing") else None
    return weigh(stage, proofs, city=city(), amount_fen=amount, purchase=is_purchase(project))


def beside_claim(evidence: Evidence, events: Sequence[StageEvent]) -> Comparison | None:
    """A photo beside the claim that it was filed for and the area of the unit; None for what is no photo.

    A time by the filer's own word is no witness, so only the camera's is compared.
    """
    kind = city().evidence_kind.get(evidence.kind)
    if kind is None or not kind.photo:
        return None
    rules, taken = city().proof, None if evidence.is_stated and not evidence_time(evidence) else evidence.taken_at
    place = None
    if evidence.latitude is not None and evidence.longitude is not None:
        place = (evidence.latitude, evidence.longitude)
    return compare(
        taken_on=timezone.localdate(taken) if taken else None,
        place=place,
        claimed=_claimed(evidence, events),
        site=rules.sites.get(evidence.project.unit),
        days_before=rules.days_before,
        days_after=rules.days_after,
    )


def evidence_time(evidence: Evidence) -> bool:
    """Whether the time comes from the camera."""
    return evidence.file is not None and "taken_at" in evidence.file.meta


def _claimed(evidence: Evidence, events: Sequence[StageEvent]) -> tuple[date, date] | None:
    """The period of the first dated step that it speaks for, of the stage that it was filed for before others."""
    dated = [event for event in events if event.starts_on and event.ends_on and event.withdrawn_at is None]
    own = [event for event in dated if event.stage == evidence.stage] or dated
    if not own:
        return None
    first = min(own, key=lambda event: event.pk)
    return (first.starts_on, first.ends_on) if first.starts_on and first.ends_on else None
