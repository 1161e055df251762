"""Results of a project with what was said on them: the lamps of its page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from luodi.checks.dossiers import dossiers
from luodi.checks.engine.catalogue import run_all
from luodi.checks.engine.checks import ASKING, Check, Result, State
from luodi.checks.models import Answer, Finding
from luodi.checks.settings import check_settings

RED, YELLOW, GREEN, GREY = "red", "yellow", "green", "grey"


@dataclass(slots=True)
class Lamp:
    """One result with its memory. Red asks and nobody answered; yellow was answered, or was red once; grey cannot be told."""

    check: Check
    result: Result
    finding: Finding | None = None
    answers: list[Answer] = field(default_factory=list)

    @property
    def colour(self) -> str:
        if self.result.state in ASKING:
            answered = self.answers and self.answers[-1].kind != Answer.Kind.DECLINED
            return YELLOW if answered else RED
        if self.result.state in {State.UNMEASURABLE, State.PENDING}:
            return GREY
        return YELLOW if self.finding is not None else GREEN

    @property
    def subject(self) -> str:
        return subject_of(self.result)


def subject_of(result: Result) -> str:
    return ",".join(map(str, sorted(result.documents)))[:120]


def results(ids: Sequence[int]) -> dict[int, list[tuple[Check, Result]]]:
    """What every check says of every project, now."""
    rules = check_settings()
    found = dossiers(ids, today=timezone.localdate())
    return {project: list(run_all(one, rules.values, rules.off)) for project, one in found.items()}


_ORDER = {RED: 0, YELLOW: 1, GREY: 2, GREEN: 3}


def lamps(project: int) -> list[Lamp]:
    """Those that ask first."""
    kept: dict[tuple[str, str], Finding] = {
        (one.check_code, one.subject): one
        for one in Finding.objects.filter(project=project).prefetch_related("answers__said_by")
    }
    made = []
    for check, result in results([project]).get(project, ()):
        finding = kept.get((check.code, subject_of(result)))
        answers: list[Any] = sorted(finding.answers.all(), key=lambda one: one.pk) if finding else []
        made.append(Lamp(check, result, finding, answers))
    return sorted(made, key=lambda lamp: (_ORDER[lamp.colour], lamp.check.code))
