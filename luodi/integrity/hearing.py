"""Before a verdict: a question is put to a unit, it answers, somebody goes and looks; after it, the unit may appeal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.evidence import actions as evidence
from luodi.evidence.models import Evidence
from luodi.evidence.receiving import Paper
from luodi.integrity.models import Appeal, Case, CaseAnswer, CasePaper, CaseProject, Ruling, ScanFinding, Scheme, Visit
from luodi.integrity.queries import OPEN_STATES, may_speak
from luodi.integrity.settings import due
from luodi.projects.models import Project

TOGETHER = (Scheme.SPLIT, Scheme.DUP)
"""Schemes that are about several projects at once."""
MOST = 20
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit saw."""

    on: date
    visitors: str
    text: str


@transaction.atomic
def open_case(
    *, actor: User, scheme: str, projects: Sequence[int], question: str, origin: str = Case.Origin.FINDING
) -> Case:
    """Put a question to the unit of the first project named. Raises `ValidationError` where one of them is asked the same already."""
    if not may(actor, "integrity.case.open"):
        raise PermissionDenied
    held = {one.pk: one for one in Project.objects.current().visible_to(actor).filter(pk__in=projects)}
    about = [held[pk] for pk in dict.fromkeys(projects) if pk in held]
    _check_opening(scheme, about, question)
    list(Project.objects.select_for_update().filter(pk__in=held).order_by("pk").values_list("pk"))
    running = CaseProject.objects.filter(project__in=held, case__scheme=scheme, case__state__in=OPEN_STATES)
    if running.exists():
        raise ValidationError(_("其中有项目的同一问题正在核查。"))
    finding = ScanFinding.objects.filter(project=about[0], scheme=scheme).first()
    case = Case.objects.create(
        scheme=scheme,
        origin=origin if finding or origin != Case.Origin.FINDING else Case.Origin.PERSON,
        unit=about[0].unit,
        question=question.strip()[:500],
        opened_by=actor,
        due_on=due("answer", timezone.localdate()),
        share=finding.probability if finding and not finding.by_rule else None,
        model=finding.model if finding else "",
    )
    for one in about:
        CaseProject.objects.create(case=case, project=one)
    ids = [one.pk for one in about]
    record(actor, "integrity.case.opened", case, scheme=scheme, unit=case.unit, projects=ids, reason=case.question)
    return case


def _check_opening(scheme: str, about: Sequence[Project], question: str) -> None:
    if scheme not in Scheme.values or not question.strip():
        raise ValidationError(_("请选择问的是什么，并写明请单位说明什么。"))
    if not about or len(about) > MOST:
        raise ValidationError(_("请选择项目，最多 %(n)s 个。") % {"n": MOST})
    # The other signing of a duplicate may be told in a note only, and be no project of its own.
    told = scheme == Scheme.DUP and ScanFinding.objects.filter(project=about[0], scheme=scheme, by_rule=True).exists()
    if scheme in TOGETHER and len(about) < FEWEST and not told:
        raise ValidationError(_("问是不是同一工程、是不是重复，至少要选两个项目。"))
    if scheme not in TOGETHER and len(about) > 1:
        raise ValidationError(_("这一类问题一件只问一个项目。"))


@transaction.atomic
def answer(*, actor: User, case: Case, text: str, papers: Sequence[tuple[Project, Paper]] = ()) -> CaseAnswer:
    """The unit's word, with papers that are filed for their projects. It may be added to until the verdict."""
    case = _running(actor, case, "integrity.case.answer", (Case.State.OPEN, Case.State.ANSWERED))
    if not text.strip():
        raise ValidationError(_("请写明情况。"))
    filed = _file(actor, case, papers)
    said = CaseAnswer.objects.create(case=case, text=text.strip()[:2000], said_by=actor)
    for one in filed:
        CasePaper.objects.create(answer=said, evidence=one)
    if case.state == Case.State.OPEN:
        case.state, case.due_on = Case.State.ANSWERED, due("rule", timezone.localdate())
        case.save(update_fields=["state", "due_on"])
    record(actor, "integrity.case.answered", case, reason=said.text, rows=len(filed))
    return said


@transaction.atomic
def visit(*, actor: User, case: Case, seen: Seen, photos: Sequence[tuple[Project, Paper]] = ()) -> Visit:
    """What was seen on the site, by whom, on which day."""
    case = _running(actor, case, "integrity.case.visit", OPEN_STATES)
    if not seen.text.strip() or not seen.visitors.strip():
        raise ValidationError(_("请写明谁去的、看到了什么。"))
    if not timezone.localdate(case.opened_at) <= seen.on <= timezone.localdate():
        raise ValidationError(_("踏勘日期须在立件以后、今天以前。"))
    filed = _file(actor, case, photos)
    told = {"visited_on": seen.on, "visitors": seen.visitors.strip()[:200], "seen": seen.text.strip()[:2000]}
    made = Visit.objects.create(case=case, said_by=actor, **told)
    for one in filed:
        CasePaper.objects.create(visit=made, evidence=one)
    record(actor, "integrity.case.visited", case, stated_on=seen.on.isoformat(), reason=made.seen, rows=len(filed))
    return made


@transaction.atomic
def appeal(*, actor: User, case: Case, text: str) -> Appeal:
    """The unit asks another person to look again, within the term. What was confirmed stands meanwhile."""
    case = _running(actor, case, "integrity.case.appeal", (Case.State.RULED,))
    if case.verdict != Ruling.Verdict.CONFIRMED:
        raise ValidationError(_("只有认定属实的才需要复核。"))
    if case.due_on is not None and timezone.localdate() > case.due_on:
        raise ValidationError(_("提出复核的期限已过（%(day)s）。") % {"day": case.due_on})
    if not text.strip():
        raise ValidationError(_("请写明为什么要复核。"))
    made = Appeal.objects.create(case=case, text=text.strip()[:2000], said_by=actor)
    case.state, case.due_on = Case.State.APPEALED, due("second", timezone.localdate())
    case.save(update_fields=["state", "due_on"])
    record(actor, "integrity.case.appealed", case, reason=made.text)
    return made


def _running(actor: User, case: Case, permission: str, states: Sequence[str]) -> Case:
    """The case, held until the transaction ends, in one of these states."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not may_speak(actor, case, permission):
        raise PermissionDenied
    if case.state not in states:
        raise ValidationError(_("这一件现在是“%(state)s”，不能这样做。") % {"state": case.get_state_display()})
    return case


def _file(actor: User, case: Case, papers: Sequence[tuple[Project, Paper]]) -> list[Evidence]:
    """Into the evidence store, for projects of the case that the person files for."""
    about: Any = set(CaseProject.objects.filter(case=case).values_list("project_id", flat=True))
    if any(project.pk not in about or not scope_of(actor).covers(project.unit) for project, _paper in papers):
        raise PermissionDenied
    return [evidence.add(actor=actor, project=project, paper=paper) for project, paper in papers]
