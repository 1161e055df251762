"""From the record to the weighing engine: a project's evidence as proofs, its size and sort."""

from luodi.core.installation import city
from luodi.evidence.engine.readiness import Proof
from luodi.evidence.models import Evidence, Judgement
from luodi.projects.models import Project


def proof_of(evidence: Evidence, judged: Judgement | None) -> Proof:
    """A piece of evidence as the engine weighs it."""
    verified = judged is not None and judged.verdict == Judgement.Verdict.ACCEPTED
    placed = evidence.latitude is not None or bool(evidence.place)
    taken = evidence.taken_at is not None
    return Proof(evidence.kind, evidence.grade, verified, taken, placed, evidence.replaces)


def is_purchase(project: Project) -> bool:
    """Whether it only buys equipment, by its kind as the ledger says it."""
    return city().proof.purchase_tag in str((project.facts.get("kind") or [""])[0])
