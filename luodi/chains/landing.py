"""How likely a project is to land. One function; a part that measures outcomes may answer in its place."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from luodi.chains.settings import chain_settings
from luodi.core.installation import city
from luodi.projects.engine.lifecycle import State
from luodi.snapshots.models import Standing

Probabilities = Mapping[int, Decimal]

measured: list[Callable[[Sequence[int]], Probabilities]] = []
"""A part above that has measured conversion puts its function here; for whom it has no answer the city's table holds."""

notes: list[Callable[[], str]] = []
"""And here what is to be said of its answers; blank when it has none."""


def probabilities(projects: Sequence[int]) -> Probabilities:
    """By project; one that nobody can tell is not in the answer."""
    known: dict[int, Decimal] = dict(_by_stage(projects))
    for tell in measured:
        known |= tell(projects)
    return known


def _by_stage(projects: Sequence[int]) -> Probabilities:
    rows = Standing.objects.filter(project__in=projects).values_list("project_id", "reported", "proven", "state")
    found = {project: probability_of(reported, proven, state) for project, reported, proven, state in rows}
    return {project: value for project, value in found.items() if value is not None}


def probability_of(reported: int, proven: int, state: str) -> Decimal | None:
    """From the city's table: the better of what is reported and what is proven, each at its own worth."""
    if state == State.EXITED:
        return Decimal(0)
    table, stages = chain_settings(), city().stages
    said = [
        worth[stages[rank].code]
        for rank, worth in ((reported, table.reported), (proven, table.proven))
        if rank >= 0 and stages[rank].code in worth
    ]
    if not said:
        return None
    return max(said) * (table.paused if state == State.PAUSED else 1)
