"""`luodi backup`, `luodi restore`, `luodi move`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from luodi.audit.commands import BAD, report_words
from luodi.upkeep.archive import BackupError
from luodi.upkeep.archive import backup as make
from luodi.upkeep.archive import restore as put_back


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """把整个系统备份成一个文件 · Back the whole installation up into one file (a folder gets a dated name)."""
    made = make(target.resolve())
    click.echo(f"已备份到 {made}（{made.stat().st_size:,} 字节）。内含签名密钥，请妥善保管")


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="替换现有记录 · put it in the place of what is here")
def restore(archive: Path, replace: bool) -> None:
    """从备份恢复，随后核验日志 · Restore a backup, then verify the log. Exit code 2 when it does not verify."""
    try:
        report = put_back(archive, replace=replace)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(report_words(report))
    sys.exit(0 if report.ok else BAD)


@click.command()
@click.argument("database")
def move(database: str) -> None:
    """把现有数据搬到另一个数据库，如 postgresql://… · Move everything into another, empty database and verify it there."""
    with tempfile.TemporaryDirectory() as temporary:
        archive = make(Path(temporary) / "move.tar.gz")
        # A process of its own, because a process has one database. It gets a log folder of its own as well, so that
        # the old installation stays whole until somebody switches over.
        data = Path(temporary) / "data"
        environment = {**os.environ, "DATABASE_URL": database, "LUODI_DATA": str(data), "LUODI_AUDIT_DIR": ""}
        done = subprocess.run([sys.executable, "-m", "luodi", "restore", str(archive)], env=environment, check=False)
        if done.returncode:
            raise click.ClickException("没有搬成，原数据库未动")
        _take_over_log(data / "audit")
    click.echo("已搬好并核验。把 DATABASE_URL 改成新地址后重启；旧数据库请留作备份，不要再写")


def _take_over_log(fresh: Path) -> None:
    """The new database has one leaf more, the move itself: its second file becomes the one in use."""
    from luodi.audit import keys

    (fresh / "leaves.jsonl").replace(keys.folder() / "leaves.jsonl")
