"""The second clock: which statements stood at a moment. The first, when something happened, is asked of the engines."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from luodi.projects.models import Lapse

_Model = TypeVar("_Model", bound=Model)


def stood(statements: QuerySet[_Model], known_at: datetime | None) -> QuerySet[_Model]:
    """Statements that were recorded and not withdrawn at the moment; None = now."""
    if known_at is None:
        return statements.filter(withdrawn_at=None)
    kind = str(statements.model._meta.model_name)
    lapsed = Lapse.objects.filter(kind=kind, since__lte=known_at, until__gt=known_at)
    living = Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at)
    return statements.filter(living, recorded_at__lte=known_at).exclude(pk__in=lapsed.values("statement"))


def stood_at(known_at: datetime | None, path: str, *, began: str = "recorded_at") -> Q:
    """The same as a condition on a related statement (without lapses, which only ledgers' own statements have)."""
    if known_at is None:
        return Q(**{f"{path}withdrawn_at": None})
    living = Q(**{f"{path}withdrawn_at": None}) | Q(**{f"{path}withdrawn_at__gt": known_at})
    return living & Q(**{f"{path}{began}__lte": known_at})
