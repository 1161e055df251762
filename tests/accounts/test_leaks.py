"""No sequence of calls shows a person what the policy keeps from them: not by reading, finding, ordering, counting or guessing ids."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luodi.accounts.policy import Fields, fields_of
from luodi.dashboards.columns import COLUMNS
from luodi.dashboards.filters import SORTS
from luodi.evidence.models import Evidence
from luodi.intake.models import Batch
from luodi.jobs.actions import enqueue
from luodi.jobs.models import Job
from luodi.projects.models import Alias, Amount, Participation, Project
from luodi.snapshots.models import Standing
from tests.accounts.secrets import HEADS, PLACES, SECRET, build, line, secret, text_of

READERS = ["dawa", "panshan", "leader", "administrator", "department", "security_administrator"]
TOKENS = [secret(unit, n, name) for unit in PLACES for n in (1, 2, 3) for name in SECRET]
STAGES = ["signed", "started", "produced", ""]

QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from([*TOKENS, "密", "13", "DA-1", "m"]),
        "unit": st.sampled_from(["dawa", "panshan", "-", ""]),
        "chain": st.sampled_from([secret(unit, 1, "chain") for unit in PLACES]),
        "tier": st.sampled_from(["T1", "T0", "-"]),
        "reached": st.sampled_from(STAGES),
        "current": st.sampled_from(STAGES),
        "side": st.sampled_from(["reported", "proven", "net", "water"]),
        "sort": st.sampled_from([sign + name for name in (*SORTS, "remark", "phone", "facts") for sign in ("", "-")]),
        "cols": st.lists(st.sampled_from([*(c.code for c in COLUMNS), "phone", "contact", "progress"]), max_size=6).map(
            ",".join
        ),
        "size": st.sampled_from(["50", "200"]),
        "page": st.sampled_from(["1", "2"]),
    },
)
ID = st.integers(1, 40)
CALLS = st.one_of(
    st.tuples(st.just("list"), QUERIES),
    st.tuples(st.just("results"), QUERIES),
    st.tuples(st.just("export"), QUERIES),
    st.tuples(st.just("save"), QUERIES),
    st.tuples(st.just("cockpit"), st.none()),
    st.tuples(st.sampled_from(["project", "net", "assign", "verdict", "unview", "job", "cancel"]), ID),
    st.tuples(st.just("batches"), st.none()),
    st.tuples(
        st.sampled_from(
            ["batch-mapping", "batch-problems", "batch-changes", "batch-commit", "rejected", "ledger", "revert"]
        ),
        ID,
    ),
    st.tuples(st.just("log"), st.none()),
)
UPLOADS = st.tuples(st.just("upload"), st.tuples(st.sampled_from(list(PLACES)), st.integers(1, 3)))
IDS = {
    "project": Project, "net": Project, "assign": Project, "verdict": Evidence, "job": Job, "cancel": Job,
    "rejected": Batch, "ledger": Batch, "revert": Batch,
}  # fmt: skip


def _id(kind, number):
    """Real ids mostly, in whatever range the database gave them out."""
    model = IDS.get(kind.split("-")[0], Batch)
    ids = list(model.objects.order_by("id").values_list("id", flat=True)) or [1]
    return ids[number % len(ids)] if number < 36 else 999_999


def perform(client, kind, given):
    """One call; what was typed is echoed by a page, so it is returned as well."""
    if kind in {"list", "results", "export", "save"}:
        query = {name: value for name, value in given.items() if value}
        if kind == "save":
            from urllib.parse import urlencode

            client.post("/projects/views/", {"name": "我的", "query": urlencode(query)})
            return client.get("/projects/"), query
        headers = {"HX-Request": "true"} if kind == "results" else {}
        return client.get("/projects/export/" if kind == "export" else "/projects/", query, headers=headers), query
    if kind == "upload":
        return _upload(client, *given), line(*given)
    if kind in {"cockpit", "batches", "log"}:
        return client.get({"cockpit": "/", "batches": "/intake/batches/", "log": "/audit/"}[kind]), {}
    number = _id(kind, given)
    posts = {
        "net": (f"/projects/{number}/net/", {"ground": "fake", "reason": "试"}),
        "assign": (f"/projects/{number}/assign/", {"person": "1"}),
        "verdict": (f"/evidence/{number}/verdict/", {"verdict": "accept"}),
        "unview": (f"/projects/views/{given}/delete/", {}),
        "cancel": (f"/jobs/{number}/cancel/", {}),
        "revert": (f"/intake/batches/{number}/revert/", {}),
    }
    if kind in posts:
        return client.post(*posts[kind], follow=True), {}
    pages = {
        "project": f"/projects/{number}/",
        "job": f"/jobs/{number}/",
        "rejected": f"/intake/batches/{number}/rejected/",
        "ledger": f"/intake/batches/{number}/export/",
    }
    return client.get(pages.get(kind, f"/intake/batches/{number}/?step={kind.partition('-')[2]}"), follow=True), {}


def _upload(client, unit, number):
    """A ledger that names another's project, to see what the check answers."""
    file = io.StringIO()
    csv.writer(file).writerows([list(HEADS.values()), [line(unit, number).get(name, "") for name in HEADS]])
    client.post("/intake/", {"file": SimpleUploadedFile("问.csv", file.getvalue().encode("utf-8-sig"))})
    newest = Batch.objects.order_by("-id").first()
    return client.get(f"/intake/batches/{newest.pk}/?step=problems", follow=True)


@pytest.fixture
def world(db, account, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    made = build(account, tmp_path)
    enqueue(actor=made.people["panshan"], kind="snapshots.standings")
    return made


def examples(count):
    """The policy is one for both databases: the second gets fewer tries, so that all tests stay within a quarter of an hour."""
    count = count if connection.vendor == "sqlite" else count // 4
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


def attempt(client, calls):
    """Perform them in order and take everything back that they wrote."""
    with transaction.atomic():
        # The frame of the test, not of the program: an export's durable transaction may stand in it.
        connection.atomic_blocks[-1]._from_testcase = True
        found = [(kind, *perform(client, kind, given)) for kind, given in calls]
        texts = [(kind, text_of(response), echoed) for kind, response, echoed in found]
        transaction.set_rollback(True)
    return texts


@pytest.mark.parametrize("reader", READERS)
def test_no_sequence_of_calls_shows_a_secret(world, client, reader):
    person = world.people[reader]
    forbidden = world.forbidden(person)
    assert len(forbidden) > 10

    @examples(16)
    @given(st.lists(st.one_of(CALLS, UPLOADS), min_size=1, max_size=5))
    def holds(calls):
        client.force_login(person)
        typed = set()
        for kind, text, echoed in attempt(client, calls):
            typed |= set(echoed.values())
            leaked = [token for token in forbidden - typed if token in text]
            assert not leaked, (kind, leaked[:3])

    holds()


SWEEP = [
    *(("list", {"cols": column.code}) for column in COLUMNS),
    *(("export", {"cols": column.code}) for column in COLUMNS),
    *(("results", {"sort": sign + name}) for name in SORTS for sign in ("", "-")),
    *(("list", {"q": token}) for token in TOKENS[:10]),
    *(("list", {"q": text}) for text in ("DA-1", "PA-2", "实业")),
    *(("list", {"chain": secret(unit, 1, "chain")}) for unit in PLACES),
    *(("list", {"tier": tier}) for tier in ("T0", "T1", "-")),
    *(("project", number) for number in range(9)),
    *(("batch-changes", number) for number in range(3)),
    *(("batch-mapping", number) for number in range(3)),
    *(("ledger", number) for number in range(3)),
    ("cockpit", None),
]
"""Everything once and alone, so that nothing is left to chance."""
CLOSED = tuple((f'"{name}", ', "") for name in ("alias", "number", "investor", "chain", "nature", "total_investment"))
"""A city in which names of investors, categories and amounts are internal as well."""


@pytest.mark.parametrize("reader", READERS)
def test_nothing_alone_shows_a_secret(world, client, reader):
    client.force_login(world.people[reader])
    forbidden = world.forbidden(world.people[reader])

    for call in SWEEP:
        [(_kind, text, echoed)] = attempt(client, [call])
        typed = set(echoed.values())
        assert not [token for token in forbidden - typed if token in text], call


@pytest.mark.parametrize("reader", ["administrator", "dawa"])
def test_a_city_may_close_more_and_it_holds_everywhere(world, client, rules, reader):
    rules(*CLOSED)
    person = world.people[reader]
    client.force_login(person)
    before = [attempt(client, [call])[0][:2] for call in SWEEP]
    forbidden = world.forbidden(person)

    with transaction.atomic():
        connection.atomic_blocks[-1]._from_testcase = True
        _change_hidden(world, person, 7)
        after = [attempt(client, [call])[0][:2] for call in SWEEP]
        transaction.set_rollback(True)

    assert [call for call, one, two in zip(SWEEP, before, after, strict=True) if one != two] == []
    typed = {value for _, given in SWEEP if isinstance(given, dict) for value in given.values()}
    assert not [
        (call, token)
        for call, (_, text) in zip(SWEEP, before, strict=True)
        for token in forbidden - typed
        if token in text
    ]


def _change_hidden(world, person, turn):
    """Give every hidden text another value: of projects out of reach all of them, of the others the fields that are closed."""
    rows = {row["name"]: row for row in world.lines.values()}
    for project in Project.objects.all():
        mine = world.reaches(person, rows.get(project.name, {"unit": "", "name": ""}))
        sees = fields_of(person, project.unit) if mine else Fields(frozenset())
        facts = {
            name: [text if sees[name] or name == "total_investment" else f"{turn}{text}"[: 40 + turn], row]
            for name, (text, row) in project.facts.items()
        }
        values = {"chain": f"类{turn}", "number": f"N{turn}", "initials": f"z{turn}", "name": f"改{turn}{project.name}"}
        values = {name: value for name, value in values.items() if not (sees[name] or (mine and name == "initials"))}
        Project.objects.filter(pk=project.pk).update(facts=facts, **values)
        standing = {"investor": f"改{turn}"} if not sees["investor"] else {}
        if not sees["total_investment"]:
            standing |= {"amount_fen": 10**9 * turn, "tier": "T1000"}
            Amount.objects.filter(project=project).update(minor=turn, text=f"改{turn}")
        if not mine:
            standing |= {"reported": turn, "proven": -1, "net": -1}
        if standing:
            Standing.objects.filter(project=project).update(**standing)
        if not sees["alias"]:
            Alias.objects.filter(project=project).update(name=f"又{turn}", key=f"又{turn}")
        if not sees["investor"]:
            Participation.objects.filter(project=project).update(note=f"注{turn}")
        if not sees["evidence"]:
            Evidence.objects.filter(project=project).update(title=f"证{turn}", source=f"源{turn}")


@pytest.mark.parametrize("reader", ["dawa", "administrator", "department"])
def test_nothing_a_person_gets_depends_on_what_they_may_not_see(world, client, reader):
    person = world.people[reader]
    reading = [kind for kind in ("list", "results", "export", "save")]
    calls_of = st.one_of(
        st.tuples(st.sampled_from(reading), QUERIES),
        st.tuples(st.just("cockpit"), st.none()),
        st.tuples(st.just("project"), ID),
        st.tuples(st.just("net"), ID),
        st.tuples(st.just("batch-changes"), ID),
    )

    @examples(25)
    @given(st.lists(calls_of, min_size=1, max_size=4), st.integers(1, 9))
    def holds(calls, turn):
        client.force_login(person)
        before = [(kind, text) for kind, text, _ in attempt(client, calls)]
        with transaction.atomic():
            connection.atomic_blocks[-1]._from_testcase = True
            _change_hidden(world, person, turn)
            after = [(kind, text) for kind, text, _ in attempt(client, calls)]
            transaction.set_rollback(True)
        assert before == after

    holds()


def test_the_secrets_are_there_for_who_may_see_them(world, client):
    """Else the tests above would pass on an empty page."""
    client.force_login(world.people["office"])
    own = world.lines["panshan", 3]
    page = text_of(client.get(f"/projects/{Project.objects.get(name=own['name']).pk}/"))

    assert [name for name in SECRET if own[name] not in page] == []
    client.force_login(world.people["dawa"])
    mine = world.lines["dawa", 1]
    page = text_of(client.get(f"/projects/{Project.objects.get(name=mine['name']).pk}/"))
    assert [name for name in SECRET if mine[name] not in page] == []
