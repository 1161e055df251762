"""From the record to the facts that rules ask about, for any number of projects in the same few queries.

As of a day and as known at a moment where the record has both clocks; names, units and packages are as they are now.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from luodi.chains.queries import roles_of
from luodi.checks.models import Finding
from luodi.core.installation import city
from luodi.evidence.models import Evidence, Judgement, StoredFile
from luodi.organizations.models import Capital
from luodi.projects.clocks import stood, stood_at
from luodi.projects.gates import Move
from luodi.projects.models import DoubtfulPair, Participation, Project, StageEvent
from luodi.screening import ledger
from luodi.screening.models import Clause, Declaration
from luodi.screening.parks import park_in
from luodi.snapshots.queries import standings, verdicts

CHUNK = 2000
"""Projects in one query's list of ids: SQLite bounds the number of parameters."""


@dataclass(slots=True)
class Known:
    """What is known of one project: values by fact, and kinds of evidence that were verified."""

    values: dict[str, Any]
    evidence: frozenset[str] = frozenset()
    sources: dict[str, str] = field(default_factory=dict)


def facts(ids: Sequence[int], *, as_of: date, known_at: datetime | None = None) -> dict[int, Known]:
    """Facts of projects in the register."""
    found: dict[int, Known] = {}
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        said = {
            project: {name: text for name, (text, _) in fields.items()}
            for project, fields in Project.objects.current().filter(pk__in=some).values_list("id", "facts")
        }
        found |= _known(said, as_of=as_of, known_at=known_at)
    return found


def facts_of_moves(moves: Sequence[Move], *, as_of: date) -> list[Known]:
    """Facts as they will be if each project makes its move."""
    real = {move.project: dict(move.facts) for move in moves if move.project}
    held = _known(real, as_of=as_of) if real else {}
    found = []
    for move in moves:
        known = held.get(move.project or 0) or Known(_of_fields(move.facts, as_of))
        known = Known(dict(known.values), known.evidence)
        order = {stage.code: stage.order for stage in city().stages}
        known.values["stage_rank"] = max(known.values["stage_rank"], *(order.get(stage, -1) for stage in move.steps))
        for stage, day in move.steps.items():
            if stage in ledger.DAYS and known.values[f"{stage}_on"] is None:
                known.values[f"{stage}_on"] = day
        found.append(known)
    return found


def _of_fields(said: Mapping[str, str], as_of: date) -> dict[str, Any]:
    values = ledger.facts_of(said, city=city(), as_of=as_of)
    return values | {"park": park_in(values.pop("place") or "")}


def _known(said: Mapping[int, dict[str, str]], *, as_of: date, known_at: datetime | None = None) -> dict[int, Known]:
    ids = list(said)
    values = {project: _of_fields(fields, as_of) for project, fields in said.items()}
    for told in (_steps, _people, _capital, _open, _clauses, _roles):
        for project, extra in told(ids, as_of, known_at):
            if project in values:
                values[project] |= extra
    declared = _declared(ids, known_at)
    for project, stated in declared.items():
        values[project] |= stated
    verified = _verified(ids, known_at)
    return {project: Known(known, frozenset(verified.get(project, ()))) for project, known in values.items()}


Extra = Iterator[tuple[int, dict[str, Any]]]


def _steps(ids: Sequence[int], as_of: date, known_at: datetime | None) -> Extra:
    """From stage events, which hold the steps of ledgers and those that people reported."""
    events: dict[int, list[ledger.Claimed]] = defaultdict(list)
    rows = stood(StageEvent.objects.filter(project__in=ids), known_at).order_by("id")
    for project, stage, kind, last, known in rows.values_list("project_id", "stage", "kind", "ends_on", "known_on"):
        events[project].append((stage, kind, last or known))
    ranks = standings(ids, as_of=as_of, known_at=known_at)
    for project, claimed in events.items():
        own = ranks.get(project)
        ranked = {"stage_rank": own.reported, "proven_rank": own.proven} if own else {}
        yield project, ledger.steps(claimed, city=city(), as_of=as_of) | ranked


def _people(ids: Sequence[int], as_of: date, known_at: datetime | None) -> Extra:
    rows = stood(Participation.objects.filter(project__in=ids), known_at)
    for project, role, code in rows.values_list("project_id", "role", "party__credit_code"):
        if role in ("investor", "owner"):
            yield project, {f"has_{role}": True, **({"has_credit_code": True} if code else {})}


def _capital(ids: Sequence[int], as_of: date, known_at: datetime | None) -> Extra:
    """Registered and paid-in capital of the company that acts, in CNY, as last stated."""
    acting = stood(Participation.objects.filter(project__in=ids, role__in=("owner", "investor")), known_at)
    companies = dict(acting.order_by("-role", "-id").values_list("project_id", "party_id"))
    rows = Capital.objects.filter(stood_at(known_at, ""), party__in=set(companies.values()), currency="CNY")
    latest = {
        party: (minor, paid)
        for party, minor, paid in rows.filter(stated_on__lte=as_of)
        .order_by("stated_on", "id")
        .values_list("party_id", "minor", "paid_minor")
    }
    for project, party in companies.items():
        if party in latest:
            minor, paid = latest[party]
            yield (
                project,
                {
                    "capital_wan": minor / ledger.FEN_IN_WAN,
                    "capital_paid_wan": None if paid is None else paid / ledger.FEN_IN_WAN,
                },
            )


def _open(ids: Sequence[int], as_of: date, known_at: datetime | None) -> Extra:
    """Questions that nobody has answered: none open is a fact, not a gap."""
    counts: dict[int, dict[str, int]] = {one: {"doubts_open": 0, "findings_open": 0} for one in ids}
    pairs = stood(DoubtfulPair.objects.filter(verdict__in=("", "later")), known_at)
    for project, other in pairs.filter(Q(project__in=ids) | Q(other__in=ids)).values_list("project_id", "other_id"):
        for one in {project, other} & counts.keys():
            counts[one]["doubts_open"] += 1
    findings = Finding.objects.filter(project__in=ids)
    moment = (
        Q(closed_at=None)
        if known_at is None
        else Q(opened_at__lte=known_at) & (Q(closed_at=None) | Q(closed_at__gt=known_at))
    )
    for project in findings.filter(moment).values_list("project_id", flat=True):
        counts[project]["findings_open"] += 1
    yield from counts.items()


def _clauses(ids: Sequence[int], as_of: date, known_at: datetime | None) -> Extra:
    """How many clauses a person confirmed as forbidden; unknown before any was entered, and while one waits for review."""
    counts: dict[int, tuple[int, int]] = {}
    rows = stood(Clause.objects.filter(project__in=ids), known_at)
    for project, kinds, verdict in rows.values_list("project_id", "kinds", "verdict"):
        waiting, forbidden = counts.get(project, (0, 0))
        waits = bool(kinds) and verdict == Clause.Verdict.OPEN
        counts[project] = (waiting + waits, forbidden + (verdict == Clause.Verdict.FORBIDDEN))
    for project, (waiting, forbidden) in counts.items():
        # One that is forbidden is enough to know.
        yield project, {"forbidden_clauses": forbidden if forbidden or not waiting else None}


def _roles(ids: Sequence[int], as_of: date, known_at: datetime | None) -> Extra:
    for project, (_chain, _node, role) in roles_of(ids).items():
        yield project, {"chain_role": role or None}


def _declared(ids: Sequence[int], known_at: datetime | None) -> dict[int, dict[str, str]]:
    """As people stated them, still as text: the rulebook knows their types."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = stood(Declaration.objects.filter(project__in=ids), known_at).order_by("id")
    for project, fact, value in rows.values_list("project_id", "fact", "value"):
        found[project][fact] = value
    return found


def _verified(ids: Sequence[int], known_at: datetime | None) -> dict[int, set[str]]:
    """Kinds of evidence that count: accepted by a second person, or published by one whose word is enough."""
    decided = verdicts(ids, known_at)
    found: dict[int, set[str]] = defaultdict(set)
    rows = stood(Evidence.objects.filter(project__in=ids), known_at)
    for evidence, project, kind, grade, state in rows.values_list("id", "project_id", "kind", "grade", "file__state"):
        rules, verdict = city().evidence_kind.get(kind), decided.get(evidence, "")
        by_publisher = rules is not None and rules.verification == "publisher" and grade in rules.grades
        open_ = state in (None, StoredFile.State.CLEAN)
        if open_ and (
            verdict == Judgement.Verdict.ACCEPTED or (by_publisher and verdict != Judgement.Verdict.REJECTED)
        ):
            found[project].add(kind)
    return found
