"""What pages show of evidence: what a stage still lacks, and a document with its file, comparison and history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.evidence import words
from luodi.evidence.engine.readiness import Asked, ItemState, Weighed, item_state
from luodi.evidence.models import Evidence
from luodi.evidence.weighing import Pairs, by_stage, proof_of, readiness
from luodi.intake.words import named, stage_name
from luodi.projects.engine.lifecycle import next_stages
from luodi.projects.models import Project, StageEvent


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of a set as a page shows it, with the documents that are offered for it."""

    code: str
    name: str
    badge: words.Badge
    is_mandatory: bool
    kinds: list[tuple[str, str]]
    replaces: list[tuple[str, str]]
    is_photo: bool
    documents: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SetLine:
    """One set, with where it comes from and who checks it."""

    name: str
    source: str
    status: str
    level: str
    is_proven: bool
    left: int
    items: list[ItemLine]


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage that asks for evidence: claimed and not proven, or next."""

    code: str
    name: str
    is_claimed: bool
    is_proven: bool
    is_filed: bool
    sets: list[SetLine]
    size_unknown: bool


def stages_in_view(project: Project, pairs: Pairs) -> list[StageLine]:
    """Claimed stages whose evidence is not complete, the furthest first; then what may come next, one a track."""
    documents = by_stage(project, pairs)
    claimed = {
        event.stage
        for event in project.events.all()
        if event.withdrawn_at is None and event.kind == StageEvent.Kind.ACTUAL and event.stage in city().stage
    }
    proven = project.standing.proven if hasattr(project, "standing") else -1
    open_ones = [code for code in claimed if city().stage[code].order > proven]
    order = sorted(open_ones, key=lambda code: -city().stage[code].order)
    order += next_stages(claimed, lifecycle=city().lifecycle)
    lines = [stage_line(project, code, documents, is_claimed=code in claimed) for code in dict.fromkeys(order)]
    return [line for line in lines if line.sets and not line.is_proven]


def stage_line(
    project: Project, stage: str, documents: Mapping[str, Sequence[Evidence]], *, is_claimed: bool = False
) -> StageLine:
    """A stage with all its sets, the nearest first."""
    pieces = list(documents.get(stage, ()))
    found = readiness(project, stage, pieces)
    nearest = found.nearest
    ordered = sorted(found.sets, key=lambda one: one is not nearest)
    return StageLine(
        code=stage,
        name=stage_name(stage),
        is_claimed=is_claimed,
        is_proven=found.is_proven,
        is_filed=found.is_filed,
        sets=[_set(one, pieces) for one in ordered],
        size_unknown=not (hasattr(project, "standing") and project.standing.amount_fen is not None),
    )


def _set(weighed: Weighed, pieces: Sequence[Evidence]) -> SetLine:
    one = weighed.set
    return SetLine(
        name=named(one),
        source=one.source,
        status=one.status,
        level=one.level_en if get_language() == "en" else one.level,
        is_proven=weighed.is_proven,
        left=len(weighed.missing),
        items=[_item(asked, pieces) for asked in weighed.items],
    )


def _item(asked: Asked, pieces: Sequence[Evidence]) -> ItemLine:
    item = asked.item
    offered = [
        piece
        for piece in pieces
        if item_state(item, [proof_of(piece, piece.judgement)], city=city()) is not ItemState.MISSING
    ]
    return ItemLine(
        code=item.code,
        name=named(item),
        badge=words.item_badge(asked.state),
        is_mandatory=item.is_mandatory,
        kinds=[(kind, words.kind_name(kind)) for kind in item.kinds],
        replaces=[(kind, words.kind_name(kind)) for kind in item.replaced_by],
        is_photo=any(city().evidence_kind[kind].photo for kind in item.kinds),
        documents=offered,
    )


def asked_items(line: StageLine) -> list[ItemLine]:
    """Every item that a unit itself can bring for the stage, once, of all its sets; public reports come with ledgers."""
    kinds = city().evidence_kind
    own = {
        item.code: item
        for one in line.sets
        for item in one.items
        if any(kinds[kind].verification != "publisher" for kind, _name in item.kinds)
    }
    return list(own.values())


def rights(user: User, project: Project) -> dict[str, bool]:
    """What this person may do with the project's steps and documents."""
    own = scope_of(user).covers(project.unit)
    return {
        "may_report": own and may(user, "projects.stage.report"),
        "may_file": own and may(user, "evidence.evidence.file"),
        "may_exit": own and may(user, "projects.stage.exit"),
    }


def history(evidence: Evidence) -> list[dict[str, Any]]:
    """Every word on a document in the order in which it was said, its filing first."""
    who = evidence.filed_by.display_name if evidence.filed_by else _("台账")
    said = [{"what": _("提交"), "who": who, "at": evidence.recorded_at, "text": evidence.note, "badge": "reported"}]
    badges = {"accepted": "ok", "rejected": "error", "asked": "wait", "answered": "reported"}
    for one in sorted(evidence.judgements.all(), key=lambda one: one.pk):
        person = one.said_by.display_name if one.said_by else _("控制台")
        what, badge = str(one.get_verdict_display()), badges[one.verdict]
        said.append({"what": what, "who": person, "at": one.said_at, "text": one.reason, "badge": badge})
    if evidence.withdrawn_at is not None:
        person = evidence.withdrawn_by.display_name if evidence.withdrawn_by else _("控制台")
        withdrawn = {"what": _("撤回"), "who": person, "at": evidence.withdrawn_at, "text": evidence.withdrawal}
        said.append({**withdrawn, "badge": "missing"})
    return said
