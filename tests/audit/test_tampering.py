"""Whatever is done to the database past the program is found: flipped bits, exchanged, added, removed and turned-back rows."""

import random

import pytest
from django.db import connection, transaction

from luodi.audit import bundles, sequencing
from luodi.audit.models import Change, Entry, LogState
from luodi.projects.actions import exclude_from_net, include_in_net
from tests.audit.tampering import cells, flip_a_cell
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path, account, settings):
    """A small record with everything in it: two ledgers, the second correcting the first, a decision, its revocation."""
    settings.DATA_DIR = tmp_path / "var"
    office = account("project_office")
    source = "http://www.panjin.gov.cn/a"
    first = [
        row(1, "甲厂", investor="甲公司51%、乙公司", amount=1200, started="2020", source=source),
        row(2, "乙厂", signed="2021上半年"),
    ]
    second = [
        row(1, "甲厂", investor="甲公司51%、乙公司", amount=1500, started="2020-05-01", source=source),
        row(3, "丙厂", amount="超亿元"),
    ]
    for name, rows in (("一.xlsx", first), ("二.xlsx", second)):
        load(write(tmp_path / name, rows), office)
    exclude_from_net(actor=office, project=project("甲厂"), ground="fake", reason="合同查无此事")
    include_in_net(actor=office, project=project("甲厂"), reason="补交了合同")
    sequencing.extend()
    return tmp_path


def found():
    return bundles.verify_here().findings


def test_an_honest_record_verifies(world):
    assert found() == []
    report = bundles.verify_here()
    assert report.leaves == Entry.objects.count() > 5
    assert report.rows > 20


@pytest.mark.parametrize("seed", range(5))
def test_any_flipped_bit_of_any_stored_row_is_found(world, seed):
    pick = random.Random(seed)
    every = sorted(cells(), key=str)
    assert len({table for table, *_ in every}) > 10

    missed = []
    for _ in range(20):
        point = transaction.savepoint()
        done = flip_a_cell(pick, every)
        if not found():
            missed.append(done)
        transaction.savepoint_rollback(point)

    assert missed == []
    assert found() == []


@pytest.mark.parametrize("cell", ["audit_head signature", "audit_head key", "audit_entry leaf_hash", "audit_entry mac", "audit_logstate root"])  # fmt: skip
def test_even_the_case_of_a_letter_is_a_bit(world, cell):
    table, column = cell.split()
    past_the_program(f'UPDATE {table} SET "{column}" = UPPER("{column}")')

    assert found() != []


def past_the_program(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM projects_amount WHERE id = (SELECT MIN(id) FROM projects_amount)",
        "DELETE FROM projects_netdecision",
        "INSERT INTO projects_alias (project_id, name, key, recorded_at)"
        " SELECT id, '假名', '假名', created_at FROM projects_project WHERE name = '甲厂'",
        "INSERT INTO organizations_party (name, key, credit_code) VALUES ('空壳公司', '空壳', '')",
        "DELETE FROM audit_change",
        "DELETE FROM audit_change WHERE id = (SELECT MAX(id) FROM audit_change)",
        "UPDATE audit_change SET entry_id = (SELECT MIN(id) FROM audit_entry)",
        "UPDATE projects_amount SET withdrawn_at = NULL",
        "UPDATE projects_project SET unit = 'panshan'",
    ],
)  # fmt: skip
def test_a_row_added_removed_or_set_back_is_found(world, statement):
    past_the_program(statement)

    assert found() != []


def test_leaves_that_change_places_are_found(world):
    one, other = Entry.objects.order_by("leaf_index")[1:3]
    for place, entry in ((10_000, one), (one.leaf_index, other), (other.leaf_index, one)):
        past_the_program(f"UPDATE audit_entry SET leaf_index = {place} WHERE id = {entry.pk}")

    assert found()[0].leaf == 1


def test_an_entry_that_the_program_did_not_write_is_found(world):
    past_the_program(
        "INSERT INTO audit_entry (at, actor_name, address, request_id, action, object_type, object_name, detail, wrote, mac, leaf_hash)"
        " SELECT at, actor_name, '', '', 'projects.net.included', object_type, object_name, detail, '[]', mac, ''"
        " FROM audit_entry LIMIT 1"
    )

    assert any("not written" in finding.what for finding in found())


def test_a_tail_that_was_cut_is_found_although_the_state_was_set_back_with_it(world):
    before = LogState.objects.get()
    size, root, peaks, length = before.size, before.root, before.peaks, before.file_bytes
    exclude_from_net(
        actor=Entry.objects.exclude(actor=None).first().actor, project=project("乙厂"), ground="fake", reason="后来"
    )
    sequencing.extend()
    past_the_program("DELETE FROM projects_netdecision WHERE reason = '后来'")
    past_the_program(f"DELETE FROM audit_entry WHERE leaf_index >= {size}")
    past_the_program("DELETE FROM audit_head")
    past_the_program(
        f"UPDATE audit_logstate SET size = {size}, root = '{root}', peaks = '{peaks}', file_bytes = {length}"
    )

    findings = found()

    assert [finding.leaf for finding in findings] == [size, None]
    assert "second file" in findings[0].what


def test_a_second_file_that_was_cut_or_changed_is_found(world):
    assert found() == []
    file = sequencing.second_file()
    whole = file.read_bytes()
    for changed in (whole[:-50], b"", whole + b"{}\n", whole.replace("甲厂".encode(), "丁厂".encode())):
        file.write_bytes(changed)
        assert found() != [], changed[:80]
    file.unlink()
    assert found()[0].leaf == 0
    file.write_bytes(whole)
    assert found() == []


def test_what_a_killed_process_left_in_the_second_file_keeps_its_place(world):
    file, known = sequencing.second_file(), LogState.objects.values().get()
    exclude_from_net(
        actor=Entry.objects.exclude(actor=None).first().actor, project=project("乙厂"), ground="fake", reason="后来"
    )
    sequencing.extend()
    whole = file.read_bytes()
    # As if the process had died after the file and before the database.
    past_the_program(f"UPDATE audit_entry SET leaf_index = NULL, leaf_hash = '' WHERE leaf_index >= {known['size']}")
    past_the_program("DELETE FROM audit_head")
    LogState.objects.update(**known)

    assert found() == []
    assert file.read_bytes() == whole


def test_changes_tell_before_and_after(world):
    change = Change.objects.filter(table="projects_amount").first()

    assert change.columns.startswith('{"withdrawn_at":[null,"20')
