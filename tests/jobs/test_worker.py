"""The worker: takes a job once, tells how far it is, stops when asked, and takes up what a killed worker left."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from luodi.audit.models import Entry
from luodi.jobs import actions, beside
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import ATTEMPTS, HOST, KINDS, STALE, claim, queue_daily, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture(autouse=True)
def done_today(monkeypatch):
    """Leave daily work out: these tests count jobs."""
    monkeypatch.setattr("luodi.jobs.worker.DAILY", [])


@pytest.fixture
def kind(monkeypatch):
    """Name a kind of work for one test."""

    def name(function):
        monkeypatch.setitem(KINDS, "test", function)
        return function

    return name


def run_all():
    return work(threading.Event(), once=True)


def queued(**state):
    job = actions.enqueue(actor=None, kind="test")
    Job.objects.filter(pk=job.pk).update(**state)
    job.refresh_from_db()
    return job


def dead_worker():
    """The name of a worker on this machine that was killed."""
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return f"{HOST}:{process.pid}"


def test_jobs_are_done_in_their_order_and_say_how_they_ended(kind):
    seen = []
    kind(lambda job, progress: seen.append(job.pk) or Said("已校验 %(rows)s 行", {"rows": len(seen)}))
    jobs = [queued(), queued()]

    assert run_all() == 2

    assert seen == [job.pk for job in jobs]
    assert [(job.state, job.words, job.attempts) for job in Job.objects.order_by("id")] == [
        ("done", "已校验 1 行", 1),
        ("done", "已校验 2 行", 1),
    ]
    with override("en"):
        assert Job.objects.get(pk=jobs[1].pk).words == "2 rows checked"
    assert [entry.detail["message"] for entry in Entry.objects.filter(action="jobs.job.done").order_by("pk")] == [
        "已校验 1 行",
        "已校验 2 行",
    ]
    assert all(job.ended_at for job in Job.objects.all())


def test_a_failed_job_keeps_the_reason_and_the_worker_goes_on(kind):
    def fail(job, progress):
        raise ValidationError("这个批次已经入库") if job.pk == first.pk else RuntimeError("盘满")

    kind(fail)
    first, second = queued(), queued()

    assert run_all() == 2

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.message) == ("failed", "这个批次已经入库")
    assert second.state == "failed"
    assert "盘满" in second.words
    assert "系统管理员" in second.words
    with override("en"):
        assert "administrator" in second.words


def test_progress_can_be_read_while_the_job_works(kind):
    def count(job, progress):
        progress(30, 60)
        seen.append(Job.objects.values_list("done", "total").get(pk=job.pk))
        return Said("好")

    seen = []
    kind(count)
    queued()

    run_all()

    assert seen == [(30, 60)]


def test_progress_inside_the_jobs_own_transaction_is_told_beside_the_database(kind):
    def count(job, progress):
        with transaction.atomic():
            progress(30, 60)
            seen.append(beside.told(job.pk))
        return Said("好")

    seen = []
    kind(count)
    job = queued()

    run_all()

    assert seen == [(30, 60)]
    assert beside.told(job.pk) is None, "a job that is over leaves nothing behind"


def test_a_job_cancelled_while_it_waits_is_never_started(kind, account):
    kind(lambda job, progress: pytest.fail("it was started"))
    job = actions.cancel(actor=account("project_office"), job=queued())

    assert run_all() == 0
    assert job.state == "cancelled"
    assert not beside.is_asked_to_stop(job.pk)


@pytest.mark.parametrize("inside", [True, False])
def test_a_job_cancelled_while_it_runs_writes_nothing(kind, account, inside):
    office = account("project_office")

    def write(job, progress):
        with transaction.atomic():
            Entry.objects.create(action="test.written", actor_name="x")
            if inside:
                beside.ask_to_stop(job.pk)
                progress(1, 2)
        actions.cancel(actor=office, job=job)
        Entry.objects.filter(action="test.written").exists()
        progress._written = 0
        progress(1, 2)
        pytest.fail("it went on")

    kind(write)
    job = queued()

    run_all()

    job.refresh_from_db()
    assert (job.state, job.message) == ("cancelled", "已取消，未写入任何内容")
    assert Entry.objects.filter(action="test.written").exists() != inside


def test_cancelling_what_is_over_changes_nothing(kind, account):
    kind(lambda job, progress: Said("好"))
    job = queued()
    run_all()
    job.refresh_from_db()

    cancelled = actions.cancel(actor=account("project_office"), job=job)

    assert (cancelled.state, cancelled.cancel_requested) == ("done", False)


def test_a_job_whose_worker_was_killed_is_taken_up_again(kind):
    kind(lambda job, progress: Said("好"))
    job = queued(state="running", worker=dead_worker(), attempts=1, heartbeat_at=timezone.now())

    assert run_all() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_that_kills_its_worker_three_times_is_given_up(kind):
    kind(lambda job, progress: pytest.fail("it was started again"))
    job = queued(state="running", worker=dead_worker(), attempts=ATTEMPTS, heartbeat_at=timezone.now())

    assert run_all() == 0

    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "处理程序三次中断，未写入任何内容")


def test_a_job_on_another_machine_is_left_alone_until_its_heart_stops(kind):
    now = timezone.now()
    alive = queued(state="running", worker="elsewhere:1", attempts=1, heartbeat_at=now - STALE / 2)
    lost = queued(state="running", worker="elsewhere:2", attempts=1, heartbeat_at=now - STALE - timedelta(seconds=1))

    taken = claim()

    assert taken is not None
    assert taken.pk == lost.pk
    assert claim() is None
    alive.refresh_from_db()
    assert alive.worker == "elsewhere:1"


def test_a_claimed_job_is_not_claimed_again():
    job = queued()

    assert [found and found.pk for found in (claim(), claim())] == [job.pk, None]


def test_daily_work_is_queued_once_a_day(monkeypatch):
    monkeypatch.setattr("luodi.jobs.worker.DAILY", ["test"])
    queue_daily()
    queue_daily()
    assert Job.objects.count() == 1

    Job.objects.update(created_at=timezone.now() - timedelta(days=1))
    queue_daily()

    assert Job.objects.count() == 2
