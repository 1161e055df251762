"""What would change if findings were confirmed: the counted nodes with some decisions that nobody has taken. Nothing is written.

The integrity part hands its findings over as hypotheses: projects, whether they were fake or one project told in several, the scheme and the group it
found. The nodes go through `luodi.snapshots.engine.counting.collapse` again, so that the figures are those that a real decision would give.
"""

from collections import defaultdict
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
    """The nodes as they would be. What is one project lies in a package with a negative number, which stands where its furthest member does."""
    changed = dict(nodes)
    for number, one in enumerate(hypotheses, start=1):
        known = [project for project in one.projects if project in changed]
        if one.verdict in (FAKE, DUPLICATE):
            for project in known:
                changed[project] = replace(changed[project], decided_out=True)
            continue
        heads = sorted({_outermost(project, changed) for project in known})
        if len(heads) < 2:
            continue
        changed[-number] = Node(None, -1, -1, False, None)
        for project in heads:
            changed[project] = replace(changed[project], package=-number)
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
    """The projects as they would count. A package that was not there before stands in for its members, in the unit of most of them."""
    changed = suppose(nodes, hypotheses)
    counted = collapse(changed)
    ground = {project: one.verdict for one in hypotheses if one.verdict != ONE for project in one.projects}
    known = {one.id: one for one in subjects}
    found = [
        _counted_as(one, counted[one.id], ground.get(one.id, one.decided))
        for one in known.values()
        if one.id in counted
    ]
    return found + [_stand_in(project, counted[project], known, changed) for project in counted if project < 0]


def _counted_as(one: Subject, now: Counted, decided: str) -> Subject:
    return replace(
        one, reported=now.reported, proven=now.proven, net=now.net, packed=now.packed, unpacked=now.unpacked,
        amount_fen=now.amount_fen, unpacked_fen=now.unpacked_fen, decided=decided,
    )  # fmt: skip


def _stand_in(project: int, now: Counted, known: Mapping[int, Subject], nodes: Mapping[int, Node]) -> Subject:
    members = [known[one] for one in known if nodes[one].package == project]
    units: dict[str, int] = defaultdict(int)
    days: dict[str, list] = defaultdict(list)  # type: ignore[type-arg]
    for member in members:
        units[member.unit] += 1
        for stage, day in member.days.items():
            days[stage].append(day)
    unit = max(units, key=lambda code: (units[code], code), default="")
    return Subject(
        project, unit, now.reported, now.proven, now.net, now.packed, now.unpacked, now.amount_fen, now.unpacked_fen,
        chain=members[0].chain if members else "", days={stage: min(some) for stage, some in days.items()},
    )  # fmt: skip
