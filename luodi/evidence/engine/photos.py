"""When and where a photo was taken, as its camera says, and whether that fits the project's site and the day claimed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any

from luodi.core.proof import Site

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _OFFSET = 0x9003, 0x9011
_EARTH_KM = 6371.0


class Fit(StrEnum):
    """The closed vocabulary of a comparison: 一致, 矛盾, 尚不可测."""

    CONSISTENT = "consistent"
    CONTRADICTORY = "contradictory"
    UNMEASURABLE = "unmeasurable"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A photo against claim and site. `days` lie between the photo and the period (minus = before), `km` from the site's centre."""

    day: Fit
    place: Fit
    days: int | None = None
    km: float | None = None

    @property
    def contradicts(self) -> bool:
        return Fit.CONTRADICTORY in {self.day, self.place}


def read_camera(image: Any) -> dict[str, Any]:
    """`taken_at` (local time as ISO text, with an offset when the camera says one), `latitude`, `longitude`; absent when unknown."""
    exif = image.getexif()
    details, gps = exif.get_ifd(_EXIF_IFD), exif.get_ifd(_GPS_IFD)
    found: dict[str, Any] = {}
    if moment := _moment(str(details.get(_TAKEN, "")), str(details.get(_OFFSET, ""))):
        found["taken_at"] = moment
    latitude = _degrees(gps.get(2), str(gps.get(1, "")), 90)
    longitude = _degrees(gps.get(4), str(gps.get(3, "")), 180)
    # Cameras without a fix write zeros.
    if latitude is not None and longitude is not None and (latitude, longitude) != (0, 0):
        found |= {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}
    return found


def _moment(text: str, offset: str) -> str:
    try:
        moment = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - a camera's local time
        return datetime.fromisoformat(f"{moment.isoformat()}{offset.strip()}").isoformat()
    except ValueError:
        return ""


def _degrees(parts: Any, side: str, bound: int) -> float | None:
    """Degrees, minutes and seconds to degrees; None when they are no place on earth."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= bound:  # also not a number
        return None
    return -value if side.upper() in {"S", "W"} else value


def compare(
    *,
    taken_on: date | None,
    place: tuple[float, float] | None,
    claimed: tuple[date, date] | None,
    site: Site | None,
    days_before: int,
    days_after: int,
) -> Comparison:
    """Compare a photo with the period claimed and the site. What is not known cannot be measured; it is never a contradiction."""
    day, days = Fit.UNMEASURABLE, None
    if taken_on is not None and claimed is not None:
        first, last = claimed[0] - timedelta(days=days_before), claimed[1] + timedelta(days=days_after)
        days = min((taken_on - claimed[0]).days, 0) or max((taken_on - claimed[1]).days, 0)
        day = Fit.CONSISTENT if first <= taken_on <= last else Fit.CONTRADICTORY
    where, km = Fit.UNMEASURABLE, None
    if place is not None and site is not None:
        km = distance_km(place, (site.latitude, site.longitude))
        where = Fit.CONSISTENT if km <= site.radius_km else Fit.CONTRADICTORY
    return Comparison(day, where, days, km)


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude), haversine formula."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))
