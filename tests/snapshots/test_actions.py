"""Freezing a day: the same record gives the same hash, and anything else another."""

import json
import os
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from luodi.audit.models import Entry
from luodi.projects.models import Project, StageEvent
from luodi.snapshots import frames
from luodi.snapshots.actions import take
from luodi.snapshots.models import Snapshot
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, load, project

pytestmark = pytest.mark.django_db
DAY = date(2024, 12, 31)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def published():
    for name in PUBLISHED:
        load(LEDGERS / name)


def test_the_same_record_gives_the_same_snapshot_back(published):
    first = take(actor=None, as_of=DAY)

    assert take(actor=None, as_of=DAY).pk == first.pk
    assert Snapshot.objects.count() == 1
    assert Entry.objects.filter(action="snapshots.snapshot.taken").count() == 1


def test_a_lost_folder_is_written_again_under_the_same_hash(published):
    import shutil

    first = take(actor=None, as_of=DAY)
    shutil.rmtree(first.path)

    again = take(actor=None, as_of=DAY)

    assert (again.pk, again.sha256) == (first.pk, first.sha256)
    assert (again.path / "projects.parquet").exists()


def test_another_day_gives_another_hash(published):
    assert take(actor=None, as_of=DAY).sha256 != take(actor=None, as_of=date(2025, 1, 1)).sha256


def test_one_more_event_gives_another_hash(published):
    first = take(actor=None, as_of=DAY)
    StageEvent.objects.create(project=project("忠旺铝材"), stage="produced", kind="actual", ends_on=date(2023, 5, 1))

    second = take(actor=None, as_of=DAY)

    assert second.sha256 != first.sha256
    assert first.manifest["tables"]["amounts"] == second.manifest["tables"]["amounts"]


def test_every_table_reads_back_as_it_was_built(published):
    import polars as pl
    from polars.testing import assert_frame_equal

    snapshot = take(actor=None, as_of=DAY)

    built = frames.build(DAY)
    assert set(built) == {"projects", "events", "amounts", "evidence"}
    for name, frame in built.items():
        read = pl.read_parquet(snapshot.path / f"{name}.parquet")
        assert_frame_equal(read, frame)
        assert snapshot.manifest["tables"][name]["rows"] == read.height
    assert built["projects"].height == Project.objects.current().count() == 94


def test_the_manifest_beside_the_tables_is_the_one_in_the_record_and_its_figures_are_those_of_the_table(published):
    import polars as pl

    snapshot = take(actor=None, as_of=DAY)

    manifest = json.loads((snapshot.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == snapshot.manifest
    projects = pl.read_parquet(snapshot.path / "projects.parquet")
    stages = {stage["stage"]: stage for stage in manifest["figures"]["stages"]}
    for side in ("reported", "proven", "net"):
        standing = projects.filter(pl.col(side) == "started")
        figure = stages["started"]["current"][side]
        assert figure["packaged"]["projects"] == standing["packed"].sum()
        assert figure["unpacked"]["projects"] == standing["unpacked"].sum()
        assert figure["packaged"]["amount_fen"] == standing.filter(pl.col("packed") == 1)["amount_fen"].sum()
        assert figure["unpacked"]["amount_fen"] == standing["unpacked_fen"].sum()
    units = manifest["figures_by_unit"].values()
    assert sum(unit["total"]["reported"]["packaged"]["projects"] for unit in units) == 92
    assert sum(unit["total"]["reported"]["unpacked"]["projects"] for unit in units) == 93


def test_nothing_unfinished_is_left_beside_a_snapshot(published):
    snapshot = take(actor=None, as_of=DAY)

    assert os.listdir(snapshot.path.parent) == [snapshot.path.name]


def test_an_empty_record_can_be_frozen():
    snapshot = take(actor=None, as_of=DAY)

    assert {table["rows"] for table in snapshot.manifest["tables"].values()} == {0}
    assert snapshot.manifest["figures"]["total"]["reported"]["packaged"]["projects"] == 0


@pytest.mark.parametrize("role", ["leader", "auditor", "administrator", "unit_clerk"])
def test_only_the_project_office_freezes(account, role):
    with pytest.raises(PermissionDenied):
        take(actor=account(role), as_of=DAY)
    assert not Snapshot.objects.exists()
