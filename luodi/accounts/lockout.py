"""Who guesses passwords is locked out: the city's numbers for django-axes, and the page that says so."""

from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from luodi.core.installation import access


def failure_limit(_request: HttpRequest | None, _credentials: Any) -> int:
    return access().lock_after


def cool_off(_request: HttpRequest | None) -> timedelta:
    return timedelta(minutes=access().lock_minutes)


def address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) or "0.0.0.0"  # noqa: S104 - "unknown", nothing is bound to it


def page(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """What a locked account's owner reads."""
    return render(request, "accounts/locked.html", {"minutes": access().lock_minutes}, status=429)


def count_failure(request: HttpRequest, username: str) -> None:
    """A wrong second factor counts like a wrong password; the middleware answers with the page above at the limit."""
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": username}, request=request)


def is_locked(request: HttpRequest, username: str) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def locked_names() -> set[str]:
    """User names that are locked at this moment, for the list of accounts."""
    since = AccessAttempt.objects.filter(failures_since_start__gte=access().lock_after)
    from django.utils import timezone

    return set(since.filter(attempt_time__gt=timezone.now() - cool_off(None)).values_list("username", flat=True))


def release(username: str) -> int:
    """Forget the failures of one user name."""
    return int(AxesProxyHandler.reset_attempts(username=username))
