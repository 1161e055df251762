"""The commands: exit codes, what scripts read, and what is refused."""

import shutil

import pytest

from tests.conftest import LEDGERS
from tests.core.installation import drop, make
from tests.ledger_files import row, write

XLSX = LEDGERS / "盘锦市招商引资项目台账.xlsx"
pytestmark = pytest.mark.processes
TABLES = (
    "projects_project",
    "projects_stageevent",
    "intake_batch",
    "intake_row",
    "intake_ledgerfile",
    "audit_entry",
    "evidence_evidence",
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    one = make(tmp_path_factory.mktemp("commands") / "data", "commands")
    one.migrate()
    yield one
    drop(one)


def counts(installation):
    return {table: installation.ask(f"SELECT count(*) FROM {table}") for table in TABLES}


def test_check_prints_every_row_and_writes_nothing(shared):
    before = counts(shared), sorted(path.name for path in shared.folder.rglob("files/*"))

    rows = shared.json("intake", "check", XLSX)

    assert len(rows) == 55
    assert set(rows[0]) == {"sheet", "row", "name", "state", "project", "fields", "changes", "problems"}
    assert (rows[0]["row"], rows[0]["state"], rows[0]["project"]) == (5, "new", None)
    assert (counts(shared), sorted(path.name for path in shared.folder.rglob("files/*"))) == before


def test_commit_figures_snapshot_and_revert_tell_scripts_what_happened(shared):
    done = shared.json("intake", "commit", XLSX)
    assert {key: done[key] for key in ("created", "changed", "unchanged", "rejected", "rows")} == {
        "created": 55,
        "changed": 0,
        "unchanged": 0,
        "rejected": 0,
        "rows": 55,
    }
    assert done["sheets"][0]["totals_checked"] == 7
    again = shared.json("intake", "commit", XLSX)
    assert (again["created"], again["unchanged"]) == (0, 55)

    found = shared.json("figures", "--as-of", "2024-12-31")
    assert found["schema"] == "luodi.figures/2"
    assert found["total"]["reported"]["packaged"]["amount_wan"] == "23,190,500"
    assert [found["total"]["reported"][counting]["projects"] for counting in ("packaged", "unpacked")] == [53, 54]
    assert found["total"]["reported"]["unpacked"]["amount_wan"] == "22,590,500"
    assert {
        "schema",
        "city",
        "as_of",
        "known_at",
        "states",
        "cohort",
        "countings",
        "definition",
        "denominators",
        "total",
        "stages",
        "fixed_assets",
        "outside_fixed_assets",
    } == set(found)
    assert set(found["stages"][0]) >= {"stage", "name", "reported", "proven", "net", "water", "current"}
    frozen = shared.json("snapshot", "--as-of", "2024-12-31")
    assert frozen["figures"]["total"] == found["total"]
    assert frozen["tables"]["projects"]["rows"] == 55

    assert shared.json("intake", "revert", again["batch"]) == {
        "reverted": True,
        "batch": again["batch"],
        "blocked_by": [],
    }
    assert shared.json("intake", "revert", done["batch"])["reverted"] is True
    twice = shared.json("intake", "revert", done["batch"], code=2)
    assert "只有已入库的批次可以撤回" in twice["refused"]["message"]
    assert shared.json("figures")["total"]["reported"]["packaged"]["projects"] == 0


def test_a_revert_that_later_batches_forbid_names_them_and_ends_with_2(shared, tmp_path):
    first = shared.json("intake", "commit", write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1)]))
    second = shared.json("intake", "commit", write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=2)]))

    assert shared.json("intake", "revert", first["batch"], code=2) == {
        "reverted": False,
        "batch": first["batch"],
        "blocked_by": ["甲厂"],
    }
    for batch in (second, first):
        assert shared.json("intake", "revert", batch["batch"])["reverted"]


@pytest.mark.parametrize("command", ["check", "commit"])
def test_rows_with_errors_end_with_1_and_the_good_ones_are_taken(shared, tmp_path, command):
    path = write(tmp_path / "台账.xlsx", [row(1, f"{command}厂", amount=1), row(2, "", amount=1)])

    done = shared.run("intake", command, path)

    assert done.returncode == 1
    assert "新增 1，变更 0，无变化 0，退回 1" in done.stderr


def test_rejected_rows_go_into_a_workbook_when_asked(shared, tmp_path):
    from openpyxl import load_workbook

    path = write(tmp_path / "台账.xlsx", [row(1, "退回厂", amount=1), row(2, "", amount=777)])

    assert shared.run("intake", "commit", path, "--rejected", tmp_path / "退回.xlsx").returncode == 1

    cells = [cell for line in load_workbook(tmp_path / "退回.xlsx").active.iter_rows(values_only=True) for cell in line]
    assert 777 in cells
    assert "退回厂" not in cells


@pytest.mark.parametrize("command", ["check", "commit"])
@pytest.mark.parametrize("kind", ["garbage", "encrypted", "empty"])
def test_a_file_that_cannot_be_read_is_refused_with_2_and_advice(shared, tmp_path, command, kind):
    path = tmp_path / "台账.xlsx"
    if kind == "encrypted":
        shutil.copy(LEDGERS.parent / "spreadsheets" / "calamine" / "pass_protected.xlsx", path)
    else:
        path.write_bytes(b"\x07\x00garbage" * 99 if kind == "garbage" else b"")
    before = counts(shared)

    refused = shared.json("intake", command, path, code=2)["refused"]

    assert set(refused) == {"code", "message", "advice"}
    assert refused["message"]
    assert refused["advice"]
    assert counts(shared) == before


def test_a_batch_that_does_not_exist_is_refused(shared):
    assert "没有批次 999999" in shared.json("intake", "revert", 999_999, code=2)["refused"]["message"]


def test_an_account_that_does_not_exist_is_refused(shared):
    assert shared.run("intake", "check", XLSX, "--as", "nobody").returncode == 2


@pytest.mark.parametrize("command", ["check", "commit"])
def test_without_a_database_the_command_says_what_to_do(tmp_path, command):
    bare = make(tmp_path / "data", "bare")
    try:
        refused = bare.json("intake", command, XLSX, code=2)["refused"]
    finally:
        drop(bare)

    assert refused == {"code": "no_database", "message": "数据库尚未建立", "advice": "先运行 luodi migrate"}
