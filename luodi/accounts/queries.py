"""Who is asking."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from luodi.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a request. The middleware lets nobody else through; a view that is called otherwise refuses."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
