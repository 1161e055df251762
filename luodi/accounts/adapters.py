"""How allauth behaves here: nobody signs up, nothing is mailed, and an identity of the sign-on service belongs to an account that exists."""

import time
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from luodi.accounts import actions
from luodi.accounts.models import User
from luodi.accounts.queries import home_of, signed_in

FRESH = 300
"""Seconds after signing in during which nobody is asked for the password again."""
BEGAN, SEEN, METHOD = "began", "seen", "method"
"""Keys of a session: when it began, when it was last used, and how the person came in."""


class AccountAdapter(DefaultAccountAdapter):
    """Signing in to an account of ours, whichever door was used."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Our pages say what happened in their own words."""

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """An intranet without mail: the log keeps it."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(signed_in(request))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        actions.note_refusal(tried=user.username, reason="disabled")
        messages.error(request, _("这个账号已停用，请联系管理员。"))
        return redirect("login")

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        began = context.request.session.get(BEGAN, 0)
        return bool(time.time() - began > FRESH)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        method = "sso" if "sociallogin" in (kwargs.get("signal_kwargs") or {}) else "password"
        request.session[BEGAN] = request.session[SEEN] = int(time.time())
        request.session[METHOD] = method
        response = super().post_login(request, user, **kwargs)
        actions.note_sign_in(account=user, method=method)
        return response


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Single sign-on. The service says who somebody is; what they may do stands in our own table."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Link the identity to the account of the same user name on its first visit; without one, refuse."""
        if sociallogin.is_existing:
            return
        provider, uid = sociallogin.account.provider, sociallogin.account.uid
        name = str(_claims(sociallogin).get(settings.OIDC_CLAIM, ""))[:150]
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is None:
            self._refuse(
                request,
                name or uid,
                _("统一身份 %(name)s 在本系统没有账号，请联系管理员开通。") % {"name": name or uid},
            )
        if user.socialaccount_set.filter(provider=provider).exists():
            # The name was given to somebody else over there: a person decides, not we.
            self._refuse(request, name, _("账号 %(name)s 已对应另一个统一身份，请联系管理员核对。") % {"name": name})
        with transaction.atomic():
            sociallogin.connect(request, user)
            actions.note_link(account=user, provider=provider, uid=uid)

    def on_authentication_error(self, request: HttpRequest, provider: Any, *_args: Any, **_kwargs: Any) -> None:
        self._refuse(request, "—", _("统一身份认证没有完成，请重试；仍不成功时用用户名和密码登录。"))

    def _refuse(self, request: HttpRequest, tried: str, words: str) -> NoReturn:
        actions.note_refusal(tried=tried, reason="sso")
        messages.error(request, words)
        raise ImmediateHttpResponse(redirect("login"))


def _claims(sociallogin: Any) -> dict[str, Any]:
    """What the service told of the person, from the identity token and the user information together."""
    told = sociallogin.account.extra_data or {}
    return {
        **(told.get("id_token") or {}),
        **(told.get("userinfo") or {}),
        **{k: v for k, v in told.items() if not isinstance(v, dict)},
    }
