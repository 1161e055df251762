"""From labelled worlds to the shipped models and their card, in one call that anyone can repeat."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from luodi.integrity.engine import drift
from luodi.integrity.engine.evidence import told
from luodi.integrity.engine.features import PAIR_KINDS
from luodi.integrity.engine.judging import average_precision, calibration_error, precision_at_recall
from luodi.integrity.engine.learning import (
    COMMON,
    ORDINARY,
    PAIR_ROUNDS,
    PAIR_TREES,
    PROJECT_ROUNDS,
    PROJECT_TREES,
    SCHEME_TREES,
    SCHEMES,
    Trained,
    World,
    train,
)
from luodi.integrity.engine.ledger import FILES
from luodi.integrity.engine.shipping import FOLDER, save
from luodi.integrity.engine.worlds import read_world

AS_OF = date(2025, 9, 30)
"""The day of the labelled worlds that are shipped with."""
EARLIER = tuple(timedelta(days=days) for days in (90, 180, 365, 545, 730))
"""The same projects again as they stood before: younger, with less known of them."""
FAR = 0.25
"""PSI from which a column is said to have moved (Siddiqi 2006)."""
HARD = ("phase1", "phase2", "group", "cluster", "giant", "late", "lazy")
"""Honest projects that look like schemes, by the truth's own words: phases, sister companies, suppliers, giants, late entry, lazy clerks."""
ASKED_WRONGLY = 0.02
ROOM = 1.5
"""How much more than the farthest training world a ledger may move before the model steps back."""


def make(folders: Sequence[Path], as_of: date, out: Path = FOLDER) -> dict[str, Any]:
    """Train on the worlds as of their day and, at half weight, as of days before; write models and card; return the card."""
    worlds = all_worlds(folders, as_of)
    return ship(worlds, train(worlds), folders, as_of, out)


def ship(
    worlds: Sequence[World], trained: Trained, folders: Sequence[Path], as_of: date, out: Path = FOLDER
) -> dict[str, Any]:
    """Write what was trained, and the card: what it was trained on, how honest it is, where it may be asked from."""
    whole = worlds[: len(folders)]
    card = {
        "version": _version(folders, trained),
        "as_of": as_of.isoformat(),
        "worlds": {folder.name: _sha(folder) for folder in folders},
        "recipe": {"pairs": {**COMMON, **PAIR_TREES}, "projects": {**COMMON, **PROJECT_TREES}, **SCHEME_TREES},
        "held_out": {world.name: _judged(trained, at, world) for at, world in enumerate(whole)},
        "working": {scheme: working(trained, whole, scheme) for scheme in SCHEMES},
        "working_points": _points_working(whole, trained.columns),
        "drift": _drift(trained.columns),
        "points": _points(whole, trained.columns),
    }
    save(trained, card, out)
    return card


def all_worlds(folders: Sequence[Path], as_of: date) -> list[World]:
    """Each world as of its day, then each as of the earlier days."""
    now = [read_world(folder, as_of) for folder in folders]
    return now + [read_world(folder, as_of - before, earlier=True) for before in EARLIER for folder in folders]


def _sha(folder: Path) -> str:
    found = sha256()
    for name in FILES.values():
        found.update((folder / name).read_bytes() if (folder / name).is_file() else b"")
    return found.hexdigest()


def _version(folders: Sequence[Path], trained: Trained) -> str:
    worlds = sha256("".join(_sha(folder) for folder in folders).encode())
    worlds.update(
        repr(
            (
                trained.names,
                trained.pair_names,
                COMMON,
                PAIR_TREES,
                PROJECT_TREES,
                PAIR_ROUNDS,
                PROJECT_ROUNDS,
                ORDINARY,
                EARLIER,
                SCHEME_TREES,
            )
        ).encode()
    )
    return worlds.hexdigest()[:10]


def _judged(trained: Trained, at: int, world: World) -> dict[str, Any]:
    """How good each answer was on this world, by models that never saw it."""
    out: dict[str, Any] = {}
    for scheme in SCHEMES:
        chance = chances(trained, scheme, at)
        truth = world.schemes == scheme
        out[scheme] = {
            "auprc": round(average_precision(truth, chance), 3),
            "precision_at_90_recall": round(precision_at_recall(truth, chance, 0.9), 3),
            "ece": round(calibration_error(truth, chance), 4),
            "prevalence": round(float(truth.mean()), 4),
        }
    shares = dict(trained.held_out["pairs"])[at]
    for place, kind in enumerate(PAIR_KINDS):
        out[f"pairs_{kind}"] = {"auprc": round(average_precision(world.kinds == place + 1, shares[kind]), 3)}
    return out


def chances(trained: Trained, scheme: str, at: int) -> Any:
    """Of a world's projects, by models that never saw it."""
    import numpy as np

    slope, shift = trained.honest[scheme]
    return 1 / (1 + np.exp(-(slope * dict(trained.held_out[scheme])[at] + shift)))


def working(trained: Trained, worlds: Sequence[World], scheme: str) -> dict[str, Any]:
    """The working point of the model, on the predictions of those that never saw the world."""
    return worth_asking_from(worlds, scheme, [chances(trained, scheme, at) for at in range(len(worlds))])


def worth_asking_from(worlds: Sequence[World], scheme: str, told: Sequence[Any]) -> dict[str, Any]:
    """The lowest probability to ask from at which no kind of hard negative is asked about more often than `ASKED_WRONGLY`, over all worlds."""
    import numpy as np

    kinds = np.concatenate([world.subtypes for world in worlds])
    chance = np.concatenate(told)
    truth = np.concatenate([world.schemes == scheme for world in worlds])
    found = {}
    for point in np.round(np.arange(0.5, 1.0, 0.02), 2):
        said = chance >= point
        found = {kind: round(float(said[kinds == kind].mean()), 4) for kind in HARD if (kinds == kind).any()}
        if max(found.values(), default=0.0) <= ASKED_WRONGLY:
            break
    recall = round(float(said[truth].mean()), 3) if truth.any() else 0.0
    precision = round(float(truth[said].mean()), 3) if said.any() else 0.0
    return {"from": float(point), "hard_negatives": found, "recall": recall, "precision": precision}


def _drift(columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Deciles of all worlds, and how far one world is from the others at most."""
    apart = []
    for at, one in enumerate(columns):
        rest = [other for place, other in enumerate(columns) if place != at]
        there = drift.deciles(rest)
        moved = drift.shift(one, there, drift.shares(rest, there))
        apart.append(sum(value > FAR for value in moved.values()) / len(moved))
    there = drift.deciles(columns)
    most = round(max(0.2, ROOM * max(apart)), 4)
    return {
        "rows": 300,
        "far": FAR,
        "most": most,
        "apart": apart,
        "deciles": there,
        "shares": drift.shares(columns, there),
    }


def _points(worlds: Sequence[World], columns: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    fires = _fires(worlds, columns)
    return {scheme: _points_of(fires, worlds, scheme) for scheme in SCHEMES}


def _fires(worlds: Sequence[World], columns: Sequence[dict[str, Any]]) -> list[Any]:
    return [drift.fired({**some, **told(world.measured)}) for world, some in zip(worlds, columns, strict=True)]


def _points_of(fires: Sequence[Any], worlds: Sequence[World], scheme: str) -> dict[str, float]:
    import numpy as np

    return drift.points(fires, np.concatenate([world.schemes == scheme for world in worlds]).astype(float))


def _points_working(worlds: Sequence[World], columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The working points of the points card: each world scored by points that the others gave."""
    fires, found = _fires(worlds, columns), {}
    for scheme in SCHEMES:
        scored = []
        for at in range(len(worlds)):
            rest = [place for place in range(len(worlds)) if place != at] or [at]
            card = _points_of([fires[place] for place in rest], [worlds[place] for place in rest], scheme)
            scored.append(drift.scored(fires[at], card))
        found[scheme] = worth_asking_from(worlds, scheme, scored)
    return found
