"""Server time of the pages at 10,000 and 100,000 projects: median and 95th percentile, queries, bytes.

    python benchmarks/pages.py [ROWS ...]      default 10000 100000

Peers cannot run beside us here (they need their own services); their published figures are printed under ours with sources.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
ROUNDS = 40
PAGES = {
    "cockpit": "/",
    "list, first page": "/projects/",
    "list, sorted by amount": "/projects/?sort=-amount",
    "list, filtered by unit and stage": "/projects/?unit=dawa&reached=started&side=reported",
    "list, water": "/projects/?reached=started&side=water",
    "list, page 200": "/projects/?page=200",
    "list, name search": "/projects/?q=华锦",
    "list, pinyin search": "/projects/?q=hj",
    "project page": "/projects/1/",
}
PEERS = """published by the peers (peers' own hardware; see docs/reference/benchmarks.md):
  Odoo list of 200,000: minutes (odoo #22719) · NetBox 1,000 rows: 21 s (netbox #6991) · ERPNext filter at 100,000: freezes (erpnext #9186)
  ITM Platform > 50 projects with computed columns: over 30 s (its own help) · GitLab endpoint target: P90 200 ms (gitlab #330767)"""


def child(count: int) -> None:
    """Load `count` projects through intake, then ask for each page ROUNDS times in one process, as one web worker would."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
    import django
    from django.conf import settings

    django.setup()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    import ledgers
    from django.core.management import call_command
    from django.test import Client

    from luodi.accounts.actions import ensure_account
    from luodi.intake import actions
    from luodi.projects.models import Project

    call_command("migrate", verbosity=0)
    path = ledgers.write(Path(settings.DATA_DIR) / "ledger.xlsx", ledgers.rows(count))
    actions.load(actor=None, path=path, name=path.name)
    assert Project.objects.count() == count
    client = Client()
    client.force_login(ensure_account(username="bench", password="x" * 12, role="project_office"))
    found = {}
    for name, address in PAGES.items():
        answer, queries = counted(client, address)
        assert answer.status_code == 200, (name, answer.status_code)
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - begin) * 1000)
        times.sort()
        found[name] = [times[ROUNDS // 2], times[int(ROUNDS * 0.95)], queries, len(answer.content)]
    print(json.dumps(found))


def counted(client: Any, address: str) -> tuple[Any, int]:
    """The answer, and how many queries it took."""
    from django.db import connection

    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        return client.get(address), len(asked)


def main() -> None:
    for count in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--child", str(count)]
            done = subprocess.run(
                command, env={**os.environ, "LUODI_DATA": folder}, capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise SystemExit(done.stderr)
        print(f"{count:,} projects, SQLite, one process, {ROUNDS} rounds{'':14} median     P95  queries   kB")
        for name, (median, p95, queries, size) in json.loads(done.stdout.splitlines()[-1]).items():
            print(f"  {name:50} {median:7.1f} {p95:7.1f} ms {queries:5}  {size / 1000:6.0f}")
    print(PEERS)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(int(sys.argv[2]))
    else:
        main()
