"""Several offices load at once: nothing is lost, nothing doubled, nobody is turned away."""

import json
import shutil

import pytest

from tests.core.installation import drop, make
from tests.ledger_files import row, write

pytestmark = pytest.mark.processes
OFFICES, ROWS = 6, 40


@pytest.fixture
def installation(tmp_path):
    one = make(tmp_path / "data", "concurrency")
    one.migrate()
    yield one
    drop(one)


def at_once(installation, paths):
    """Start a load of every file, then wait for all; what each printed for scripts."""
    processes = [installation.start("intake", "commit", path, "--json") for path in paths]
    ended = [(process, *process.communicate(timeout=120)) for process in processes]
    for process, _, errors in ended:
        assert process.returncode == 0, errors
        assert "locked" not in errors
    return [json.loads(output) for _, output, _ in ended]


def test_six_ledgers_at_once_lose_no_row(installation, tmp_path):
    paths = [
        write(
            tmp_path / f"{office}.xlsx",
            [row(n, f"{office}处第{n}号工程", investor="同一公司", amount=n) for n in range(1, ROWS + 1)],
        )
        for office in range(OFFICES)
    ]

    done = at_once(installation, paths)

    assert [one["created"] for one in done] == [ROWS] * OFFICES
    assert installation.ask("SELECT count(*) FROM projects_project") == OFFICES * ROWS
    assert installation.ask("SELECT count(*) FROM snapshots_standing") == OFFICES * ROWS
    assert installation.ask("SELECT count(*) FROM organizations_party") == 1
    assert installation.ask("SELECT count(*) FROM audit_entry WHERE action = 'intake.batch.committed'") == OFFICES


@pytest.mark.parametrize("same_bytes", [True, False], ids=["one file", "two files with the same projects"])
def test_the_same_projects_from_two_processes_come_once(installation, tmp_path, same_bytes):
    lines = [row(n, f"第{n}号工程", amount=n, started="2020") for n in range(1, 401)]
    first = write(tmp_path / "一.xlsx", lines)
    second = tmp_path / "二.xlsx"
    if same_bytes:
        shutil.copy(first, second)
    else:
        write(second, lines, title="另一份台账")

    done = at_once(installation, [first, second])

    assert sorted((one["created"], one["unchanged"]) for one in done) == [(0, 400), (400, 0)]
    assert installation.ask("SELECT count(*) FROM projects_project") == 400
    assert installation.ask("SELECT count(*) FROM projects_stageevent") == 400
