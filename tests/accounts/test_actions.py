"""Making accounts and choosing a unit of money."""

import pytest
from django.db import IntegrityError, transaction

from luodi.accounts.actions import choose_money_unit, ensure_account
from luodi.accounts.models import User
from luodi.audit.models import Entry

pytestmark = pytest.mark.django_db


def test_an_account_is_made_once_and_keeps_its_password():
    made = ensure_account(username="li", password="first-password", role="leader", name="李四")
    again = ensure_account(username="li", password="other-password", role="administrator")

    assert made == again == User.objects.get()
    assert again.check_password("first-password")
    assert (again.role, again.display_name) == ("leader", "李四")
    assert [entry.object_id for entry in Entry.objects.filter(action="accounts.account.created")] == [made.pk]


@pytest.mark.parametrize(("unit", "kept"), [("亿元", "亿元"), ("万元", "万元"), ("分", "万元"), ("", "万元")])
def test_only_the_two_units_of_the_office_can_be_chosen(account, unit, kept):
    person = account("leader")

    choose_money_unit(actor=person, unit=unit)

    person.refresh_from_db()
    assert person.money_unit == kept


def test_a_clerk_without_a_unit_cannot_exist():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("wang", password="x" * 12, role="unit_clerk", unit="")
