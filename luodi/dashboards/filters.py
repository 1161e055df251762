"""Which rows a link means. A number on the cockpit and the list behind it are made from the same `ProjectFilter`."""

from collections.abc import Container
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from luodi.accounts.models import User
from luodi.accounts.policy import Fields, fields_of
from luodi.core.installation import city
from luodi.intake.engine.text import name_key
from luodi.organizations.models import PartyAlias
from luodi.projects.engine.lifecycle import State
from luodi.projects.models import Alias, Participation, Project
from luodi.reserve.queries import inside
from luodi.reserve.settings import reserve_settings
from luodi.snapshots import clock as clocks
from luodi.snapshots.engine.counting import Counted
from luodi.snapshots.engine.figures import COUNTINGS, SIDES
from luodi.snapshots.queries import known_projects

COUNTED = {"packaged": Q(standing__packed=1), "unpacked": Q(standing__unpacked__gt=0)}
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
DERIVED = frozenset({"amount", "reported", "proven", "net"})
"""Orders by what is derived: not offered for a past day, whose standings are not stored."""
NONE = "-"
"""Stands for "not stated" in the unit, chain, nature and tier filters: unknown is a value that can be asked for."""
FIXED_ASSETS = "assets"
"""In the nature filter: everything that counts as investment in fixed assets, the unstated included."""

STAGE = ("stage",)
GAPS = {
    "folded": Q(standing__packed=0),
    "unproven": Q(standing__packed=1, standing__proven__lt=0),
    "excluded": Q(standing__packed=1, standing__proven__gte=0, standing__net__lt=0),
}
"""What lies between two figures of the formation: members inside packages, packed projects without proof, those decided out."""
TELLS = {
    "amount": ("total_investment",),
    "tier": ("tier", "total_investment"),
    "counting": ("package",),
    "gap": ("package", "stage"),
    **dict.fromkeys(("reported", "proven", "net", "reached", "current", "side", "state"), STAGE),
}
"""The classified fields that a column, an order or a filter tells of, where it is not the field of the same name."""


def tells(code: str) -> tuple[str, ...]:
    return TELLS.get(code, (code,))


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """A list's query. `side` says on which side `reached` and `current` are meant; `side="water"`: reported but not net.

    `counting`: "packaged" 打包, "unpacked" 拆分; blank = every record, packages and their members alike. `gap`: one of `GAPS`.
    """

    q: str = ""
    unit: str = ""
    chain: str = ""
    nature: str = ""
    tier: str = ""
    reached: str = ""
    current: str = ""
    side: str = ""
    state: str = ""
    counting: str = ""
    gap: str = ""
    pool: str = ""
    sort: str = ""
    as_of: str = ""
    known_at: str = ""

    @classmethod
    def from_query(cls, query: Any) -> "ProjectFilter":
        """From an address; what it does not know is left out, never an error."""
        # PostgreSQL takes no NUL in a text.
        given = {field.name: query.get(field.name, "").replace("\0", "")[:100].strip() for field in fields(cls)}
        for name, known in _known().items():
            if given[name] not in known:
                given[name] = ""
        given["as_of"] = given["as_of"] if clocks.day_of(given["as_of"]) else ""
        given["known_at"] = given["known_at"] if clocks.moment_of(given["known_at"]) else ""
        past = bool(given["as_of"] or given["known_at"])
        given["pool"] = "" if past else given["pool"]  # who was in a pool then is told on the page of pools
        if given["sort"].lstrip("-") not in SORTS or (past and given["sort"].lstrip("-") in DERIVED):
            given["sort"] = ""
        return cls(**given)

    def within(self, sees: Fields) -> "ProjectFilter":
        """Without what the person may not see: neither to find nor to sort by."""
        hidden = [name for name in _FILTERS if not sees.all(tells(name))]
        sort = self.sort if sees.all(tells(self.sort.lstrip("-"))) else ""
        return replace(self, sort=sort, **dict.fromkeys(hidden, ""))

    def apply(self, user: User) -> QuerySet[Project]:
        """The rows within the person's scope; what of the filter they may not see does not filter."""
        sees = fields_of(user)
        return self.within(sees)._applied(user, sees)

    @property
    def clock(self) -> clocks.Clock | None:
        """The question about the past that the list is asked, if any."""
        return clocks.clock(self.as_of, self.known_at)

    def _applied(self, user: User, sees: Fields) -> QuerySet[Project]:
        if self.clock is not None:
            return self._applied_then(self.clock, user, sees)
        return self._narrowed(Project.objects.current().visible_to(user), sees)

    def _narrowed(self, projects: QuerySet[Project], sees: Fields) -> QuerySet[Project]:
        if self.nature == FIXED_ASSETS:
            projects = projects.exclude(nature__in=[n.code for n in city().natures if not n.fixed_assets])
        columns = (("unit", "unit"), ("chain", "chain"), ("nature", "nature"), ("tier", "standing__tier"))
        for name, column in columns:
            value = getattr(self, name)
            if value and value != FIXED_ASSETS:
                projects = projects.filter(**{column: "" if value == NONE else value})
        if self.counting:
            projects = projects.filter(COUNTED[self.counting])
        if self.gap:
            projects = projects.filter(GAPS[self.gap])
        if pool := reserve_settings().pool(self.pool):
            projects = inside(projects, pool)
        if self.state:
            projects = projects.filter(standing__state=self.state)
        projects = self._by_stage(projects)
        if self.q:
            projects = projects.filter(_matches(self.q, sees))
        return projects.order_by(*self._order())

    def _order(self) -> list[Any]:
        """Unknown last, whichever way; the id makes the order whole, so that pages never overlap."""
        column = SORTS.get(self.sort.lstrip("-"))
        if column is None:
            return ["id"]
        if self.counting == "unpacked" and column == "standing__amount_fen":
            column = "standing__unpacked_fen"
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

    def _applied_then(self, asked: clocks.Clock, user: User, sees: Fields) -> QuerySet[Project]:
        """The rows as they stood then: what stands with the project is asked of it, what was derived of the past."""
        derived = dict.fromkeys(
            ("tier", "reached", "current", "side", "state", "counting", "gap", "as_of", "known_at"), ""
        )
        found = clocks.counted(asked)
        plain = replace(self, **derived)._narrowed(known_projects(asked.known_at).visible_to(user), sees)
        ids = [project for project in plain.values_list("id", flat=True) if self._passes(found[project])]
        return plain.filter(pk__in=ids)

    def _passes(self, one: Counted) -> bool:
        """The conditions of `_narrowed` and `_by_stage`, of what was counted for a past day."""
        rank = one.reported if self.side in {"", "water"} else int(getattr(one, self.side))
        floor = city().stage[self.reached].order if self.reached else 0
        tier = city().tier_of(one.amount_fen)
        counts = {"": 1, "packaged": one.packed, "unpacked": one.unpacked}[self.counting]
        return (
            bool(counts)
            and (not self.current or rank == city().stage[self.current].order)
            and (rank >= floor or not (self.reached or self.side in {"proven", "net"}))
            and (self.side != "water" or one.net < floor)
            and (not self.gap or self.gap == _gap_of(one))
            and (not self.state or one.state == self.state)
            and (not self.tier or tier == ("" if self.tier == NONE else self.tier))
        )

    def query(self, **changes: str) -> str:
        """The address's query, with some parts changed."""
        return urlencode({name: value for name, value in asdict(replace(self, **changes)).items() if value})

    def url(self, **changes: str) -> str:
        return f"{reverse('projects')}?{self.query(**changes)}"


def _known() -> dict[str, Container[str]]:
    """The words that a filter takes, where it takes words."""
    stages, pools = city().stage, reserve_settings()
    return {
        "reached": stages,
        "current": stages,
        "side": {*SIDES, "water"},
        "counting": COUNTINGS,
        "gap": GAPS,
        "pool": {pool.code for pool in (*pools.pools, pools.key)},
        "state": set(State),
    }


def _gap_of(one: Counted) -> str:
    """`GAPS` of what was counted for a past day."""
    if one.packed != 1:
        return "folded"
    if one.proven < 0:
        return "unproven"
    return "excluded" if one.net < 0 else ""


_FILTERS = ("unit", "chain", "nature", "counting", "gap", "pool", "tier", "reached", "current", "side", "state")


def _of_party(text: str) -> Any:
    """Projects of anyone who bears, or bore, a name like this: investors, owners and shareholders."""
    called = Q(party__name__icontains=text)
    former = PartyAlias.objects.filter(withdrawn_at=None, name__icontains=text).values("party")
    return Participation.objects.filter(called | Q(party__in=former), withdrawn_at=None).values("project")


def _matches(text: str, sees: Fields) -> Q:
    """Name, other names, investor, number or code, as far as they may be seen; letters are pinyin initials as well."""
    aliases = Alias.objects.filter(key__contains=name_key(text), withdrawn_at=None)
    ways = {
        "investor": Q(standing__investor__icontains=text) | Q(pk__in=_of_party(text)),
        "number": Q(number=text),
        "project_code": Q(project_code=text),
        "alias": Q(pk__in=aliases.values("project")),
    }
    found = Q(name__icontains=text)
    for field, way in ways.items():
        if sees[field]:
            found |= way
    if text.isascii() and text.isalnum():
        found |= Q(initials__contains=text.lower())
    return found
