"""Every address has a row in the permission table, every row an address, and every role gets exactly what the table says."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from luodi.accounts.permissions import OPEN, PERMISSIONS, ROUTES, SIGNED_IN, Role


def _routes(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _routes(entry, namespace)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry


ALL = dict(_routes())


def test_every_address_has_a_permission():
    missing = sorted(set(ALL) - set(ROUTES))

    assert not missing, f"在所属部分的 urls.py 里用 register_routes 登记：{missing}"


def test_every_permission_row_has_an_address():
    stale = sorted(set(ROUTES) - set(ALL))

    assert not stale, f"这些行没有对应的地址，请删去：{stale}"


def test_every_permission_is_known():
    assert {p for p in ROUTES.values() if p not in {OPEN, SIGNED_IN}} <= set(PERMISSIONS)


def _address(name):
    numbers = {key: 999_999 for key in ALL[name].pattern.converters}
    return reverse(name, kwargs=numbers)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", sorted(ALL))
def test_a_role_gets_what_the_table_says(signed_in, role, name):
    client = signed_in(role)

    response = client.get(_address(name))

    permission = ROUTES[name]
    allowed = permission in {OPEN, SIGNED_IN} or role in PERMISSIONS[permission]
    # Allowed may still be 404 (no such object) or 405 (only POST); refused is always 403.
    assert (response.status_code != 403) == allowed, f"{role} {name}: {response.status_code}"


@pytest.mark.parametrize("name", sorted(name for name, p in ROUTES.items() if p != OPEN))
def test_a_stranger_is_sent_to_the_login_page(client, db, name):
    response = client.post(_address(name)) if name in ALL else None

    assert response is not None
    assert response.status_code == 302
    assert response.url.startswith("/login/")
