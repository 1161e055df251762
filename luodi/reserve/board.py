"""The board 谋划–包装–储备–洽谈: columns of cards, a page of each, whatever is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.core.templatetags.money import money
from luodi.evidence.models import Evidence
from luodi.intake.words import UNITS, stage_name, unit_name
from luodi.projects.engine.lifecycle import State
from luodi.projects.models import Project, ProjectQuerySet, StageEvent
from luodi.reserve import queries, words
from luodi.reserve.engine.packaging import Line, estimate, maturity
from luodi.reserve.models import Readiness, Tick
from luodi.reserve.settings import reserve_settings

ROW = (*queries.HELD, "name", "unit", "chain", "standing__amount_fen", "standing__reported", "number")


@dataclass(frozen=True, slots=True)
class BoardState:
    """What an address of the board says: which cards, and the page of each column (one digit group a column)."""

    q: str = ""
    unit: str = ""
    stale: str = ""
    key: str = ""
    pages: tuple[int, ...] = ()

    @classmethod
    def from_query(cls, query: Any) -> "BoardState":
        """From an address; what it does not know is left out."""
        numbers = query.get("pages", "").replace("\0", "").split("-")
        pages = tuple(max(1, int(n)) if n.isascii() and n.isdigit() and len(n) < 7 else 1 for n in numbers)
        unit = query.get("unit", "")
        return cls(
            q=query.get("q", "").replace("\0", "")[:100].strip(),
            unit=unit if unit in city().unit else "",
            stale="1" if query.get("stale") == "1" else "",
            key="1" if query.get("key") == "1" else "",
            pages=pages[: len(reserve_settings().board)],
        )

    def page(self, column: int) -> int:
        return self.pages[column] if column < len(self.pages) else 1

    def query(self) -> str:
        """Everything but defaults."""
        given = {name: value for name, value in asdict(self).items() if value and name != "pages"}
        if any(page > 1 for page in self.pages):
            given["pages"] = "-".join(map(str, self.pages))
        return urlencode(given)

    def url(self, **changes: Any) -> str:
        query = replace(self, **{"pages": (), **changes}).query()
        return reverse("reserve:board") + (f"?{query}" if query else "")

    def turned(self, column: int, page: int) -> str:
        """The board with another page of one column."""
        pages = [self.page(n) for n in range(len(reserve_settings().board))]
        pages[column] = page
        return self.url(pages=tuple(pages))


def cards_of(user: User, state: BoardState, today: date) -> ProjectQuerySet:
    """Every card that the state asks for: packed, going on, within reach; not yet bound to a column."""
    cards = Project.objects.current().visible_to(user).filter(standing__packed=1, standing__state=State.ACTIVE)
    if state.q:
        cards = cards.filter(Q(name__icontains=state.q) | Q(initials__contains=state.q.lower()))
    if state.unit:
        cards = cards.filter(unit=state.unit)
    if state.key:
        cards = cards.filter(pk__in=queries.key_projects().values("project"))
    if state.stale:
        cards = cards.exclude(queries.moving_since(queries.stale_before(today)))
    return cards


def context(user: User, state: BoardState) -> dict[str, Any]:
    """Everything of the page."""
    today, board = timezone.localdate(), reserve_settings().board
    cards = cards_of(user, state, today)
    ranks = {city().stage[stage].order: stage for stage in board}
    counts = _counts(cards, ranks, today, asked=state.stale)
    size = reserve_settings().card_limit
    columns: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for column, stage in enumerate(board):
        total, stale = counts.get(stage, (0, 0))
        last = max(1, -(-total // size))
        page = min(state.page(column), last)
        mine = _rows(cards, stage, (page - 1) * size, size) if total else []
        rows += mine
        columns.append(_column(state, column, page, last, total, stale, mine))
    dressed = _dressed(rows, user, today)
    for one in columns:
        one["cards"] = [dressed[row["id"]] for row in one.pop("rows")]
    writes = may(user, "projects.stage.report")
    return {
        "columns": columns,
        "state": state,
        "units": _units(user, state),
        "off_board": _off_board(user, board),
        "may_create": may(user, "reserve.idea.create"),
        "may_move": writes,
        "may_key": may(user, "reserve.key.decide"),
        "stale_days": reserve_settings().stale_days,
        "any": any(one["total"] != "0" for one in columns),
        "stages": [(stage, stage_name(stage)) for stage in board],
        "query": state.query(),
    }


def _counts(cards: ProjectQuerySet, ranks: Mapping[int, str], today: date, *, asked: str) -> dict[str, tuple[int, int]]:
    """Cards and stale cards of each column, in one query."""
    moving = queries.moving_since(queries.stale_before(today))
    found = cards.filter(standing__reported__in=list(ranks)).order_by().values_list("standing__reported")
    if asked:
        return {ranks[rank]: (n, n) for rank, n in found.annotate(n=Count("id"))}
    counted = found.annotate(n=Count("id"), moving=Count("id", filter=moving))
    return {ranks[rank]: (n, n - going) for rank, n, going in counted}


def _rows(cards: ProjectQuerySet, stage: str, first: int, size: int) -> list[dict[str, Any]]:
    """One page of a column, the largest first, the unknown amounts last."""
    mine = cards.filter(standing__reported=city().stage[stage].order)
    order = (F("standing__amount_fen").desc(nulls_last=True), "id")
    return list(mine.order_by(*order).values(*ROW)[first : first + size])


def _column(
    state: BoardState, at: int, page: int, last: int, total: int, stale: int, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    stage = reserve_settings().board[at]
    shown = (page - 1) * reserve_settings().card_limit
    return {
        "stage": stage,
        "name": stage_name(stage),
        "total": f"{total:,}",
        "list_url": f"{reverse('projects')}?{urlencode({'current': stage, 'state': 'active', 'counting': 'packaged'})}",
        "stale": f"{stale:,}" if stale else "",
        "stale_url": state.url(stale="1"),
        "shown": _("已显示 %(first)s–%(last)s / %(total)s") % {
            "first": f"{shown + 1:,}", "last": f"{shown + len(rows):,}", "total": f"{total:,}"
        } if rows else "",
        "prev_url": state.turned(at, page - 1) if page > 1 else "",
        "next_url": state.turned(at, page + 1) if page < last else "",
        "rows": rows,
    }  # fmt: skip


def _dressed(rows: Sequence[dict[str, Any]], user: User, today: date) -> dict[int, dict[str, Any]]:
    """The cards with what is known of each, in the same few queries for all of them."""
    ids = [row["id"] for row in rows]
    packed, moved, scope = queries.lines(rows), last_moves(ids), scope_of(user)
    keys = set(queries.key_projects().filter(project__in=ids).values_list("project_id", flat=True))
    stated = Readiness.objects.filter(project__in=ids, withdrawn_at=None)
    ready = dict(stated.order_by("id").values_list("project_id", "ready_on"))
    still = queries.stale_before(today)
    return {
        row["id"]: {
            "id": row["id"],
            "name": row["name"],
            "url": reverse("reserve:project", args=[row["id"]]),
            "unit": unit_name(row["unit"]),
            "chain": row["chain"],
            "amount": _amount(row["standing__amount_fen"], user.money_unit),
            "maturity": words.maturity(maturity(packed[row["id"]])),
            "ready": readiness(ready.get(row["id"]), packed[row["id"]], today),
            "stale": (moved[row["id"]] or date.min) <= still,
            "moved": moved[row["id"]],
            "key": row["id"] in keys,
            "moves": _moves(row["standing__reported"]) if scope.covers(row["unit"]) else [],
        }
        for row in rows
    }


def _amount(fen: int | None, unit: str) -> str:
    return _("金额未写明") if fen is None else f"{money(fen, unit)} {UNITS[unit]}"


def _moves(rank: int) -> list[dict[str, str]]:
    """The neighbouring columns, for the buttons of a card."""
    board = reserve_settings().board
    at = board.index(city().stages[rank].code)
    found = []
    if at > 0:
        found.append({"stage": board[at - 1], "name": f"← {stage_name(board[at - 1])}", "way": "back"})
    if at + 1 < len(board):
        found.append({"stage": board[at + 1], "name": f"{stage_name(board[at + 1])} →", "way": "on"})
    return found


def readiness(stated: date | None, lines: Sequence[Line], today: date) -> dict[str, Any]:
    """A person's day stands above the estimate; an estimate says that it is one, and what it hangs on."""
    if stated is not None:
        return {"day": stated, "estimated": False, "path": "", "without": "", "late": stated < today}
    found = estimate(lines, today=today)
    return {
        "day": found.ready_on,
        "estimated": True,
        "path": " → ".join(words.item_name(code) for code in found.path),
        "without": _("、").join(words.item_name(code) for code in found.without),
        "late": False,
    }


def last_moves(ids: Sequence[int]) -> dict[int, date | None]:
    """The last day on which anything happened to each project, by the same reckoning as `queries.moving_since`."""
    found: dict[int, date | None] = dict.fromkeys(ids)

    def note(project: int, day: date) -> None:
        found[project] = max(day, found[project] or day)

    own: dict[str, Any] = {"project__in": ids, "withdrawn_at": None}
    steps = StageEvent.objects.filter(**own, kind=StageEvent.Kind.ACTUAL)
    for project, ends, known, at in steps.values_list("project_id", "ends_on", "known_on", "recorded_at"):
        note(project, ends or known or timezone.localtime(at).date())
    for said in (
        Evidence.objects.filter(**own, filed_by__isnull=False),
        Tick.objects.filter(**own),
        Readiness.objects.filter(**own),
    ):
        for project, at in said.values_list("project_id", "recorded_at"):
            note(project, timezone.localtime(at).date())
    return found


def _units(user: User, state: BoardState) -> list[tuple[str, str, bool]]:
    scope = scope_of(user)
    return [
        (u.code, u.name, u.code == state.unit)
        for u in city().units
        if scope.everything or scope.assigned or u.code in scope.units
    ]


def _off_board(user: User, board: Sequence[str]) -> list[dict[str, str]]:
    """Projects of these stages that are no cards: paused and exited, each with its list."""
    ranks = [city().stage[stage].order for stage in board]
    rows = Project.objects.current().visible_to(user).filter(standing__packed=1, standing__reported__in=ranks)
    rows = rows.exclude(standing__state=State.ACTIVE).order_by()
    return [
        {
            "n": f"{n:,}",
            "state": state,
            "url": f"{reverse('projects')}?{urlencode({'state': state, 'counting': 'packaged'})}",
        }
        for state, n in rows.values_list("standing__state").annotate(n=Count("id"))
    ]
