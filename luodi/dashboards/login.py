"""Signing in: the form, the demo accounts, and a trace of who came and who was turned away."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from luodi.accounts.models import User
from luodi.audit.actions import record
from luodi.dashboards import demo


class Login(LoginView):
    """The sign-in page. The log keeps the name that was tried and from where, never a password."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = demo.login_rows() if settings.DEMO_MODE else []
        return super().get_context_data(**kwargs) | {"demo_accounts": accounts}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if isinstance(user, User):
            record(user, "accounts.session.opened", user, address=self._address())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        tried = form.data.get("username", "").replace("\0", "")[:150]
        record(None, "accounts.session.refused", by=tried or "—", address=self._address())
        return super().form_invalid(form)

    def _address(self) -> str:
        return str(self.request.META.get("REMOTE_ADDR", ""))
