"""`luodi`: the command of an installation. Exit code 0 = done, 1 = done with row errors, 2 = refused."""

import os

import click
import django


def main() -> None:
    """Set Django up, gather the commands of the parts, run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
    django.setup()
    from luodi.accounts.commands import account, password
    from luodi.audit.commands import audit
    from luodi.chains.commands import chains
    from luodi.checks.commands import checks
    from luodi.contribution.commands import contribution
    from luodi.dashboards.commands import demo
    from luodi.evidence.commands import evidence
    from luodi.factors.commands import factors
    from luodi.factors.record_commands import COMMANDS as ON_THE_BOOK
    from luodi.formation.commands import formation
    from luodi.intake.commands import intake
    from luodi.integrity.commands import integrity
    from luodi.integrity.record_commands import COMMANDS as ON_THE_RECORD
    from luodi.jobs.commands import worker
    from luodi.outcomes.commands import outcomes
    from luodi.reserve.commands import reserve
    from luodi.screening.commands import screening
    from luodi.snapshots.commands import figures, snapshot
    from luodi.upkeep.commands import backup, move, restore

    group = click.Group("luodi", help="落地：以落地为标准的项目管理。Run a city's projects, judged by what landed.")
    commands = (
        serve,
        migrate,
        account,
        password,
        audit,
        checks,
        screening,
        chains,
        worker,
        intake,
        evidence,
        snapshot,
        figures,
        formation,
        reserve,
        contribution,
        outcomes,
        integrity,
        factors,
        backup,
        restore,
        move,
        demo,
    )
    for command in ON_THE_RECORD:
        integrity.add_command(command)
    for command in ON_THE_BOOK:
        factors.add_command(command)
    for command in commands:
        group.add_command(command)
    group(prog_name="luodi")


@click.command()
@click.option("--quiet", is_flag=True, help="print nothing")
def migrate(quiet: bool) -> None:
    """建立或升级数据库 · Create or upgrade the database."""
    from luodi.core.schema import bring_up_to_date

    bring_up_to_date()
    if not quiet:
        click.echo("数据库已是最新")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8120, show_default=True)
@click.option("--workers", default=1, show_default=True, help="web processes")
@click.option("--with-worker/--without-worker", default=True, help="run the job worker in this process as well")
def serve(host: str, port: int, workers: int, with_worker: bool) -> None:
    """启动网站 · Serve the site (and, unless told otherwise, the worker)."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    if with_worker:
        os.environ["LUODI_WITH_WORKER"] = "1"  # see wsgi.py
    click.echo(f"落地 Luodi: http://{host}:{port}/")
    Server(
        "luodi.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=min(8, os.cpu_count() or 2),
        backpressure=64,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
