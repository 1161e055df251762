"""`make test`: everything on SQLite, then everything that touches a database on a throwaway PostgreSQL; beside both the journeys in a browser.

Each run is its own pytest; the last line is pytest's own closing line with the numbers of all three added up.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PG_BIN = Path("/usr/lib/postgresql/15/bin")
EVERYTHING = ["-m", "not e2e", "-n2", "--dist", "loadfile", "--no-loadscope-reorder"]
"""A file stays with one process: what its tests share is made once."""
ONE_CORE_EACH = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Two test processes have a core each; pools of threads of their own would wait for one another."""
JOURNEYS = ["tests/e2e", "-m", "e2e", "-n0"]
HASTY = (
    "fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0",
    "shared_buffers=256MB", "jit=off", "max_connections=60",
)  # fmt: skip
"""A server that need not survive: what it does with a statement is the same."""
ROOM = 2 << 30
WORDS = ("passed", "failed", "errors", "error", "skipped", "xfailed", "xpassed")


def main() -> int:
    install_missing()
    totals: dict[str, int] = {}
    # A browser often waits: its journeys run beside both databases, from the start, and are told after them.
    with (
        postgresql() as url,
        tempfile.TemporaryDirectory(prefix="luodi-tests-") as folder,
        ThreadPoolExecutor(1) as beside,
    ):
        os.environ["TMPDIR"] = folder
        journeys = beside.submit(finished, JOURNEYS, {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"})
        worst = run("SQLite", EVERYTHING, ONE_CORE_EACH, totals)
        again = {"DATABASE_URL": url, "LUODI_DATABASE_TESTS_ONLY": "1"}
        worst |= run("PostgreSQL", EVERYTHING, ONE_CORE_EACH | again, totals)
        output, code = journeys.result()
    worst |= code
    told("浏览器", output.splitlines(keepends=True), totals)
    numbers = ", ".join(f"{totals[word]} {word}" for word in WORDS if totals.get(word))
    print(f"===== {numbers} in 3 runs: SQLite, PostgreSQL, browser =====", flush=True)  # noqa: T201
    return worst


def install_missing() -> None:
    """Debian's packages that the tests need, when absent and we may."""
    wanted = {"chromium": shutil.which("chromium"), "postgresql": (PG_BIN / "initdb").exists()}
    missing = [name for name, found in wanted.items() if not found]
    if not missing:
        return
    if os.geteuid() != 0:
        sys.exit(f"请先安装：apt-get install {' '.join(missing)}")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing], check=True, env=environment
    )


def command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", *arguments]


def run(name: str, arguments: list[str], environment: dict[str, str], totals: dict[str, int]) -> int:
    """One pytest, told as it goes; its exit code is kept."""
    process = subprocess.Popen(
        command(arguments), cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    told(name, process.stdout or (), totals)
    return process.wait()


def finished(arguments: list[str], environment: dict[str, str]) -> tuple[str, int]:
    """One pytest to its end: what it said, and its exit code."""
    done = subprocess.run(
        command(arguments), cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False
    )
    return done.stdout, done.returncode


def told(name: str, lines: Iterable[str], totals: dict[str, int]) -> None:
    """Print what a pytest says; its closing line is read for the numbers."""
    print(f"\n##### {name}", flush=True)  # noqa: T201
    closing = ""
    for line in lines:
        print(line, end="", flush=True)  # noqa: T201
        if re.search(r"\d+ (passed|failed|error)", line):
            closing = line
    for number, word in re.findall(r"(\d+) ([a-z]+)", closing):
        totals[word] = totals.get(word, 0) + int(number)


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A cluster of our own in a temporary folder, as an unprivileged user when we are root; gone afterwards."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # In memory, where there is room: nothing of it is to outlive the tests.
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="luodi-pg-", dir=memory if roomy else None))
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_owner:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -k {folder} {' '.join(f'-c {one}' for one in HASTY)}"
    initdb = [str(PG_BIN / "initdb"), "-D", data, "-U", "luodi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    control = [*as_owner, str(PG_BIN / "pg_ctl"), "-D", data]
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": folder}
    subprocess.run([*as_owner, *initdb], **quiet)
    subprocess.run([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"], **quiet)
    try:
        yield f"postgresql://luodi@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
