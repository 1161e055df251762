"""A small chain with a project on it, and the city's worked example."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from luodi.chains import actions, dictionary
from luodi.chains.engine.tables import EdgeLine, HolderLine, NodeLine, Tables
from luodi.chains.models import Chain
from luodi.chains.settings import shipped_maps, tables_of
from tests.conftest import CITY_LEDGER
from tests.core.record import load, project
from tests.ledger_files import row, write

D = Decimal
NODES = (
    NodeLine("A", "原料", supply=D(100), demand=D(40)),
    NodeLine("B", "=中间体", supply=D(10), demand=D(30), industries=("2614",), norm_size=D(20), norm_years=20),
    NodeLine("C", "产品", supply=D(0), demand=D(5)),
    NodeLine("E", "未知品"),
)
EDGES = (EdgeLine("A", "B", D("0.5")), EdgeLine("B", "C"))
HOLDERS = (
    HolderLine(
        "B", "enterprise", "老厂有限公司", capacity=D(10), role="support", role_reason="全市只此一家", since=2000
    ),
    HolderLine("B", "project", "甲厂", capacity=D(20), role="fine", role_reason="产品对口"),
)


@pytest.fixture
def world(db, tmp_path, account):
    """大洼's 甲厂 stands on node B of the chain 精细化工."""
    rows = [
        row(1, "甲厂", chain="精细化工", started="2024-03-18", produced="计划2028年底"),
        row(2, "乙厂", chain="奇怪的词"),
    ]
    load(write(tmp_path / "台账.xlsx", rows))
    chain = Chain.objects.create(code="fine", name="精细化工")
    office = account("project_office")
    actions.load_map(actor=office, chain=chain, tables=Tables(NODES, EDGES, HOLDERS), reason="年报")
    return SimpleNamespace(chain=chain, office=office, project=project("甲厂"), account=account)


@pytest.fixture
def example(db):
    """The dictionary and both maps that ship with the city, on the city's own ledger."""
    load(CITY_LEDGER)
    dictionary.seed(actor=None)
    for code, data in shipped_maps():
        chain = Chain.objects.get(code=code)
        actions.load_map(actor=None, chain=chain, tables=tables_of(data), reason="本市文件载入")
    return Chain.objects.get(code="fine-chemicals")
