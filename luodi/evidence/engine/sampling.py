"""Drawing a sample so that anybody can recompute it: commit to a seed by its hash, draw, publish the seed.

The drawn are the `size` ids whose SHA-256 of "seed:id" is smallest. Who does not know the seed cannot tell them beforehand.
"""

import hashlib
from collections.abc import Iterable


def commitment(seed: str) -> str:
    """What is made known before the draw."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(seed: str, population: Iterable[int], size: int) -> list[int]:
    """The sample, in ascending order."""
    ranked = sorted(population, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())
    return sorted(ranked[:size])
