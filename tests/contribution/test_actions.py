"""What people say of contribution: success and refusal side by side."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.contribution import actions, queries
from luodi.contribution.actions import Said
from luodi.contribution.models import Delivery, EndStatement, Promise
from luodi.contribution.settings import contribution_settings
from luodi.evidence.models import Evidence
from luodi.projects.actions import exclude_from_net
from tests.core.record import load, project
from tests.ledger_files import write

pytestmark = pytest.mark.django_db
HEADS = ["序号", "项目名称", "所在地区", "产业类别", "就业人数", "年税收（万元）", "备注"]
JOBS = contribution_settings().measure["jobs"]
TAX = contribution_settings().measure["tax"]


@pytest.fixture
def plant(tmp_path):
    lines = [
        [1, "甲厂", "大洼区", "化工", "120人", 500, ""],
        [2, "乙厂", "盘山县", "粮食", "", "", ""],
        [3, "丙厂", "大洼区", "化工", 0, "约300", ""],
    ]
    load(write(tmp_path / "台账.xlsx", lines, headings=HEADS))
    return project("甲厂")


def said(value, measure="jobs", **more):
    return Said(measure=measure, value=value, source=more.pop("source", "投资协议第五条"), **more)


def row(measure=JOBS, user=None):
    return queries.whole(user, measure)


def test_a_ledger_promises_exact_numbers_and_a_person_stands_above_it(plant, account):
    assert (row().promised.projects, row().promised.value) == (2, 120)  # 丙厂 promises 0, which is a statement
    assert (row(TAX).promised.projects, row(TAX).promised.value) == (1, 500)  # 约300 is not exact

    actions.state_promise(actor=account("unit_clerk"), project=plant, said=said("150"))

    assert row().promised.value == 150


def test_the_latest_year_counts_and_only_a_verified_one_is_proven(plant, account):
    clerk, office = account("unit_clerk"), account("project_office")
    old = actions.state_delivery(actor=clerk, project=plant, said=said("60", year="2023"))
    actions.state_delivery(actor=clerk, project=plant, said=said("90", year="2025"))
    actions.state_delivery(actor=clerk, project=plant, said=said("10", year="2021"))
    assert (row().reported.value, row().proven.projects) == (90, 0)

    actions.verify_delivery(actor=office, delivery=old, accept=True, note="核对社保名册")

    found = row()
    assert (found.reported.value, found.proven.value, found.both.percent, found.both_proven.percent) == (90, 60, 75, 50)
    exclude_from_net(actor=office, project=plant, ground="fake", reason="虚假")
    assert (row().proven.value, row().net.projects) == (60, 0)


def test_nobody_verifies_what_they_reported_and_nobody_twice(plant, account):
    office, other = account("project_office"), account("project_office")
    one = actions.state_delivery(actor=office, project=plant, said=said("60", year="2024"))
    with pytest.raises(PermissionDenied):
        actions.verify_delivery(actor=office, delivery=one, accept=True, note="看过")
    with pytest.raises(PermissionDenied):
        actions.verify_delivery(actor=account("unit_clerk"), delivery=one, accept=True, note="看过")

    actions.verify_delivery(actor=other, delivery=one, accept=False, note="社保只有 20 人")

    assert row().proven.projects == 0
    with pytest.raises(ValidationError):
        actions.verify_delivery(actor=other, delivery=one, accept=True, note="又看")


@pytest.mark.parametrize(
    "given",
    [
        said(""), said("很多"), said("-1"), said("Infinity"), said("1" + "0" * 20), said("1", source=" "), said("1", measure="luck"),
        said("1", measure="capacity"), said("1", year="明年"), said("1", year="26"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_blank_is_no_zero(plant, account, given):
    with pytest.raises(ValidationError):
        actions.state_promise(actor=account("unit_clerk"), project=plant, said=given)
    assert not Promise.objects.exists()


def test_a_delivery_has_a_year_that_has_begun(plant, account):
    for year in ("", str(timezone.localdate().year + 1)):
        with pytest.raises(ValidationError, match="哪一年"):
            actions.state_delivery(actor=account("unit_clerk"), project=plant, said=said("1", year=year))


def test_only_the_projects_own_paper_speaks_for_it(plant, account):
    strange = Evidence.objects.create(project=project("乙厂"), kind="tax_proof", title="完税证明")
    own = Evidence.objects.create(project=plant, kind="tax_proof", title="完税证明")
    with pytest.raises(ValidationError, match="本项目"):
        actions.state_promise(actor=account("unit_clerk"), project=plant, said=said("1", evidence=strange))

    assert (
        actions.state_promise(actor=account("unit_clerk"), project=plant, said=said("1", evidence=own)).evidence == own
    )


def test_a_withdrawn_promise_stays_readable_and_what_stood_before_counts_again(plant, account):
    clerk = account("unit_clerk")
    promise = actions.state_promise(actor=clerk, project=plant, said=said("999"))
    with pytest.raises(ValidationError, match="理由"):
        actions.withdraw(actor=clerk, statement=promise, reason="")

    actions.withdraw(actor=clerk, statement=promise, reason="多写一位")

    assert (row().promised.value, Promise.objects.get().withdrawal) == (120, "多写一位")
    with pytest.raises(ValidationError):
        actions.withdraw(actor=clerk, statement=promise, reason="又撤")


def test_ends_are_a_persons_word_and_are_replaced_not_overwritten(plant, account):
    clerk = account("unit_clerk")
    assert actions.state_ends(actor=clerk, project=plant, ends=["people", "industry"], reason="化工，带动就业") == [
        "industry",
        "people",
    ]
    actions.state_ends(actor=clerk, project=plant, ends=["industry"], reason="以产业为主")

    assert list(EndStatement.objects.filter(withdrawn_at=None).values_list("end", flat=True)) == ["industry"]
    assert EndStatement.objects.count() == 2
    for ends, reason in ((["industry"], "再说"), (["luck"], "好"), (["city"], " ")):
        with pytest.raises(ValidationError):
            actions.state_ends(actor=clerk, project=plant, ends=ends, reason=reason)
    with pytest.raises(PermissionDenied):
        actions.state_ends(actor=account("unit_clerk", unit="panshan"), project=plant, ends=["city"], reason="好")


def test_a_project_of_two_ends_is_in_both_rows_and_once_in_the_total(plant, account):
    office = account("project_office")
    actions.state_ends(actor=office, project=plant, ends=["people", "industry"], reason="化工，带动就业")
    found = queries.table(None, JOBS, "end")

    assert {end: (one.projects, one.promised.value) for end, one in found.items()} == {
        "industry": (1, 120), "city": (0, 0), "people": (1, 120), "": (2, 0)
    }  # fmt: skip
    assert row().projects == 3


def test_zero_promised_is_known_and_shown_as_such(plant):
    by_unit = queries.table(None, JOBS, "unit")

    assert (by_unit["dawa"].promised.projects, by_unit["panshan"].promised.projects) == (2, 0)
    assert by_unit["dawa"].both.percent is None


def test_a_clerk_adds_up_their_own_unit(plant, account):
    assert row(user=account("unit_clerk", unit="panshan")).promised.projects == 0
    assert row(user=account("unit_clerk", unit="dawa")).promised.projects == 2


def test_units_that_differ_are_never_added(plant, account):
    actions.state_promise(
        actor=account("unit_clerk"), project=plant, said=said("30", measure="capacity", unit="万吨/年")
    )

    assert "capacity" not in [measure.code for measure in contribution_settings().summed]
    assert Promise.objects.get().value == Decimal("30.0000")
    assert Delivery.objects.count() == 0


def test_a_package_that_says_nothing_is_worth_what_all_its_members_said(tmp_path, account):
    heads = ["编号", "项目名称", "所属打包项目", "所在地区", "就业人数"]
    lines = [
        ["A1", "产业园", "", "大洼区", ""],
        ["A2", "一期厂", "A1", "大洼区", 40],
        ["A3", "二期厂", "A1", "大洼区", ""],
    ]
    load(write(tmp_path / "包.xlsx", lines, headings=heads))
    assert (row().projects, row().promised.projects) == (1, 0)

    actions.state_promise(actor=account("unit_clerk"), project=project("二期厂"), said=said("2"))

    assert (row().projects, row().promised.projects, row().promised.value) == (1, 1, 42)
