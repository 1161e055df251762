"""An installation of its own in a temporary folder, driven by its command like an administrator would."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """Its data folder and database; `run` gives the finished process, `json` what it printed for scripts."""

    folder: Path
    database: str
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        own = {"LUODI_DATA": str(self.folder), "DATABASE_URL": self.database, "PYTHONPATH": str(ROOT)}
        self.environment = {**os.environ, **own}

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "luodi", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, text=True, **pipes)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def json(self, *arguments: object, code: int = 0) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def migrate(self) -> None:
        """The tables, as `luodi migrate` makes them: once a run, then copied, for it takes ten seconds."""
        source = migrated()
        if self.database.startswith("sqlite"):
            shutil.copy(source.database.removeprefix("sqlite:///"), self.database.removeprefix("sqlite:///"))
            return
        _create(urlsplit(self.database).path[1:], f'TEMPLATE "{urlsplit(source.database).path[1:]}"')

    def become(self, other: "Installation") -> None:
        """A copy of another that nobody has open: its folder and its database."""
        shutil.copytree(other.folder, self.folder, dirs_exist_ok=True)
        if not self.database.startswith("sqlite"):
            _create(urlsplit(self.database).path[1:], f'TEMPLATE "{urlsplit(other.database).path[1:]}"')

    def ask(self, statement: str) -> Any:
        """One value from the database, asked from outside the program."""
        if self.database.startswith("sqlite"):
            import sqlite3

            connection: Any = sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20)
        else:
            import psycopg

            connection = psycopg.connect(self.database)
        try:
            return connection.execute(statement).fetchone()[0]
        finally:
            connection.close()


def make(folder: Path, name: str) -> Installation:
    """A database of its own beside the one that the tests use, on the same kind of server."""
    folder.mkdir(parents=True, exist_ok=True)
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return Installation(folder, f"sqlite:///{folder / 'luodi.sqlite3'}")
    own = f"{name}_{os.getpid()}_{folder.parent.name[-8:]}".replace("-", "_").lower()
    _create(own)
    return Installation(folder, urlunsplit(urlsplit(server)._replace(path=f"/{own}")))


def _create(name: str, how: str = "") -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" {how}')


@cache
def migrated() -> Installation:
    """Made by the first process of a run that asks, and never opened again, so that all can copy it. The server is thrown away with it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone{time.time_ns()}")[-20:]
    server = os.environ.get("DATABASE_URL", "sqlite")
    folder = Path(tempfile.gettempdir()) / f"luodi-template-{run}-{urlsplit(server).scheme or server}"
    folder.mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'luodi.sqlite3'}"
    if server.startswith("postgres"):
        url = urlunsplit(urlsplit(server)._replace(path=f"/luodi_template_{run}"))
    one = Installation(folder, url)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            if server.startswith("postgres"):
                _create(urlsplit(url).path[1:])
            done = one.run("migrate", "--quiet")
            assert done.returncode == 0, done.stderr
            (folder / "made").touch()
    return one


def drop(installation: Installation) -> None:
    """Give the database back to its server."""
    if installation.database.startswith("sqlite"):
        return
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{urlsplit(installation.database).path[1:]}" WITH (FORCE)')
