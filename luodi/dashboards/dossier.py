"""One project, told: where it stands and why, who takes part, its amounts and evidence, and who said each field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import Role, may
from luodi.accounts.policy import Fields, fields_of, scope_of
from luodi.core.installation import city
from luodi.dashboards import register_panels, turning
from luodi.dashboards.documents import documents
from luodi.dashboards.past import said_by_then
from luodi.dashboards.timeline import EventLine, Origins, events
from luodi.evidence.models import Evidence, Judgement, Support
from luodi.intake import words
from luodi.intake.engine.facts import stage_of
from luodi.projects.models import Alias, Amount, Assignment, NetDecision, Participation, Project, StageEvent
from luodi.projects.steps import certain
from luodi.snapshots.clock import Clock
from luodi.snapshots.queries import known_projects


@dataclass(frozen=True, slots=True)
class Side:
    """One of the three standings: `kind` names badge and mark, `text` the stage, `why` what it rests on."""

    label: str
    kind: str
    text: str
    why: str
    url: str = ""


def standings(project: Project, lines: Sequence[EventLine], decision: Any, user: User, sees: Fields) -> list[Side]:
    """The three standings as stored, each with the words that explain it."""
    standing = getattr(project, "standing", None)
    reported, proven, net = (standing.reported, standing.proven, standing.net) if standing else (-1, -1, -1)
    actual = [line for line in lines if _stands(line.event)]
    said = _last_at(reported, actual)
    shown = _last_at(proven, [line for line in actual if line.proven])
    return [
        Side(
            str(words.SIDES["reported"]),
            "reported" if said else "unknown",
            words.rank_name(reported) or _("未写明"),
            _said_by(said) if said else _("没有已发生的阶段记录"),
        ),
        Side(
            str(words.SIDES["proven"]),
            "proven" if shown else "missing",
            words.rank_name(proven) or _("缺佐证"),
            _proven_by(shown, sees) if shown else _("没有符合本市口径的佐证"),
        ),
        _net(project, net, proven, decision, user, sees),
    ]


def _stands(event: StageEvent) -> bool:
    """Claimed as done, not withdrawn, and its period is over."""
    actual = event.kind == StageEvent.Kind.ACTUAL and not event.withdrawn_at
    return actual and certain(event) <= timezone.localdate()


def _last_at(rank: int, lines: Sequence[EventLine]) -> EventLine | None:
    """The latest claim of the stage with this rank."""
    if rank < 0:
        return None
    code = city().stages[rank].code
    return next((line for line in reversed(lines) if line.event.stage == code), None)


def _said_by(line: EventLine) -> str:
    said = line.filing or line.origin.text
    return f"{line.period}{_('，')}{said}" if said else line.period


def _proven_by(line: EventLine, sees: Fields) -> str:
    if not sees["evidence"]:
        return line.period
    counting = [proof for proof in line.proofs if proof.counts]
    return _("%(period)s，佐证 %(n)s 份：%(title)s") % {
        "period": line.period,
        "n": len(counting),
        "title": counting[0].title,
    }


def _net(project: Project, net: int, proven: int, decision: Any, user: User, sees: Fields) -> Side:
    label = str(words.SIDES["net"])
    if decision is not None and not sees["decision"]:
        return Side(label, "water", _("不计"), _("有具名认定"))
    if decision is not None:
        why = _("%(who)s于 %(day)s 认定为%(ground)s：%(reason)s") % {
            "who": decision.decided_by.display_name,
            "day": timezone.localdate(decision.decided_at),
            "ground": decision.get_ground_display(),
            "reason": decision.reason,
        }
        return Side(label, "water", _("不计"), why)
    if net >= 0:
        if project.package is None:
            return Side(label, "net", words.rank_name(net), _("与佐证一致，无虚假认定"))
        why = _("拆分口径按子项目计；打包口径并入“%(name)s”只计一次") % {"name": package_name(project, user)}
        return Side(label, "net", words.rank_name(net), why, package_url(project, user))
    if proven >= 0 and project.standing.part_of_id:
        why, url = _part_of(project.standing.part_of_id, user)
        return Side(label, "water", _("并计"), why, url)
    if proven >= 0:
        return Side(label, "water", _("不计"), _("所属打包项目已被认定不计入净数"), package_url(project, user))
    return Side(label, "missing", _("缺佐证"), _("没有佐证就不计入净数"))


def _part_of(lead: int, user: User) -> tuple[str, str]:
    """The part that net counts for this one, as far as the reader may see it."""
    seen = Project.objects.visible_to(user).filter(pk=lead).first()
    if seen is None:
        return _("认定与另一单位的项目为同一工程，净数计在那一条"), ""
    return _("认定与“%(name)s”为同一工程，净数计在那一条") % {"name": seen.name}, reverse("project", args=[lead])


def package_url(project: Project, user: User) -> str:
    """The package's page; blank when there is none, or when it is another unit's."""
    if project.package is None or not scope_of(user).covers(project.package.unit):
        return ""
    return reverse("project", args=[project.package.pk])


def package_name(project: Project, user: User) -> str:
    """Of a package that another unit files, only that there is one."""
    if project.package is None:
        return ""
    within = scope_of(user).covers(project.package.unit)
    return project.package.name if within else str(_("（其他单位的打包项目）"))


def amounts(project: Project, origins: Origins, unit: str, sees: Fields) -> list[dict[str, Any]]:
    """Every statement of an amount, the latest first, in its own currency."""
    converted = register_panels.conversions([a for a in project.amounts.all() if sees[a.kind]], unit)
    return [
        {
            "kind": words.field_name(item.kind),
            "converted": converted.get(item.pk, ""),
            "text": words.amount(item.minor, item.currency, item.bound, unit),
            "said": item.text,
            "stated_on": item.stated_on,
            "recorded_at": item.recorded_at,
            "withdrawn": item.withdrawn_at is not None,
            "origin": origins.of(item.row_id, item.kind),
        }
        for item in sorted(project.amounts.all(), key=lambda item: -item.pk)
        if sees[item.kind]
    ]


def fields(project: Project, origins: Origins, user: User, sees: Fields) -> list[dict[str, Any]]:
    """Each field's value that is open to the reader, and the cell that said it; in the order of the field names' table."""
    unit = user.money_unit
    # A ledger of the whole city may have named another unit's package: the clerk reads what the rest of the page says of it.
    told = {"package": package_name(project, user)} if project.package else {}
    order = {name: (place, 0) for place, name in enumerate(words.FIELDS)}
    before_status = order["status"][0] - 1
    stages = {stage.code: stage.order + 1 for stage in city().stages}
    held = sorted(
        ((name, held) for name, held in project.facts.items() if sees[name]),
        key=lambda pair: (order.get(pair[0]) or (before_status, stages.get(stage_of(pair[0]), 0)), pair[0]),
    )
    return [
        {
            "name": words.field_name(name),
            "text": told.get(name) or words.fact(name, text, unit),
            "origin": origins.of(row_id, name),
        }
        for name, (text, row_id) in held
    ]


_ROLE_FIELD: dict[str, str] = {Participation.Role.OWNER: "owner"}


def parties(project: Project, sees: Fields) -> list[dict[str, Any]]:
    """Who takes part in which role, investors first, with shares as stated."""
    living = (item for item in project.participations.all() if item.withdrawn_at is None)
    found = [item for item in living if sees[_ROLE_FIELD.get(item.role, "investor")]]
    roles = list(Participation.Role.values)
    return [
        {"item": item, "share": "" if item.share is None else f"{item.share.normalize():f}%"}
        for item in sorted(found, key=lambda item: (roles.index(item.role), item.pk))
    ]


def whole(user: User, asked: Clock | None = None) -> QuerySet[Project]:
    """Projects that the person may see, with everything that their page tells (or told then), in one query a table."""
    known = known_projects(asked.known_at) if asked else Project.objects.current()
    visible: QuerySet[Project] = known.visible_to(user)
    reports = StageEvent.objects.select_related("filed_by", "withdrawn_by")
    documents_then = Evidence.objects.select_related("filed_by", "row__batch", "file")
    words_then = said_by_then(Judgement.objects.select_related("said_by"), asked, "said_at")
    decisions = said_by_then(NetDecision.objects.select_related("decided_by", "revoked_by"), asked, "decided_at")
    return visible.select_related("standing", "package").prefetch_related(
        Prefetch("events", said_by_then(reports, asked)),
        Prefetch("amounts", said_by_then(Amount.objects.all(), asked)),
        Prefetch("aliases", said_by_then(Alias.objects.all(), asked)),
        Prefetch("members", visible),
        *register_panels.PREFETCHES,
        Prefetch("assignments", Assignment.objects.select_related("person")),
        Prefetch("evidence", said_by_then(documents_then, asked)),
        Prefetch("evidence__judgements", words_then),
        Prefetch("net_decisions", decisions),
    )


def row_ids(project: Project) -> set[int | None]:
    """Intake rows behind anything that the page shows."""
    said = {row_id for _text, row_id in project.facts.values()}
    for statements in (project.events, project.amounts, project.evidence, project.participations):
        said |= {statement.row_id for statement in statements.all()}
    return said


READ_ONLY = dict.fromkeys(("may_decide", "may_report", "may_file", "may_exit", "may_assign"), False)
"""A past day is looked at, not written to."""


def context(project: Project, user: User, asked: Clock | None = None) -> dict[str, Any]:
    """Everything of the page that is open to this person; the project comes from `whole`."""
    sees = fields_of(user, project.unit)
    origins = Origins(row_ids(project), user, sees)
    pairs = list(
        Support.objects.filter(event__project=project).order_by("evidence").values_list("event_id", "evidence_id")
    )
    if asked is not None:
        read = {event.pk for event in project.events.all()}, {piece.pk for piece in project.evidence.all()}
        pairs = [pair for pair in pairs if pair[0] in read[0] and pair[1] in read[1]]
    lines = events(project, origins, sees, pairs)
    if asked is not None:
        lines = [line for line in lines if certain(line.event) <= asked.as_of]
    decisions = sorted(project.net_decisions.all(), key=lambda item: -item.pk)
    decision = next((item for item in decisions if item.revoked_at is None), None)
    aliases = [alias.name for alias in project.aliases.all() if alias.withdrawn_at is None]
    has_tier = hasattr(project, "standing") and sees.all(("tier", "total_investment"))
    return {
        "project": project,
        "sees": sees,
        "unit": words.unit_name(project.unit),
        "division": city().divisions.get(project.division, project.division),
        "tier": words.tier_name(project.standing.tier) if has_tier else "",
        "aliases": aliases if sees["alias"] else [],
        "parties": parties(project, sees),
        "package_url": package_url(project, user),
        "package_name": package_name(project, user),
        "members": list(project.members.all()),
        "sides": standings(project, lines, decision, user, sees),
        "timeline": [line for line in lines if not line.event.withdrawn_at],
        "withdrawn": [line for line in lines if line.event.withdrawn_at],
        "amounts": amounts(project, origins, user.money_unit, sees),
        "evidence": documents(project, user, origins, pairs) if sees["evidence"] else [],
        "fields": fields(project, origins, user, sees),
        "decision": decision if sees["decision"] else None,
        "decisions": decisions if sees["decision"] else [],
        "may_decide": may(user, "projects.net.decide"),
        "may_check": may(user, "checks.finding.view"),
        "may_integrity": may(user, "integrity.finding.view"),
        "may_package": may(user, "reserve.board.view"),
        "may_factors": sees.all(("total_investment", "stage", "chain")) and may(user, "factors.book.view"),
        "may_contribute": sees.all(("jobs", "tax", "output_value")) and may(user, "contribution.table.view"),
        "may_screen": may(user, "screening.result.view"),
        "may_chain": may(user, "chains.chain.view"),
        "grounds": NetDecision.Ground.choices,
        **hands(project, user),
        **turning.context(project, user, pairs),
        **(READ_ONLY if asked else {}),
        **register_panels.context(project, user, sees),
    }


def hands(project: Project, user: User) -> dict[str, Any]:
    """In whose hands the project is, and into whose it may be put."""
    assignments = [item for item in project.assignments.all() if item.ended_at is None]
    may_assign = may(user, "projects.project.assign")
    taken = {item.person_id for item in assignments}
    people = User.objects.filter(role=Role.DEPARTMENT, is_active=True).exclude(pk__in=taken) if may_assign else []
    return {"assignments": assignments, "may_assign": may_assign, "people": people}
