"""Single sign-on against a real OpenID provider, a process of its own on this machine."""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest

from luodi.accounts import actions
from luodi.audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider():
    """`oidc-provider-mock` on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=1).close()
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def configured(provider, settings):
    """The site as `LUODI_OIDC_URL` sets it up."""
    app = {
        "provider_id": "city",
        "name": "统一身份认证",
        "client_id": "luodi",
        "secret": "between-us",
        "settings": {"server_url": provider, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.OIDC_URL, settings.OIDC_NAME = provider, "统一身份认证"
    return provider


def known(provider, sub, **claims):
    """Somebody whom the provider knows, with what it says of them."""
    body = json.dumps(claims).encode()
    request = urllib.request.Request(f"{provider}/users/{sub}", data=body, method="PUT")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=5).close()


def walk(client, sub, next_page=""):
    """The whole way of a browser: our button, the provider's page, back to our callback. Returns the last answer."""
    start = client.post("/sso/city/login/", {"next": next_page})
    assert start.status_code == 302, start.content.decode()[:500]
    agent = urllib.request.build_opener(_Stay())
    page = agent.open(start.url, data=urllib.parse.urlencode({"sub": sub}).encode(), timeout=5)
    back = urllib.parse.urlsplit(page.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Do not follow: the way back is for the site's own client."""

    def http_error_302(self, req, fp, code, msg, headers):
        return SimpleNamespace(headers=headers, status=code)


def messages_of(client):
    return client.get("/login/").content.decode()


def test_the_button_leads_to_the_provider_and_back_into_the_account_of_the_same_name(client, configured, account):
    user = account("leader", username="wang")
    known(configured, "u-1", preferred_username="wang")
    assert "用统一身份认证登录" in client.get("/login/").content.decode()

    assert walk(client, "u-1").url == "/"

    assert client.get("/").status_code == 200
    assert user.socialaccount_set.get().uid == "u-1"
    done = list(Entry.objects.order_by("id").values_list("action", flat=True))[-2:]
    assert done == ["accounts.identity.linked", "accounts.session.opened"]
    client.post("/logout/")
    assert walk(client, "u-1", "/projects/").url == "/projects/"
    assert Entry.objects.filter(action="accounts.identity.linked").count() == 1


def test_who_has_no_account_is_refused_with_a_word_and_gets_none(client, configured, account):
    from luodi.accounts.models import User

    account("leader", username="wang")
    known(configured, "u-2", preferred_username="stranger")

    assert walk(client, "u-2").url == "/login/"

    assert "统一身份 stranger 在本系统没有账号" in messages_of(client)
    assert User.objects.count() == 1
    assert Entry.objects.get(action="accounts.session.refused").actor_name == "stranger"
    assert client.get("/").status_code == 302


def test_a_disabled_account_stays_out_and_a_linked_one_as_well(client, configured, account):
    user = account("leader", username="wang")
    known(configured, "u-3", preferred_username="wang")
    walk(client, "u-3")
    client.post("/logout/")

    actions.disable(actor=account("administrator"), account=user, reason="调离")

    assert walk(client, "u-3").url == "/login/"
    assert "已停用" in messages_of(client)
    assert client.get("/").status_code == 302


def test_a_name_given_to_somebody_else_over_there_does_not_open_the_old_account(client, configured, account):
    account("leader", username="wang")
    known(configured, "u-4", preferred_username="wang")
    known(configured, "u-5", preferred_username="wang")
    walk(client, "u-4")
    client.post("/logout/")

    assert walk(client, "u-5").url == "/login/"
    assert "已对应另一个统一身份" in messages_of(client)


def test_rights_stay_ours(client, configured, account):
    """Whatever the provider claims, the role is that of the account."""
    account("unit_clerk", username="li")
    known(configured, "u-6", preferred_username="li", role="administrator", groups=["administrator"], is_staff=True)

    walk(client, "u-6")

    assert client.get("/accounts/").status_code == 403


def test_a_forged_answer_is_refused(client, configured, account):
    account("leader", username="wang")

    answer = client.get("/sso/city/callback/?code=made-up&state=made-up")

    assert answer.url == "/login/"
    assert client.get("/").status_code == 302


def test_the_second_factor_is_asked_for_after_sign_on_too(client, configured, account, signed_in):
    from tests.accounts.test_factors import enrol

    inside = signed_in("leader", username="wang")
    enrol(inside)
    inside.post("/logout/")
    known(configured, "u-7", preferred_username="wang")

    assert walk(client, "u-7").url == "/login/second/"
    assert client.get("/").status_code == 302


def test_an_expired_local_password_does_not_stand_in_the_way(client, configured, account):
    from luodi.accounts.models import User

    user = account("leader", username="wang")
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    known(configured, "u-8", preferred_username="wang")

    walk(client, "u-8")

    assert client.get("/").status_code == 200


def test_without_an_address_there_is_no_button_and_no_way(client, db):
    assert "openid" not in client.get("/login/").content.decode()
    assert not re.search(r"/sso/", client.get("/login/").content.decode())
    assert client.post("/sso/city/login/").status_code == 404
    assert client.get("/sso/city/callback/").status_code == 404
