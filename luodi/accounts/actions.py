"""Writes on accounts: making, granting, disabling, and what people do about their own sign-in."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts import lockout, passwords
from luodi.accounts.models import OldPassword, User
from luodi.accounts.permissions import ADMINISTRATORS, Role, holders, may
from luodi.core.installation import access, city

log: list[Callable[..., Any]] = []
"""The log lies above this part and registers its `record` here."""


def _note(actor: User | None, action: str, account: User | None = None, **detail: Any) -> None:
    """The one entry of an action, written last in its transaction."""
    for record in log:
        record(actor, action, account, **detail)


def _permit(actor: User | None, permission: str, account: User | None = None) -> None:
    """The console may do all of it; a person needs the permission, and never decides about themselves."""
    if actor is None:
        return
    if not may(actor, permission):
        raise PermissionDenied
    if account is not None and account.pk == actor.pk:
        raise PermissionDenied(_("不能处理自己的账号，请由另一位管理员办理。"))


@transaction.atomic
def choose_money_unit(*, actor: User, unit: str) -> None:
    """Remember the unit in which this person wants amounts shown: 万元 or 亿元."""
    if unit in {"万元", "亿元"}:
        User.objects.filter(pk=actor.pk).update(money_unit=unit)


@transaction.atomic
def ensure_account(
    *,
    username: str,
    password: str,
    role: str,
    unit: str = "",
    name: str = "",
    title: str = "",
    must_change: bool = False,
) -> User:
    """Make the account when it is missing, from the console; an existing one keeps its password."""
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known
    user = User(username=username, role=role, unit=unit, first_name=name, title=title, must_change_password=must_change)
    user.set_password(password)
    user.save()
    _note(None, "accounts.account.created", user, role=role, unit=unit)
    return user


@transaction.atomic
def create(*, actor: User, username: str, name: str, title: str, unit: str, role: str = "") -> tuple[User, str]:
    """Make an account and its first password, which is told once. Raises `ValidationError`.

    Who may not grant makes it without a role: it can sign in and do nothing until another administrator grants one.
    """
    _permit(actor, "accounts.account.create")
    if role and not may(actor, "accounts.account.grant"):
        raise PermissionDenied(_("三员分立：角色由安全管理员授予。"))
    profile, password = access().passwords, passwords.first_password()
    user = User(
        username=username, first_name=name, title=title, unit=unit, role=role, must_change_password=profile.change_first
    )
    _must_be_named(user)
    _check(user)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    _note(actor, "accounts.account.created", user, role=role, unit=unit, title=title)
    return user, password


def _check(user: User) -> None:
    """What the tables cannot say: a known unit of the right kind, and no person with two of the three offices."""
    if user.unit and user.unit not in city().unit and user.unit not in access().departments:
        raise ValidationError(_("本市没有这个单位。"))
    if user.role == Role.UNIT_CLERK and user.unit not in city().unit:
        raise ValidationError(_("填报员必须属于一个填报单位。"))
    if user.role == Role.DEPARTMENT and user.unit not in access().departments:
        raise ValidationError(_("部门账号必须属于一个部门。"))
    if access().separated_administrators and user.role in ADMINISTRATORS:
        _must_be_named(user)
        others = User.objects.filter(role__in=ADMINISTRATORS - {user.role}, first_name=user.first_name, is_active=True)
        if others.exclude(pk=user.pk).exists():
            raise ValidationError(_("三员不得兼任：%(name)s 已担任另一种管理员。") % {"name": user.first_name})


def _must_be_named(user: User) -> None:
    if not user.first_name.strip():
        raise ValidationError(_("请写明姓名。"))


def _locked(account: User) -> User:
    return User.objects.select_for_update().get(pk=account.pk)


@transaction.atomic
def describe(*, actor: User, account: User, name: str, title: str) -> User:
    """Correct a name or a post."""
    _permit(actor, "accounts.account.create")
    user = _locked(account)
    before = {"name": user.first_name, "title": user.title}
    user.first_name, user.title = name.strip(), title.strip()
    _must_be_named(user)
    _check(user)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["first_name", "title"])
    _note(
        actor, "accounts.account.described", user, before=before, after={"name": user.first_name, "title": user.title}
    )
    return user


@transaction.atomic
def grant(*, actor: User | None, account: User, role: str, unit: str) -> User:
    """Give another role or unit; it holds from the person's next request on."""
    _permit(actor, "accounts.account.grant", account)
    user = _locked(account)
    before = {"role": user.role, "unit": user.unit}
    user.role, user.unit = role, unit
    _check(user)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["role", "unit"])
    _keep_one_administrator()
    _note(actor, "accounts.account.granted", user, before=before, after={"role": role, "unit": unit})
    return user


def _keep_one_administrator() -> None:
    """Nobody locks the city out: somebody must be left who grants, and somebody who makes accounts."""
    for permission in ("accounts.account.grant", "accounts.account.create"):
        if not User.objects.filter(role__in=holders(permission), is_active=True).exists():
            raise ValidationError(_("这是最后一位管理员，先设好接替的人。"))


@transaction.atomic
def disable(*, actor: User, account: User, reason: str) -> User:
    """Close an account: its sessions end at once, what it did stays."""
    _permit(actor, "accounts.account.disable", account)
    if not reason.strip():
        raise ValidationError(_("请写明停用的理由。"))
    user = _locked(account)
    user.is_active = False
    user.session_generation += 1
    user.save(update_fields=["is_active", "session_generation"])
    _keep_one_administrator()
    _note(actor, "accounts.account.disabled", user, reason=reason.strip()[:300])
    return user


@transaction.atomic
def enable(*, actor: User, account: User) -> User:
    """Open a closed account again, with the role it had."""
    _permit(actor, "accounts.account.disable", account)
    user = _locked(account)
    user.is_active = True
    _check(user)
    user.save(update_fields=["is_active"])
    _note(actor, "accounts.account.enabled", user)
    return user


@transaction.atomic
def reset_password(*, actor: User | None, account: User) -> str:
    """A new first password, told once; every session ends. Where administrators are separated, theirs are reset at the console only."""
    _permit(actor, "accounts.account.unlock", account)
    user = _locked(account)
    if actor is not None and access().separated_administrators and user.role in ADMINISTRATORS:
        raise PermissionDenied(_("三员的密码只能在服务器控制台重置，防止一人掌握两种权限。"))
    password = passwords.first_password()
    _set_password(user, password, must_change=True)
    _note(actor, "accounts.password.reset", user)
    return password


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    if user.has_usable_password():
        OldPassword.objects.create(user=user, hash=user.password)
    user.set_password(password)
    user.must_change_password, user.password_changed_at = must_change, timezone.now()
    user.session_generation += 1
    user.save(update_fields=["password", "must_change_password", "password_changed_at", "session_generation"])


@transaction.atomic
def change_password(*, actor: User, old: str, new: str) -> User:
    """One's own password, by who knows the old one. Raises `ValidationError` with every rule it breaks. Other sessions end."""
    user = _locked(actor)
    if not user.check_password(old):
        raise ValidationError({"old": _("现在的密码不对。")})
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise ValidationError({"new": error.messages}) from error
    _set_password(user, new, must_change=False)
    _note(user, "accounts.password.changed", user)
    return user


@transaction.atomic
def revoke_sessions(*, actor: User, account: User) -> User:
    """End every session of a person at its next request; one's own are always one's own to end."""
    if account.pk != actor.pk:
        _permit(actor, "accounts.account.unlock", account)
    user = _locked(account)
    user.session_generation += 1
    user.save(update_fields=["session_generation"])
    _note(actor, "accounts.session.revoked", user)
    return user


@transaction.atomic
def unlock(*, actor: User | None, account: User) -> None:
    """Let a person try again who is locked out after wrong passwords."""
    _permit(actor, "accounts.account.unlock", account)
    lockout.release(account.username)
    _note(actor, "accounts.account.unlocked", account)


@transaction.atomic
def drop_factor(*, actor: User | None, account: User) -> None:
    """Forget the second factor of who lost their phone; every session ends, and where the city asks for one they enrol again."""
    _permit(actor, "accounts.account.unlock", account)
    user = _locked(account)
    if actor is not None and access().separated_administrators and user.role in ADMINISTRATORS:
        raise PermissionDenied(_("三员的双因素只能在服务器控制台重置，防止一人掌握两种权限。"))
    Authenticator.objects.filter(user=user).delete()
    user.session_generation += 1
    user.save(update_fields=["session_generation"])
    _note(actor, "accounts.factor.dropped", user)


@transaction.atomic
def note_sign_in(*, account: User, method: str) -> None:
    """Somebody came in, and how; the log itself keeps from where."""
    _note(account, "accounts.session.opened", account, method=method)


@transaction.atomic
def note_refusal(*, tried: str, locked: bool = False, reason: str = "") -> None:
    """Somebody was turned away; kept by the name that was tried, never with a password."""
    action = "accounts.account.locked" if locked else "accounts.session.refused"
    detail = {"reason": reason} if reason else {}
    _note(None, action, None, by=tried.replace("\0", "")[:150] or "—", **detail)


@transaction.atomic
def note_factor(*, account: User, change: str) -> None:
    """The owner added or removed a second factor, or drew new recovery codes: `added`, `removed`, `renewed`."""
    _note(account, f"accounts.factor.{change}", account)


@transaction.atomic
def note_link(*, account: User, provider: str, uid: str) -> None:
    """An identity of the city's sign-on service now belongs to an account."""
    _note(account, "accounts.identity.linked", account, provider=provider, uid=uid)
