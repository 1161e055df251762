"""A backup: one file with the rows, the stored files, the log's second file and the keys, each with its hash."""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from luodi.audit import bundles, keys, sequencing
from luodi.audit.actions import record
from luodi.audit.engine.bundle import Report
from luodi.audit.models import Entry
from luodi.core.schema import bring_up_to_date
from luodi.upkeep import tables

SCHEMA = "luodi.backup/1"
PASSING = frozenset({"jobs", "cache", "previews"})
"""What the data folder holds for the moment only; the database and the log's folder have a place of their own."""


class BackupError(Exception):
    """The archive is not whole, or the installation is not empty. The message says what to do."""


def backup(target: Path) -> Path:
    """Write the whole installation into one file, only its owner may read; returns its path. It is there whole or not at all."""
    if target.is_dir():
        target = target / f"luodi-{timezone.localtime():%Y%m%d-%H%M%S}.tar.gz"
    record(None, "upkeep.backup.made", file=target.name)
    sequencing.publish()
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        folder = Path(temporary)
        with _one_moment():
            about = tables.dump(folder / "tables")
        _copy_files(folder)
        manifest: dict[str, Any] = {
            "schema": SCHEMA,
            "at": timezone.now().isoformat(),
            "migrations": tables.applied_migrations(),
            "tables": about,
            "files": {name: _sha256(folder / name) for name in sorted(_names(folder))},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        packed = folder / "packed"
        with os.fdopen(os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
                for name in ["manifest.json", *manifest["files"]]:
                    tar.add(folder / name, arcname=name)
            file.flush()
            os.fsync(file.fileno())
        os.replace(packed, target)
    return target


@contextmanager
def _one_moment() -> Iterator[None]:
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _copy_files(folder: Path) -> None:
    """Files are added and never changed, so a copy made after the rows has everything that they name."""
    (folder / "data").mkdir()
    for source in Path(settings.DATA_DIR).iterdir():
        if source.is_dir() and source.name not in PASSING and not source.name.startswith(keys.folder().name):
            shutil.copytree(source, folder / "data" / source.name)
        elif source.is_file() and not source.name.startswith(Path(str(connection.settings_dict["NAME"])).name):
            shutil.copy2(source, folder / "data" / source.name)
    shutil.copytree(keys.folder(), folder / "audit")


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(archive: Path, *, replace: bool = False) -> Report:
    """Put a backup back, then verify the log. Raises `BackupError` before anything is touched when the archive or the place will not do.

    Rows are exchanged in one transaction. An older backup is restored at its own version and then upgraded.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        manifest = _unpack(archive, folder)
        _make_room(replace)
        _fill_database(folder / "tables", manifest)
        _put_files(folder)
    keys.forget()
    record(None, "upkeep.backup.restored", file=archive.name, at=manifest["at"])
    return bundles.verify_here()


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise BackupError(f"{archive.name} 不是完整的备份文件（{type(error).__name__}），请换一份备份") from error
    if manifest.get("schema") != SCHEMA:
        raise BackupError(f"{archive.name} 的格式是 {manifest.get('schema')}，本版本只认 {SCHEMA}")
    for name, sha256 in manifest["files"].items():
        if not (folder / name).exists() or _sha256(folder / name) != sha256:
            raise BackupError(f"备份里的 {name} 已损坏，请换一份备份")
    return manifest


def _make_room(replace: bool) -> None:
    """Into an empty installation, unless told otherwise: then the log that was here is kept aside."""
    bring_up_to_date()
    if Entry.objects.exists() and not replace:
        raise BackupError("这里已有记录；确要用备份替换，请加 --replace（现有的日志文件会改名保留）")
    if any(keys.folder().iterdir()):
        kept = f"{keys.folder().name}.before-{datetime.now(tz=timezone.get_current_timezone()):%Y%m%d-%H%M%S}"
        keys.folder().rename(keys.folder().with_name(kept))


def _fill_database(folder: Path, manifest: dict[str, Any]) -> None:
    """At the version of the backup, whose tables may be older than ours, then upgraded to this one."""
    executor = MigrationExecutor(connection)
    applied = {(app, name) for app, name in manifest["migrations"]}
    unknown = applied - executor.loader.graph.nodes.keys()
    if unknown:
        names = "、".join(f"{app}.{name}" for app, name in sorted(unknown)[:3])
        raise BackupError(f"备份来自更新的版本（{names}），请先升级本程序")
    leaves = [node for node in applied if not executor.loader.graph.node_map[node].children & applied]
    executor.migrate(leaves)
    known = MigrationExecutor(connection).loader.project_state(leaves).apps
    tables.fill(folder, manifest["tables"], known)
    call_command("migrate", verbosity=0, interactive=False)


def _put_files(folder: Path) -> None:
    if (folder / "data").exists():
        shutil.copytree(folder / "data", Path(settings.DATA_DIR), dirs_exist_ok=True)
    shutil.copytree(folder / "audit", keys.folder(), dirs_exist_ok=True)
