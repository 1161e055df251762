"""What each project counts for: 打包 (each package once, with its members inside) and 拆分 (members one by one, shells not).

Both counts are of the same portfolio: a city's bulletin says 444 packed and 569 unpacked. A package that states how many
projects it holds, but lists none or fewer, counts as it states; nothing is invented for the unlisted ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from luodi.projects.engine.lifecycle import State


@dataclass(frozen=True, slots=True)
class Node:
    """A project as it stands by itself: ranks (-1 = nowhere), exact amount in 分, and the package it lies in."""

    package: int | None
    reported: int
    proven: int
    decided_out: bool
    amount_fen: int | None
    stated_members: int | None = None
    state: str = State.ACTIVE
    undertaking: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a project counts for.

    `packed` 1 or 0; `unpacked` how many projects its row stands for in 拆分, 0 for the shell of a package whose members
    are all listed. `amount_fen` is the amount in 打包, `unpacked_fen` the one in 拆分; null = not stated.
    Of projects that a named person took for one undertaking, net counts the furthest: the others are `part_of` it, and what
    they state is `added_fen` (打包) and `added_unpacked_fen` (拆分) to it, so that no amount is lost and none is doubled.
    """

    reported: int
    proven: int
    net: int
    packed: int
    unpacked: int
    amount_fen: int | None
    unpacked_fen: int | None
    state: str = State.ACTIVE
    part_of: int | None = None
    added_fen: int = 0
    added_unpacked_fen: int = 0


def collapse(nodes: Mapping[int, Node]) -> dict[int, Counted]:
    """Count every node. A package stands where it says itself; one that says nothing stands where its furthest member does."""
    members: dict[int, list[int]] = defaultdict(list)
    for project, node in nodes.items():
        if node.package is not None and node.package in nodes:
            members[node.package].append(project)
    out = _decided_out(nodes)
    counted: dict[int, Counted] = {}
    items: dict[int, int] = {}
    for project in _members_first(nodes):
        inside = [member for member in members[project] if member in counted]
        node, own = nodes[project], [counted[member] for member in inside]
        listed = sum(items[member] for member in inside)
        counted[project] = _count(node, own, listed, out=project in out, is_member=node.package in nodes)
        items[project] = listed + counted[project].unpacked
    return _united(nodes, counted)


def _united(nodes: Mapping[int, Node], counted: dict[int, Counted]) -> dict[int, Counted]:
    """Parts of one undertaking count once in net. It stands where its furthest part does; what is not net at all adds nothing."""
    parts: dict[int, list[int]] = defaultdict(list)
    for project, node in nodes.items():
        if node.undertaking is not None and counted[project].net >= 0:
            parts[node.undertaking].append(project)
    for some in parts.values():
        lead = max(
            some, key=lambda one: (counted[one].packed, counted[one].net, nodes[one].amount_fen is not None, -one)
        )
        others = [one for one in some if one != lead]
        packed = sum(counted[one].amount_fen or 0 for one in others if counted[one].packed)
        unpacked = sum(counted[one].unpacked_fen or 0 for one in others if counted[one].unpacked)
        counted[lead] = replace(counted[lead], added_fen=packed, added_unpacked_fen=unpacked)
        for one in others:
            counted[one] = replace(counted[one], net=-1, part_of=lead)
    return counted


def alone(node: Node) -> Counted:
    """What a project counts for that lies in no package and holds no members: the same as `collapse` says, without the walk."""
    return _count(node, [], 0, out=node.decided_out, is_member=False)


def _count(node: Node, members: list[Counted], listed: int, *, out: bool, is_member: bool) -> Counted:
    reported = node.reported if node.reported >= 0 else _furthest(member.reported for member in members)
    proven = node.proven if node.proven >= 0 else _furthest(member.proven for member in members)
    net = node.proven if node.proven >= 0 else _furthest(member.net for member in members)
    inside = [member.amount_fen for member in members if member.amount_fen is not None]
    amount = node.amount_fen if node.amount_fen is not None or not inside else sum(inside)
    stated = node.stated_members or 0
    unpacked = max(stated - listed, 0) if members else max(stated, 1)
    # What members state is theirs; only the rest of the total belongs to the projects that nobody listed.
    rest = amount if amount is None or not members else max(amount - sum(inside), 0)
    return Counted(
        reported=reported,
        proven=proven,
        net=-1 if out else net,
        packed=0 if is_member else 1,
        unpacked=unpacked,
        amount_fen=amount,
        unpacked_fen=rest if unpacked else None,
        state=node.state,
    )


def _furthest(ranks: Iterable[int]) -> int:
    return max(ranks, default=-1)


def _decided_out(nodes: Mapping[int, Node]) -> set[int]:
    """Projects that a named person took out of net figures, with everything inside them."""
    return {project for project in nodes if any(nodes[one].decided_out for one in _upwards(project, nodes))}


def _members_first(nodes: Mapping[int, Node]) -> list[int]:
    return sorted(nodes, key=lambda project: -sum(1 for _ in _upwards(project, nodes)))


def _upwards(project: int, nodes: Mapping[int, Node]) -> Iterable[int]:
    """The project, its package, the package of that; a ring, which no action makes, ends where it began."""
    seen: set[int] = set()
    at: int | None = project
    while at is not None and at in nodes and at not in seen:
        seen.add(at)
        yield at
        at = nodes[at].package
