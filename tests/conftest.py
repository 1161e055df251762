"""What all tests share: a data folder of their own, accounts, a signed-in client."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.core.installation import migrated

LEDGERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "ledgers"
CITY_LEDGER = Path(__file__).resolve().parents[1] / "cities" / "panjin" / "ledgers" / "盘锦市重点项目台账.xlsx"


def pytest_configure() -> None:
    settings.DATA_DIR = Path(tempfile.mkdtemp(prefix="luodi-test-"))
    # Hashed static names need collectstatic; tests read the files as they are. Fast hashes keep logins cheap.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second database only what touches a database: the rest has run already and comes out the same.

    What starts processes takes longest and comes first, so that at the end no process waits for the other's last file.
    """
    if os.environ.get("LUODI_DATABASE_TESTS_ONLY"):
        touching = [item for item in items if _touches_a_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(touching)])
        items[:] = touching
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


def _touches_a_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = any(item.get_closest_marker(name) for name in ("django_db", "processes"))
    return marked or bool(fixtures & {"db", "transactional_db"})


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' own database is a copy of one that was migrated: migrating takes ten seconds, and every process needs one."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = urlsplit(migrated().database).path[1:]
    else:
        connection.settings_dict["TEST"]["MIGRATE"] = False  # it gets its tables below


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """SQLite's, in memory, becomes what the migrated file is, page by page."""
    import sqlite3

    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with django_db_blocker.unblock():
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(migrated().database.removeprefix("sqlite:///"))) as source:
            source.backup(connection.connection)


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    """A request in English leaves its language to the thread, and so to the next test."""
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


def make_account(role: str, *, unit: str = "", username: str = "") -> Any:
    """An account of a role: `make_account("leader")`, `make_account("unit_clerk", unit="dawa")`."""
    from luodi.accounts.models import User  # Django is set up by now
    from luodi.accounts.permissions import Role

    unit = unit or {Role.UNIT_CLERK: "dawa", Role.DEPARTMENT: "resources"}.get(role, "")
    return User.objects.create_user(
        username or f"{role}-{User.objects.count()}", password="x" * 12, role=role, unit=unit
    )


@pytest.fixture
def account(db: None) -> Callable[..., Any]:
    """`make_account`, for tests that have a database."""
    return make_account


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A transaction round all tests of a module, and a data folder: what the module makes in them is there for each test.

    Only for modules whose tests put back what they change, as all do that ask for `db`. The folder is copied by `beginning`.
    """
    from django.db import transaction

    folder, before = tmp_path_factory.mktemp("lasting"), settings.DATA_DIR
    settings.DATA_DIR = folder
    round_all = transaction.atomic()
    round_all._from_testcase = True  # else `durable` blocks would refuse to stand inside
    with django_db_blocker.unblock():
        round_all.__enter__()
        try:
            yield folder
        finally:
            transaction.set_rollback(True)
            round_all.__exit__(None, None, None)
            settings.DATA_DIR = before


@pytest.fixture
def beginning(lasting: Path, db: None, tmp_path: Path, settings: Any) -> Path:
    """A copy of the module's data folder for one test, in use as the data folder."""
    from luodi.core import journal

    journal.current().drain()  # what a test that failed had written and not sealed was put back with it
    shutil.copytree(lasting, tmp_path, dirs_exist_ok=True)
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def signed_in(client: Any, account: Callable[..., Any]) -> Callable[..., Any]:
    """The test client, signed in with a role."""

    def sign_in(role: str, **options: str) -> Any:
        user = account(role, **options)
        client.force_login(user)
        # As the login page leaves it; else the first page would write the session as well.
        session = client.session
        session["began"] = session["seen"] = int(time.time())
        session.save()
        client.user = user
        return client

    return sign_in
