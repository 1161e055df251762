"""Every cell of docs/reference/access.md is called: every route, as every role and as a stranger, with GET and POST."""

import os
import shutil

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from luodi.accounts import matrix
from luodi.accounts.matrix import STRANGER, Result
from luodi.accounts.permissions import ADMINISTRATORS, PERMISSIONS, ROUTES, SEPARATED, Role

pytestmark = pytest.mark.skipif(
    "postgres" in os.environ.get("DATABASE_URL", ""), reason="who may do what does not hang on the database"
)

PATTERNS = {route: entry for route, _address, entry in matrix.addresses()}
WORDS = {"provider_id": "nobody"}


def _call(client, route, method):
    """An object that nobody has: who may ask gets 404 or an answer, never 403."""
    named = {key: WORDS.get(key, 999_999) for key in PATTERNS[route].pattern.regex.groupindex}
    address = reverse(route, kwargs=named)
    return client.get(address) if method == "GET" else client.post(address)


def _result(response):
    if response.status_code == 405:
        return Result.NO_METHOD
    if response.status_code == 403:
        return Result.REFUSED
    if response.status_code == 302 and response.url.startswith("/login/?next="):
        return Result.SIGN_IN
    return Result.ANSWERS


def _signed_in(client, person):
    """Anew only where the page before signed out or in: logging in costs as much as a page."""
    if client.session.get(SESSION_KEY) == (str(person.pk) if person else None):
        return
    client.logout()
    if person:
        person.refresh_from_db()
        client.force_login(person)


def _mismatches(client, account, role):
    person = account(role) if role else None
    for row in matrix.rows():
        _signed_in(client, person)
        found = _result(_call(client, row.route, row.method))
        if found != row.results[role]:
            yield f"{row.method} {row.route}: 表上 {row.results[role]}，实际 {found}"


def test_the_table_has_no_gaps():
    table = {(row.route, row.method): row for row in matrix.rows()}

    assert {route for route, _ in table} == set(ROUTES)
    assert len(table) == len(ROUTES) * len(matrix.METHODS)
    assert all(set(row.results) == {STRANGER, *Role.values} for row in table.values())
    # Each address answers one of the two methods at least: else the table would say nothing of it.
    assert all(
        Result.ANSWERS in {table[route, m].results[r] for m in matrix.METHODS for r in (STRANGER, *Role.values)}
        for route in ROUTES
    )


@pytest.mark.parametrize("role", [STRANGER, *Role.values])
def test_every_route_gives_every_role_what_the_table_says(client, account, role):
    assert list(_mismatches(client, account, role)) == []


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_with_separated_administrators_as_well(client, account, settings, tmp_path, role):
    folder = shutil.copytree(settings.CITY_DIR, tmp_path / "city")
    text = (folder / "access.toml").read_text(encoding="utf-8")
    changed = text.replace("separated_administrators = false", "separated_administrators = true")
    (folder / "access.toml").write_text(changed, encoding="utf-8")
    settings.CITY_DIR = folder
    assert changed != text

    assert list(_mismatches(client, account, role)) == []


def test_separating_administrators_changes_nothing_for_others():
    """So the second mode is called through for the three alone."""
    for permission, roles in SEPARATED.items():
        assert roles - ADMINISTRATORS == PERMISSIONS[permission] - ADMINISTRATORS, permission


def test_a_post_without_its_token_is_refused_everywhere(db):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)

    for row in matrix.rows():
        if row.method == "POST" and row.results[STRANGER] in {Result.ANSWERS, Result.SIGN_IN}:
            assert _call(client, row.route, "POST").status_code in {302, 403}, row.route
