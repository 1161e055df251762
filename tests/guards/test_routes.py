"""Every address has a row in the permission table and every row an address; what each role gets there is in test_access.py."""

from django.urls import URLPattern, URLResolver, get_resolver

from luodi.accounts.permissions import OPEN, PERMISSIONS, ROUTES, SIGNED_IN


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
