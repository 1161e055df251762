"""The tables of the database, as this version of the program has them."""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


def bring_up_to_date() -> None:
    """Migrate; a database in which nothing was migrated yet gets its tables at once, as the models say.

    A new installation has no rows that migrations would have to change, and replaying the history of every table takes ten seconds.
    That both ways lead to the same tables is tested (`tests/guards/test_migrations.py`). The tables come in one transaction; whoever
    is stopped between them and the list of migrations does the rest the next time.
    """
    if not MigrationExecutor(connection).recorder.applied_migrations():
        _create()
    call_command("migrate", verbosity=0, interactive=False)


def _create() -> None:
    configured = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    try:
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    finally:
        settings.MIGRATION_MODULES = configured
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    with transaction.atomic():  # half a list would be taken for an older version
        for app, name in executor.loader.disk_migrations:
            executor.recorder.record_applied(app, name)
