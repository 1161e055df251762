"""How far a job is, and who may see and stop it."""

import pytest
from django.urls import reverse

from luodi.jobs import actions, beside
from luodi.jobs.models import Job
from luodi.jobs.worker import claim

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def queued(actor, **state):
    job = actions.enqueue(actor=actor, kind="intake.check", batch=1, back="/intake/batches/1/")
    Job.objects.filter(pk=job.pk).update(**state)
    return Job.objects.get(pk=job.pk)


def seen(client, job):
    response = client.get(reverse("jobs:progress", args=[job.pk]), headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response, response.content.decode()


def test_a_waiting_job_says_how_many_are_before_it(signed_in):
    client = signed_in("project_office")
    queued(client.user)
    job = queued(client.user)

    _, page = seen(client, job)

    assert "前面还有 1 项" in page
    assert 'hx-trigger="every 1s"' in page
    assert reverse("jobs:cancel", args=[job.pk]) in page


def test_a_running_job_says_how_far_it_is_even_within_its_transaction(signed_in):
    client = signed_in("project_office")
    job = queued(client.user, state="running", done=1000, total=8000)
    assert "已处理 1,000 / 8,000" in seen(client, job)[1]

    beside.tell(job.pk, 6000, 8000)

    _, page = seen(client, job)
    assert "已处理 6,000 / 8,000" in page
    assert "75%" in page


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_job_that_is_over_sends_the_page_on_and_asks_no_more(signed_in, state):
    client = signed_in("project_office")
    job = queued(client.user, state=state, message="结束语")

    response, page = seen(client, job)

    assert response.headers["HX-Redirect"] == "/intake/batches/1/"
    assert "hx-get" not in page
    assert "结束语" in page


def test_cancelling_returns_to_the_page_that_waits(signed_in):
    client = signed_in("project_office")
    job = queued(client.user)

    response = client.post(reverse("jobs:cancel", args=[job.pk]))

    assert response.url == "/intake/batches/1/"
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert claim() is None


def test_a_clerk_sees_the_jobs_of_their_unit_only(signed_in, account):
    client = signed_in("unit_clerk", unit="dawa")
    colleague, stranger = account("unit_clerk", unit="dawa"), account("unit_clerk", unit="panshan")
    own, other = queued(colleague), queued(stranger)

    assert seen(client, own)
    for address in ("jobs:progress", "jobs:cancel"):
        ask = client.get if address == "jobs:progress" else client.post
        assert ask(reverse(address, args=[other.pk])).status_code == 404
    other.refresh_from_db()
    assert other.state == "queued"


def test_cancelling_takes_a_post(signed_in):
    client = signed_in("project_office")
    job = queued(client.user)

    assert client.get(reverse("jobs:cancel", args=[job.pk])).status_code == 405
