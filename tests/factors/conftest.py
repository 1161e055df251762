"""A city with a few projects of known stages, and pools that are filled by hand."""

from datetime import date
from types import SimpleNamespace

import pytest

from luodi.factors import supplying
from luodi.factors.statements import Tranche
from tests.core.record import load, project
from tests.ledger_files import row, write

DAY = date(2026, 1, 5)


@pytest.fixture
def book(db, account, tmp_path, settings):
    """Three projects of 大洼区 that are signed and one that is built; a pool of power in the district, one of COD for the city."""
    settings.DATA_DIR = tmp_path
    rows = [
        row(1, "甲厂", amount=100_000, signed="2025-06-01", chain="化工"),
        row(2, "乙厂", amount=50_000, signed="2025-07-01", chain="化工"),
        row(3, "丙厂", amount=20_000, signed="2025-08-01", chain="装备"),
        row(4, "丁厂", amount=20_000, signed="2019-08-01", started="2020-01-01", produced="2022-01-01"),
    ]
    load(write(tmp_path / "台账.xlsx", rows))
    office = account("project_office")
    power = supplying.open_pool(actor=office, factor="power", unit="dawa")
    cod = supplying.open_pool(actor=office, factor="cod", unit="")
    supplying.supply(actor=office, pool=power, tranche=Tranche(1000, DAY, "供电公司函"))
    supplying.supply(actor=office, pool=power, tranche=Tranche(1000, date(2028, 1, 3), "供电公司函"))
    supplying.supply(actor=office, pool=cod, tranche=Tranche(500, DAY, "总量确认"))
    clerk, department = account("unit_clerk", unit="dawa"), account("department")
    names = {"a": "甲厂", "b": "乙厂", "c": "丙厂", "done": "丁厂"}
    found = {key: project(name) for key, name in names.items()}
    return SimpleNamespace(office=office, clerk=clerk, department=department, power=power, cod=cod, **found)
