"""What scans ask is kept once, closed when it is asked no longer, and never forgotten."""

from datetime import date
from decimal import Decimal

import pytest

from luodi.audit.bundles import verify_here
from luodi.integrity import actions
from luodi.integrity.models import ScanFinding, ScanRun
from tests.integrity.asked import AS_OF, found, ledger, scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(tmp_path, settings):
    settings.DATA_DIR = tmp_path  # the log's second file is beside the record that it is of
    return ledger(tmp_path)


def asked():
    return {(one.project.name, one.scheme): one for one in ScanFinding.objects.filter(closed_at=None)}


def test_a_scan_opens_what_is_probable_enough_and_leaves_the_rest(ids):
    run = scanned(ids)

    assert run.counts == {"projects": 6, "asked": 5, "opened": 5, "closed": 0, "sparse": False}
    assert len(asked()) == 5
    one = asked()["甲装置一期", "split"]
    assert (one.probability, one.group) == (Decimal("0.9300"), str(ids[0]))
    # Partners below the floor are not told.
    assert one.partners == [[ids[1], 0.95], [ids[2], 0.9]]
    assert one.sentences["zh"][0].startswith(f"与项目 {{{ids[1]}}}：同一投资方")
    assert verify_here().findings == []


def test_the_same_findings_of_the_same_day_are_the_run_that_was(ids):
    first, again = scanned(ids), scanned(ids)

    assert (again.pk, ScanRun.objects.count(), ScanFinding.objects.count()) == (first.pk, 1, 5)


def test_what_vanishes_is_closed_and_remembered_and_comes_back_as_itself(ids):
    scanned(ids)
    was = asked()["丙厂", "fake"].pk

    gone = scanned(ids, without={(str(ids[5]), "fake")})
    assert (gone.counts["closed"], ("丙厂", "fake") in asked()) == (1, False)
    assert ScanFinding.objects.get(pk=was).closed_at

    back = scanned(ids, by="t2")
    assert back.counts["opened"] == 1
    assert asked()["丙厂", "fake"].pk == was
    assert asked()["丙厂", "fake"].model == "t2"
    assert verify_here().findings == []


def test_a_scan_of_a_past_day_is_a_run_and_changes_nothing_that_is_asked_today(ids):
    scanned(ids)
    later = found(ids, without={(str(ids[5]), "fake")})

    run = actions.keep_scan(actor=None, as_of=date(2025, 1, 1), found=later)

    assert run.counts["closed"] == 0
    assert ("丙厂", "fake") in asked()
    assert ScanRun.objects.filter(as_of=AS_OF).count() == 1
