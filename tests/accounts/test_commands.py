"""Making the first accounts from the command line."""

import pytest
from click.testing import CliRunner

from luodi.accounts.commands import account
from luodi.accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "luodi-第一把钥匙-2026"


def make(*arguments, password=SECRET):
    return CliRunner().invoke(account, [*arguments, "--password", password])


def test_an_office_account_can_sign_in(client):
    assert make("wang", "--role", "project_office").exit_code == 0

    assert client.post("/login/", {"username": "wang", "password": SECRET}).status_code == 302
    # What somebody else typed has to be changed first.
    assert client.get("/").url == "/account/password/"


def test_a_clerk_needs_a_unit_of_the_city_and_nobody_else_has_one():
    assert make("li", "--role", "unit_clerk").exit_code == 2
    assert make("li", "--role", "unit_clerk", "--unit", "nowhere").exit_code == 2
    assert make("li", "--role", "leader", "--unit", "dawa").exit_code == 2
    assert make("li", "--role", "unit_clerk", "--unit", "dawa").exit_code == 0
    assert User.objects.get().unit == "dawa"


def test_a_weak_password_and_a_taken_name_are_refused_in_words():
    assert "密码" in make("zhao", "--role", "leader", password="123").output
    assert make("zhao", "--role", "leader").exit_code == 0
    assert "已有账号" in make("zhao", "--role", "leader").output
