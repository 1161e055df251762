"""Long checks and commits as jobs of a real worker process: stopped, killed, taken up again."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.core.installation import drop, make
from tests.ledger_files import row, write

pytestmark = [pytest.mark.slow, pytest.mark.processes]
ROWS = 5000
SETUP = "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'luodi.settings'; django.setup()\n"
QUEUE = """
from pathlib import Path
from luodi.accounts.models import User
from luodi.intake import actions, tasks
office = User.objects.create_user("office", role="project_office")
batch = actions.receive(actor=office, path=Path(sys.argv[1]), name="台账.xlsx")
for kind in (tasks.CHECK, tasks.COMMIT)[int(sys.argv[2]):]:
    batch = tasks.start(kind, actor=office, batch=batch)
print(batch.job_id)
"""
CANCEL = """
from luodi.accounts.models import User
from luodi.jobs import actions
from luodi.jobs.models import Job
actions.cancel(actor=User.objects.get(), job=Job.objects.get(pk=sys.argv[1]))
"""
AGAIN = """
from luodi.accounts.models import User
from luodi.intake import tasks
from luodi.intake.models import Batch
print(tasks.start(tasks.COMMIT, actor=User.objects.get(), batch=Batch.objects.select_related("job", "file").get()).job_id)
"""


@pytest.fixture
def installation(tmp_path):
    one = make(tmp_path / "data", "tasks")
    one.migrate()
    yield one
    drop(one)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    letters = random.Random(1)  # what hardly packs makes a large file of few rows
    lines = [
        row(
            n,
            f"第{n}号工程",
            investor=f"第{n % 40}公司",
            amount=n,
            started="2020-01",
            source=f"文号{letters.getrandbits(320):x}",
        )
        for n in range(1, ROWS + 1)
    ]
    path = write(tmp_path_factory.mktemp("ledger") / "台账.xlsx", lines)
    assert path.stat().st_size > 300_000, "large enough for a job"
    return path


def script(installation, text, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", SETUP + text, *map(str, arguments)],
        env=installation.environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def queued_commit(installation, ledger):
    return int(script(installation, QUEUE, ledger, 1))


def writing(installation, job):
    """Start a worker and wait until it writes: its progress stands beside the database."""
    worker = installation.start("worker", "--once")
    note, deadline = installation.folder / "jobs" / f"{job}.progress", time.monotonic() + 60
    while not note.exists():
        assert worker.poll() is None, worker.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return worker


def state_of(installation, job):
    asked = (
        f"SELECT state FROM jobs_job WHERE id = {job}",
        "SELECT state FROM intake_batch",
        "SELECT count(*) FROM projects_project",
    )
    return tuple(installation.ask(one) for one in asked)


def test_a_commit_cancelled_while_it_writes_is_rolled_back_whole_and_can_be_done_again(installation, ledger):
    job = queued_commit(installation, ledger)
    worker = writing(installation, job)

    began = time.monotonic()
    script(installation, CANCEL, job)

    assert time.monotonic() - began < 15, "nobody waits for the end of the commit"
    worker.communicate(timeout=60)
    assert state_of(installation, job) == ("cancelled", "uploaded", 0)
    again = int(script(installation, AGAIN))
    assert installation.run("worker", "--once").returncode == 0
    assert again != job
    assert state_of(installation, again) == ("done", "committed", ROWS)


def test_a_commit_whose_worker_is_killed_is_taken_up_by_the_next(installation, ledger):
    job = queued_commit(installation, ledger)
    worker = writing(installation, job)

    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate(timeout=60)

    assert state_of(installation, job) == ("running", "uploaded", 0)
    assert installation.run("worker", "--once").returncode == 0
    assert state_of(installation, job) == ("done", "committed", ROWS)
    assert installation.ask(f"SELECT attempts FROM jobs_job WHERE id = {job}") == 2


def test_a_worker_killed_between_the_commit_and_its_last_word_finds_the_work_done(installation, ledger):
    job = queued_commit(installation, ledger)
    assert installation.run("worker", "--once").returncode == 0
    pid = subprocess.Popen([sys.executable, "-c", "pass"])
    pid.wait()
    import socket

    script(
        installation,
        "from luodi.jobs.models import Job\n"
        f"Job.objects.filter(pk={job}).update(state='running', worker='{socket.gethostname()}:{pid.pid}')",
    )

    assert installation.run("worker", "--once").returncode == 0

    assert state_of(installation, job) == ("done", "committed", ROWS)


def test_a_large_file_is_checked_by_the_worker_and_writes_nothing(installation, ledger):
    job = int(script(installation, QUEUE, ledger, 0))

    assert installation.run("worker", "--once").returncode == 0

    assert state_of(installation, job) == ("done", "checked", 0)
    assert installation.ask("SELECT count(*) FROM intake_row") == ROWS
