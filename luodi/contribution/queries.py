"""From statements and ledger fields to balances. Reads only projects that said something; how many there are is counted by the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KT

from luodi.accounts.models import User
from luodi.contribution.engine.balance import Balance, Row, collapse, rows
from luodi.contribution.models import Delivery, EndStatement, Promise
from luodi.contribution.settings import Measure, contribution_settings
from luodi.projects.models import Project
from luodi.snapshots.queries import decided_out

RIGHTS = ("jobs", "tax", "output_value", "package", "chain")
"""Fields that these numbers tell of."""
GROUPS = ("unit", "chain", "end", "project")
UNSTATED = ""
"""Ends: projects of which nobody has said what they are for."""
WAN = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project stands in the groupings."""

    unit: str
    chain: str
    package: int | None
    packed: bool


def ledger_value(measure: Measure, text: str) -> Decimal | None:
    """What a ledger's cell promises: an exact amount in CNY as 万元, or a whole number; anything else says nothing exact."""
    if measure.kind == "money":
        currency, _, rest = text.partition(" ")
        minor, _, bound = rest.partition(" ")
        return Decimal(minor) / WAN if (currency, bound) == ("CNY", "exact") else None
    digits = text.replace(",", "").removesuffix("人").removesuffix("户").strip()
    return Decimal(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else None


def said(user: User | None, measure: Measure, ids: Iterable[int] | None = None) -> dict[int, dict[str, Decimal]]:
    """What each project within reach said: promised (a person's word above the ledger's), reported, proven. No key = nobody said."""
    reach = Project.objects.current().visible_to(user)
    if ids is not None:
        reach = reach.filter(pk__in=list(ids))
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    if measure.field:
        cells = reach.filter(facts__has_key=measure.field).annotate(told=KT(f"facts__{measure.field}__0"))
        for project, text in cells.order_by("id").values_list("id", "told"):
            if (value := ledger_value(measure, str(text or ""))) is not None:
                found[project]["promised"] = value
    live: dict[str, Any] = {"project__in": reach, "measure": measure.code, "withdrawn_at": None}
    for project, value in Promise.objects.filter(**live).order_by("id").values_list("project_id", "value"):
        found[project]["promised"] = value
    brought = Delivery.objects.filter(**live).order_by("year", "id")
    for project, value, verdict in brought.values_list("project_id", "value", "verdict"):
        # What a verifier would not accept is still what the unit reports.
        found[project]["reported"] = value
        if verdict == Delivery.Verdict.ACCEPTED:
            found[project]["proven"] = value
    return found


def _places(user: User | None, measure: Measure) -> dict[int, Place]:
    """Projects within reach that said something, and every package with its members, in one query."""
    live = {"measure": measure.code, "withdrawn_at": None}
    told = Q(pk__in=Promise.objects.filter(**live).values("project"))
    told |= Q(pk__in=Delivery.objects.filter(**live).values("project"))
    if measure.field:
        told |= Q(facts__has_key=measure.field)
    inside = Project.objects.current().exclude(package=None)
    told |= Q(package__isnull=False) | Q(pk__in=inside.values("package"))
    columns = ("id", "unit", "chain", "package_id", "standing__packed")
    rows_ = Project.objects.current().visible_to(user).filter(told).order_by("id").values_list(*columns)
    return {pk: Place(unit, chain, package, packed == 1) for pk, unit, chain, package, packed in rows_}


Held = tuple[dict[int, Balance], Mapping[int, Place]]
"""Balances of the projects that said something, and where each stands; read once for a page."""


def balances(user: User | None, measure: Measure) -> Held:
    """Packed balances of every project that said something, and where each stands."""
    told = said(user, measure)
    places, out = _places(user, measure), decided_out(None)
    each = {
        pk: Balance(**told.get(pk, {}), package=place.package, out=pk in out or place.package in out)
        for pk, place in places.items()
    }
    # A member of another unit's package is in that package's count, which this person does not see.
    return {pk: one for pk, one in collapse(each).items() if places[pk].packed}, places


def table(user: User | None, measure: Measure, by: str, held: Held | None = None) -> dict[str, Row]:
    """A row a group: promised, brought, proven, net, and the ratio's two sums. By end, a project of two ends is in both rows."""
    found, places = held or balances(user, measure)
    packed = Project.objects.current().visible_to(user).filter(standing__packed=1).order_by()
    if by in {"unit", "chain"}:
        sizes = {group: n for group, n in packed.values_list(by).annotate(n=Count("id"))}
        return rows(((getattr(places[pk], by), one) for pk, one in found.items()), projects=sizes)
    stated = EndStatement.objects.filter(withdrawn_at=None, project__in=packed)
    ends: dict[int, list[str]] = defaultdict(list)
    for pk, end in stated.order_by("id").values_list("project_id", "end"):
        ends[pk].append(end)
    counts = {end.code: sum(end.code in own for own in ends.values()) for end in contribution_settings().ends}
    counts[UNSTATED] = packed.count() - len(ends)
    return rows(((end, one) for pk, one in found.items() for end in ends.get(pk) or [UNSTATED]), projects=counts)


def whole(user: User | None, measure: Measure, held: Held | None = None) -> Row:
    """Everything within reach, each project once."""
    found, _ = held or balances(user, measure)
    n = Project.objects.current().visible_to(user).filter(standing__packed=1).count()
    return rows((("", one) for one in found.values()), projects={"": n})[""]
