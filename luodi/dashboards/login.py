"""Signing in: the form, the demo accounts, the city's sign-on service, and a trace of who came and who was turned away."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login as Entering
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from luodi.accounts.actions import note_refusal
from luodi.dashboards import demo


class Login(LoginView):
    """The sign-in page. The log keeps the name that was tried and from where, never a password."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = demo.login_rows() if settings.DEMO_MODE else []
        return super().get_context_data(**kwargs) | {"demo_accounts": accounts, "sign_on": settings.OIDC_NAME}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right; a second factor may be asked for before anybody is in."""
        user = form.get_user()
        entering = Entering(user=user, redirect_url=self.get_redirect_url() or None)
        answer: HttpResponse = perform_password_login(self.request, {"username": user.get_username()}, entering)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        locked = bool(getattr(self.request, "axes_locked_out", False))
        note_refusal(tried=form.data.get("username", ""), locked=locked)
        return super().form_invalid(form)
