"""The second factor: enrolling, the second step, recovery codes, and the lock-out behind it. Codes come from a second source."""

import base64
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from luodi.accounts import actions
from luodi.audit.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "x" * 12


def totp(secret, at=None):
    """RFC 6238 by the letter, from the standard library alone."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def test_the_second_source_gives_the_codes_that_the_standard_prints():
    secret = base64.b32encode(b"12345678901234567890").decode()

    assert [totp(secret, at)[-6:] for at in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def enrol(client):
    """Scan, type the code: returns the secret."""
    page = client.get("/account/factor/new/").content.decode()
    secret = re.search(r"data-factor-secret>([A-Z2-7]+)<", page)[1]
    answer = client.post("/account/factor/new/", {"code": totp(secret)})
    assert answer.url == "/account/factor/codes/", answer.content.decode()
    return secret


@pytest.fixture
def enrolled(signed_in):
    """Signed out again, with a second factor: (client, secret)."""
    client = signed_in("leader", username="wang")
    secret = enrol(client)
    client.post("/logout/")
    cache.clear()
    return client, secret


def enter(client):
    return client.post("/login/", {"username": "wang", "password": PASSWORD})


def test_enrolling_shows_a_picture_the_policy_allows_and_leaves_a_trace(signed_in):
    client = signed_in("leader", username="wang")
    page = client.get("/account/factor/new/")

    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    enrol(client)
    assert Entry.objects.filter(action="accounts.factor.added", actor=client.user).count() == 1
    assert len(re.findall(r"<li><code>\d+</code></li>", client.get("/account/factor/codes/").content.decode())) == 10


def test_the_secret_is_not_readable_in_the_database(enrolled):
    _client, secret = enrolled

    assert not [one for one in Authenticator.objects.all() if secret in str(one.data)]


def test_a_wrong_first_code_enrols_nobody(signed_in):
    client = signed_in("leader")
    client.get("/account/factor/new/")

    page = client.post("/account/factor/new/", {"code": "000000"})

    assert "验证码不对" in page.content.decode()
    assert not Authenticator.objects.exists()


def test_the_password_alone_lets_nobody_in(enrolled):
    client, secret = enrolled

    assert enter(client).url == "/login/second/"
    assert client.get("/").url == "/login/?next=/"
    assert client.get("/login/second/").status_code == 200
    assert client.post("/login/second/", {"code": totp(secret)}).url == "/"
    assert client.get("/").status_code == 200
    assert Entry.objects.filter(action="accounts.session.opened").count() == 1


def test_where_one_wanted_to_go_survives_the_second_step(enrolled):
    client, secret = enrolled
    client.post("/login/", {"username": "wang", "password": PASSWORD, "next": "/projects/?q=x"})

    assert client.post("/login/second/", {"code": totp(secret)}).url == "/projects/?q=x"


def test_a_code_works_once(enrolled):
    client, secret = enrolled
    enter(client)
    code = totp(secret)
    assert client.post("/login/second/", {"code": code}).status_code == 302
    client.post("/logout/")
    enter(client)

    assert "已经用过" in client.post("/login/second/", {"code": code}).content.decode()


@pytest.mark.parametrize(("seconds", "answer"), [(-15, 302), (15, 302), (-90, 200), (90, 200)])
def test_a_phone_may_be_some_seconds_early_or_late(enrolled, seconds, answer):
    client, secret = enrolled
    enter(client)

    assert client.post("/login/second/", {"code": totp(secret, time.time() + seconds)}).status_code == answer


def test_wrong_codes_lock_like_wrong_passwords(enrolled):
    client, secret = enrolled
    enter(client)

    answers = [client.post("/login/second/", {"code": "000000"}).status_code for _ in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    assert client.post("/login/second/", {"code": totp(secret)}).status_code == 429
    assert enter(client).status_code == 429
    refused = Entry.objects.filter(action__in=("accounts.session.refused", "accounts.account.locked"))
    assert {(entry.actor_name, entry.detail["reason"]) for entry in refused if entry.detail} == {("wang", "code")}


def test_the_second_step_is_no_door_of_its_own(client, db):
    assert client.get("/login/second/").url == "/login/"
    assert client.post("/login/second/", {"code": "000000"}).url == "/login/"


def test_a_recovery_code_works_once(enrolled):
    client, secret = enrolled
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    enter(client)
    assert client.post("/login/second/", {"code": codes[0]}).url == "/"
    client.post("/logout/")
    enter(client)

    assert client.post("/login/second/", {"code": codes[0]}).status_code == 200
    assert client.post("/login/second/", {"code": codes[1]}).url == "/"


def test_who_must_have_one_sees_nothing_before(rules, signed_in):
    rules(("require_second_factor_for = []", 'require_second_factor_for = ["leader"]'))
    client = signed_in("leader")

    assert client.get("/").url == client.get("/projects/").url == "/account/factor/new/"
    enrol(client)
    assert client.get("/").status_code == 200
    page = client.post("/account/factor/end/", follow=True)
    assert "不能关闭" in page.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_giving_it_up_needs_the_password_again_when_signing_in_is_long_ago(signed_in):
    client = signed_in("leader")
    enrol(client)
    session = client.session
    session["began"] -= 301
    session.save()

    assert client.get("/account/factor/end/").url.startswith("/account/again/")
    assert client.post("/account/factor/end/").url.startswith("/account/again/")
    assert Authenticator.objects.filter(type="totp").exists()
    wrong = client.post(
        "/account/again/?next=/account/factor/end/", {"password": "wrong", "next": "/account/factor/end/"}
    )
    assert wrong.status_code == 200
    right = {"password": PASSWORD, "next": "/account/factor/end/"}
    assert client.post("/account/again/", right).status_code == 302
    client.post("/account/factor/end/")
    assert not Authenticator.objects.filter(type="totp").exists()
    assert Entry.objects.filter(action="accounts.factor.removed").count() == 1


def test_an_administrator_drops_it_for_who_lost_the_phone(enrolled, account):
    client, _secret = enrolled

    actions.drop_factor(actor=account("administrator"), account=client.user)

    assert enter(client).url == "/"
