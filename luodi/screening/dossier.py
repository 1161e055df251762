"""One project's screening, told: verdicts by gate, reasons by dimension, facts, clauses, exemptions, and what this person may do."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.evidence.models import Evidence
from luodi.projects.models import Project
from luodi.screening import words
from luodi.screening.clauses import kind_words
from luodi.screening.engine.explaining import Explanation
from luodi.screening.engine.nodes import Kind
from luodi.screening.engine.rulebook import GATE, SCORE, Fact, Rulebook, Verdict
from luodi.screening.engine.speaking import shown
from luodi.screening.facts import Known
from luodi.screening.frames import typed
from luodi.screening.models import Clause, Declaration, Exemption

SHORTEST = 90
"""Days that the form proposes for an exemption."""


def short(project: Project, book: Rulebook, told: Explanation, *, day: date) -> dict[str, Any]:
    """Verdict, score, and at most three reasons, for the project's page."""
    exempted = standing_exemptions(project, day)
    failing = [one for one in told.outcomes if one.rule.is_gate and one.verdict is Verdict.FAIL]
    return {
        "gates": words.gates(book, told),
        "verdict": words.VERDICTS[told.verdict],
        "badge": words.BADGES[told.verdict],
        "score": told.score,
        "proven": told.proven,
        "possible": told.possible,
        "undecided": told.undecided,
        "band": words.band_words(book, told.band, told.band_ceiling),
        "failing": [words.outcome(book, one, exempted) for one in failing[:3]],
        "failing_more": max(0, len(failing) - 3),
        "unknown": sum(one.rule.is_gate and one.verdict is Verdict.UNDEFINED for one in told.outcomes),
        "exemptions": list(Exemption.objects.filter(project=project).select_related("approved_by", "revoked_by")),
        "today": day,
    }


def standing_exemptions(project: Project, day: date) -> dict[str, date]:
    """Rules let pass on the day, with the day until which."""
    found: dict[str, date] = {}
    for one in Exemption.objects.filter(project=project).standing(day):
        found |= dict.fromkeys(one.rules, one.expires_on)
    return found


def context(
    project: Project, user: User, book: Rulebook, told: Explanation, known: Known, *, day: date
) -> dict[str, Any]:
    """Everything of the page."""
    exempted = standing_exemptions(project, day)
    may_write = may(user, "screening.fact.state") and scope_of(user).covers(project.unit)
    vetoing = [one for one in told.outcomes if one.rule.is_gate and one.verdict is Verdict.FAIL]
    return {
        **short(project, book, told, day=day),
        "gate_dimensions": words.dimensions(book, told, exempted, GATE),
        "score_dimensions": words.dimensions(book, told, exempted, SCORE),
        "missing": _missing(book, told),
        "stated": _stated(project, book, known),
        "statable": _statable(book, told),
        "papers": list(Evidence.objects.filter(project=project, withdrawn_at=None).order_by("-pk")[:50]),
        "clauses": _clauses(project, user),
        "vetoing": [(one.rule.code, words.either(one.rule, "name")) for one in vetoing],
        "expires_on": day + timedelta(days=SHORTEST),
        "may_write": may_write,
        "may_review": may(user, "screening.clause.review"),
        "may_exempt": may(user, "screening.exemption.grant"),
        "digest": told.digest[:12],
    }


def _missing(book: Rulebook, told: Explanation) -> list[dict[str, Any]]:
    """Unknown facts, those that most rules wait for first."""
    return [
        {
            "name": words.either(book.facts[fact], "name"),
            "source": words.SOURCES[book.facts[fact].source],
            "rules": list(rules),
            "note": words.either(book.facts[fact], "note"),
        }
        for fact, rules in told.missing.items()
    ]


def _stated(project: Project, book: Rulebook, known: Known) -> list[dict[str, Any]]:
    """Live statements of people, with who said so."""
    live = Declaration.objects.filter(project=project, withdrawn_at=None).select_related("stated_by", "evidence")
    return [
        {
            "item": one,
            "name": words.either(fact, "name"),
            "shown": value_words(fact, one.value),
        }
        for one in live
        if (fact := book.facts.get(one.fact))
    ]


def value_words(fact: Fact, text: str) -> str:
    """A stated value as a person reads it."""
    return shown(fact.values.get(text) or typed(fact, text), fact.unit)


def _statable(book: Rulebook, told: Explanation) -> list[dict[str, Any]]:
    """Facts that people may state, those that rules wait for first, each with how it is typed."""
    wanted = list(told.missing)
    facts = sorted(
        book.facts_from("stated"),
        key=lambda fact: (wanted.index(fact.code) if fact.code in wanted else len(wanted), fact.code),
    )
    return [
        {
            "code": fact.code,
            "name": words.either(fact, "name"),
            "unit": fact.unit,
            "asked": fact.code in wanted,
            "hint": _hint(fact),
            "options": [*fact.values.items()] if fact.values else [],
        }
        for fact in facts
    ]


def _hint(fact: Fact) -> str:
    return {
        Kind.NUMBER: fact.unit or "123.4",
        Kind.BOOLEAN: "是 / 否",
        Kind.DATE: "2026-03-15",
        Kind.TEXT: " / ".join(fact.values) if fact.values else "",
    }.get(fact.type, "")


def _clauses(project: Project, user: User) -> list[dict[str, Any]]:
    rows = Clause.objects.filter(project=project, withdrawn_at=None).select_related("stated_by", "decided_by")
    badges: dict[str, str] = defaultdict(lambda: "wait", {"allowed": "ok", "forbidden": "error"})
    return [
        {
            "item": one,
            "kinds": [kind_words(kind) for kind in one.kinds],
            "badge": badges[one.verdict] if one.kinds or one.verdict else "ok",
            "word": one.get_verdict_display() if one.kinds or one.verdict else "",
            "own": one.stated_by_id == user.pk,
        }
        for one in rows
    ]
