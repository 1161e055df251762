"""Labelled worlds, unpacked once."""

import zipfile
from pathlib import Path

import pytest

from luodi.integrity.engine.ledger import read_folder
from tests.integrity.worlds import AS_OF, SHARED


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Unpack a training world by its number."""
    known: dict[int, Path] = {}

    def of(number: int) -> Path:
        if not SHARED.exists():
            pytest.skip("the labelled worlds are not beside this checkout")
        if number not in known:
            known[number] = tmp_path_factory.mktemp(f"world{number}")
            with zipfile.ZipFile(SHARED / f"train-{number}.zip") as packed:
                packed.extractall(known[number])
        return known[number]

    return of


@pytest.fixture(scope="session")
def ledger(world):
    return read_folder(world(3), AS_OF)
