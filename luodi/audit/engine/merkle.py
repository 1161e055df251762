"""The tree of RFC 9162, section 2.1: hashes of leaves and nodes, roots while leaves come in, and the two proofs.

A leaf is H(0x00 || line), a node H(0x01 || left || right), the root of nothing H(""). H is SHA-256, or SM3 (GB/T 32905)
where an installation chose it; hashes are 32 bytes either way.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

ALGORITHMS = ("sha256", "sm3")
SUBTREE = 1024
"""Leaves that are added together; a power of two."""


def digest(algorithm: str, data: bytes) -> bytes:
    """H. Raises `ValueError` for an algorithm that the log does not know."""
    if algorithm == "sha256":
        return hashlib.sha256(data).digest()
    if algorithm not in ALGORITHMS:
        raise ValueError(f"unknown hash {algorithm!r}; known: {', '.join(ALGORITHMS)}")
    return hashlib.new(algorithm, data).digest()


@dataclass(slots=True)
class Tree:
    """A growing tree: only the roots of its complete subtrees, the largest first, at most log2(size) of them."""

    algorithm: str = "sha256"
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def leaf_hash(self, line: bytes) -> bytes:
        return digest(self.algorithm, b"\x00" + line)

    def add(self, leaf: bytes) -> None:
        """Append a leaf's hash. Subtrees of the same size merge: as many as the size has trailing ones in binary."""
        merges = self.size
        while merges & 1:
            leaf = digest(self.algorithm, b"\x01" + self.peaks.pop() + leaf)
            merges >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Append hashes of leaves; whole subtrees level by level, which takes a third of the time of one leaf after another."""
        start = 0
        while start < len(leaves):
            whole = leaves[start : start + SUBTREE]
            if self.size % SUBTREE or len(whole) < SUBTREE:
                self.add(leaves[start])
                start += 1
                continue
            self._add_subtree(whole)
            start += SUBTREE

    def _add_subtree(self, level: Sequence[bytes]) -> None:
        h = getattr(hashlib, self.algorithm, None) or partial(hashlib.new, self.algorithm)
        while len(level) > 1:
            level = [h(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
        self.size //= SUBTREE
        self.add(level[0])
        self.size *= SUBTREE

    @property
    def root(self) -> bytes:
        """The tree head of what is in so far."""
        if not self.peaks:
            return digest(self.algorithm, b"")
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = digest(self.algorithm, b"\x01" + peak + node)
        return node


def root_of(leaves: Sequence[bytes], algorithm: str = "sha256") -> bytes:
    """The root over hashes of leaves."""
    tree = Tree(algorithm)
    tree.extend(leaves)
    return tree.root


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int, algorithm: str = "sha256") -> list[bytes]:
    """PATH(index, leaves): the nodes that lead from a leaf to the root, the nearest first."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index, algorithm), root_of(leaves[middle:], algorithm)]
    return [*inclusion_proof(leaves[middle:], index - middle, algorithm), root_of(leaves[:middle], algorithm)]


def is_included(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, algorithm: str = "sha256"
) -> bool:
    """RFC 9162, section 2.1.3.2: whether the path leads from this leaf to that root."""
    if index >= size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = digest(algorithm, b"\x01" + sibling + node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = digest(algorithm, b"\x01" + node + sibling)
        position >>= 1
        last >>= 1
    return last == 0 and node == root
