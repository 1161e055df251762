"""What a password must be under a city's profile, and making one that is. GB/T 22239-2019 8.1.4.1 a; OWASP ASVS 5.0.0 chapter 6.2."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from luodi.core.access import PasswordProfile

LETTERS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "@#%+=")
"""Without the signs that look alike on paper: a first password is read out or written down."""


class Fault(StrEnum):
    """What is wrong with a password."""

    SHORT = "short"
    PLAIN = "plain"
    USERNAME = "username"
    COMMON = "common"
    USED = "used"


def classes(password: str) -> int:
    """How many of the four kinds of sign stand in it: capitals, small letters, digits, all others."""
    kinds = {unicodedata.category(sign) for sign in password}
    return sum((("Lu" in kinds), ("Ll" in kinds), ("Nd" in kinds), bool(kinds - {"Lu", "Ll", "Nd"})))


def faults(
    password: str,
    *,
    username: str,
    profile: PasswordProfile,
    is_common: Callable[[str], bool],
    was_used: Callable[[str], bool],
) -> list[Fault]:
    """Everything wrong with a password at once; the empty list is a good one."""
    plain = password.casefold()
    name = username.casefold()
    has_name = profile.no_username and bool(name) and (name in plain or name[::-1] in plain)
    found = {
        Fault.SHORT: len(password) < profile.min_length,
        Fault.PLAIN: classes(password) < profile.classes,
        Fault.USERNAME: has_name,
        Fault.COMMON: is_common(password),
        Fault.USED: bool(profile.history) and was_used(password),
    }
    return [fault for fault, holds in found.items() if holds]


def is_expired(changed_at: datetime, *, profile: PasswordProfile, now: datetime) -> bool:
    """Whether a password is older than the profile lets it be."""
    return bool(profile.max_age_days) and now - changed_at >= timedelta(days=profile.max_age_days)


def first_password(profile: PasswordProfile, *, choice: Callable[[Sequence[str]], str]) -> str:
    """A password to hand over: every kind of sign in it, in groups of four. `choice` is a secret source of chance."""
    length = -(-max(profile.min_length, 12) // 4) * 4
    signs = [choice(kind) for kind in LETTERS]
    signs += [choice("".join(LETTERS[:3])) for _ in range(length - len(signs))]
    mixed = [signs.pop(int(choice([str(place) for place in range(len(signs))]))) for _ in range(length)]
    return "-".join("".join(mixed[start : start + 4]) for start in range(0, length, 4))
