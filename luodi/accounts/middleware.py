"""No bare route, and no session without an end: what is asked of every request before its view runs."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from luodi.accounts import passwords
from luodi.accounts.adapters import BEGAN, METHOD, SEEN
from luodi.accounts.factors import factor_of
from luodi.accounts.permissions import OPEN, ROUTES, SIGNED_IN, may
from luodi.core.installation import access

NOTED_EVERY = 60
"""Seconds between two notes of when a session was last used: one write a minute, not one a request."""
POLLING = frozenset({"jobs:progress"})
"""Pages that ask by themselves: nobody sits there because of them."""
DUTIES_SPARE = frozenset({"logout", "set_language", "core:unit", "health", "login"})


class SessionLimitsMiddleware:
    """A session ends when nobody used it for the city's idle time, and in any case after its longest time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and not request.path.startswith(settings.STATIC_URL):
            words = _over(request, int(time.time()))
            if words:
                logout(request)
                messages.warning(request, words)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        match = request.resolver_match
        if request.user.is_authenticated and match is not None and match.view_name not in POLLING:
            now = int(time.time())
            if now - request.session.get(SEEN, 0) >= NOTED_EVERY:
                request.session[SEEN] = now


def _over(request: HttpRequest, now: int) -> str:
    """Why the session is over; blank when it is not."""
    rules, session = access(), request.session
    if BEGAN not in session:
        session[BEGAN] = session[SEEN] = now
    if now - session[BEGAN] > rules.session_hours * 3600:
        return _("登录已满 %(hours)s 小时，请重新登录。") % {"hours": rules.session_hours}
    if now - session.get(SEEN, session[BEGAN]) > rules.idle_minutes * 60:
        return _("超过 %(minutes)s 分钟没有操作，已自动退出。") % {"minutes": rules.idle_minutes}
    return ""


class RoutePermissionMiddleware:
    """Deny by default: a URL is answered only when the table has a row for it and the person holds it. Views still bound *rows*."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        permission = ROUTES.get(name)
        if permission == OPEN:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if permission is None:
            raise Http404
        if permission != SIGNED_IN and not may(request.user, permission):
            raise PermissionDenied
        duty = _duty(request.user, request.session)
        return redirect(duty) if duty and name not in DUTIES_SPARE | OPENED_BY[duty] else None


OPENED_BY: dict[str, frozenset[str]] = {
    "accounts:password": frozenset({"accounts:password"}),
    "mfa_activate_totp": frozenset(
        {"mfa_activate_totp", "mfa_view_recovery_codes", "account_reauthenticate", "mfa_reauthenticate"}
    ),
}
"""Until a duty is done, these pages only."""


def _duty(user: Any, session: Any) -> str:
    """The page a person has to do first: another password, a second factor. Who came through the sign-on service has theirs there."""
    if session.get(METHOD) != "sso" and passwords.must_change(user):
        return "accounts:password"
    if user.role in access().second_factor_for and not session.get("enrolled"):
        if factor_of(user) is None:
            return "mfa_activate_totp"
        session["enrolled"] = True
    return ""
