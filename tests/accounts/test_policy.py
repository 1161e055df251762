"""Scope and field classes: which rows, and what of them; slips in the city's file are refused at start."""

import pytest

from luodi.accounts.models import User
from luodi.accounts.permissions import Role, holders
from luodi.accounts.policy import MASK, SCOPES, fields_of, masked, may_verify_evidence, scope_of
from luodi.core import access as access_data
from luodi.core.installation import access, city
from luodi.intake import words
from luodi.intake.models import Batch
from luodi.projects import actions as projects
from luodi.projects.models import Project
from tests.core.record import load
from tests.ledger_files import row, write


def person(role, unit="", **given):
    return User(pk=7, role=role, unit=unit, **given)


def test_every_role_has_a_scope_and_a_row_in_the_city():
    assert set(SCOPES) == set(Role.values)
    assert set(access().sees) == set(Role.values)


def test_every_ledger_field_has_a_class_and_what_nobody_classified_is_internal():
    named = access().named
    assert not [name for name in words.FIELDS if name not in named]
    assert access().class_of("started_on") == access().class_of("planned_started_on") == "open"
    assert access().class_of("身份证号") == "internal"


def test_without_a_file_everything_but_the_name_is_closed(tmp_path):
    bare = access_data.load(tmp_path)

    assert bare.class_of("phone") == bare.class_of("total_investment") == "internal"
    assert bare.classes_for("project_office") == (frozenset({"open"}), frozenset({"open"}))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('other = ["open"] }\ndepartment', 'other = ["opne"] }\ndepartment', "sees.unit_clerk"),
        ("[fields]\nopen", "[fields]\npublic = []\nopen", "fields"),
        ('"name", "alias",', '"alias",', "fields.name"),
    ],
)
def test_a_slip_in_the_file_is_refused_with_its_place(rules, old, new, where):
    pairs = [(old, new)] + ([("internal = [", 'internal = ["name", ')] if where == "fields.name" else [])
    folder = rules(*pairs)

    with pytest.raises(ValueError, match=where):
        access_data.load(folder)


def test_a_clerk_reaches_their_unit_and_the_parks_under_it_but_not_the_other_way(rules, account, tmp_path):
    rules(park=True)
    assert city().below("dawa") == {"dawa", "lingang"}
    dawa, park = account("unit_clerk", unit="dawa"), account("unit_clerk", unit="lingang")
    load(write(tmp_path / "区.xlsx", [row(1, "甲厂", place="大洼区")]), dawa)
    load(write(tmp_path / "园.xlsx", [row(1, "乙厂", place="临港园区")]), park)

    def seen(reader):
        names = Project.objects.visible_to(reader).values_list("name", flat=True)
        return sorted(names), sorted(Batch.objects.visible_to(reader).values_list("name", flat=True))

    assert seen(dawa) == (["乙厂", "甲厂"], ["区.xlsx", "园.xlsx"])
    assert seen(park) == (["乙厂"], ["园.xlsx"])


def test_a_district_may_file_for_its_park(rules, account, tmp_path):
    rules(park=True)

    batch = load(write(tmp_path / "区.xlsx", [row(1, "乙厂", place="临港园区")]), account("unit_clerk", unit="dawa"))

    assert batch.counts["created"] == 1


def test_a_department_finds_what_is_in_its_persons_hands_until_it_is_taken_back(account, tmp_path):
    load(write(tmp_path / "全.xlsx", [row(1, "甲厂"), row(2, "乙厂")]))
    office, surveyor, other = account("project_office"), account("department"), account("department")
    assert not Project.objects.visible_to(surveyor)

    given = projects.assign(actor=office, project=Project.objects.get(name="甲厂"), person=surveyor)

    assert [one.name for one in Project.objects.visible_to(surveyor)] == ["甲厂"]
    assert not Project.objects.visible_to(other)
    projects.unassign(actor=office, assignment=given)
    assert not Project.objects.visible_to(surveyor)


def test_an_account_without_a_role_reaches_nothing(account, tmp_path):
    load(write(tmp_path / "全.xlsx", [row(1, "甲厂", place="火星")]))

    assert not Project.objects.visible_to(account(""))


def test_what_may_order_a_list_is_what_can_be_seen_in_every_row_of_it(rules):
    rules(
        (
            'leader = { own = ["open", "internal"], other = ["open", "internal"] }',
            'leader = { own = ["open", "personal"], other = ["open", "internal"] }',
        )
    )
    leader = person(Role.LEADER, "dawa")

    assert fields_of(leader).classes == {"open"}
    assert fields_of(leader, "dawa").classes == {"open", "personal"}
    assert fields_of(leader, "panshan").classes == {"open", "internal"}


def test_the_console_sees_everything():
    assert scope_of(None).everything
    assert fields_of(None)["phone"]


def test_the_city_may_let_clerks_verify_the_evidence_of_other_units_only(rules):
    clerk = person(Role.UNIT_CLERK, "dawa")
    assert not may_verify_evidence(clerk, unit="panshan", kind="licence", filed_by=3)

    rules(('"evidence.evidence.verify" = []', '"evidence.evidence.verify" = ["unit_clerk"]'))

    assert may_verify_evidence(clerk, unit="panshan", kind="licence", filed_by=3)
    assert not may_verify_evidence(clerk, unit="dawa", kind="licence", filed_by=3)
    assert not may_verify_evidence(clerk, unit="panshan", kind="licence", filed_by=7)


def test_a_city_cannot_give_away_more_than_it_was_given(rules):
    rules(("[grants]\n", '[grants]\n"audit.entry.view" = ["unit_clerk"]\n'))

    assert Role.UNIT_CLERK not in holders("audit.entry.view")


def test_a_department_verifies_its_own_kinds_of_evidence():
    surveyor = person(Role.DEPARTMENT, "resources")

    assert may_verify_evidence(surveyor, unit="dawa", kind="land_contract", filed_by=3)
    assert not may_verify_evidence(surveyor, unit="dawa", kind="licence", filed_by=3)
    assert may_verify_evidence(person(Role.PROJECT_OFFICE), unit="dawa", kind="licence", filed_by=3)


def test_details_of_the_log_are_covered_for_who_may_not_see_the_field():
    detail = {"before": {"phone": "0427-1", "name": "甲厂"}, "rows": [{"remark": "内部"}], "count": 3}

    assert masked(person(Role.AUDITOR), detail) == detail
    assert masked(person(Role.ADMINISTRATOR), detail) == {
        "before": {"phone": MASK, "name": "甲厂"},
        "rows": [{"remark": MASK}],
        "count": 3,
    }
