"""The models and the migrations agree, and the migrations go back as well as forth."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())


def tables():
    """What a database knows of its tables, but for what says nothing: the order of columns, names that it gave to rules itself."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            columns = connection.introspection.get_table_description(cursor, name)
            rules = connection.introspection.get_constraints(cursor, name)
            found[name] = (
                sorted((c.name, str(c.type_code), c.null_ok, c.default, c.collation) for c in columns),
                sorted(str(sorted(rule.items(), key=str)) for rule in rules.values()),
            )
    return found


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_and_forth():
    ours = [
        config.label for config in apps.get_app_configs() if config.name.startswith("luodi.") and config.models_module
    ]
    top_down = [
        "dashboards",
        "integrity",
        "factors",
        "screening",
        "chains",
        "reserve",
        "contribution",
        "snapshots",
        "checks",
        "evidence",
        "projects",
        "organizations",
        "intake",
        "jobs",
        "audit",
    ]
    assert set(top_down) | {"accounts"} == set(ours)
    made_at_once = tables()

    # One plan for all: what each migration found before it is worked out once.
    MigrationExecutor(connection).migrate([(label, None) for label in top_down])
    assert not [
        name
        for name in connection.introspection.table_names()
        if name.startswith(tuple(f"{label}_" for label in top_down))
    ]
    call_command("migrate", verbosity=0)
    assert tables() == made_at_once
