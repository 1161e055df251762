"""What scans ask is kept once, closed when it is asked no longer, and never forgotten."""

import shutil
from datetime import date
from decimal import Decimal

import pytest

from luodi.audit.bundles import verify_here
from luodi.integrity import actions
from luodi.integrity.models import ScanFinding, ScanRun
from luodi.integrity.settings import integrity_settings
from luodi.integrity.words import starts
from tests.integrity.asked import AS_OF, WORKING, found, ledger, scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(tmp_path, settings):
    settings.DATA_DIR = tmp_path  # the log's second file is beside the record that it is of
    return ledger(tmp_path)


def asked():
    return {(one.project.name, one.scheme): one for one in ScanFinding.objects.filter(closed_at=None)}


def test_a_scan_opens_what_is_probable_enough_and_leaves_the_rest(ids):
    run = scanned(ids)

    assert run.counts == {"projects": 6, "asked": 5, "opened": 5, "closed": 0, "sparse": False} | {
        "from": {scheme: [at, ""] for scheme, at in WORKING.items()}
    }
    assert len(asked()) == 5
    one = asked()["甲装置一期", "split"]
    assert (one.probability, one.group) == (Decimal("0.9300"), str(ids[0]))
    # Partners below the floor are not told.
    assert one.partners == [[ids[1], 0.95], [ids[2], 0.9]]
    assert one.sentences["zh"][0].startswith(f"与项目 {{{ids[1]}}}：同一投资方")
    assert verify_here().findings == []


@pytest.fixture
def city(settings, tmp_path):
    """A copy of the city's files, with its own word on where asking starts."""
    folder = shutil.copytree(settings.CITY_DIR, tmp_path / "city")

    def says(text):
        path = folder / "integrity.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        settings.CITY_DIR = folder

    return says


def test_asking_starts_at_the_cards_working_point_unless_the_city_says_why_not(ids, city):
    scanned(ids)
    assert any(scheme == "fake" for _name, scheme in asked()), "0.45 is above the working point of 0.4"

    city('\n[ask_from.fake]\nat = 0.60\nreason = "专项清理以后少问"\n')
    run = scanned(ids)

    assert not any(scheme == "fake" for _name, scheme in asked())
    assert run.counts["from"]["fake"] == [0.6, "专项清理以后少问"]
    assert run.counts["from"]["split"] == [WORKING["split"], ""]
    assert starts(run)[0] == "签约是否真实 60%（本市另定：专项清理以后少问）"
    assert starts(run)[1].endswith("50%（模型卡的工作点）")


@pytest.mark.parametrize(
    "text",
    [
        "\n[ask_from.fake]\nat = 0.60\n",
        '\n[ask_from.fake]\nat = 1.5\nreason = "少问"\n',
        '\n[ask_from.other]\nat = 0.5\nreason = "少问"\n',
    ],
)
def test_a_city_that_asks_from_elsewhere_without_a_reason_is_refused(city, text):
    city(text)

    with pytest.raises(ValueError, match="ask_from"):
        integrity_settings()


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
