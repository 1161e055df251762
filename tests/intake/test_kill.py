"""A load killed at any moment leaves the whole batch or nothing, and the next run completes it."""

import os
import random
import shutil
import time
from pathlib import Path

import pytest

from tests.core.installation import Installation, drop, make
from tests.ledger_files import row, write

pytestmark = pytest.mark.processes

ROWS = 3000
ON_SERVER = os.environ.get("DATABASE_URL", "").startswith("postgres")
KILLS = int(os.environ.get("LUODI_TEST_KILLS", "5"))
STARTING = 0.3
"""Share of a load in which Python starts and the file is read: a kill there has nothing to leave half done."""
EACH = 10
"""At least after so many kills a run is let through to its end; the next kills start from an empty record again."""


@pytest.fixture
def ledger(tmp_path):
    lines = [
        row(n, f"第{n}号工程", investor=f"第{n % 40}公司", amount=n, started="2020-01") for n in range(1, ROWS + 1)
    ]
    return write(tmp_path / "台账.xlsx", lines)


@pytest.fixture
def installation(tmp_path):
    one = make(tmp_path / "data", "kill")
    one.migrate()
    yield one
    drop(one)


@pytest.mark.slow
def test_a_killed_load_leaves_all_or_nothing_and_the_next_run_completes_it(installation, ledger):
    choose = random.Random(20240306)
    empty = kept(installation)
    began = time.monotonic()
    assert installation.json("intake", "commit", ledger)["created"] == ROWS
    duration = time.monotonic() - began
    spread = [(kill + choose.random()) / KILLS for kill in range(KILLS)]
    moments = [duration * (STARTING + (1.05 - STARTING) * share) for share in spread]
    choose.shuffle(moments)

    put_back(installation, empty)
    for kill, moment in enumerate(moments, start=1):
        killed_after(installation, ledger, moment)
        projects, committed, batches = state_of(installation)
        assert (projects, committed, batches) in {(0, 0, 0), (ROWS, 1, 1)}, f"killed after {moment:.2f} s"
        if projects or kill % EACH == 0:
            done = installation.json("intake", "commit", ledger)
            assert done["unchanged" if projects else "created"] == ROWS
            put_back(installation, empty)
    assert installation.json("intake", "commit", ledger)["rows"] == ROWS
    assert state_of(installation)[0] == ROWS


def killed_after(installation: Installation, ledger: Path, seconds: float) -> None:
    process = installation.start("intake", "commit", ledger, "--json")
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=30)


def state_of(installation: Installation) -> tuple[int, int, int]:
    """Projects, committed batches, batches; once the server has noticed that its client is gone."""
    if ON_SERVER:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + 20
        while installation.ask(others) and time.monotonic() < deadline:
            time.sleep(0.05)
    committed = installation.ask("SELECT count(*) FROM intake_batch WHERE state = 'committed'")
    tables = ("projects_project", "intake_batch")
    projects, batches = (installation.ask(f"SELECT count(*) FROM {table}") for table in tables)
    return projects, committed, batches


def kept(installation: Installation) -> Path | None:
    """A copy of the empty database, to start from again; a server empties its tables instead."""
    if ON_SERVER:
        return None
    return Path(shutil.copy(installation.folder / "luodi.sqlite3", installation.folder / "empty.sqlite3"))


def put_back(installation: Installation, empty: Path | None) -> None:
    if empty is None:
        truncate(installation)
        return
    for path in installation.folder.glob("luodi.sqlite3*"):
        path.unlink()
    shutil.copy(empty, installation.folder / "luodi.sqlite3")


def truncate(installation: Installation) -> None:
    import psycopg

    with psycopg.connect(installation.database) as connection:
        connection.execute(
            "TRUNCATE projects_project, intake_batch, intake_row, intake_ledgerfile, organizations_party CASCADE"
        )
