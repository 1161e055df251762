"""The record's part of `luodi integrity`."""

import json

import pytest
from click.testing import CliRunner

from luodi.audit.models import Entry
from luodi.integrity import hearing
from luodi.integrity.models import ScanFinding
from luodi.integrity.record_commands import cases, labels, record_
from luodi.projects.models import Project
from tests.core.record import load
from tests.integrity.asked import ledger
from tests.integrity.split_ledger import PARTS, parts_ledger

pytestmark = pytest.mark.django_db


def test_the_record_is_scanned_by_the_real_engine_and_a_second_time_nothing_is_new(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    load(parts_ledger(tmp_path / "台账.xlsx"))

    told = json.loads(CliRunner().invoke(record_, ["--json"]).output)
    again = json.loads(CliRunner().invoke(record_, ["--json"]).output)

    asked = ScanFinding.objects.filter(closed_at=None)
    # Who signed first is less surely a part than the others: it is asked about as their partner, if not by itself.
    about = {one.project_id for one in asked} | {pk for one in asked for pk, _share in one.partners}
    assert {one.scheme for one in asked} == {"split"}
    assert sorted(Project.objects.filter(pk__in=about).values_list("name", flat=True)) == sorted(PARTS)
    assert told["asked"] == len(asked) >= 2
    assert again["run"] == told["run"]
    assert "辽河聚酯" in CliRunner().invoke(record_, ["--points"]).output


def test_cases_and_labels_for_scripts(tmp_path, settings, account):
    settings.DATA_DIR = tmp_path
    ids = ledger(tmp_path)
    case = hearing.open_case(
        actor=account("project_office"), scheme="split", projects=ids[:3], question="请说明是几项工程"
    )

    told = json.loads(CliRunner().invoke(cases, ["--json"]).output)
    assert (told["case"], told["projects"], told["state"]) == (case.pk, ids[:3], "open")
    assert "还剩 10 个工作日" in CliRunner().invoke(cases).output
    assert CliRunner().invoke(cases, ["--state", "closed"]).output == ""

    CliRunner().invoke(labels, ["--out", str(tmp_path / "labels.csv")])
    assert (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").startswith("project,scheme,label")
    assert Entry.objects.filter(action="integrity.labels.exported").exists()
