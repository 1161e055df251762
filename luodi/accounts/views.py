"""What a person does about their own account: unit of money, password, sessions."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts import actions, lockout, passwords
from luodi.accounts.factors import factor_of
from luodi.accounts.forms import PasswordForm
from luodi.accounts.models import User
from luodi.accounts.queries import signed_in
from luodi.core.installation import access


@require_POST
def choose_unit(request: HttpRequest) -> HttpResponse:
    """Show amounts in 万元 or 亿元 from now on, and go back to the page."""
    if isinstance(request.user, User):
        actions.choose_money_unit(actor=request.user, unit=request.POST.get("unit", ""))
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, and how I sign in."""
    user, rules = signed_in(request), access()
    days = rules.passwords.max_age_days
    return render(
        request,
        "accounts/me.html",
        {
            "account": user,
            "factor": factor_of(user),
            "required": user.role in rules.second_factor_for,
            "has_password": user.has_usable_password(),
            "expires_on": timezone.localdate(user.password_changed_at + timedelta(days=days)) if days else None,
        },
    )


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose another password; the other sessions end, this one goes on."""
    user = signed_in(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_password(actor=user, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except ValidationError as error:
            for name, said in error.message_dict.items():
                form.add_error(name, said)
            if "old" in error.message_dict:
                # Whoever sits before a borrowed screen must not try one password after the other.
                lockout.count_failure(request, user.username)
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("密码已修改，其他地方的登录已退出。"))
            return redirect("/")
    context = {"form": form, "rules": passwords.rules(), "forced": passwords.must_change(user)}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End one's other sessions."""
    user = signed_in(request)
    update_session_auth_hash(request, actions.revoke_sessions(actor=user, account=user))
    messages.success(request, _("其他地方的登录已退出。"))
    return redirect("accounts:me")
