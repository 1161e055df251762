"""Who may do what, and which rows they see."""

import pytest
from django.contrib.auth.models import AnonymousUser

from luodi.accounts.permissions import PERMISSIONS, ROUTES, Role, may, register_routes, unit_scope
from luodi.intake.models import Batch
from luodi.projects.models import Project
from tests.core.record import load
from tests.ledger_files import row, write

READS = {"dashboards.cockpit.view", "projects.project.view", "projects.project.export", "evidence.evidence.view"}
FILES = {"projects.stage.report", "evidence.evidence.file"}

READS |= {"organizations.party.view", "checks.finding.view"}
READS |= {"formation.table.view", "reserve.board.view", "contribution.table.view"}
FILES |= {"contribution.statement.write", "reserve.idea.create", "reserve.packaging.write"}
FILES |= {"checks.finding.answer", "checks.particulars.state"}
READS |= {"chains.chain.view", "chains.chain.export", "outcomes.outcome.view"}
FILES |= {"chains.task.finish"}
OFFICE = {"chains.map.write", "chains.target.write", "chains.task.finish"}
WRITES = {"projects.project.submit", "projects.project.edit", "projects.change.view"}
READS |= {"screening.result.view", "screening.rulebook.view"}
FILES |= {"screening.fact.state"}
READS |= {"integrity.finding.view"}
FILES |= {"integrity.case.answer", "integrity.case.appeal", "integrity.contact.view"}
READS |= {"factors.book.view"}
FILES |= {"factors.demand.write", "factors.reservation.hold"}
OFFICE |= {"factors.supply.write", "factors.reservation.promise"}
SHEETS = {"outcomes.sheet.view"}
COMPARES = SHEETS | {"outcomes.ranking.view", "outcomes.suppose.view"}
ACCOUNTS = {name for name in PERMISSIONS if name.startswith("accounts.")}


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.LEADER, READS | COMPARES),
        (
            Role.AUDITOR,
            READS
            | COMPARES
            | {"integrity.contact.view", "integrity.labels.export"}
            | {"projects.change.view", "projects.pair.view", "intake.batch.view", "jobs.job.view", "audit.entry.view"},
        ),
        (
            Role.ADMINISTRATOR,
            READS
            - {"chains.chain.view", "chains.chain.export", "outcomes.outcome.view"}
            - {"projects.project.export", "evidence.evidence.view", "organizations.party.view", "checks.finding.view"}
            - {"integrity.finding.view", "factors.book.view"}
            - {"formation.table.view", "screening.result.view", "screening.rulebook.view"}
            - {"formation.table.view", "reserve.board.view", "contribution.table.view"}
            | {"intake.batch.view", "jobs.job.view", "jobs.job.cancel", "audit.entry.view"}
            | ACCOUNTS,
        ),
        (Role.DEPARTMENT, READS | {"evidence.evidence.verify"} | OFFICE),
        (Role.SECURITY_ADMINISTRATOR, set()),
        (
            Role.UNIT_CLERK,
            READS
            | FILES
            | SHEETS
            | WRITES
            | {"intake.batch.view", "intake.batch.write", "intake.batch.revert", "jobs.job.view", "jobs.job.cancel"},
        ),
        (Role.PROJECT_OFFICE, set(PERMISSIONS) - {"audit.entry.view"} - ACCOUNTS),
    ],
)
def test_a_role_holds_exactly_these_permissions(db, account, role, permissions):
    person = account(role)

    assert {name for name in PERMISSIONS if may(person, name)} == permissions


def test_who_left_or_never_signed_in_may_nothing(db, account):
    gone = account("project_office")
    gone.is_active = False

    assert not any(may(gone, name) or may(AnonymousUser(), name) for name in PERMISSIONS)


def test_a_route_with_an_unknown_permission_fails_at_start():
    with pytest.raises(ValueError, match=r"projects\.project\.paint"):
        register_routes({"painter": "projects.project.paint"})
    assert "painter" not in ROUTES


def test_a_clerk_sees_the_projects_and_the_batches_of_their_unit(db, account, tmp_path):
    dawa, panshan, leader = account("unit_clerk", unit="dawa"), account("unit_clerk", unit="panshan"), account("leader")
    load(write(tmp_path / "洼.xlsx", [row(1, "甲厂", place="大洼区")]), dawa)
    load(write(tmp_path / "盘.xlsx", [row(1, "乙厂", place="盘山县")]), panshan)
    load(write(tmp_path / "全.xlsx", [row(1, "丙厂", place="大洼区"), row(2, "丁厂", place="双台子区")]))

    def seen(person):
        names = Project.objects.visible_to(person).values_list("name", flat=True)
        return sorted(names), sorted(Batch.objects.visible_to(person).values_list("name", flat=True))

    assert seen(dawa) == (["丙厂", "甲厂"], ["洼.xlsx"])
    assert seen(panshan) == (["乙厂"], ["盘.xlsx"])
    assert seen(leader) == (["丁厂", "丙厂", "乙厂", "甲厂"], ["全.xlsx", "洼.xlsx", "盘.xlsx"])
    assert [unit_scope(person) for person in (dawa, leader, None)] == ["dawa", None, None]
