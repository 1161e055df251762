"""Random re-checks that anybody can recompute."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from luodi.audit.models import Entry
from luodi.core.installation import folder
from luodi.evidence import actions, rechecking
from luodi.evidence.engine.sampling import commitment, drawn
from luodi.evidence.models import Draw, Evidence
from tests.core.record import load, net_of
from tests.ledger_files import row, write


@given(st.text(max_size=20), st.sets(st.integers(1, 10**6), max_size=60), st.integers(1, 20))
def test_a_sample_is_what_the_published_formula_gives(seed, population, size):
    """Second source: the formula as it is printed on the page, with the hashes as hexadecimal text."""
    keyed = sorted((hashlib.sha256(f"{seed}:{one}".encode()).hexdigest(), one) for one in population)

    assert drawn(seed, population, size) == sorted(one for _, one in keyed[:size])
    assert len(drawn(seed, population, size)) == min(size, len(population))


def test_every_document_is_drawn_about_equally_often():
    times = dict.fromkeys(range(20), 0)
    for n in range(2000):
        for one in drawn(f"seed {n}", times, 5):
            times[one] += 1

    assert all(420 <= count <= 580 for count in times.values())


@pytest.fixture
def judged(db, account, tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    lines = [row(n, f"第{n}厂", started="2020", source=f"http://www.panjin.gov.cn/{n}") for n in range(12)]
    loader, first = account("unit_clerk"), account("project_office")
    load(write(tmp_path / "台账.xlsx", lines), loader)
    for evidence in Evidence.objects.order_by("id")[:10]:
        actions.verify(actor=first, evidence=evidence, accept=True)
    return first


def test_the_hash_is_known_before_and_the_seed_after(judged, account):
    office = account("project_office")
    draw = rechecking.commit_seed(actor=office, size=3)
    assert (draw.seed, Entry.objects.first().detail["sha256"]) == ("", draw.seed_sha256)
    assert not Entry.objects.filter(detail__has_key="seed").exists()

    draw = rechecking.draw_sample(actor=office, draw=draw)

    assert commitment(draw.seed) == draw.seed_sha256
    assert draw.rechecks.count() == 3
    assert len(draw.population) == 10
    assert rechecking.agrees(draw)
    with pytest.raises(ValidationError, match="已经抽过"):
        rechecking.draw_sample(actor=office, draw=draw)


def test_an_exchanged_sample_or_seed_is_seen(judged, account):
    office = account("project_office")
    draw = rechecking.draw_sample(actor=office, draw=rechecking.commit_seed(actor=office, size=3))
    drawn_now = set(draw.rechecks.values_list("evidence", flat=True))
    other = next(one for one in draw.population if one not in drawn_now)

    draw.rechecks.filter(evidence=min(drawn_now)).update(evidence=other)
    assert not rechecking.agrees(draw)
    draw.rechecks.filter(evidence=other).update(evidence=min(drawn_now))
    assert rechecking.agrees(draw)
    draw.seed_sha256 = commitment("another")
    assert not rechecking.agrees(draw)


def test_a_lost_seed_makes_no_draw(judged, account):
    office = account("project_office")
    draw = rechecking.commit_seed(actor=office, size=3)
    for file in folder("seeds").iterdir():
        file.unlink()

    with pytest.raises(ValidationError, match="种子"):
        rechecking.draw_sample(actor=office, draw=draw)
    assert Draw.objects.get().drawn_at is None


def test_what_does_not_hold_is_rejected_by_another_than_who_accepted_it(judged, account):
    office = account("project_office")
    draw = rechecking.draw_sample(actor=office, draw=rechecking.commit_seed(actor=office, size=10))
    recheck = draw.rechecks.first()
    name = recheck.evidence.project.name
    with pytest.raises(PermissionDenied, match="原核实人"):
        rechecking.record_recheck(actor=judged, recheck=recheck, upheld=True, reason="看过")
    with pytest.raises(ValidationError, match="写明"):
        rechecking.record_recheck(actor=office, recheck=recheck, upheld=True, reason=" ")

    rechecking.record_recheck(actor=office, recheck=recheck, upheld=False, reason="现场没有开工")

    assert (net_of(name), recheck.evidence.verdict) == ("", "rejected")
    with pytest.raises(ValidationError, match="已经有"):
        rechecking.record_recheck(actor=office, recheck=recheck, upheld=True, reason="再看")


@pytest.mark.parametrize("size", [0, -1, 501])
def test_a_sample_has_a_sensible_size(judged, account, size):
    with pytest.raises(ValidationError):
        rechecking.commit_seed(actor=account("project_office"), size=size)


def test_nobody_but_the_office_draws(judged, account):
    with pytest.raises(PermissionDenied):
        rechecking.commit_seed(actor=account("auditor"), size=1)
