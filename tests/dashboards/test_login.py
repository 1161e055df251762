"""Signing in leaves a trace; being turned away does as well, without the password."""

from luodi.audit.models import Entry
from luodi.dashboards import demo


def test_who_signs_in_is_written_down(client, account):
    account("leader", username="wang")

    answer = client.post("/login/", {"username": "wang", "password": "x" * 12})

    assert (answer.status_code, answer.url) == (302, "/")
    entry = Entry.objects.get(action="accounts.session.opened")
    assert entry.actor.username == "wang"
    assert (entry.address, entry.detail) == ("127.0.0.1", {"method": "password"})


def test_who_is_turned_away_is_written_down_by_the_name_tried(client, account):
    account("leader", username="wang")

    answer = client.post("/login/", {"username": "wang\0", "password": "secret-guess"})

    assert answer.status_code == 200
    entry = Entry.objects.get(action="accounts.session.refused")
    assert (entry.actor, entry.actor_name) == (None, "wang")
    assert "secret-guess" not in str(entry.detail)


def test_demo_accounts_stand_on_the_login_page_in_demo_mode_only(client, db, settings):
    assert demo.PASSWORD not in client.get("/login/").content.decode()

    settings.DEMO_MODE = True

    page = client.get("/login/").content.decode()
    assert all(f"<code>{account['username']}</code>" in page for account in demo.ACCOUNTS)
