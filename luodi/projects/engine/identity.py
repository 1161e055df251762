"""Is this row a project that is already known? Sure matches are used; doubtful ones are only listed, with why.

Identity comes from business keys (project code, name, party, unit, amount), never from a row's position or hash.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

HUB = 30
"""A block larger than this says nothing: an agent's name or a common word must not glue a city together."""

SIMILAR = 88.0
"""Similarity (0-100) of two names from which they are listed as a doubtful duplicate."""

_ORDINALS = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十]+(?=[期号#区标])|[a-zA-Z](?=区)")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a row, or a project of the record, is known by. `keys[0]` is the name as compared, then aliases."""

    keys: tuple[str, ...]
    parties: frozenset[str] = frozenset()
    unit: str = ""
    amount: int | None = None
    project_code: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`target` is the known project or None; `repeated` = an earlier row of the same sheet already was this project."""

    target: int | None
    repeated: bool = False
    doubts: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class Index:
    """Everything known so far, by key, party and code."""

    known: dict[int, Probe] = field(default_factory=dict)
    _by_key: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_party: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_start: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_code: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, target: int, probe: Probe) -> None:
        self.known[target] = probe
        for key in probe.keys:
            self._by_key[key].append(target)
            self._by_start[key[:4]].append(target)
        for party in probe.parties:
            self._by_party[party].append(target)
        if probe.project_code:
            self._by_code[probe.project_code].append(target)

    def find(self, probe: Probe, *, taken: Container[int] = ()) -> Match:
        """The project that the row is about. `taken`: projects that earlier rows of the same sheet were about."""
        same_name = dict.fromkeys(target for key in probe.keys for target in self._by_key.get(key, ()))
        scored = sorted(((agreement(probe, self.known[target]), -target) for target in same_name), reverse=True)
        for score, negative in scored:
            target = -negative
            if score < 0:
                break
            if target not in taken:
                return Match(target, doubts=self._same_code(probe, target))
            # Two lines of one sheet with one name: the same project only when nothing in them disagrees.
            if not _differs(probe, self.known[target]):
                return Match(target, repeated=True)
        doubts = [(-negative, "名称相同，但主体、地区或金额不同") for _, negative in scored]
        return Match(None, doubts=(*doubts, *self._same_code(probe, None), *self._similar(probe, same_name))[:5])

    def by_name(self, key: str) -> int | None:
        """The only project of that name, or None."""
        targets = set(self._by_key.get(key, ()))
        return targets.pop() if len(targets) == 1 else None

    def _same_code(self, probe: Probe, found: int | None) -> tuple[tuple[int, str], ...]:
        if not probe.project_code:
            return ()
        others = (target for target in self._by_code.get(probe.project_code, ()) if target != found)
        return tuple((target, "项目代码相同，名称不同") for target in others)

    def _similar(self, probe: Probe, passed: Container[int]) -> Iterable[tuple[int, str]]:
        """Near names, looked for among projects of the same party and among names that start alike."""
        from rapidfuzz import fuzz

        blocks = [(self._by_party.get(party, ()), "投资主体相同") for party in probe.parties]
        blocks += [(self._by_start.get(key[:4], ()), "名称开头相同") for key in probe.keys]
        seen: set[int] = set()
        for block, shared in blocks:
            if len(block) > HUB:
                continue
            for target in block:
                if target in seen or target in passed:
                    continue
                seen.add(target)
                other = self.known[target].keys[0]
                ratio = fuzz.ratio(probe.keys[0], other)
                if ratio >= SIMILAR and ordinals(probe.keys[0]) == ordinals(other):
                    yield target, f"{shared}，名称相似度 {ratio:.0f}%"


def agreement(a: Probe, b: Probe) -> int:
    """How well two probes with the same name agree: unknown weighs nothing, a contradiction weighs more than an agreement."""
    score = 0
    if a.parties and b.parties:
        score += 3 if a.parties & b.parties else -2
    if a.unit and b.unit:
        score += 2 if a.unit == b.unit else -3
    if a.amount is not None and b.amount is not None:
        score += 2 if a.amount == b.amount else -1
    if a.project_code and b.project_code:
        score += 4 if a.project_code == b.project_code else -4
    return score


def _differs(a: Probe, b: Probe) -> bool:
    """Whether anything that both state is different."""
    parties = bool(a.parties and b.parties and not a.parties & b.parties)
    amounts = a.amount is not None and b.amount is not None and a.amount != b.amount
    codes = bool(a.project_code and b.project_code and a.project_code != b.project_code)
    return parties or amounts or codes or bool(a.unit and b.unit and a.unit != b.unit)


def ordinals(key: str) -> tuple[str, ...]:
    """Numbers and phase marks of a name: "一期" and "二期" are neighbours, not duplicates."""
    return tuple(_ORDINALS.findall(key))
