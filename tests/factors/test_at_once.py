"""Fifty clerks press at the same moment for a pool that is enough for some of them; nothing is promised twice, on either database."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.installation import ROOT, drop, make
from tests.ledger_files import row, write

pytestmark = pytest.mark.processes


@pytest.fixture
def installation(tmp_path):
    one = make(tmp_path / "data", "clerks")
    one.migrate()
    yield one
    drop(one)


@pytest.mark.slow
def test_fifty_clerks_at_once_get_what_is_there_and_not_one_unit_more(installation, tmp_path):
    ledger = write(tmp_path / "台账.xlsx", [row(n + 1, f"第{n}号工程", amount=n + 1) for n in range(50)])
    assert installation.json("intake", "commit", ledger)["created"] == 50
    environment = {**installation.environment, "DJANGO_SETTINGS_MODULE": "luodi.settings"}
    script = [sys.executable, str(Path(__file__).parent / "clerks.py"), "50", "31"]

    done = subprocess.run(script, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert sorted(found["told"]) == ["NotEnough"] * 40 + ["promised"] * 10
    assert found["given"] == [3] * 10
    assert found["unbalanced"] == []
    assert installation.run("audit", "verify").returncode == 0
