"""A new database gets its tables at once; whoever was stopped on the way does the rest the next time."""

import pytest

from tests.core.installation import drop, make

pytestmark = pytest.mark.processes


@pytest.fixture
def installation(tmp_path):
    one = make(tmp_path / "data", "schema")
    yield one
    drop(one)


def applied(one):
    return one.ask("SELECT count(*) FROM django_migrations")


def test_a_new_database_is_up_to_date_and_stays_so(installation):
    assert installation.run("migrate").returncode == 0
    first = applied(installation)

    assert installation.run("migrate").returncode == 0

    assert applied(installation) == first > 70
    assert installation.ask("SELECT count(*) FROM projects_project") == 0
    assert installation.ask("SELECT count(*) FROM auth_permission") > 100


def test_tables_without_their_list_of_migrations_get_it(installation):
    installation.run("migrate")
    first = applied(installation)
    execute(installation, "DELETE FROM django_migrations")

    done = installation.run("migrate")

    assert done.returncode == 0, done.stderr
    assert applied(installation) == first


def execute(one, statement):
    if one.database.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(one.database.removeprefix("sqlite:///")) as connection:
            connection.execute(statement)
        return
    import psycopg

    with psycopg.connect(one.database) as connection:
        connection.execute(statement)
