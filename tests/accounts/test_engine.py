"""What a password must be: the profile's rules, each alone, and passwords that the system makes."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.accounts.engine import LETTERS, Fault, classes, faults, first_password, is_expired
from luodi.core.access import PasswordProfile

DENGBAO = PasswordProfile()
ASVS = PasswordProfile(name="asvs", min_length=15, classes=0, max_age_days=0, history=0)
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def found(password, *, username="zhang", profile=DENGBAO, common=(), used=()):
    return faults(
        password, username=username, profile=profile, is_common=common.__contains__, was_used=used.__contains__
    )


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Panjin-2026x", []),
        ("Short1!", [Fault.SHORT]),
        ("onlysmallletters", [Fault.PLAIN]),
        ("Two classes only".replace(" ", ""), [Fault.PLAIN]),
        ("ZHANG-is-here-1", [Fault.USERNAME]),
        ("gnahz-backwards-1", [Fault.USERNAME]),
        ("辽河油田Aa2026", []),
        ("a1", [Fault.SHORT, Fault.PLAIN]),
    ],
)
def test_dengbao_wants_length_kinds_and_no_user_name(password, expected):
    assert found(password) == expected


def test_asvs_wants_length_alone():
    assert found("correct horse battery staple", profile=ASVS) == []
    assert found("correct horse", profile=ASVS) == [Fault.SHORT]
    assert found("password password", profile=ASVS, common={"password password"}) == [Fault.COMMON]


def test_what_is_common_or_was_used_is_refused_where_the_profile_says_so():
    assert found("Panjin-2026x", common={"Panjin-2026x"}, used={"Panjin-2026x"}) == [Fault.COMMON, Fault.USED]
    assert found("Panjin-2026x but long", profile=ASVS, used={"Panjin-2026x but long"}) == []


def test_a_password_expires_on_its_last_day():
    assert not is_expired(NOW - timedelta(days=89, hours=23), profile=DENGBAO, now=NOW)
    assert is_expired(NOW - timedelta(days=90), profile=DENGBAO, now=NOW)
    assert not is_expired(NOW - timedelta(days=900), profile=ASVS, now=NOW)


@given(st.text(alphabet=string.printable, max_size=30))
def test_kinds_are_counted_as_the_standard_library_counts_them(password):
    kinds = [str.isupper, str.islower, str.isdigit]
    brute = sum(any(kind(sign) for sign in password) for kind in kinds)
    brute += any(not any(kind(sign) for kind in kinds) for sign in password)

    assert classes(password) == brute


@given(st.randoms(use_true_random=False), st.sampled_from([DENGBAO, ASVS]))
def test_a_first_password_always_holds_to_its_own_profile(chance, profile):
    password = first_password(profile, choice=chance.choice)

    assert found(password, profile=profile, username="x1") == []
    assert set(password) <= set("".join(LETTERS)) | {"-"}
