"""The administrators' pages: the list of accounts, a new one, and what can be done about one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts import actions, lockout
from luodi.accounts.factors import factor_of
from luodi.accounts.forms import AccountForm, NameForm, RightsForm, roles
from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.queries import signed_in
from luodi.core.installation import access

SHOWN = 200
STATES = ("active", "disabled", "waiting", "locked")


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody, found by name, role and state."""
    user, locked = signed_in(request), lockout.locked_names()
    given = {name: request.GET.get(name, "").replace("\0", "").strip()[:60] for name in ("q", "role", "state")}
    found = _found(given, locked)
    total = found.count()
    return render(
        request,
        "accounts/accounts.html",
        {
            "accounts": [{"one": one, "locked": one.username in locked} for one in found[:SHOWN]],
            "shown": min(total, SHOWN),
            "total": total,
            "given": given,
            "roles": roles()[1:],
            "states": [
                ("active", _("在用")),
                ("waiting", _("待授权")),
                ("locked", _("已锁定")),
                ("disabled", _("已停用")),
            ],
            "may_create": may(user, "accounts.account.create"),
            "separated": access().separated_administrators,
        },
    )


def _found(given: dict[str, str], locked: set[str]) -> QuerySet[User]:
    people: QuerySet[User] = User.objects.order_by("-is_active", "unit", "username")
    if given["q"]:
        text = given["q"]
        people = people.filter(Q(username__icontains=text) | Q(first_name__icontains=text) | Q(title__icontains=text))
    if given["role"]:
        people = people.filter(role=given["role"])
    states: dict[str, Q] = {
        "active": Q(is_active=True),
        "disabled": Q(is_active=False),
        "waiting": Q(role="", is_active=True),
        "locked": Q(username__in=locked),
    }
    return people.filter(states[given["state"]]) if given["state"] in states else people


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an account; its first password is shown once."""
    user = signed_in(request)
    form = AccountForm(request.POST or None)
    if not may(user, "accounts.account.grant"):
        del form.fields["role"]
    if request.method == "POST" and form.is_valid():
        try:
            made, password = actions.create(actor=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return _told(request, made, password)
    return render(request, "accounts/new.html", {"form": form}, status=422 if form.errors else 200)


def _told(request: HttpRequest, account: User, password: str) -> HttpResponse:
    """The one page on which a first password stands; the browser keeps no copy of it."""
    return render(request, "accounts/told.html", {"account": account, "password": password})


@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account, and what this administrator may do about it."""
    user, one = signed_in(request), get_object_or_404(User, pk=pk)
    return render(request, "accounts/account.html", _about(user, one))


def _about(user: User, one: User) -> dict[str, Any]:
    other = one.pk != user.pk
    return {
        "account": one,
        "locked": one.username in lockout.locked_names(),
        "factor": factor_of(one),
        "names": NameForm(initial={"name": one.first_name, "title": one.title}),
        "rights": RightsForm(initial={"role": one.role, "unit": one.unit}),
        "may_describe": may(user, "accounts.account.create"),
        "may_grant": other and may(user, "accounts.account.grant"),
        "may_unlock": other and may(user, "accounts.account.unlock"),
        "may_disable": other and may(user, "accounts.account.disable"),
        "own": not other,
    }


def _act(request: HttpRequest, pk: int, act: Callable[[User, User], str]) -> HttpResponse:
    """Run an action on the account and say how it went, in its own words when it refuses."""
    user, one = signed_in(request), get_object_or_404(User, pk=pk)
    try:
        messages.success(request, act(user, one))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error) or _("您没有这项操作的权限。"))
    return redirect("accounts:account", pk=pk)


@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and post."""

    def act(user: User, one: User) -> str:
        given = request.POST
        actions.describe(actor=user, account=one, name=given.get("name", "")[:60], title=given.get("title", "")[:60])
        return _("姓名和职务已改。")

    return _act(request, pk, act)


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Role and unit."""

    def act(user: User, one: User) -> str:
        form = RightsForm(request.POST)
        if not form.is_valid():
            raise ValidationError(_("请从列表里选角色和单位。"))
        changed = actions.grant(actor=user, account=one, **form.cleaned_data)
        return _("已授予：%(role)s，立即生效。") % {"role": changed.role_label}

    return _act(request, pk, act)


@require_POST
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account."""

    def act(user: User, one: User) -> str:
        actions.disable(actor=user, account=one, reason=request.POST.get("reason", ""))
        return _("账号已停用，此人的登录已全部退出。")

    return _act(request, pk, act)


@require_POST
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Open it again."""

    def act(user: User, one: User) -> str:
        actions.enable(actor=user, account=one)
        return _("账号已启用。")

    return _act(request, pk, act)


@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new first password, shown once."""
    told: list[str] = []

    def act(user: User, one: User) -> str:
        told.append(actions.reset_password(actor=user, account=one))
        return _("密码已重置。")

    response = _act(request, pk, act)
    return _told(request, get_object_or_404(User, pk=pk), told[0]) if told else response


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End the person's sessions."""

    def act(user: User, one: User) -> str:
        actions.revoke_sessions(actor=user, account=one)
        return _("此人的登录已全部退出。")

    return _act(request, pk, act)


@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let them try again."""

    def act(user: User, one: User) -> str:
        actions.unlock(actor=user, account=one)
        return _("已解锁。")

    return _act(request, pk, act)


@require_POST
def drop_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """For who lost the phone."""

    def act(user: User, one: User) -> str:
        actions.drop_factor(actor=user, account=one)
        return _("双因素已解除，此人的登录已全部退出。")

    return _act(request, pk, act)
