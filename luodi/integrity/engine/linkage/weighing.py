"""Fellegi & Sunter (1969): each column's agreement level adds log(m/u); m and u by expectation maximisation (Winkler 1988).

Compared likenesses fall into levels. A higher level never speaks less for a match than a lower one (m/u is made monotone, pool adjacent
violators), which keeps the estimate from turning round on small tables. u starts from pairs drawn at random, and learns on the candidates,
because candidates were chosen for being alike.
"""

from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.linkage.kinds import WORDY, Kind

EDGES = {
    Kind.NAME: (0.6, 0.75, 0.85, 0.92, 0.9999),
    Kind.EMAIL: (0.6, 0.75, 0.85, 0.92, 0.9999),
    Kind.CODE: (0.5, 0.7, 0.84, 0.9999),
    Kind.PHONE: (0.5, 0.7, 0.84, 0.9999),
    Kind.DATE: (0.5, 0.7, 0.84, 0.9999),
    Kind.NUMBER: (0.5, 0.8, 0.9, 0.97, 0.9999),
    Kind.YEAR: (0.65, 0.85, 0.9999),
    Kind.TEXT: (0.05, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9999),
    Kind.ADDRESS: (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.9999),
    Kind.COMPANY: (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.9999),
}
"""Where a level ends; the last is agreement."""
FALL, FALL_TEXT = 0.3, 0.5
"""How much less likely among matches each lower level is before anything was learned."""


@dataclass(frozen=True)
class Weights:
    """`m` and `u` a column: probability of each level among matches and among the rest. `rate`: matches among candidates."""

    kinds: tuple[Kind, ...]
    m: tuple[Any, ...]
    u: tuple[Any, ...]
    rate: float
    rounds: int
    strangers: tuple[tuple[Any, ...], ...] = ()
    """u of each class of strangers, where there are several (see strangers.py), and `mix`, their shares among candidates."""
    mix: Any = None

    def classes_of(self, level: Any) -> Any:
        """Of each row of levels the probability of each class, matches first."""
        import numpy as np

        every = (self.m, *(self.strangers or (self.u,)))
        shares = np.r_[self.rate, self.mix if self.strangers else [1 - self.rate]]
        logs = np.column_stack([likelihood(level, one) for one in every]) + np.log(shares)
        out = np.exp(logs - logs.max(axis=1, keepdims=True))
        return out / out.sum(axis=1, keepdims=True)

    def odds(self, level: Any) -> Any:
        """Log odds of a match among candidates."""
        import numpy as np

        if not self.strangers:
            return score(level, self.m, self.u) + np.log(self.rate / (1 - self.rate))
        pattern, back, _ = patterns(level)
        p = np.clip(self.classes_of(pattern), 1e-300, 1)
        return (np.log(p[:, 0]) - np.log(p[:, 1:].sum(axis=1)))[back]

    def ratios(self) -> tuple[Any, ...]:
        """log(m/u) of each level a column; a last zero for a blank, which says nothing."""
        import numpy as np

        return tuple(np.append(np.log(one / other), 0.0) for one, other in zip(self.m, self.u, strict=True))


def levels(alike: Any, kinds: tuple[Kind, ...]) -> Any:
    """Small integers a pair and column, −1 where a cell was blank."""
    import numpy as np

    out = np.empty(alike.shape, dtype=np.int8)
    for at, kind in enumerate(kinds):
        out[:, at] = np.digitize(alike[:, at], EDGES[kind])
        out[np.isnan(alike[:, at]), at] = -1
    return out


def patterns(level: Any) -> tuple[Any, Any, Any]:
    """Distinct rows of levels, which of them each pair is, and how many pairs each has."""
    import numpy as np

    packed = np.zeros(len(level), dtype=np.int64)
    for at in range(level.shape[1]):
        packed = packed * 14 + (level[:, at] + 1)
        if at % 14 == 13:
            packed = np.unique(packed, return_inverse=True)[1].astype(np.int64)
    _, first, back, counts = np.unique(packed, return_index=True, return_inverse=True, return_counts=True)
    return level[first], back, counts.astype(float)


def shares(level: Any, kinds: tuple[Kind, ...], weight: Any = None) -> tuple[Any, ...]:
    """Share of each level a column, with one pair's worth of doubt spread over all."""
    import numpy as np

    weight = np.ones(len(level)) if weight is None else weight
    out = []
    for at, kind in enumerate(kinds):
        known = level[:, at] >= 0
        count = np.bincount(level[known, at], weights=weight[known], minlength=len(EDGES[kind]) + 1) + 1 / (
            len(EDGES[kind]) + 1
        )
        out.append(count / count.sum())
    return tuple(out)


def start(kinds: tuple[Kind, ...]) -> tuple[Any, ...]:
    """What a match looks like before anything was learned: agreement most often, each lower level less."""
    import numpy as np

    out = []
    for kind in kinds:
        steps = len(EDGES[kind]) + 1
        m = (FALL_TEXT if kind in WORDY else FALL) ** np.arange(steps)[::-1]
        out.append(m / m.sum())
    return tuple(out)


def learn(
    level: Any,
    strangers: tuple[Any, ...],
    kinds: tuple[Kind, ...],
    expected: float,
    prior: tuple[float, ...] | None = None,
    counts: Any = None,
    most: int = 200,
) -> Weights:
    """Maximum likelihood. `expected` is the number of matches to start from, `strangers` the first u.

    The candidates are the population: u learns on them, because they were chosen for being alike.
    `prior` is, a column, the share of m that stays with what a match usually looks like: where no rule of one partner a row helps,
    alike neighbours would else pass for matches. `counts`: `level` has each pattern once, and so many pairs have it.
    """
    import numpy as np

    pattern, counts = (level, counts) if counts is not None else patterns(level)[::2]
    total = counts.sum()
    usual = start(kinds)
    held = prior or (0.0,) * len(kinds)
    m, u = usual, strangers
    rate = min(0.5, max(1.0, expected) / total)
    rounds = 0
    while rounds < most:
        rounds += 1
        p = posterior(score(pattern, m, u) + np.log(rate / (1 - rate)))
        seen = shares(pattern, kinds, counts * p)
        new = monotone(tuple((1 - share) * a + share * b for share, a, b in zip(held, seen, usual, strict=True)), u)
        moved = max(float(np.abs(a - b).max()) for a, b in zip(m, new, strict=True))
        m = new
        u = shares(pattern, kinds, counts * (1 - p))
        rate = float(np.clip((counts * p).sum() / total, 1e-14, 0.9))
        if moved < 1e-5:
            break
    return Weights(kinds, m, u, rate, rounds)


def score(level: Any, m: tuple[Any, ...], u: tuple[Any, ...]) -> Any:
    """Sum of log(m/u) over the columns where both cells are filled."""
    import numpy as np

    total = np.zeros(len(level))
    for at, (one, other) in enumerate(zip(m, u, strict=True)):
        ratio = np.append(np.log(one / other), 0.0)  # −1 takes the last: a blank says nothing
        total += ratio[level[:, at]]
    return total


def likelihood(level: Any, chances: tuple[Any, ...]) -> Any:
    """Sum of the logs of the chances over the filled columns."""
    import numpy as np

    total = np.zeros(len(level))
    for at, chance in enumerate(chances):
        total += np.append(np.log(chance), 0.0)[level[:, at]]
    return total


def posterior(odds: Any) -> Any:
    """Probability from log odds."""
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(odds, -500, 500)))


def log_odds(p: Any) -> Any:
    """Log odds from a probability that was told as nought or one at times."""
    import numpy as np

    held = np.clip(np.asarray(p, dtype=float), 1e-6, 1 - 1e-6)
    return np.log(held / (1 - held))


def monotone(m: tuple[Any, ...], u: tuple[Any, ...]) -> tuple[Any, ...]:
    """m with m/u never falling from level to level: neighbours that contradict are pooled (weights u)."""
    import numpy as np

    out = []
    for one, other in zip(m, u, strict=True):
        blocks: list[list[float]] = []
        for a, b in zip(one, other, strict=True):
            blocks.append([a, b, 1])
            while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
                top = blocks.pop()
                blocks[-1] = [blocks[-1][0] + top[0], blocks[-1][1] + top[1], blocks[-1][2] + top[2]]
        ratio = np.repeat([a / b for a, b, _ in blocks], [int(n) for _, _, n in blocks])
        pooled = ratio * other
        out.append(pooled / pooled.sum())
    return tuple(out)


def seldom(level: Any, rare: Any, kinds: tuple[Kind, ...], usual: Any = None) -> Any:
    """Term-frequency adjustment (Winkler 1989): agreeing on a seldom value says more than agreeing on a common one."""
    import numpy as np

    usual = typical(*agreements(level, rare, kinds)) if usual is None else usual
    total = np.zeros(len(level))
    for at, kind in enumerate(kinds):
        agreed = (level[:, at] == len(EDGES[kind])) & (rare[:, at] > 0)
        total[agreed] += np.clip(usual[at] + rare[agreed, at], -3.0, 3.0)
    return total


def agreements(level: Any, rare: Any, kinds: tuple[Kind, ...]) -> tuple[Any, Any]:
    """How many pairs agree, a column, and how frequent their values are together; sums, so that parts of the pairs can be added."""
    import numpy as np

    agreed = (level == np.array([len(EDGES[kind]) for kind in kinds])) & (rare > 0)
    return agreed.sum(axis=0), np.where(agreed, np.exp(-rare.astype(float)), 0.0).sum(axis=0)


def typical(agreed: Any, frequency: Any) -> Any:
    """Log of the mean frequency of the values on which pairs agree; nought where none do."""
    import numpy as np

    return np.log(np.where(agreed > 0, frequency / np.maximum(agreed, 1), 1.0))
