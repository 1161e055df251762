"""Route × method × role → result, as the middleware will answer: the table a security officer reads. A test calls every cell of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from luodi.accounts.permissions import OPEN, ROUTES, SIGNED_IN, Role, holders

STRANGER = ""
METHODS = ("GET", "POST")


class Result(StrEnum):
    """What comes back: the view's own answer, the sign-in page, 403, or 405."""

    ANSWERS = "●"
    SIGN_IN = "登录"
    REFUSED = "○"
    NO_METHOD = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One route with one method."""

    route: str
    address: str
    method: str
    permission: str
    results: dict[str, Result]


def addresses(resolver: Any = None, prefix: str = "", path: str = "/") -> Iterator[tuple[str, str, URLPattern]]:
    """Every named route with its address as written in the urls: (route, address, pattern)."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern).lstrip("^").removesuffix(r"\Z")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix, here)
        else:
            yield f"{prefix}{entry.name}", here, entry


def methods(view: Callable[..., Any]) -> frozenset[str]:
    """GET and POST as far as a view answers them; a view that declares nothing answers both."""
    if (made := getattr(view, "view_class", None)) is not None:
        allowed = {name.upper() for name in made.http_method_names if hasattr(made, name)}
        return frozenset(allowed & set(METHODS))
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            cell = (view.__closure__ or ())[names.index("request_method_list")]
            return frozenset(cell.cell_contents) & frozenset(METHODS)
        view = getattr(view, "__wrapped__", None)  # type: ignore[assignment]
    return frozenset(METHODS)


def rows() -> list[Row]:
    """The whole table in the order of the routes' names."""
    found = []
    for route, address, entry in sorted(addresses(), key=lambda one: one[0]):
        permission, answered = ROUTES.get(route, ""), methods(entry.callback)
        for method in METHODS:
            results = {role: _result(role, permission, method in answered) for role in (STRANGER, *Role.values)}
            found.append(Row(route, address, method, permission, results))
    return found


def _result(role: str, permission: str, answered: bool) -> Result:
    """In the order in which the middleware asks: open, signed in, permission, and the method last, by the view."""
    if permission != OPEN:
        if role == STRANGER:
            return Result.SIGN_IN
        if permission != SIGNED_IN and role not in holders(permission):
            return Result.REFUSED
    return Result.ANSWERS if answered else Result.NO_METHOD
