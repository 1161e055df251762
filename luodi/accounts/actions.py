"""Writes on accounts."""

from collections.abc import Callable

from django.db import transaction

from luodi.accounts.models import User

created: list[Callable[[User], None]] = []
"""The log lies above this part and registers itself here."""


@transaction.atomic
def choose_money_unit(*, actor: User, unit: str) -> None:
    """Remember the unit in which this person wants amounts shown: 万元 or 亿元."""
    if unit in {"万元", "亿元"}:
        User.objects.filter(pk=actor.pk).update(money_unit=unit)


@transaction.atomic
def ensure_account(*, username: str, password: str, role: str, unit: str = "", name: str = "", title: str = "") -> User:
    """Make the account when it is missing; an existing one keeps its password."""
    user, made = User.objects.get_or_create(
        username=username, defaults={"role": role, "unit": unit, "first_name": name, "title": title}
    )
    if made:
        user.set_password(password)
        user.save(update_fields=["password"])
        for follow in created:
            follow(user)
    return user
