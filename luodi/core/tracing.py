"""Which request a write belongs to: kept for the length of the request, so that the log can say where it came from."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` of the client; `request` an id that the answer carries too (X-Request-Id)."""

    address: str = ""
    request: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def origin() -> Origin:
    """Of the request at hand; blank in commands and in the worker."""
    return _origin.get()


class TracingMiddleware:
    """First of all middlewares, so that even a refused request has an id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _origin.set(Origin(str(request.META.get("REMOTE_ADDR", ""))[:45], uuid.uuid4().hex))
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = origin().request
        finally:
            _origin.reset(token)
        return response
