"""Pages of parties: who stands behind projects, and what is recorded of them. Bounded by the projects that a person may see."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of
from luodi.accounts.queries import signed_in
from luodi.core import typed
from luodi.core.telling import tell
from luodi.intake import words
from luodi.organizations import actions
from luodi.organizations.engine import credit_codes
from luodi.organizations.engine.names import key
from luodi.organizations.models import Capital, Party, PartyAlias
from luodi.projects.models import Participation, Project

PAGE = 50
WAN = 1_000_000


def visible(user: User) -> QuerySet[Party]:
    """Parties that take part in a project that this person may see."""
    own = Participation.objects.filter(withdrawn_at=None, project__in=Project.objects.current().visible_to(user))
    return Party.objects.filter(pk__in=own.values("party"))


@require_GET
def parties(request: HttpRequest) -> HttpResponse:
    """The list, by name, former name or credit code; with how many projects each has here."""
    user = signed_in(request)
    text = request.GET.get("q", "").replace("\0", "")[:100].strip()
    seen = fields_of(user)
    found = visible(user) if seen["investor"] and seen["owner"] else Party.objects.none()
    if text:
        aliases = PartyAlias.objects.filter(withdrawn_at=None, key__contains=key(text)).values("party")
        found = found.filter(
            Q(name__icontains=text) | Q(key__contains=key(text)) | Q(credit_code=text.upper()) | Q(pk__in=aliases)
        )
    own = Project.objects.current().visible_to(user)
    live = Q(participations__withdrawn_at=None, participations__project__in=own)
    found = found.annotate(projects=Count("participations__project", filter=live, distinct=True))
    page = Paginator(found.order_by("-projects", "name"), PAGE).get_page(request.GET.get("page"))
    return render(request, "dashboards/parties.html", {"page_obj": page, "q": text})


@require_GET
def party(request: HttpRequest, pk: int) -> HttpResponse:
    """One party: names, code, shareholders, capital, control, and its projects within the person's scope."""
    user = signed_in(request)
    seen = fields_of(user)
    one = get_object_or_404(visible(user) if seen["investor"] and seen["owner"] else Party.objects.none(), pk=pk)
    parts = Participation.objects.filter(
        party=one, withdrawn_at=None, project__in=Project.objects.current().visible_to(user)
    )
    return render(
        request,
        "dashboards/party.html",
        {
            "party": one,
            "code": credit_codes.read(one.credit_code) if one.credit_code else None,
            "parts": parts.select_related("project__standing").order_by("project__name", "role"),
            "aliases": one.aliases.filter(withdrawn_at=None),
            "shareholders": one.shareholders.filter(withdrawn_at=None).select_related("holder").order_by("-share"),
            "holdings": one.holdings.filter(withdrawn_at=None, party__in=visible(user)).select_related("party"),
            "capital": [_capital(c, user) for c in one.capital.filter(withdrawn_at=None).order_by("-stated_on", "-id")],
            "controllers": one.controllers.filter(withdrawn_at=None).order_by("-stated_on"),
            "may_write": may(user, "organizations.party.write"),
            "kinds": PartyAlias.Kind.choices,
            "today": timezone.localdate(),
        },
    )


def _capital(capital: Capital, user: User) -> dict[str, Any]:
    def shown(minor: int) -> str:
        return words.amount(minor, capital.currency, "exact", user.money_unit)

    paid = _("未写明") if capital.paid_minor is None else shown(capital.paid_minor)
    return {"item": capital, "amount": shown(capital.minor), "paid": paid}


@require_POST
def state_of_party(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one statement; the form says of which kind."""
    user = signed_in(request)
    one = get_object_or_404(visible(user), pk=pk)

    def act() -> str:
        _state(user, one, request.POST)
        return _("已录入。")

    tell(request, act)
    return redirect("party", pk=pk)


def _state(user: User, one: Party, given: Any) -> None:
    source, name = given.get("source", ""), given.get("name", "").replace("\0", "")
    days = {"from_on": typed.day(given.get("from_on", "")), "to_on": typed.day(given.get("to_on", ""))}
    stated_on = typed.day(given.get("stated_on", "")) or timezone.localdate()
    kind = given.get("what", "")
    if kind == "alias":
        actions.state_alias(actor=user, party=one, name=name, kind=given.get("kind", ""), source=source, **days)
    elif kind == "share":
        share = typed.decimal(given.get("share", "")) or Decimal(0)
        actions.state_share(actor=user, party=one, holder=name, share=share, source=source, **days)
    elif kind == "capital":
        minor, paid = _fen(given.get("amount", "")) or 0, _fen(given.get("paid", ""))
        actions.state_capital(
            actor=user, party=one, minor=minor, currency="CNY", paid_minor=paid, stated_on=stated_on, source=source
        )
    else:
        basis = given.get("basis", "")
        actions.state_controller(actor=user, party=one, name=name, basis=basis, stated_on=stated_on, source=source)


def _fen(text: str) -> int | None:
    """万元 as typed, in 分."""
    number = typed.decimal(text)
    return None if number is None else int(number * WAN)


@require_POST
def withdraw_of_party(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one statement back."""
    user = signed_in(request)
    one = get_object_or_404(visible(user), pk=pk)
    kind, number = request.POST.get("what", ""), request.POST.get("statement", "")

    def act() -> str:
        model = actions.STATEMENTS.get(kind)
        if model is None:
            raise ValidationError(_("没有这条记录。"))
        statement = get_object_or_404(model, pk=typed.whole(number), party=one)
        actions.withdraw_statement(actor=user, kind=kind, statement=statement, reason=request.POST.get("reason", ""))
        return _("已撤回。")

    tell(request, act)
    return redirect("party", pk=pk)
