"""A named person's word on net figures."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.audit.models import Entry
from luodi.projects.actions import exclude_from_net, include_in_net
from luodi.projects.models import NetDecision, Project
from tests.core.record import figures_agree, load, net_of, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant(tmp_path):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=5, started="2020", source="http://www.panjin.gov.cn/a")]))
    return project("甲厂")


def test_a_confirmed_fake_leaves_net_and_stays_proven(plant, account):
    exclude_from_net(actor=account("project_office"), project=plant, ground="fake", reason="无此企业")

    assert net_of("甲厂") == ""
    assert plant.standing.proven == plant.standing.reported >= 0
    assert figures_agree()


def test_a_revoked_decision_brings_it_back_and_both_stay_readable(plant, account):
    office = account("project_office")
    exclude_from_net(actor=office, project=plant, ground="duplicate", reason="与乙厂重复")
    include_in_net(actor=office, project=plant, reason="经查不是同一项目")

    assert net_of("甲厂") == "started"
    assert NetDecision.objects.get().revoked_by == office
    assert list(Entry.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "projects.net.excluded",
        "projects.net.included",
    ]


@pytest.mark.parametrize(("ground", "reason"), [("", "有理由"), ("hearsay", "有理由"), ("fake", ""), ("fake", "   ")])
def test_a_decision_needs_a_known_ground_and_a_reason(plant, account, ground, reason):
    with pytest.raises(ValidationError, match="写明理由"):
        exclude_from_net(actor=account("project_office"), project=plant, ground=ground, reason=reason)
    assert net_of("甲厂") == "started"


def test_a_second_decision_on_the_same_project_is_refused(plant, account):
    office = account("project_office")
    exclude_from_net(actor=office, project=plant, ground="fake", reason="无此企业")

    with pytest.raises(ValidationError, match="已有有效的认定"):
        exclude_from_net(actor=office, project=plant, ground="fake", reason="再次")


def test_what_was_never_excluded_cannot_be_included(plant, account):
    with pytest.raises(ValidationError, match="没有有效的认定"):
        include_in_net(actor=account("project_office"), project=plant, reason="无")


@pytest.mark.parametrize("role", ["leader", "auditor", "administrator", "unit_clerk"])
def test_nobody_but_the_project_office_decides(plant, account, role):
    with pytest.raises(PermissionDenied):
        exclude_from_net(actor=account(role), project=plant, ground="fake", reason="无此企业")
    with pytest.raises(PermissionDenied):
        include_in_net(actor=account(role), project=plant, reason="无")
    assert not NetDecision.objects.exists()


def test_a_project_is_never_its_own_package(plant):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=plant.pk).update(package=plant.pk)
