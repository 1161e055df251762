"""Rows a second from an Excel file to the record, beside two peers in the same run. Seed and sizes are printed.

    python benchmarks/intake.py [ROWS]       default 10,000

Peers: django-import-export with its documented bulk options on the same file, into the same Project model alone and into
the same record (parties, amounts, events, evidence through its documented hooks); and calamine + COPY, which understands
nothing, as the floor. Each measured action runs in a process of its own, so that memory is its own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SEED = 20261123


def measured(action: str, path: Path, environment: dict[str, str]) -> dict[str, float]:
    """Run one action in a child; its last line is JSON."""
    command = [sys.executable, __file__, "--child", action, str(path)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{action}\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def child(action: str, path: Path) -> None:
    """Set up, do, time, assert the known answer, report."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
    import django

    django.setup()
    import peers
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    begin = time.perf_counter()
    answer = getattr(peers, action)(path)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **answer}))


def main() -> None:
    """Make the ledger, run everything, print rows/s and ratios."""
    import ledgers

    sys.path.insert(0, str(HERE.parent / "tests"))
    from run import postgresql

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    table = ledgers.rows(count, seed=SEED)
    with tempfile.TemporaryDirectory() as folder, postgresql() as server:
        path = ledgers.write(Path(folder) / "ledger.xlsx", table)
        total = ledgers.total(table)
        print(
            f"{count} rows x {len(ledgers.HEADINGS)} columns, seed {SEED}, {path.stat().st_size / 1e6:.1f} MB, 合计 {total:,} 万元"
        )
        results = {}
        for name, action, database in [
            ("luodi check, SQLite", "luodi_check", "sqlite"),
            ("luodi commit, SQLite", "luodi_commit", "sqlite"),
            ("luodi commit, PostgreSQL", "luodi_commit", "postgres"),
            ("calamine + COPY raw, PostgreSQL", "raw_copy", "postgres"),
            ("import-export, Project rows only, SQLite", "import_export_projects", "sqlite"),
            ("import-export, the same record, SQLite", "import_export_record", "sqlite"),
        ]:
            data = Path(folder) / name.replace(" ", "-").replace(",", "")
            environment = {"LUODI_DATA": str(data)}
            if database == "postgres":
                base = f"bench_{len(results)}"
                subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {base}"], check=True)
                environment["DATABASE_URL"] = server.rpartition("/")[0] + f"/{base}"
            result = results[name] = measured(action, path, environment)
            assert result.get("total", total) == total, (name, result)
            assert result["rows"] == count, (name, result)
            print(
                f"{name:45} {result['seconds']:7.2f} s {count / result['seconds']:9,.0f} rows/s {result['peak_mb']:6.0f} MB"
            )
    ratio = lambda a, b: results[b]["seconds"] / results[a]["seconds"]  # noqa: E731 - used three lines long
    print(
        f"commit / import-export, same record      {ratio('luodi commit, SQLite', 'import-export, the same record, SQLite'):6.1f} x"
    )
    print(
        f"commit / import-export, Project rows     {ratio('luodi commit, SQLite', 'import-export, Project rows only, SQLite'):6.1f} x"
    )
    print(
        f"commit / calamine + COPY, PostgreSQL     {ratio('luodi commit, PostgreSQL', 'calamine + COPY raw, PostgreSQL'):6.2f} x"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
