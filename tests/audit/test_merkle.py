"""The tree of RFC 9162 against its own recursive definition, and against the published values of its test vectors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.audit.engine.merkle import Tree, digest, inclusion_proof, is_included, root_of

# The leaves and roots that the reference implementations of RFC 6962 and 9162 are tested with.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(lines):
    """MTH of section 2.1.1, word for word."""
    if not lines:
        return hashlib.sha256(b"").digest()
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    k = 1
    while k * 2 < len(lines):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(lines[:k]) + by_definition(lines[k:])).digest()


def hashes(lines):
    return [digest("sha256", b"\x00" + line) for line in lines]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size):
    assert root_of(hashes(LEAVES[:size])).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert Tree().root.hex() == hashlib.sha256(b"").hexdigest()
    assert Tree("sm3").root.hex() == "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_a_growing_tree_is_the_recursive_one_at_every_size(lines):
    tree = Tree()
    for size, line in enumerate(lines, start=1):
        tree.add(tree.leaf_hash(line))
        assert tree.root == by_definition(lines[:size])


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=33), st.data())
def test_a_path_proves_its_leaf_and_no_other(lines, data):
    leaves = hashes(lines)
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = inclusion_proof(leaves, index), root_of(leaves)

    assert is_included(leaves[index], index, len(leaves), proof, root)
    assert not is_included(digest("sha256", b"\x00another"), index, len(leaves), proof, root)
    assert not is_included(leaves[index], index, len(leaves), [*proof, root], root)
    if proof:
        assert not is_included(leaves[index], index, len(leaves), proof[:-1], root)


def test_an_unknown_hash_is_refused():
    with pytest.raises(ValueError, match="md5"):
        Tree("md5").leaf_hash(b"")
