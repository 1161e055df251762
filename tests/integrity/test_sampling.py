"""A random look that anybody can recompute, and the error rates that it makes known."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.evidence.engine.sampling import drawn
from luodi.integrity import deciding, hearing, queries, sampling
from luodi.integrity.intervals import Share
from luodi.integrity.models import SampledProject
from luodi.integrity.sample_views import misses, precision
from luodi.projects.models import Project
from tests.integrity.asked import ledger, scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    ids = ledger(tmp_path)
    scanned(ids)
    return ids


def test_the_seed_is_known_by_its_hash_first_and_gives_the_sample_to_anybody(ids, account):
    office = account("project_office")
    draw = sampling.commit_seed(actor=office, size=3)
    assert (draw.seed, len(draw.seed_sha256)) == ("", 64)

    draw = sampling.draw_sample(actor=office, draw=draw)

    # 乙风电 is asked nothing: the only one that a scan left alone.
    assert draw.population == [ids[3]] == queries.unflagged()
    assert [one.project_id for one in draw.sampled.all()] == drawn(draw.seed, draw.population, 3)
    assert sampling.agrees(draw)
    draw.seed = "0" * 64
    assert not sampling.agrees(draw)
    with pytest.raises(ValidationError, match="已经抽过"):
        sampling.draw_sample(actor=office, draw=draw)


def test_what_a_look_finds_becomes_a_case_and_then_a_miss(ids, account):
    office, decider = account("project_office"), account("project_office")
    draw = sampling.draw_sample(actor=office, draw=sampling.commit_seed(actor=office, size=1))
    (one,) = draw.sampled.all()

    looked = sampling.look(actor=office, sampled=one, scheme="fake", reason="现场是空地")

    assert (looked.result, looked.case.origin) == ("asked", "sample")
    # Not ended: not known.
    assert misses() == Share(0, 0)
    hearing.answer(actor=account("unit_clerk", unit="dawa"), case=looked.case, text="还没动工")
    deciding.rule(actor=decider, case=looked.case, verdict="confirmed", reason="现场核实")
    assert misses() == Share(1, 1)
    assert all(line["share"].whole == 0 for line in precision())
    assert queries.unflagged() == []


def test_nothing_found_is_a_look_that_counts(ids, account):
    office = account("project_office")
    draw = sampling.draw_sample(actor=office, draw=sampling.commit_seed(actor=office, size=1))
    one = draw.sampled.get()
    Project.objects.filter(pk=one.project_id).update(submitted_by=office)
    with pytest.raises(PermissionDenied, match="填报人"):
        sampling.look(actor=office, sampled=one, scheme="", reason="x")

    sampling.look(actor=account("project_office"), sampled=one, scheme="", reason="在运行")

    assert misses() == Share(0, 1)
    assert SampledProject.objects.get().result == "nothing"
    labels = [row[:3] for row in queries.labels()]
    assert labels == [(one.project_id, scheme, 0) for scheme in ("fake", "split", "dup", "motion")]


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718)), (29, 29, (0.8830, 1.0))],
)  # fmt: skip
def test_the_interval_is_the_published_one(part, whole, interval):
    assert Share(part, whole).interval == pytest.approx(interval, abs=5e-5)


def test_of_nothing_nothing_is_known():
    assert (Share(0, 0).text, Share(0, 0).range_text, Share(0, 0).value) == ("", "", None)


def test_the_page_publishes_the_rates_and_the_labels_leave_a_trace(ids, signed_in):
    client = signed_in("project_office")
    client.post("/integrity/samples/commit/", {"size": "1"})
    draw = sampling.SampleDraw.objects.get()
    client.post(f"/integrity/samples/{draw.pk}/draw/")
    one = SampledProject.objects.get()
    client.post(f"/integrity/samples/projects/{one.pk}/", {"scheme": "", "reason": "在运行"})

    page = client.get("/integrity/samples/").content.decode()
    assert "0 ÷ 1" in page
    assert "没有疑问" in page
    labels = client.get("/integrity/labels.csv").content.decode("utf-8-sig")
    assert labels.splitlines()[0] == "project,scheme,label,probability,model,origin,decided_on"
    assert len(labels.splitlines()) == 5
