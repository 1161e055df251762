"""The log, newest first, for administrators and auditors."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from luodi.accounts.policy import masked
from luodi.audit import differences, words
from luodi.audit.models import Entry

SIZE = 50


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Filtered by action, person, day. Pages hang on ids, so new entries never shift them."""
    given = {name: request.GET.get(name, "").replace("\0", "")[:100].strip() for name in ("action", "person", "day")}
    found = _filtered(Entry.objects.visible_to(request.user), given)
    rows, newer, older = _page(found, before=_number(request, "before"), after=_number(request, "after"))
    actions = Entry.objects.order_by("action").values_list("action", flat=True).distinct()
    return render(
        request,
        "audit/entries.html",
        {
            "given": given,
            "actions": [(code, words.ACTIONS.get(code, code)) for code in actions],
            "entries": [_shown(entry, request.user) for entry in rows],
            "newer": _url(given, after=rows[0].pk) if newer else "",
            "older": _url(given, before=rows[-1].pk) if older else "",
            "filtered": any(given.values()),
        },
    )


@require_GET
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One action whole: who, from where, what it wrote and changed, and its place in the tree."""
    one = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    return render(request, "audit/entry.html", {**_shown(one, request.user), **differences.page(one, request.user)})


def _filtered(found: QuerySet[Entry], given: dict[str, str]) -> QuerySet[Entry]:
    if given["action"]:
        found = found.filter(action=given["action"])
    if given["person"]:
        found = found.filter(actor_name__icontains=given["person"])
    try:
        day = date.fromisoformat(given["day"])
        start = timezone.make_aware(datetime.combine(day, time.min))
        return found.filter(at__gte=start, at__lt=start + timedelta(days=1))
    except (ValueError, OverflowError):
        given["day"] = ""
        return found


def _page(found: QuerySet[Entry], *, before: int | None, after: int | None) -> tuple[list[Entry], bool, bool]:
    """Rows, newest first; whether there are newer and older ones beyond them."""
    if after is not None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: SIZE + 1])
        return list(reversed(rows[:SIZE])), len(rows) > SIZE, bool(rows)
    older = found if before is None else found.filter(pk__lt=before)
    rows = list(older.order_by("-pk")[: SIZE + 1])
    return rows[:SIZE], before is not None and bool(rows), len(rows) > SIZE


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _url(given: dict[str, str], **place: int) -> str:
    return f"{reverse('audit:entries')}?{urlencode({**{k: v for k, v in given.items() if v}, **place})}"


def _shown(entry: Entry, user: Any) -> dict[str, Any]:
    return {
        "entry": entry,
        "action": words.ACTIONS.get(entry.action, entry.action),
        "details": [
            (words.DETAILS.get(name, name), _text(name, value))
            for name, value in masked(user, entry.detail).items()
            if value != ""
        ],
    }


def _named(name: str, value: Any) -> str:
    """A nested detail; a pair under a field's name is what stood there before and after."""
    label = words.DETAILS.get(name) or words.column(name)
    if isinstance(value, list) and len(value) == 2 and all(isinstance(text, str) for text in value):
        return f"{label} {' → '.join(words.fact(name, text) if text else '—' for text in value)}"
    return f"{label} {_text(name, value)}"


def _text(name: str, value: Any) -> str:
    """A detail in one line; nested ones as name and value pairs."""
    if isinstance(value, dict):
        return "，".join(_named(inner, one) for inner, one in value.items())
    return words.value(name, str(value))
