"""Every action has a row in `acts`: what it leaves in the log, and whom it refuses. An action without a row fails."""

import importlib
import inspect
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from luodi.accounts.models import User
from luodi.audit.actions import record
from luodi.audit.bundles import verify_here
from luodi.audit.models import Entry
from luodi.chains.models import Chain, ChainEdition
from luodi.evidence.models import Evidence
from luodi.evidence.receiving import Paper
from luodi.intake import actions as intake
from luodi.jobs.models import Job
from luodi.organizations.models import Party
from luodi.projects.models import Project
from luodi.snapshots.models import Snapshot
from tests.conftest import make_account
from tests.core.record import load, project
from tests.evidence import papers
from tests.guards.acts import rooms
from tests.guards.acts.doors import ACCOUNTS, OWN
from tests.guards.acts.record import ACTIONS, asked
from tests.ledger_files import row, write

SILENT = {
    "factors.follow",
    "factors.release_of_gone",
    "evidence.agrees",
    "integrity.agrees",
    "reserve.likes_of_idea",
    "integrity.staying",
    "audit.actor_name",
    "accounts.choose_money_unit",
    "accounts.ensure_account",
}
WRITING = {
    "factors",
    "integrity",
    "contribution",
    "reserve",
    "chains",
    "screening",
    "checks",
    "evidence",
    "intake",
    "organizations",
    "projects",
    "snapshots",
}
REFUSING = [name for name in ACTIONS if name.split(".")[0] in WRITING and ".note_" not in name]


@pytest.fixture(scope="module")
def made(lasting):
    """One world for all acts; each changes a copy and the database puts its changes back."""
    path = write(lasting / "台账.xlsx", [row(1, "甲厂", started="2020", source="http://www.panjin.gov.cn/a")])
    committed = load(path)
    load(write(lasting / "乙.xlsx", [row(1, "乙厂")]))
    submitted = project("乙厂")
    world = SimpleNamespace(
        path=path,
        office=make_account("project_office"),
        submitted=submitted,
        asked=asked(submitted, make_account("unit_clerk")),
        party=Party.objects.create(name="甲公司", key="甲"),
        surveyor=make_account("department"),
        administrator=make_account("administrator"),
        clerk=User.objects.create_user("clerk", password="x" * 12, role="unit_clerk", unit="dawa", first_name="周"),
        committed=committed,
        waiting=intake.receive(actor=None, path=path, name="又.xlsx"),
        project=project("甲厂"),
        evidence=Evidence.objects.get(),
        paper=Paper(papers.contract(lasting / "合同.pdf"), "合同.pdf", "contract", "signed"),
        job=Job.objects.create(kind="snapshots.standings"),
        chain=Chain.objects.create(code="fine", name="精细化工"),
        edition=ChainEdition.objects.create(code="2020", year=2020, title="旧版"),
    )
    record(None, "guards.laid_out")  # what was laid out without an act is sealed, so that each act seals its own alone
    return world


@pytest.fixture
def world(made, beginning):
    return deepcopy(made)


def public_actions():
    for part in sorted(path.parent.name for path in Path("luodi").glob("*/apps.py")):
        for room in rooms(part):
            module = importlib.import_module(f"luodi.{part}.{room}")
            for name, member in inspect.getmembers(module, inspect.isfunction):
                if not name.startswith("_") and inspect.unwrap(member).__module__ == module.__name__:
                    yield f"{part}.{name}"


def test_every_public_action_has_a_row():
    assert set(public_actions()) == ACTIONS.keys() | ACCOUNTS.keys() | OWN.keys() | SILENT


@pytest.mark.parametrize("name", ACTIONS | ACCOUNTS)
def test_an_action_leaves_exactly_its_entry(world, name):
    before = Entry.objects.count()
    perform, expected = (ACTIONS | ACCOUNTS)[name]
    actor = world.administrator if name in ACCOUNTS else world.office

    perform(world, actor)

    left = list(Entry.objects.order_by("id")[before:])
    assert [entry.action for entry in left] == expected
    assert {entry.actor for entry in left} == {actor}
    # What it wrote is in its seal: nothing changed past the log, nothing after the entry.
    assert verify_here().findings == []


@pytest.mark.parametrize("name", OWN)
def test_what_people_do_at_the_door_leaves_exactly_its_entry(world, name):
    before = Entry.objects.count()
    perform, expected = OWN[name]

    perform(world)

    assert [entry.action for entry in Entry.objects.order_by("id")[before:]] == [expected]
    assert verify_here().findings == []


@pytest.mark.parametrize("name", ACCOUNTS)
def test_who_is_no_administrator_decides_about_nobodys_account(world, account, name):
    for role in ("leader", "auditor", "project_office", "unit_clerk", "department", ""):
        _is_refused(ACCOUNTS[name][0], world, account(role))


@pytest.mark.parametrize("name", REFUSING)
def test_who_only_reads_is_refused_and_nothing_is_written(world, account, name):
    for role in ("leader", "auditor", "administrator"):
        _is_refused(ACTIONS[name][0], world, account(role))


def _is_refused(perform, world, reader):
    """Each in a world of its own: what an act lays out beforehand is put back."""
    before = Project.objects.count(), Snapshot.objects.count()
    with transaction.atomic():
        with pytest.raises(PermissionDenied):
            perform(world, reader)
        assert Entry.objects.filter(actor=reader).count() == 0, reader.role
        assert (Project.objects.count(), Snapshot.objects.count()) == before, reader.role
        transaction.set_rollback(True)
