"""Addresses of accounts: one's own, the administrators', and those few of allauth that are needed, under the names it looks for."""

from allauth.socialaccount.providers.openid_connect import views as sign_on
from django.urls import include, path
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts import administration, factors, views
from luodi.accounts.permissions import OPEN, SIGNED_IN, register_routes

own = [
    path("account/", views.me, name="me"),
    path("account/password/", views.password, name="password"),
    path("account/sign-out-elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("accounts/", administration.accounts, name="accounts"),
    path("accounts/new/", administration.new, name="new"),
    path("accounts/<int:pk>/", administration.account, name="account"),
    path("accounts/<int:pk>/describe/", administration.describe, name="describe"),
    path("accounts/<int:pk>/grant/", administration.grant, name="grant"),
    path("accounts/<int:pk>/disable/", administration.disable, name="disable"),
    path("accounts/<int:pk>/enable/", administration.enable, name="enable"),
    path("accounts/<int:pk>/reset/", administration.reset, name="reset"),
    path("accounts/<int:pk>/revoke/", administration.revoke, name="revoke"),
    path("accounts/<int:pk>/unlock/", administration.unlock, name="unlock"),
    path("accounts/<int:pk>/drop-factor/", administration.drop_factor, name="drop_factor"),
]
urlpatterns = [
    path("", include((own, "accounts"))),
    path("account/factor/new/", factors.Activate.as_view(), name="mfa_activate_totp"),
    path("account/factor/end/", factors.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("account/factor/codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/factor/codes/new/", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/again/", factors.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("account/again/factor/", factors.ReauthenticateFactor.as_view(), name="mfa_reauthenticate"),
    path("login/second/", factors.Authenticate.as_view(), name="mfa_authenticate"),
    path("sso/<slug:provider_id>/login/", require_POST(sign_on.login), name="openid_connect_login"),
    path("sso/<slug:provider_id>/callback/", require_GET(sign_on.callback), name="openid_connect_callback"),
]

register_routes(
    {
        **{f"accounts:{name}": SIGNED_IN for name in ("me", "password", "sign_out_elsewhere")},
        **{f"accounts:{name}": "accounts.account.view" for name in ("accounts", "account")},
        **{f"accounts:{name}": "accounts.account.create" for name in ("new", "describe")},
        "accounts:grant": "accounts.account.grant",
        **{f"accounts:{name}": "accounts.account.disable" for name in ("disable", "enable")},
        **{f"accounts:{name}": "accounts.account.unlock" for name in ("reset", "revoke", "unlock", "drop_factor")},
        **{f"mfa_{name}": SIGNED_IN for name in ("activate_totp", "deactivate_totp", "reauthenticate")},
        **{f"mfa_{name}_recovery_codes": SIGNED_IN for name in ("view", "generate")},
        "account_reauthenticate": SIGNED_IN,
        # The door itself: who stands before it is nobody yet.
        **dict.fromkeys(("account_login", "mfa_authenticate", "openid_connect_login", "openid_connect_callback"), OPEN),
    }
)
