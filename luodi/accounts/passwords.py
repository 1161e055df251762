"""The city's password profile as Django asks for it: one validator, which knows the person and the passwords before."""

import secrets
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts import engine
from luodi.accounts.engine import Fault
from luodi.core.access import PasswordProfile
from luodi.core.installation import access

_common = CommonPasswordValidator()


class ProfileValidator:
    """Every rule that a password breaks, each in a sentence."""

    def validate(self, password: str, user: Any = None) -> None:
        profile = access().passwords
        found = engine.faults(
            password,
            username=getattr(user, "username", ""),
            profile=profile,
            is_common=lambda text: text.lower().strip() in _common.passwords,
            was_used=lambda text: was_used(user, text, profile),
        )
        if found:
            raise ValidationError([ValidationError(_words(fault, profile), code=fault) for fault in found])

    def get_help_text(self) -> str:
        return "；".join(rules())


def was_used(user: Any, password: str, profile: PasswordProfile) -> bool:
    """Whether it is the present password or one of the last ones."""
    if user is None or user.pk is None:
        return False
    before = user.old_passwords.values_list("hash", flat=True)[: max(profile.history - 1, 0)]
    return any(check_password(password, known) for known in (user.password, *before) if known)


def rules() -> list[str]:
    """The profile in words, for the page on which a password is chosen."""
    profile = access().passwords
    found = [_("至少 %(n)s 位") % {"n": profile.min_length}]
    if profile.classes:
        found.append(_("大写字母、小写字母、数字、符号四类中至少 %(n)s 类") % {"n": profile.classes})
    if profile.no_username:
        found.append(_("不含用户名"))
    found.append(_("不是常见密码"))
    if profile.history:
        found.append(_("与最近 %(n)s 次用过的不同") % {"n": profile.history})
    if profile.max_age_days:
        found.append(_("每 %(n)s 天更换一次") % {"n": profile.max_age_days})
    return found


def _words(fault: Fault, profile: PasswordProfile) -> str:
    said = {
        Fault.SHORT: _("密码太短，至少 %(n)s 位。") % {"n": profile.min_length},
        Fault.PLAIN: _("密码须含大写字母、小写字母、数字、符号四类中的至少 %(n)s 类。") % {"n": profile.classes},
        Fault.USERNAME: _("密码里不能有用户名（正写倒写都不行）。"),
        Fault.COMMON: _("这是常见密码，容易被猜到。"),
        Fault.USED: _("不能使用最近 %(n)s 次用过的密码。") % {"n": profile.history},
    }
    return said[fault]


def must_change(user: Any) -> bool:
    """Whether this person has to choose another password before anything else."""
    if not user.has_usable_password():
        return False
    return user.must_change_password or engine.is_expired(
        user.password_changed_at, profile=access().passwords, now=timezone.now()
    )


def first_password() -> str:
    """A password to hand over once."""
    return engine.first_password(access().passwords, choice=secrets.choice)
