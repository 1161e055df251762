"""The second factor: an authenticator app and recovery codes. allauth keeps the secrets; pages, log and lock-out are ours."""

import base64
import hashlib
from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as FactorReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from luodi.accounts import actions, lockout
from luodi.accounts.models import User
from luodi.core.installation import access, city


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are kept encrypted under the key of the installation; errors are said in our words."""

    error_messages = {  # noqa: RUF012 - allauth's own shape
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对，或已经用过。请等下一个验证码再试。"),
        "cannot_delete_authenticator": _("本市要求您的角色使用双因素，不能关闭。"),
        "cannot_generate_recovery_codes": _("先启用双因素，才有恢复码。"),
    }

    def get_totp_issuer(self) -> str:
        return f"Luodi {city().name}"

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return getattr(authenticator.user, "role", "") not in access().second_factor_for


def _cipher() -> Fernet:
    key = hashlib.sha256(b"luodi.accounts.factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def factor_of(user: User) -> Authenticator | None:
    """The person's authenticator app, or None."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


class Authenticate(AuthenticateView):
    """The second step of signing in. A wrong code counts towards the lock-out like a wrong password."""

    template_name = "accounts/second_step.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever is locked out gets no further tries, not even with the right code."""
        if lockout.is_locked(request, self.stage.login.user.username):
            return lockout.page(request)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        name = self.stage.login.user.username
        lockout.count_failure(self.request, name)
        locked = bool(getattr(self.request, "axes_locked_out", False))
        actions.note_refusal(tried=name, locked=locked, reason="code")
        return super().form_invalid(form)


class Activate(ActivateTOTPView):
    """Scan the picture, type the first code."""

    template_name = "accounts/factor_new.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            actions.note_factor(account=self.request.user, change="added")
        return response


class Deactivate(DeactivateTOTPView):
    """Go back to the password alone, where the city allows it."""

    template_name = "accounts/factor_end.html"
    success_url = reverse_lazy("accounts:me")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            actions.note_factor(account=self.request.user, change="removed")
        return response


class RecoveryCodes(ViewRecoveryCodesView):
    """Codes for the day the phone is lost."""

    template_name = "accounts/recovery_codes.html"


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """Other codes; those before are void."""

    template_name = "accounts/recovery_codes_new.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            actions.note_factor(account=self.request.user, change="renewed")
        return response


class Reauthenticate(ReauthenticateView):
    """The password once more, before the second factor is touched."""

    template_name = "accounts/again.html"


class ReauthenticateFactor(FactorReauthenticateView):
    """The same with a code, for who signs in through the city's sign-on service and has no password here."""

    template_name = "accounts/again.html"
