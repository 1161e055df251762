"""A city's life cycle: which stages follow which, which may run side by side, why a project may pause, on what grounds it leaves."""

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Track:
    """Stages that follow each other. Tracks run side by side; `after` names the stage behind which this one begins.

    An `opening` track comes before all others: nobody is asked for it once another has begun.
    """

    code: str
    name: str
    name_en: str
    stages: tuple[str, ...]
    after: str = ""
    ends_pause: bool = False
    opening: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """An entry of a closed list: why a project pauses, or on what ground it leaves."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Lifecycle:
    """The order of a city's stages and its two lists of reasons, with where they come from."""

    tracks: tuple[Track, ...]
    order: tuple[tuple[str, str], ...]
    pauses: tuple[Ground, ...]
    exits: tuple[Ground, ...]
    review_days: int
    sources: dict[str, str] = field(default_factory=dict)

    @cached_property
    def directly_before(self) -> dict[str, frozenset[str]]:
        """Stages that must come right before each stage: on its track, before its track, or by an extra pair."""
        found: dict[str, set[str]] = {stage: set() for track in self.tracks for stage in track.stages}
        for track in self.tracks:
            for earlier, later in zip(track.stages, track.stages[1:], strict=False):
                found[later].add(earlier)
            if track.after:
                found[track.stages[0]].add(track.after)
        for first, then in self.order:
            found[then].add(first)
        return {stage: frozenset(before) for stage, before in found.items()}

    @cached_property
    def before(self) -> dict[str, frozenset[str]]:
        """All stages that must come before each stage, however far."""
        return {stage: frozenset(self._all_before(stage)) for stage in self.directly_before}

    def _all_before(self, stage: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self.directly_before[stage])
        while waiting:
            earlier = waiting.pop()
            if earlier not in found:
                found.add(earlier)
                waiting += self.directly_before[earlier]
        return found

    @cached_property
    def ends_pause(self) -> frozenset[str]:
        """Stages that cannot be reached while a project stands still: reaching one means that it goes on."""
        return frozenset(stage for track in self.tracks if track.ends_pause for stage in track.stages)

    @cached_property
    def ground(self) -> dict[str, Ground]:
        return {ground.code: ground for ground in (*self.pauses, *self.exits)}


def read(raw: bytes) -> Lifecycle:
    """From a city's `lifecycle.toml`. Raises `KeyError` that names what is missing."""
    data = tomllib.loads(raw.decode())
    return Lifecycle(
        tracks=tuple(Track(**{**track, "stages": tuple(track["stages"])}) for track in data["tracks"]),
        order=tuple((pair["first"], pair["then"]) for pair in data["order"]),
        pauses=_grounds(data["pauses"]["reasons"]),
        exits=_grounds(data["exits"]["grounds"]),
        review_days=data["pauses"]["review_days"],
        sources={"pauses": data["pauses"]["source"], "exits": data["exits"]["source"]},
    )


def _grounds(rows: list[dict[str, Any]]) -> tuple[Ground, ...]:
    return tuple(Ground(**row) for row in rows)
