"""One question asked two ways: what is missing for a stage, and is it proven?

The city's sets (`luodi.core.proof`) say what a stage asks for. The same weighing serves the project page, the warning of
a report, the verifier and the standings, so that no two of them can disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from luodi.core.city import City, EvidenceKind
from luodi.core.proof import EvidenceSet, Item


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence as far as it is weighed. `verified`: a second person, other than who filed it, said yes.

    `replaces` names the item that it is offered for instead, when its kind is not what the item asks for.
    """

    kind: str
    grade: str
    verified: bool
    has_time: bool = False
    has_place: bool = False
    replaces: str = ""


class ItemState(StrEnum):
    """How an item of a set stands; the best of its documents counts."""

    MET = "met"
    WAITING = "waiting"
    FACTS_MISSING = "facts_missing"
    MISSING = "missing"


_BEST = (ItemState.MET, ItemState.WAITING, ItemState.FACTS_MISSING, ItemState.MISSING)


@dataclass(frozen=True, slots=True)
class Asked:
    """An item with its state."""

    item: Item
    state: ItemState


@dataclass(frozen=True, slots=True)
class Weighed:
    """One set against the evidence there is."""

    set: EvidenceSet
    items: tuple[Asked, ...]

    @property
    def missing(self) -> tuple[Asked, ...]:
        """What the filing unit still has to bring."""
        open_states = {ItemState.MISSING, ItemState.FACTS_MISSING}
        return tuple(one for one in self.items if one.item.is_mandatory and one.state in open_states)

    @property
    def on_file(self) -> int:
        return sum(one.state is not ItemState.MISSING for one in self.items)

    @property
    def is_filed(self) -> bool:
        return not self.missing

    @property
    def is_proven(self) -> bool:
        """Complete and verified: the stage may move in the proven figure."""
        return all(one.state is ItemState.MET for one in self.items if one.item.is_mandatory)


@dataclass(frozen=True, slots=True)
class Readiness:
    """A stage against the evidence there is: the sets that are open to the project, each an alternative to the others."""

    stage: str
    sets: tuple[Weighed, ...]

    @property
    def is_proven(self) -> bool:
        return any(one.is_proven for one in self.sets)

    @property
    def is_filed(self) -> bool:
        return any(one.is_filed for one in self.sets)

    @property
    def nearest(self) -> Weighed | None:
        """The set to complete: proven, else the one with most on file; of equals the last in the city's list, which is the unit's own papers."""
        return min(reversed(self.sets), key=lambda one: (not one.is_proven, -one.on_file), default=None)


def weigh(
    stage: str, proofs: frozenset[Proof], *, city: City, amount_fen: int | None = None, purchase: bool = False
) -> Readiness:
    """Weigh the evidence for a stage of a project of this size (分, None = not stated) and sort."""
    return _weigh(stage, proofs, city, city.proof.size_of(amount_fen), purchase)


@lru_cache(maxsize=50_000)
def _weigh(stage: str, proofs: frozenset[Proof], city: City, amount_fen: int | None, purchase: bool) -> Readiness:
    """A ledger of ten thousand rows has a few dozen answers: they hang on the size, not on the amount."""
    sets = city.proof.sets_for(stage, amount_fen, purchase=purchase)
    return Readiness(
        stage,
        tuple(
            Weighed(one, tuple(Asked(item, item_state(item, proofs, city=city)) for item in one.items)) for one in sets
        ),
    )


def item_state(item: Item, proofs: Iterable[Proof], *, city: City) -> ItemState:
    """The state of one item, by the best document that is offered for it."""
    states = {_offered(item, proof, city.evidence_kind.get(proof.kind)) for proof in proofs}
    return next((state for state in _BEST if state in states), ItemState.MISSING)


def offer(stage: str, proof: Proof, *, city: City) -> ItemState:
    """The best that one document does for any set of the stage, for whatever size of project."""
    kind = city.evidence_kind.get(proof.kind)
    states = {_offered(item, proof, kind) for one in city.proof.by_stage.get(stage, ()) for item in one.items}
    return next((state for state in _BEST if state in states), ItemState.MISSING)


def _offered(item: Item, proof: Proof, kind: EvidenceKind | None) -> ItemState:
    """What one document does for an item. A replacement counts only where the city allows it and the filer says so."""
    is_replacement = proof.replaces == item.code and proof.kind in item.replaced_by
    if kind is None or not (proof.kind in item.kinds or is_replacement):
        return ItemState.MISSING
    if kind.grades and proof.grade not in kind.grades:
        return ItemState.MISSING
    if ("time" in item.facts and not proof.has_time) or ("place" in item.facts and not proof.has_place):
        return ItemState.FACTS_MISSING
    return ItemState.MET if proof.verified or kind.verification == "publisher" else ItemState.WAITING
