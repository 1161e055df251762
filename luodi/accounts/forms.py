"""Forms of the accounts' pages. What they mean is decided by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luodi.accounts.permissions import Role
from luodi.core.installation import access, city


def roles() -> list[tuple[str, str]]:
    """Roles to grant; the security administrator exists only where administrators are separated."""
    hidden = set() if access().separated_administrators else {Role.SECURITY_ADMINISTRATOR}
    return [("", str(_("待授权"))), *((str(role), str(role.label)) for role in Role if role not in hidden)]


def units() -> list[Any]:
    filing = [(unit.code, unit.name) for unit in city().units]
    others = [(department.code, department.name) for department in access().departments.values()]
    return [("", "—"), (str(_("填报单位")), filing), (str(_("部门")), others)]


class NameForm(forms.Form):
    """Name and post."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    title = forms.CharField(label=_("职务"), max_length=60, required=False)


class RightsForm(forms.Form):
    """Role and unit."""

    role = forms.ChoiceField(label=_("角色"), required=False, choices=roles)
    unit = forms.ChoiceField(label=_("单位"), required=False, choices=units)


class AccountForm(NameForm):
    """A new account. The role is asked for only where its maker may grant one."""

    username = forms.RegexField(
        r"^[a-zA-Z0-9_.-]{2,60}$",
        label=_("用户名"),
        help_text=_("2 至 60 位字母、数字、点、横线"),
        error_messages={"invalid": _("用户名只能用字母、数字、点、横线和下划线，2 至 60 位。")},
    )
    unit = forms.ChoiceField(label=_("单位"), required=False, choices=units)
    role = forms.ChoiceField(label=_("角色"), required=False, choices=roles)
    field_order = ("username", "name", "title", "unit", "role")


class PasswordForm(forms.Form):
    """Choose another password."""

    old = forms.CharField(
        label=_("现在的密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("新密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("再写一次"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", _("两次写的新密码不一样。"))
        return found
