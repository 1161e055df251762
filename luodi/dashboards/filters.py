"""Which rows a link means. A number on the cockpit and the list behind it are made from the same `ProjectFilter`."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.intake.engine.text import name_key
from luodi.projects.models import Alias, Project

SIDES = ("reported", "proven", "net")
SORTS = {
    "number": "number",
    "name": "name",
    "investor": "standing__investor",
    "unit": "unit",
    "chain": "chain",
    "amount": "standing__amount_fen",
    "reported": "standing__reported",
    "proven": "standing__proven",
    "net": "standing__net",
}
NONE = "-"
"""Stands for "not stated" in the unit, chain and tier filters: unknown is a value that can be asked for."""


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """A list's query. `side` says on which side `reached` and `current` are meant; `side="water"`: reported but not net."""

    q: str = ""
    unit: str = ""
    chain: str = ""
    tier: str = ""
    reached: str = ""
    current: str = ""
    side: str = ""
    sort: str = ""

    @classmethod
    def from_query(cls, query: Any) -> "ProjectFilter":
        """From an address; what it does not know is left out, never an error."""
        # PostgreSQL takes no NUL in a text.
        given = {field.name: query.get(field.name, "").replace("\0", "")[:100].strip() for field in fields(cls)}
        stages = city().stage
        for name in ("reached", "current"):
            if given[name] not in stages:
                given[name] = ""
        if given["side"] not in {*SIDES, "water"}:
            given["side"] = ""
        if given["sort"].lstrip("-") not in SORTS:
            given["sort"] = ""
        return cls(**given)

    def apply(self, user: User) -> QuerySet[Project]:
        """The rows, within what the person may see."""
        projects: QuerySet[Project] = Project.objects.current().visible_to(user)
        for name, column in (("unit", "unit"), ("chain", "chain"), ("tier", "standing__tier")):
            if value := getattr(self, name):
                projects = projects.filter(**{column: "" if value == NONE else value})
        projects = self._by_stage(projects)
        if self.q:
            projects = projects.filter(_matches(self.q))
        return projects.order_by(*self._order())

    def _order(self) -> list[Any]:
        """Unknown last, whichever way; the id makes the order whole, so that pages never overlap."""
        column = SORTS.get(self.sort.lstrip("-"))
        if column is None:
            return ["id"]
        if self.sort.startswith("-"):
            return [F(column).desc(nulls_last=True), "-id"]
        return [F(column).asc(nulls_last=True), "id"]

    def _by_stage(self, projects: QuerySet[Project]) -> QuerySet[Project]:
        column = "standing__" + ("reported" if self.side in {"", "water"} else self.side)
        if self.current:
            projects = projects.filter(**{column: city().stage[self.current].order})
        # Without a stage: reported is every project, proven and net those that stand anywhere.
        floor = city().stage[self.reached].order if self.reached else 0
        if self.reached or self.side in {"proven", "net"}:
            projects = projects.filter(**{f"{column}__gte": floor})
        if self.side == "water":
            projects = projects.filter(Q(standing__net__lt=floor) | Q(standing=None))
        return projects

    def query(self, **changes: str) -> str:
        """The address's query, with some parts changed."""
        return urlencode({name: value for name, value in asdict(replace(self, **changes)).items() if value})

    def url(self, **changes: str) -> str:
        return f"{reverse('projects')}?{self.query(**changes)}"


def _matches(text: str) -> Q:
    """Name, other names, investor, number or code; letters are pinyin initials as well."""
    found = Q(name__icontains=text) | Q(standing__investor__icontains=text) | Q(number=text) | Q(project_code=text)
    found |= Q(pk__in=Alias.objects.filter(key__contains=name_key(text), withdrawn_at=None).values("project"))
    if text.isascii() and text.isalnum():
        found |= Q(initials__contains=text.lower())
    return found
