"""What would change if findings were confirmed: the counted nodes with some decisions that nobody has taken. Nothing is written.

The integrity part hands its findings over as hypotheses: projects, whether they were fake or one project told in several, the scheme and the group it
found. The nodes go through `luodi.snapshots.engine.counting.collapse` again, so that the figures are those that a real decision would give.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from luodi.outcomes.engine.measures import Subject
from luodi.snapshots.engine.counting import Counted, Node, collapse

FAKE, DUPLICATE, ONE = VERDICTS = ("fake", "duplicate", "one")


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A decision not taken: these projects are fake, are duplicates, or are one project (过度拆分). `scheme`, `group`: whose finding it is."""

    verdict: str
    projects: tuple[int, ...]
    scheme: str = ""
    group: str = ""


def suppose(nodes: Mapping[int, Node], hypotheses: Sequence[Hypothesis]) -> dict[int, Node]:
    """The nodes as they would be. What is one project becomes parts of an undertaking with a negative number, as a decision would make it."""
    changed = dict(nodes)
    for number, one in enumerate(hypotheses, start=1):
        known = [project for project in one.projects if project in changed]
        if one.verdict in (FAKE, DUPLICATE):
            for project in known:
                changed[project] = replace(changed[project], decided_out=True)
            continue
        heads = sorted({_outermost(project, changed) for project in known})
        if len(heads) > 1:
            changed |= {project: replace(changed[project], undertaking=-number) for project in heads}
    return changed


def _outermost(project: int, nodes: Mapping[int, Node]) -> int:
    seen: set[int] = set()
    at = project
    while at not in seen:
        seen.add(at)
        package = nodes[at].package
        if package is None or package not in nodes:
            return at
        at = package
    return project


def supposed(subjects: Iterable[Subject], nodes: Mapping[int, Node], hypotheses: Sequence[Hypothesis]) -> list[Subject]:
    """The projects as they would count."""
    counted = collapse(suppose(nodes, hypotheses))
    ground = {project: one.verdict for one in hypotheses if one.verdict != ONE for project in one.projects}
    return [_counted_as(one, counted[one.id], ground.get(one.id, one.decided)) for one in subjects if one.id in counted]


def _counted_as(one: Subject, now: Counted, decided: str) -> Subject:
    return replace(
        one, reported=now.reported, proven=now.proven, net=now.net, packed=now.packed, unpacked=now.unpacked,
        amount_fen=now.amount_fen, unpacked_fen=now.unpacked_fen, decided=decided, added_fen=now.added_fen,
        added_unpacked_fen=now.added_unpacked_fen,
    )  # fmt: skip
