"""From the record to the engine's dossiers, for any number of projects in the same few queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from luodi.checks.engine.dossier import Document, Dossier, Party, Progress, Step
from luodi.checks.models import Particular
from luodi.core.installation import city
from luodi.evidence.engine.photos import distance_km
from luodi.evidence.models import Evidence, Judgement
from luodi.intake.engine.facts import AMOUNT_FIELDS
from luodi.organizations.models import Capital
from luodi.projects.engine.areas import area_in, occupied_in
from luodi.projects.engine.consistency import first_heard
from luodi.projects.engine.lifecycle import EXITED
from luodi.projects.models import Participation, Project, StageEvent
from luodi.projects.models import Progress as ProgressStatement


def dossiers(ids: Sequence[int], *, today: date) -> dict[int, Dossier]:
    """One dossier a project."""
    projects = list(Project.objects.current().filter(pk__in=ids).order_by("pk"))
    parts: dict[str, dict[int, list[Any]]] = {
        "parties": _parties(ids),
        "steps": _steps(ids),
        "progress": _progress(ids),
        "documents": _documents(projects),
        "members": _members(ids),
    }
    capital, standings = _capital(ids), _standings(ids)
    found = {}
    for project in projects:
        amounts = _amounts(project)
        registered, paid = capital.get(project.pk, (None, None))
        found[project.pk] = Dossier(
            name=project.name,
            today=today,
            amounts=amounts,
            land_m2=_land(project),
            told=(_fact(project, "remark"), _fact(project, "progress")),
            nature=project.nature,
            jobs=_whole(_fact(project, "jobs")),
            capital_fen=registered,
            capital_paid_fen=paid,
            **_of(project.pk, parts),
            **standings.get(project.pk, {}),
        )
    return found


def _of(project: int, parts: dict[str, dict[int, list[Any]]]) -> dict[str, Any]:
    return {name: tuple(by.get(project, ())) for name, by in parts.items()}


def _standings(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """When the city first heard of a signing, and what became of it; also from claims that give no day of their own."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    order = {stage.code: stage.order for stage in city().stages}
    actual = StageEvent.objects.filter(project__in=ids, withdrawn_at=None, kind=StageEvent.Kind.ACTUAL)
    for project, stage, ends_on, known_on in actual.values_list("project_id", "stage", "ends_on", "known_on"):
        day, told = ends_on or known_on, found[project]
        if stage == "signed" and day:
            told["heard_on"] = min(day, told.get("heard_on", day))
        if order.get(stage, -1) >= order["started"]:
            told["is_started"] = True
        if stage == EXITED and day:  # 落空 in a ledger says that it came to nothing, not that it left in order
            told["is_exited"] = True
    for project, facts in Project.objects.filter(pk__in=ids).values_list("id", "facts"):
        words = "；".join(str((facts.get(name) or [""])[0]) for name in ("remark", "progress"))
        if "heard_on" not in found[project] and (heard := first_heard(words)):
            found[project]["heard_on"] = heard
    return found


def _fact(project: Project, name: str) -> str:
    return str((project.facts.get(name) or [""])[0])


def _amounts(project: Project) -> dict[str, int]:
    """Exact amounts in CNY, from the facts that the record holds now."""
    found = {}
    for name in AMOUNT_FIELDS:
        currency, _, rest = _fact(project, name).partition(" ")
        minor, _, bound = rest.partition(" ")
        if (currency, bound) == ("CNY", "exact"):
            found[name] = int(minor)
    return found


def _land(project: Project) -> Decimal | None:
    stated = _fact(project, "land_area")
    return area_in(stated, bare_unit="亩") if stated else occupied_in(_fact(project, "remark"))


def _whole(text: str) -> int | None:
    digits = text.replace(",", "").removesuffix("人").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None


def _parties(ids: Sequence[int]) -> dict[int, list[Party]]:
    found: dict[int, list[Party]] = defaultdict(list)
    rows = Participation.objects.filter(project__in=ids, withdrawn_at=None).order_by("id")
    columns = ("project_id", "party__name", "role", "share", "party__credit_code")
    for project, name, role, share, code in rows.values_list(*columns):
        found[project].append(Party(name, role, share, code))
    return found


def _steps(ids: Sequence[int]) -> dict[int, list[Step]]:
    """Claims and plans with days; a claim without any day cannot be compared with one."""
    found: dict[int, list[Step]] = defaultdict(list)
    rows = StageEvent.objects.filter(project__in=ids, withdrawn_at=None)
    columns = ("project_id", "stage", "starts_on", "ends_on", "kind", "precision")
    for project, stage, first, last, kind, precision in rows.order_by("id").values_list(*columns):
        if first and last:
            planned = kind == StageEvent.Kind.PLANNED
            found[project].append(Step(stage, first, last, planned, is_rough=precision == "approx"))
    return found


def _progress(ids: Sequence[int]) -> dict[int, list[Progress]]:
    found: dict[int, list[Progress]] = defaultdict(list)
    rows = ProgressStatement.objects.filter(project__in=ids, withdrawn_at=None).order_by("stated_on", "id")
    for project, day, percent, basis in rows.values_list("project_id", "stated_on", "percent", "basis"):
        found[project].append(Progress(day, percent, basis))
    return found


def _members(ids: Sequence[int]) -> dict[int, list[tuple[str, int | None]]]:
    found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for member in Project.objects.current().filter(package__in=ids).order_by("pk"):
        found[member.package_id or 0].append((member.name, _amounts(member).get("total_investment")))
    return found


def _capital(ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """The latest statement of registered and paid-in capital of the company that acts, in CNY."""
    acting = Participation.objects.filter(project__in=ids, withdrawn_at=None, role__in=("owner", "investor"))
    companies = dict(acting.order_by("-role", "-id").values_list("project_id", "party_id"))
    rows = Capital.objects.filter(party__in=companies.values(), withdrawn_at=None, currency="CNY")
    latest = {
        party: (minor, paid)
        for party, minor, paid in rows.order_by("stated_on", "id").values_list("party_id", "minor", "paid_minor")
    }
    return {project: latest[party] for project, party in companies.items() if party in latest}


def _documents(projects: Sequence[Project]) -> dict[int, list[Document]]:
    """Papers that stand: not withdrawn, not rejected; a public report is nobody's paper."""
    units = {project.pk: project.unit for project in projects}
    papers = Evidence.objects.with_verdict().filter(project__in=units, withdrawn_at=None).exclude(kind="public_report")
    # The annotation is Any to the checker, and a paper without a decision stands.
    rows: list[Any] = [
        row for row in papers.order_by("pk") if getattr(row, "decided", "") != Judgement.Verdict.REJECTED
    ]
    said: dict[int, dict[str, str]] = defaultdict(dict)
    stated = Particular.objects.filter(evidence__in=[row.pk for row in rows], withdrawn_at=None)
    for evidence, name, value in stated.values_list("evidence_id", "name", "value"):
        said[evidence][name] = value
    twins = _elsewhere({row.pk: (row.project_id, row.sha256) for row in rows if row.sha256})
    numbers = _same_number({row.pk: (row.project_id, said[row.pk].get("number", "")) for row in rows})
    found: dict[int, list[Document]] = defaultdict(list)
    for row in rows:
        others = {"elsewhere": twins.get(row.pk, ()), "same_number": numbers.get(row.pk, ())}
        found[row.project_id].append(_document(row, said[row.pk], units[row.project_id], others))
    return found


def _document(row: Any, said: dict[str, str], unit: str, others: dict[str, tuple[str, ...]]) -> Document:
    site = city().proof.sites.get(unit)
    placed = row.latitude is not None and row.longitude is not None and site is not None
    return Document(
        id=row.pk,
        kind=row.kind,
        title=row.title,
        stage=row.stage,
        filed_on=timezone.localdate(row.recorded_at),
        is_verified=row.decided == Judgement.Verdict.ACCEPTED,
        party=said.get("party", ""),
        counterparty=said.get("counterparty", ""),
        issued_on=_day(said.get("issued_on")),
        valid_until=_day(said.get("valid_until")),
        amount_fen=int(said["amount"]) if "amount" in said else None,
        area_m2=Decimal(said["area"]) if "area" in said else None,
        number=said.get("number", ""),
        credit_code=said.get("credit_code", ""),
        taken_on=timezone.localdate(row.taken_at) if row.taken_at else None,
        km_off=distance_km((row.latitude, row.longitude), (site.latitude, site.longitude)) if placed and site else None,
        km_allowed=site.radius_km if placed and site else None,
        **others,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _elsewhere(files: dict[int, tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    """Other projects for which the very same content was filed."""
    wanted = {sha256 for _, sha256 in files.values()}
    holders: dict[str, dict[int, str]] = defaultdict(dict)
    rows = Evidence.objects.filter(sha256__in=wanted, withdrawn_at=None, project__withdrawn_at=None)
    for sha256, project, name in rows.order_by("pk").values_list("sha256", "project_id", "project__name"):
        holders[sha256][project] = name
    return _others(files, holders)


def _same_number(numbers: dict[int, tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    wanted = {number for _, number in numbers.values() if number}
    holders: dict[str, dict[int, str]] = defaultdict(dict)
    rows = Particular.objects.filter(
        name="number",
        value__in=wanted,
        withdrawn_at=None,
        evidence__withdrawn_at=None,
        evidence__project__withdrawn_at=None,
    )
    for number, project, name in rows.values_list("value", "evidence__project_id", "evidence__project__name"):
        holders[number][project] = name
    return _others({pk: pair for pk, pair in numbers.items() if pair[1]}, holders)


def _others(mine: dict[int, tuple[int, str]], holders: dict[str, dict[int, str]]) -> dict[int, tuple[str, ...]]:
    return {
        pk: tuple(name for project, name in holders.get(key, {}).items() if project != own)
        for pk, (own, key) in mine.items()
    }
