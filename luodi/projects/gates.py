"""What may keep a project from moving on. Every path that claims a step asks here before it writes: page, ledger, change, command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError

from luodi.accounts.models import User
from luodi.intake.engine.facts import is_stage_field
from luodi.projects.models import Project, StageEvent


@dataclass(frozen=True, slots=True)
class Move:
    """Steps about to be claimed: {stage: last day of the period, None = no day}. `facts` are the project's ledger fields as they will be."""

    steps: Mapping[str, date | None]
    project: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


Guard = Callable[[Sequence[Move], User | None], dict[int, str]]
guards: list[Guard] = []
"""Parts above register who may refuse: position of the move -> why, in words for the person who asked."""


class Refused(ValidationError):
    """The project may not move on; the message says on which ground and what can be done."""


def refusals(moves: Sequence[Move], actor: User | None) -> dict[int, str]:
    """Which of these moves may not be made, and why."""
    found: dict[int, str] = {}
    asked = [place for place, move in enumerate(moves) if move.steps]
    if asked:
        for guard in guards:
            for place, why in guard([moves[one] for one in asked], actor).items():
                found.setdefault(asked[place], why)
    return found


def ask(move: Move, actor: User | None) -> None:
    """Raises `Refused` when the move may not be made."""
    for why in refusals([move], actor).values():
        raise Refused(why)


def of_project(project: Project, steps: Mapping[str, date | None]) -> Move:
    """A move of a known project with the fields that it has now."""
    return Move(steps, project.pk, {name: text for name, (text, _) in project.facts.items()})


def with_changes(project: Project, changes: Mapping[str, tuple[str, str]]) -> Move:
    """A move of a known project by a change of its fields."""
    facts = {name: text for name, (text, _) in project.facts.items()} | {
        name: after for name, (_, after) in changes.items()
    }
    return Move(new_steps(changes), project.pk, facts)


def new_steps(changes: Mapping[str, tuple[str, str]]) -> dict[str, date | None]:
    """Steps that these changed fields claim as done and did not claim before, each with its latest day."""
    found: dict[str, date | None] = {}
    for name, (before, after) in changes.items():
        if not is_stage_field(name):
            continue
        for claim in after.split("; ") if after else ():
            if claim.startswith(StageEvent.Kind.ACTUAL) and claim not in before:
                _, stage, period = claim.split(" ", 2)
                found[stage] = date.fromisoformat(period[-10:]) if "/" in period else None
    return found
