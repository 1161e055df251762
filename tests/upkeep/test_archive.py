"""Backup, restore and move, driven by their commands as an administrator would, on real installations."""

import os
import shutil
import tarfile

import pytest

from tests.conftest import LEDGERS
from tests.core import installation
from tests.core.record import PUBLISHED

pytestmark = pytest.mark.processes

SQLITE = not os.environ.get("DATABASE_URL", "").startswith("postgres")


@pytest.fixture
def made(tmp_path):
    """Installations by name, given back afterwards."""
    kept = []

    def make(name):
        one = installation.make(tmp_path / name, name)
        kept.append(one)
        return one

    yield make
    for one in kept:
        installation.drop(one)


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """An installation with two ledgers, the second of which corrects and adds to the first."""
    one = installation.make(tmp_path_factory.mktemp("origin") / "data", "origin")
    one.migrate()
    for name in PUBLISHED[::3]:
        assert one.json("intake", "commit", LEDGERS / name)["rejected"] == 0
    yield one
    installation.drop(one)


@pytest.fixture
def lived(origin, made):
    """A copy of it, to do with as a test likes."""
    one = made("old")
    one.become(origin)
    return one


def figures(one):
    return one.json("figures")["stages"]


def test_a_backup_restores_to_the_same_figures_and_a_log_that_verifies(lived, made, tmp_path):
    archive = tmp_path / "备份.tar.gz"
    (lived.folder / "seeds").mkdir()
    (lived.folder / "seeds" / "1").write_text("种子")
    assert lived.run("backup", archive).returncode == 0
    assert archive.stat().st_mode & 0o077 == 0
    new = made("new")

    done = new.run("restore", archive)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "一致" in done.stdout
    assert (new.folder / "seeds" / "1").read_text() == "种子"
    assert figures(new) == figures(lived)
    assert new.json("audit", "verify")["leaves"] == lived.json("audit", "verify")["leaves"] + 1
    # It lives on: the next ledger finds the ids it needs and everything known.
    again = new.json("intake", "commit", LEDGERS / PUBLISHED[0])
    assert (again["created"], again["changed"]) == (0, 0)
    more = new.json("intake", "commit", LEDGERS / PUBLISHED[2])
    assert more["created"] + more["changed"] + more["unchanged"] == 39
    assert new.json("audit", "verify")["ok"]


def test_a_restore_needs_an_empty_place_or_a_clear_word(lived, tmp_path):
    archive = tmp_path / "b.tar.gz"
    lived.run("backup", archive)
    lived.json("intake", "commit", LEDGERS / PUBLISHED[2])
    printed = lived.json("audit", "head")

    refused = lived.run("restore", archive)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr

    assert lived.run("restore", archive, "--replace").returncode == 0
    assert lived.json("figures")["denominators"]
    # What was printed before tells that the record is an older one.
    told = lived.run("audit", "verify", "--head", f"{printed['size']}:{printed['root']}")
    assert told.returncode == 2
    assert [path.name for path in lived.folder.iterdir() if path.name.startswith("audit.before-")]


@pytest.mark.parametrize("harm", ["cut", "bit", "no backup"])
def test_a_damaged_archive_is_refused_before_anything_is_touched(lived, tmp_path, harm):
    archive = tmp_path / "b.tar.gz"
    lived.run("backup", archive)
    data = archive.read_bytes()
    if harm == "no backup":
        archive.write_bytes(b"PK not a backup")
    elif harm == "cut":
        archive.write_bytes(data[: len(data) // 2])
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(tmp_path / "x", filter="data")
        table = tmp_path / "x" / "tables" / "projects_amount.jsonl"
        table.write_bytes(table.read_bytes().replace(b"CNY", b"USD", 1))
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(tmp_path / "x", arcname=".")
    before = figures(lived)

    done = lived.run("restore", "--replace", archive)

    assert done.returncode == 1
    assert "备份" in done.stderr
    assert figures(lived) == before
    assert lived.json("audit", "verify")["ok"]


@pytest.mark.skipif(SQLITE, reason="moves to the server of the PostgreSQL run")
def test_a_county_moves_from_sqlite_to_postgresql(made, tmp_path):
    target = made("city")
    county = installation.Installation(tmp_path / "county", f"sqlite:///{tmp_path / 'county' / 'luodi.sqlite3'}")
    county.folder.mkdir()
    assert county.run("migrate").returncode == 0
    for name in PUBLISHED[::3]:
        county.json("intake", "commit", LEDGERS / name)
    before = figures(county)

    done = county.run("move", target.database)

    assert done.returncode == 0, done.stdout + done.stderr
    moved = installation.Installation(county.folder, target.database)
    assert figures(moved) == before
    assert moved.json("audit", "verify")["ok"]
    assert moved.json("intake", "commit", LEDGERS / PUBLISHED[2])["rows"] == 39
    assert moved.json("audit", "verify")["ok"]


def test_a_database_put_back_to_yesterday_is_found(lived):
    if not SQLITE:
        pytest.skip("PostgreSQL's files are put back by its own tools; the second file is the same")
    lived.run("figures")
    files = [path for path in lived.folder.iterdir() if path.name.startswith("luodi.sqlite3")]
    yesterday = lived.folder.parent / "yesterday"
    yesterday.mkdir()
    for path in files:
        shutil.copy2(path, yesterday)
    lived.json("intake", "commit", LEDGERS / PUBLISHED[2])
    for path in lived.folder.glob("luodi.sqlite3*"):
        path.unlink()
    for path in yesterday.iterdir():
        shutil.copy2(path, lived.folder)

    found = lived.json("audit", "verify", code=2)

    assert found["findings"][0]["what"].startswith("the second file of the log has more leaves")
