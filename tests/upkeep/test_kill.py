"""kill -9 while one action follows another: what was acknowledged is there, and the log verifies."""

import os
import random
import subprocess
import sys
import time

import pytest

from tests.conftest import LEDGERS
from tests.core import installation
from tests.core.installation import ROOT
from tests.core.record import PUBLISHED

pytestmark = pytest.mark.processes
WRITES = int(os.environ.get("LUODI_TEST_WRITES", "300"))
CLERK = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "luodi.settings"
django.setup()
from luodi.accounts.actions import ensure_account
from luodi.projects.actions import exclude_from_net, include_in_net
from luodi.projects.models import NetDecision, Project

office = ensure_account(username="office", password="x" * 16, role="project_office")
NetDecision.objects.filter(revoked_at=None).exists() and include_in_net(actor=office, project=Project.objects.first(), reason="接着做")
while True:
    decision = exclude_from_net(actor=office, project=Project.objects.first(), ground="fake", reason="第一次")
    print(decision.pk, flush=True)
    include_in_net(actor=office, project=Project.objects.first(), reason="第二次")
    print(-decision.pk, flush=True)
"""


@pytest.mark.slow
def test_no_acknowledged_write_is_lost(tmp_path):
    one = installation.make(tmp_path / "killed", "killed")
    try:
        one.migrate()
        one.json("intake", "commit", LEDGERS / PUBLISHED[0])
        pick, acknowledged = random.Random(20261126), []
        while len(acknowledged) < WRITES:
            acknowledged += killed(one, pick)

        made = {pk for pk in acknowledged if pk > 0}
        undone = {-pk for pk in acknowledged if pk < 0}
        assert one.ask("SELECT COUNT(*) FROM projects_netdecision") >= len(made)
        for ids, condition in ((made, ""), (undone, " AND revoked_at IS NOT NULL")):
            listed = ", ".join(map(str, ids))
            held = one.ask(f"SELECT COUNT(*) FROM projects_netdecision WHERE id IN ({listed}){condition}")
            assert held == len(ids)
        assert one.json("audit", "verify")["ok"]
    finally:
        installation.drop(one)


def killed(one, pick):
    """Ids that a clerk's process printed before it was killed at some moment; whole lines only."""
    command = [sys.executable, "-c", CLERK]
    with subprocess.Popen(command, cwd=ROOT, env=one.environment, stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        time.sleep(pick.uniform(0.05, 1.5))
        process.kill()
        lines = (first + process.stdout.read()).split("\n")[:-1]
    return [int(line) for line in lines if line]
