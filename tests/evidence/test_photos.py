"""Time and place of photos, and whether they fit."""

from datetime import date, timedelta
from math import acos, cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.core.proof import Site
from luodi.evidence.engine.photos import Fit, compare, distance_km
from luodi.evidence.engine.reader import open_file
from tests.evidence import papers

DAY = date(2024, 5, 6)
SITE = Site(40.910, 122.079, 30.1)


def meta(path):
    return open_file(path, path.name)["meta"]


def fits(taken_on=DAY, place=papers.DAWA, claimed=(DAY, DAY), site=SITE):
    return compare(taken_on=taken_on, place=place, claimed=claimed, site=site, days_before=3, days_after=31)


@pytest.mark.parametrize("place", [papers.DAWA, papers.SHENYANG, (-33.9, 18.42), (40.7, -74.0), (0.5, -0.5)])
def test_what_a_camera_wrote_is_read_back(tmp_path, place):
    found = meta(papers.photo(tmp_path / "桩.jpg", place=place))

    assert found["taken_at"] == "2024-05-06T09:30:00"
    assert (found["latitude"], found["longitude"]) == pytest.approx(place, abs=1e-4)


def test_what_a_camera_did_not_write_is_absent_and_no_zero(tmp_path):
    bare = meta(papers.photo(tmp_path / "桩.jpg", taken=None, place=None))
    null_island = meta(papers.photo(tmp_path / "零.jpg", taken=None, place=(0, 0)))

    assert bare.keys() == null_island.keys() == {"width", "height"}


@pytest.mark.parametrize(
    ("days", "fit"),
    [(-4, Fit.CONTRADICTORY), (-3, Fit.CONSISTENT), (0, Fit.CONSISTENT), (31, Fit.CONSISTENT), (32, Fit.CONTRADICTORY)],
)
def test_a_photo_fits_the_day_within_the_citys_tolerance(days, fit):
    found = fits(taken_on=DAY + timedelta(days=days))

    assert (found.day, found.days) == (fit, days)


def test_a_photo_fits_any_day_of_the_period_claimed():
    assert fits(taken_on=date(2024, 6, 30), claimed=(date(2024, 1, 1), date(2024, 6, 30))).days == 0


def test_a_photo_from_elsewhere_contradicts():
    found = fits(place=papers.SHENYANG)

    assert (found.place, found.contradicts) == (Fit.CONTRADICTORY, True)
    assert found.km == pytest.approx(150, abs=10)


@pytest.mark.parametrize("unknown", [{"taken_on": None}, {"claimed": None}, {"place": None}, {"site": None}])
def test_what_is_not_known_cannot_be_measured(unknown):
    found = fits(**unknown)

    assert Fit.UNMEASURABLE in {found.day, found.place}
    assert not found.contradicts


points = st.tuples(st.floats(35, 45), st.floats(115, 130))


@given(points, points)
def test_distances_agree_with_the_law_of_cosines(one, other):
    """Second source: the spherical law of cosines."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    angle = sin(lat1) * sin(lat2) + cos(lat1) * cos(lat2) * cos(lon2 - lon1)

    assert distance_km(one, other) == pytest.approx(6371.0 * acos(max(-1.0, min(1.0, angle))), abs=0.3)


def test_the_published_distance_of_dalian_and_shenyang_is_found():
    """Second source: Dalian (38.92 N, 121.64 E) and Shenyang (41.80 N, 123.43 E) lie about 355 km apart on the great circle."""
    assert distance_km((38.92, 121.64), (41.80, 123.43)) == pytest.approx(355, abs=4)


def test_an_hour_and_offset_of_the_camera_stay(tmp_path):
    found = meta(
        papers.photo(tmp_path / "桩.jpg", taken=papers.TAKEN.replace(month=12, day=31, hour=23, minute=59, second=59))
    )

    assert found["taken_at"] == "2024-12-31T23:59:59"
