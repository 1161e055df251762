"""Verdicts of named persons, what they do to net figures, and how exactly that is taken back."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.audit.actions import record
from luodi.integrity.models import Case, Effect, Ruling, Scheme
from luodi.integrity.queries import projects_of, why_not_ruler, why_not_second
from luodi.integrity.settings import due
from luodi.projects import actions as projects
from luodi.projects import grouping
from luodi.projects.models import NetDecision, Project, StageEvent


@transaction.atomic
def rule(*, actor: User, case: Case, verdict: str, reason: str, stays: int | None = None) -> Ruling:
    """The first instance. Confirmed, it takes effect in net at once: `stays` is the row that a duplicate leaves standing.

    Before the term of the unit has run out it needs the unit's answer; nobody is judged unheard.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if refusal := why_not_ruler(actor, case):
        raise PermissionDenied(refusal)
    if case.state not in (Case.State.OPEN, Case.State.ANSWERED):
        raise ValidationError(_("这一件现在是“%(state)s”，不能这样做。") % {"state": case.get_state_display()})
    if verdict not in Ruling.FIRST or not reason.strip():
        raise ValidationError(_("请选择结论并写明理由。"))
    today = timezone.localdate()
    if case.state == Case.State.OPEN and verdict == Ruling.Verdict.CONFIRMED and case.due_on and today <= case.due_on:
        raise ValidationError(_("单位说明的期限未到（%(day)s），还没有说明，不能认定。") % {"day": case.due_on})
    ruling = Ruling.objects.create(case=case, verdict=verdict, reason=reason.strip()[:2000], said_by=actor)
    confirmed = verdict == Ruling.Verdict.CONFIRMED
    if confirmed:
        _take_effect(actor, case, ruling, stays)
    case.verdict = verdict
    case.state = Case.State.RULED if confirmed else Case.State.CLOSED
    case.due_on = due("appeal", today) if confirmed else None
    case.save(update_fields=["verdict", "state", "due_on"])
    record(actor, f"integrity.case.{verdict}", case, scheme=case.scheme, reason=ruling.reason)
    return ruling


@transaction.atomic
def rule_appeal(*, actor: User, case: Case, uphold: bool, reason: str) -> Ruling:
    """The second instance. Overturned, every effect is undone; the question turns yellow and is remembered."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if refusal := why_not_second(actor, case):
        raise PermissionDenied(refusal)
    if case.state != Case.State.APPEALED or not reason.strip():
        raise ValidationError(_("这一件没有在复核，或没有写明理由。"))
    verdict = Ruling.Verdict.UPHELD if uphold else Ruling.Verdict.OVERTURNED
    ruling = Ruling.objects.create(case=case, verdict=verdict, reason=reason.strip()[:2000], said_by=actor)
    if not uphold:
        _undo(actor, case, ruling.reason)
        case.verdict = Ruling.Verdict.EXPLAINED
    case.state, case.due_on = Case.State.CLOSED, None
    case.save(update_fields=["verdict", "state", "due_on"])
    record(actor, f"integrity.case.{verdict}", case, scheme=case.scheme, reason=ruling.reason)
    return ruling


def _take_effect(actor: User, case: Case, ruling: Ruling, stays: int | None) -> None:
    """Fakes leave net, a duplicate's later rows too, a split counts once.

    Going through the motions changes no figure of itself: net counts what is proven, whatever was claimed. The papers behind a
    step are rejected where papers are judged, one by one, and the step falls with them.
    """
    about, why = projects_of(case), f"{_('核查件')} #{case.pk}：{ruling.reason}"
    if case.scheme == Scheme.SPLIT:
        Effect.objects.create(ruling=ruling, undertaking=grouping.unite(actor=actor, projects=about, reason=why))
        return
    if case.scheme == Scheme.MOTION:
        return
    ground = NetDecision.Ground.FAKE if case.scheme == Scheme.FAKE else NetDecision.Ground.DUPLICATE
    leave = about if case.scheme == Scheme.FAKE else [one for one in about if one != staying(about, stays)]
    out = set(NetDecision.objects.filter(project__in=leave, revoked_at=None).values_list("project_id", flat=True))
    for project in Project.objects.filter(pk__in=leave).exclude(pk__in=out).order_by("pk"):
        decision = projects.exclude_from_net(actor=actor, project=project, ground=ground, reason=why)
        Effect.objects.create(ruling=ruling, decision=decision)


def staying(about: Sequence[int], stays: int | None) -> int:
    """The row that a duplicate leaves standing: the one that was chosen, else the first signed."""
    if stays is not None:
        if stays not in about:
            raise ValidationError(_("请在这一件的项目里选择保留哪一个。"))
        return stays
    signed = StageEvent.objects.filter(project__in=about, stage="signed", kind="actual", withdrawn_at=None)
    # The earliest comes last, and so stands.
    days = dict(signed.exclude(ends_on=None).order_by("-ends_on").values_list("project_id", "ends_on"))
    return min(about, key=lambda one: (str(days.get(one, "9999")), one))


def _undo(actor: User, case: Case, reason: str) -> None:
    """Exactly what the ruling did. What somebody has taken back since, or decided anew, stays as they left it."""
    why = f"{_('核查件')} #{case.pk} {_('复核撤销')}：{reason}"
    effects = Effect.objects.filter(ruling__case=case, undone_at=None).select_related(
        "decision__project", "undertaking"
    )
    for effect in effects.order_by("id"):
        if effect.decision is not None and effect.decision.revoked_at is None:
            projects.include_in_net(actor=actor, project=effect.decision.project, reason=why)
        if effect.undertaking is not None and effect.undertaking.dissolved_at is None:
            grouping.dissolve(actor=actor, undertaking=effect.undertaking, reason=why)
        effect.undone_at = timezone.now()
        effect.save(update_fields=["undone_at"])
