"""Which rows a link means. A number on the cockpit and the list behind it are made from the same `ProjectFilter`."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.intake.engine.text import name_key
from luodi.projects.models import Alias, Project

SIDES = ("reported", "proven", "net")
SORTS = {
    "name": "name",
    "amount": "standing__amount_fen",
    "reported": "standing__reported",
    "proven": "standing__proven",
    "unit": "unit",
    "chain": "chain",
    "id": "id",
}
NONE = "-"
"""Stands for "not stated" in the unit, chain and tier filters: unknown is a value that can be asked for."""


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """A list's query. `reached` with `side`: projects that reached the stage on that side; `side="water"`: reported but not net."""

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
        given = {field.name: query.get(field.name, "")[:100].strip() for field in fields(cls)}
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
        projects = Project.objects.current().visible_to(user)
        for name, column in (("unit", "unit"), ("chain", "chain"), ("tier", "standing__tier")):
            if value := getattr(self, name):
                projects = projects.filter(**{column: "" if value == NONE else value})
        projects = self._by_stage(projects)
        if self.q:
            projects = projects.filter(_matches(self.q))
        column = SORTS.get(self.sort.lstrip("-"), "")
        order = [("-" if self.sort.startswith("-") else "") + column] if column else []
        return projects.order_by(*order, "id")

    def _by_stage(self, projects: QuerySet[Project]) -> QuerySet[Project]:
        side = self.side or "reported"
        if self.current:
            rank = city().stage[self.current].order
            column = "reported" if side == "water" else side
            return projects.filter(**{f"standing__{column}": rank})
        # Without a stage: reported is every project, proven and net those that stand anywhere.
        floor = city().stage[self.reached].order if self.reached else 0
        if side == "water":
            reported = projects.filter(standing__reported__gte=floor) if self.reached else projects
            return reported.filter(Q(standing__net__lt=floor) | Q(standing=None))
        if side == "reported" and not self.reached:
            return projects
        return projects.filter(**{f"standing__{side}__gte": floor})

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
