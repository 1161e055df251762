"""Choices a person makes for themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from luodi.accounts import actions
from luodi.accounts.models import User


@require_POST
def choose_unit(request: HttpRequest) -> HttpResponse:
    """Show amounts in 万元 or 亿元 from now on, and go back to the page."""
    if isinstance(request.user, User):
        actions.choose_money_unit(actor=request.user, unit=request.POST.get("unit", ""))
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
