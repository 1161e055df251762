"""Reading integrity: who may say what on a case, how a question stands, what it rests on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.evidence.models import Evidence
from luodi.integrity.models import Appeal, Case, CaseAnswer, CaseProject, Ruling, SampledProject, ScanFinding, Scheme
from luodi.integrity.settings import integrity_settings
from luodi.projects.models import Progress, Project, StageEvent

RED, YELLOW, GREY = "red", "yellow", "grey"
OPEN_STATES = (Case.State.OPEN, Case.State.ANSWERED, Case.State.APPEALED)
BANDS = ("likely", "asked")


def reporters(projects: Sequence[int]) -> set[int]:
    """Everybody who told something of these projects: loaded, submitted or filed it."""
    told = set(Project.objects.filter(pk__in=projects).values_list("submitted_by", "created_from__batch__created_by"))
    found = {person for pair in told for person in pair}
    for model in (StageEvent, Progress, Evidence):
        rows = model.objects.filter(project__in=projects).order_by()
        for pair in rows.values_list("filed_by", "row__batch__created_by").distinct():
            found |= set(pair)
    return {person for person in found if person is not None}


def projects_of(case: Case) -> list[int]:
    return list(CaseProject.objects.filter(case=case).order_by("project_id").values_list("project_id", flat=True))


def why_not_ruler(user: User, case: Case) -> str:
    """Why this person may not rule on this case in the first instance; blank when they may."""
    if not may(user, "integrity.case.rule"):
        return str(_("您没有这项操作的权限。"))
    if user.pk == case.opened_by_id:
        return str(_("立件人不能核定自己立的件。"))
    if CaseAnswer.objects.filter(case=case, said_by=user).exists():
        return str(_("说明人不能核定。"))
    if user.pk in reporters(projects_of(case)):
        return str(_("这些项目是您填报、导入或报送的，须由别人核定。"))
    return ""


def why_not_second(user: User, case: Case) -> str:
    """The same for the second instance: nobody who had a hand in the first."""
    if refusal := why_not_ruler(user, case):
        return refusal
    if Ruling.objects.filter(case=case, said_by=user).exists():
        return str(_("复核人不能是原核定人。"))
    if Appeal.objects.filter(case=case, said_by=user).exists():
        return str(_("复核人不能是提出复核的人。"))
    return ""


def may_speak(user: User, case: Case, permission: str) -> bool:
    """Whether the person may speak for a unit of the case."""
    if not may(user, permission):
        return False
    scope = scope_of(user)
    if scope.everything or scope.covers(case.unit):
        return True
    units = CaseProject.objects.filter(case=case).values_list("project__unit", flat=True)
    return any(scope.covers(unit) for unit in units)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question stands: its colour, and the latest case on it."""

    colour: str
    case: Case | None


def standing(finding: ScanFinding, case: Case | None) -> Standing:
    """Red asks, or was confirmed; yellow was answered, explained, or is asked no longer: it stays yellow."""
    if case is None:
        return Standing(YELLOW if finding.closed_at else RED, None)
    confirmed = case.verdict == Ruling.Verdict.CONFIRMED
    if confirmed or (case.state == Case.State.OPEN and not finding.closed_at):
        return Standing(RED, case)
    return Standing(YELLOW, case)


def latest_cases(findings: Iterable[ScanFinding]) -> dict[tuple[int, str], Case]:
    """The latest case of each project and scheme."""
    wanted = {(one.project_id, one.scheme) for one in findings}
    rows = CaseProject.objects.filter(project__in={project for project, _scheme in wanted}).select_related("case")
    return {(one.project_id, one.case.scheme): one.case for one in rows.order_by("case_id")}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the inbox. What it does not know is left out."""

    scheme: str = ""
    unit: str = ""
    state: str = ""
    band: str = ""

    STATES = ("new", "case", "gone", "all")

    @classmethod
    def from_query(cls, query: Any) -> "Asked":
        given = {name: query.get(name, "").replace("\0", "")[:40] for name in ("scheme", "unit", "state", "band")}
        given["scheme"] = given["scheme"] if given["scheme"] in Scheme.values else ""
        given["band"] = given["band"] if given["band"] in BANDS else ""
        given["state"] = given["state"] if given["state"] in cls.STATES else ""
        return cls(**given)

    @property
    def query(self) -> dict[str, str]:
        given = {"scheme": self.scheme, "unit": self.unit, "state": self.state, "band": self.band}
        return {name: value for name, value in given.items() if value}


def inbox(user: User, asked: Asked) -> QuerySet[ScanFinding]:
    """Questions within reach, the most probable first. Blank state: those that are asked and have no case yet, or one that runs."""
    found: QuerySet[ScanFinding] = ScanFinding.objects.visible_to(user)
    with_case = CaseProject.objects.filter(project=OuterRef("project"), case__scheme=OuterRef("scheme"))
    if asked.state == "new":
        found = found.filter(~Exists(with_case), closed_at=None)
    elif asked.state == "case":
        found = found.filter(Exists(with_case))
    elif asked.state == "gone":
        found = found.filter(closed_at__isnull=False)
    elif not asked.state:
        done = with_case.exclude(case__state__in=OPEN_STATES)
        found = found.filter(~Exists(done), closed_at=None)
    if asked.scheme:
        found = found.filter(scheme=asked.scheme)
    if asked.unit:
        found = found.filter(project__unit=asked.unit)
    if asked.band:
        likely = integrity_settings().likely
        found = (
            found.filter(probability__gte=likely) if asked.band == "likely" else found.filter(probability__lt=likely)
        )
    return found


def unflagged() -> list[int]:
    """Current projects that nothing is or was asked of: what a random look draws from."""
    asked = ScanFinding.objects.values("project")
    cases = CaseProject.objects.values("project")
    rows = Project.objects.current().exclude(Q(pk__in=asked) | Q(pk__in=cases))
    return list(rows.order_by("id").values_list("id", flat=True))


def by_scheme() -> Mapping[str, Mapping[str, int]]:
    """Verdicts that stand, of cases that a scan began, by scheme; what was overturned is none."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Case.objects.filter(origin=Case.Origin.FINDING).exclude(verdict="").values_list("scheme", "verdict")
    for scheme, verdict in rows:
        found[scheme][verdict] += 1
    return found


def labels() -> list[tuple[Any, ...]]:
    """Verdicts for the training recipe: project, scheme, label, probability then, model, origin, day. Insufficient and appealed teach nothing."""
    kinds = (Ruling.Verdict.CONFIRMED, Ruling.Verdict.EXPLAINED)
    ruled = Case.objects.filter(verdict__in=kinds).exclude(state=Case.State.APPEALED).order_by("id")
    rows: list[tuple[Any, ...]] = []
    for case in ruled.prefetch_related("about", "rulings"):
        day = max(one.said_at for one in case.rulings.all()).date()
        label = int(case.verdict == Ruling.Verdict.CONFIRMED)
        rows += [
            (one.project_id, case.scheme, label, case.share, case.model, case.origin, day) for one in case.about.all()
        ]
    clear = SampledProject.objects.filter(result=SampledProject.Result.NOTHING).order_by("id")
    for one in clear:
        on = one.looked_at.date() if one.looked_at else None
        rows += [(one.project_id, scheme, 0, None, "", "sample", on) for scheme in Scheme.values]
    return rows
