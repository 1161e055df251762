"""Labelled worlds, unpacked once."""

import zipfile
from pathlib import Path

import pytest

from luodi.integrity.engine.ledger import read_folder
from tests.core.record import load, project
from tests.integrity.plant import PLANT
from tests.integrity.worlds import AS_OF, SHARED
from tests.ledger_files import row, write


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


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def register(own_folder, tmp_path):
    """Thirty factories that have nothing to do with each other, and one plant."""
    crowd = [
        row(
            n,
            f"{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}号{'厂库站场'[n % 4]}",
            investor=f"{n}号实业有限公司",
            amount=1000 + 37 * n,
        )
        for n in range(2, 32)
    ]
    load(write(tmp_path / "库.xlsx", [PLANT, *crowd]))
    return project("年产五万吨钢结构")
