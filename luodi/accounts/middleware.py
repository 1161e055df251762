"""No bare route: a URL is answered only when the permission table has a row for it and the person holds it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from luodi.accounts.permissions import OPEN, ROUTES, SIGNED_IN, may


class RoutePermissionMiddleware:
    """Deny by default. Views still bound *rows* with `visible_to(user)`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        permission = ROUTES.get(match.view_name) if match else None
        if permission == OPEN:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if permission is None:
            raise Http404
        if permission != SIGNED_IN and not may(request.user, permission):
            raise PermissionDenied
        return None
