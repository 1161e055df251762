"""Decisions of named persons about projects."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import Role, may
from luodi.audit.actions import record
from luodi.intake.engine.units import CURRENCIES
from luodi.intake.words import field_name
from luodi.projects import changes, editing, gates
from luodi.projects.engine.progress import ProgressText, falls
from luodi.projects.models import (
    Alias,
    Assignment,
    ChangeRequest,
    DoubtfulPair,
    ExchangeRate,
    NetDecision,
    Progress,
    Project,
)

decided: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after a decision on projects."""


@transaction.atomic
def exclude_from_net(*, actor: User, project: Project, ground: str, reason: str) -> NetDecision:
    """A named person confirms that a project is fake or a duplicate. Raises `ValidationError` without a reason or when it already stands."""
    if not may(actor, "projects.net.decide"):
        raise PermissionDenied
    if ground not in NetDecision.Ground.values or not reason.strip():
        raise ValidationError(_("请选择认定类型并写明理由。"))
    Project.objects.select_for_update().get(pk=project.pk)
    if NetDecision.objects.filter(project=project, revoked_at=None).exists():
        raise ValidationError(_("该项目已有有效的认定。"))
    decision = NetDecision.objects.create(project=project, ground=ground, reason=reason.strip(), decided_by=actor)
    record(actor, "projects.net.excluded", project, ground=ground, reason=reason.strip())
    _follow(project)
    return decision


@transaction.atomic
def include_in_net(*, actor: User, project: Project, reason: str) -> None:
    """Revoke the decision that stands; both stay readable."""
    if not may(actor, "projects.net.decide"):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("请写明撤销的理由。"))
    revoked = NetDecision.objects.filter(project=project, revoked_at=None).update(
        revoked_by=actor, revoked_at=timezone.now()
    )
    if not revoked:
        raise ValidationError(_("该项目没有有效的认定。"))
    record(actor, "projects.net.included", project, reason=reason.strip())
    _follow(project)


@transaction.atomic
def assign(*, actor: User, project: Project, person: User, reason: str = "") -> Assignment:
    """Put a project into a department's person's hands. Raises `ValidationError` where it already is, or for another role."""
    if not may(actor, "projects.project.assign"):
        raise PermissionDenied
    if person.role != Role.DEPARTMENT or not person.is_active:
        raise ValidationError(_("只能交办给在用的部门账号。"))
    Project.objects.select_for_update().get(pk=project.pk)
    if Assignment.objects.filter(project=project, person=person, ended_at=None).exists():
        raise ValidationError(_("该项目已经交办给这个人。"))
    given = Assignment.objects.create(project=project, person=person, reason=reason.strip()[:300], assigned_by=actor)
    record(actor, "projects.project.assigned", project, person=person.display_name, reason=given.reason)
    return given


@transaction.atomic
def unassign(*, actor: User, assignment: Assignment) -> Assignment:
    """Take a project out of a person's hands: from the next request on they do not find it any more."""
    if not may(actor, "projects.project.assign"):
        raise PermissionDenied
    given = Assignment.objects.select_for_update(of=("self",)).select_related("project", "person").get(pk=assignment.pk)
    if given.ended_at is not None:
        raise ValidationError(_("这项交办已经结束。"))
    given.ended_by, given.ended_at = actor, timezone.now()
    given.save(update_fields=["ended_by", "ended_at"])
    record(actor, "projects.project.unassigned", given.project, person=given.person.display_name)
    return given


@transaction.atomic
def submit(*, actor: User, project: Project) -> Project:
    """A unit submits (报送) a project: from then on it changes by request and review only."""
    found = _locked(actor, "projects.project.submit", project)
    if found.submitted_at is not None:
        raise ValidationError(_("该项目已经报送。"))
    found.submitted_at, found.submitted_by = timezone.now(), actor
    found.save(update_fields=["submitted_at", "submitted_by"])
    record(actor, "projects.project.submitted", found)
    return found


@transaction.atomic
def change(*, actor: User, project: Project, given: Mapping[str, str], reason: str) -> ChangeRequest | None:
    """Change what a person typed: at once while the project is not submitted, else as a request for review, which is returned.

    Raises `ValidationError` with every problem of every text, when nothing would change, or without a reason.
    """
    found = _locked(actor, "projects.project.edit", project)
    if not reason.strip():
        raise ValidationError(_("请写明变更的理由。"))
    row, changed = editing.read(found, given, today=timezone.localdate())
    if row.rejected:
        raise ValidationError([f"{field_name(problem.column)}：{problem.message}" for problem in row.problems])
    if not changed:
        raise ValidationError(_("没有要改的内容。"))
    gates.ask(gates.with_changes(found, changed), actor)
    if found.submitted_at is None:
        changes.write(found.pk, row, changed, row_id=None, now=timezone.now(), by=actor)
        record(actor, "projects.project.changed", found, changes=_told(changed), reason=reason.strip())
        return None
    request = ChangeRequest.objects.create(
        project=found,
        changes={name: list(pair) for name, pair in changed.items()},
        values=changes.as_values(row, changed),
        reason=reason.strip(),
        requested_by=actor,
    )
    record(actor, "projects.change.requested", found, changes=_told(changed), reason=reason.strip(), request=request.pk)
    return request


@transaction.atomic
def review_change(*, actor: User, request: ChangeRequest, accept: bool, reason: str) -> ChangeRequest:
    """Another person says yes, and it is applied, or no, with a reason. Raises `ValidationError` when the record has moved on since."""
    request = ChangeRequest.objects.select_for_update(of=("self",)).select_related("project").get(pk=request.pk)
    project = _locked(actor, "projects.change.review", request.project)
    if request.requested_by_id == actor.pk:
        raise PermissionDenied(_("审核人不能是申请人。"))
    if request.state != ChangeRequest.State.PENDING:
        raise ValidationError(_("这份申请已经处理。"))
    if not accept and not reason.strip():
        raise ValidationError(_("不同意须写明理由。"))
    now = timezone.now()
    if accept:
        gates.ask(
            gates.with_changes(project, {name: (pair[0], pair[1]) for name, pair in request.changes.items()}), actor
        )
        if changes.outdated(request, project):
            raise ValidationError(_("申请之后这些内容又变过，请申请人按现值重新申请。"))
        changes.apply(request, now=now)
    request.state = ChangeRequest.State.APPLIED if accept else ChangeRequest.State.REFUSED
    request.decided_by, request.decided_at, request.decision_reason = actor, now, reason.strip()
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    action = "projects.change.applied" if accept else "projects.change.refused"
    told = {name: tuple(pair) for name, pair in request.changes.items()}
    record(actor, action, project, request=request.pk, changes=_told(told), reason=reason.strip())
    return request


@transaction.atomic
def withdraw_change(*, actor: User, request: ChangeRequest) -> ChangeRequest:
    """Who asked may take the request back while nobody has decided."""
    request = ChangeRequest.objects.select_for_update(of=("self",)).select_related("project").get(pk=request.pk)
    _locked(actor, "projects.project.edit", request.project)
    if request.requested_by_id != actor.pk:
        raise PermissionDenied(_("只有申请人可以撤回。"))
    if request.state != ChangeRequest.State.PENDING:
        raise ValidationError(_("这份申请已经处理。"))
    request.state, request.decided_at = ChangeRequest.State.WITHDRAWN, timezone.now()
    request.save(update_fields=["state", "decided_at"])
    record(actor, "projects.change.withdrawn", request.project, request=request.pk)
    return request


@transaction.atomic
def state_progress(
    *, actor: User, project: Project, percent: Decimal, basis: str, stated_on: date, reason: str = ""
) -> Progress:
    """How far, measured on what, on which day. A fall on the same basis is refused until it has a reason."""
    found = _locked(actor, "projects.project.edit", project)
    if percent < 0 or not basis.strip():
        raise ValidationError(_("请写明进度和计算口径（如 设计+采购+施工、施工、投资）。"))
    if stated_on > timezone.localdate():
        raise ValidationError(_("进度的日期不能在今天以后。"))
    last = found.progress.filter(withdrawn_at=None, stated_on__lte=stated_on).order_by("stated_on", "id").last()
    now = ProgressText(percent, basis.strip())
    if last and falls(ProgressText(last.percent, last.basis), now) and not reason.strip():
        raise ValidationError(
            _("进度从 %(before)s%% 降到 %(now)s%%，口径没有变：请写明原因。")
            % {"before": f"{last.percent.normalize():f}", "now": f"{percent.normalize():f}"}
        )
    said = {"percent": percent, "basis": now.basis[:100], "stated_on": stated_on, "reason": reason.strip()[:300]}
    stated = Progress.objects.create(project=found, filed_by=actor, **said)
    record(actor, "projects.progress.stated", found, **{name: str(value) for name, value in said.items()})
    return stated


@transaction.atomic
def raise_doubt(*, actor: User, project: Project, other: Project, why: str) -> DoubtfulPair:
    """Say that two records may be one project. Both stay as they are until someone decides."""
    found = _locked(actor, "projects.pair.raise", project)
    if found.pk == other.pk or not why.strip():
        raise ValidationError(_("请选择另一个项目并写明理由。"))
    pairs = DoubtfulPair.objects.filter(withdrawn_at=None)
    if pairs.filter(Q(project=found, other=other) | Q(project=other, other=found)).exists():
        raise ValidationError(_("这一对已经在名单里。"))
    pair = DoubtfulPair.objects.create(project=found, other=other, why=why.strip()[:300], filed_by=actor)
    record(actor, "projects.pair.raised", found, other=other.name, reason=pair.why)
    return pair


@transaction.atomic
def decide_pair(
    *, actor: User, pair: DoubtfulPair, verdict: str, reason: str, leave: Project | None = None
) -> DoubtfulPair:
    """A named person's word: same, different, or later. Of the same project, `leave` is the record that counts no more in net figures.

    Its names become names of the one that stays; nothing else of it is touched. A decision can be made anew, and both stay in the log.
    """
    if not may(actor, "projects.pair.decide"):
        raise PermissionDenied
    pair = DoubtfulPair.objects.select_for_update(of=("self",)).select_related("project", "other").get(pk=pair.pk)
    if verdict not in DoubtfulPair.Verdict.values or not verdict or not reason.strip():
        raise ValidationError(_("请选择结论并写明理由。"))
    if pair.verdict in {DoubtfulPair.Verdict.SAME, DoubtfulPair.Verdict.DIFFERENT}:
        raise ValidationError(_("这一对已有结论。"))
    if verdict == DoubtfulPair.Verdict.SAME:
        _same(actor, pair, leave, reason.strip())
    pair.verdict, pair.reason, pair.decided_by, pair.decided_at = verdict, reason.strip()[:300], actor, timezone.now()
    pair.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
    other = pair.other.name if pair.other else ""
    left = leave.name if leave else ""
    record(actor, "projects.pair.decided", pair.project, verdict=verdict, other=other, left=left, reason=pair.reason)
    if leave is not None:
        _follow(leave)
    return pair


def _same(actor: User, pair: DoubtfulPair, leave: Project | None, reason: str) -> None:
    both = {pair.project_id: pair.project, pair.other_id: pair.other}
    if leave is None or pair.other is None or leave.pk not in both:
        raise ValidationError(_("认定为同一项目时，请选择哪一条不再计入净数。"))
    stays = pair.other if leave.pk == pair.project_id else pair.project
    names = {leave.key: leave.name, **dict(leave.aliases.filter(withdrawn_at=None).values_list("key", "name"))}
    known = {stays.key, *stays.aliases.filter(withdrawn_at=None).values_list("key", flat=True)}
    for key, name in names.items():
        if key not in known:
            Alias.objects.create(project=stays, key=key, name=name)
    if not NetDecision.objects.filter(project=leave, revoked_at=None).exists():
        NetDecision.objects.create(
            project=leave, ground=NetDecision.Ground.DUPLICATE, reason=f"{stays.name}：{reason}", decided_by=actor
        )


@transaction.atomic
def enter_rate(*, actor: User, currency: str, rate: Decimal, rated_on: date, source: str) -> ExchangeRate:
    """What one unit of a currency was worth on a day; used for conversions that stand beside the original."""
    if not may(actor, "projects.rate.enter"):
        raise PermissionDenied
    if currency not in CURRENCIES or currency == "CNY" or not 0 < rate < 100_000 or not source.strip():
        raise ValidationError(_("请写明币种、大于零的汇率、日期和来源。"))
    if rated_on > timezone.localdate():
        raise ValidationError(_("汇率的日期不能在今天以后。"))
    entered = ExchangeRate.objects.create(
        currency=currency, rate=rate, rated_on=rated_on, source=source.strip()[:300], entered_by=actor
    )
    record(actor, "projects.rate.entered", entered, currency=currency, rate=str(rate), rated_on=str(rated_on))
    return entered


def _locked(actor: User, permission: str, project: Project) -> Project:
    """The project, held until the transaction ends; who may not, or may not see it, is refused."""
    if not may(actor, permission) or not Project.objects.current().visible_to(actor).filter(pk=project.pk).exists():
        raise PermissionDenied
    return Project.objects.select_for_update().get(pk=project.pk)


def _told(changed: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Before and after by field, for the log."""
    return {name: list(pair) for name, pair in changed.items()}


def _follow(project: Project) -> None:
    for follow in decided:
        follow([project.pk])
