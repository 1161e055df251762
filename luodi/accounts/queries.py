"""Who is asking."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse

from luodi.accounts.models import User
from luodi.accounts.permissions import may


def signed_in(request: HttpRequest) -> User:
    """The person behind a request. The middleware lets nobody else through; a view that is called otherwise refuses."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def home_of(user: User) -> str:
    """Where a person starts: the cockpit, or, for who looks after accounts only, those."""
    if may(user, "dashboards.cockpit.view"):
        return "/"
    return reverse("accounts:accounts" if may(user, "accounts.account.view") else "accounts:me")
