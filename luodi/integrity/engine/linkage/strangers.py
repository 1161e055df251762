"""Where keys chose the candidates, strangers are alike for a reason: they share the key. Each column gets a class of such strangers.

A latent class model (Larsen & Rubin 2001): matches, strangers at large, and for each column strangers who agree on it and on little else;
so namesakes, whose mail addresses also look alike, are not taken for one person. All classes learn by expectation maximisation.
"""

from typing import Any

from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.weighing import Weights, monotone, patterns, shares, start

ROUNDS = 150
HELD = 0.5


def learn_classes(
    level: Any,
    strangers: tuple[Any, ...],
    kinds: tuple[Kind, ...],
    expected: float,
    prior: tuple[float, ...] | None,
    counts: Any = None,
) -> Weights:
    """As `weighing.learn`, with classes of strangers; on distinct patterns of levels, so that millions of pairs cost little."""
    import numpy as np

    pattern, counts = (level, counts) if counts is not None else patterns(level)[::2]
    usual = start(kinds)
    held = prior or (0.0,) * len(kinds)
    rate = min(0.5, max(1.0, expected) / counts.sum())
    classes = [strangers, *(_agreeing_on(at, strangers) for at in range(len(kinds)))]
    weights = Weights(
        kinds, usual, strangers, rate, 0, tuple(classes), np.full(len(classes), (1 - rate) / len(classes))
    )
    begun = tuple(classes)
    for rounds in range(1, ROUNDS + 1):
        p = weights.classes_of(pattern)
        rest = shares(pattern, kinds, counts * (1 - p[:, 0]))
        seen = shares(pattern, kinds, counts * p[:, 0])
        m = monotone(tuple((1 - share) * a + share * b for share, a, b in zip(held, seen, usual, strict=True)), rest)
        moved = max(float(np.abs(a - b).max()) for a, b in zip(weights.m, m, strict=True))
        classes = [_held(shares(pattern, kinds, counts * p[:, at + 1]), first) for at, first in enumerate(begun)]
        mix = np.clip((counts[:, None] * p).sum(axis=0) / counts.sum(), 1e-9, 1)
        weights = Weights(kinds, m, rest, float(mix[0]), rounds, tuple(classes), mix[1:])
        if moved < 1e-4:
            break
    return weights


def _held(learned: tuple[Any, ...], begun: tuple[Any, ...]) -> tuple[Any, ...]:
    """A class of strangers stays what it is: free, the one that agrees on mail addresses would turn into the matches."""
    return tuple((1 - HELD) * one + HELD * other for one, other in zip(learned, begun, strict=True))


def _agreeing_on(at: int, strangers: tuple[Any, ...]) -> tuple[Any, ...]:
    import numpy as np

    agree = np.full(len(strangers[at]), 1e-3)
    agree[-1] = 1.0
    return (*strangers[:at], agree / agree.sum(), *strangers[at + 1 :])
