"""What this installation serves: its city and its data folder. Everything with a path or a setting goes through here."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from luodi.core import access as access_data
from luodi.core.access import Access
from luodi.core.city import City, load


@lru_cache(maxsize=4)
def _load(folder: Path) -> City:
    return load(folder)


def city() -> City:
    """The city of this installation, read once per process."""
    return _load(settings.CITY_DIR)


@lru_cache(maxsize=4)
def _load_access(folder: Path) -> Access:
    return access_data.load(folder)


def access() -> Access:
    """The city's rules of access, read once per process."""
    return _load_access(settings.CITY_DIR)


def organization(code: str) -> str:
    """Name of a reporting unit or a department; blank when the city knows neither."""
    found = city().unit.get(code) or access().departments.get(code)
    return found.name if found else ""


def folder(name: str) -> Path:
    """A folder below the data folder, made when missing."""
    path = Path(settings.DATA_DIR) / name
    path.mkdir(parents=True, exist_ok=True)
    return path
