"""From stored standings, past days and snapshots to the engines' input."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, Count, Sum, Value, When
from django.utils import timezone

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.formation.engine.moves import Position
from luodi.formation.engine.table import Group, Line, formation
from luodi.projects.models import Project
from luodi.snapshots import queries as snapshots
from luodi.snapshots.clock import Clock, counted
from luodi.snapshots.engine.counting import Counted
from luodi.snapshots.models import Snapshot

RIGHTS = ("total_investment", "tier", "stage", "package")
"""Fields that every number here tells of: who may not see them sees no formation."""


def tiers() -> list[str]:
    """Codes of the ladder, the highest rung first."""
    return [tier.code for tier in sorted(city().tiers, key=lambda tier: -tier.floor)]


def groups(user: User | None, asked: Clock | None) -> list[Group]:
    """Everything within a person's reach; of today added up by the database."""
    if asked is not None:
        return [position.group() for position in positions(user, asked).values()]
    stands = {
        name: Case(When(**{f"standing__{name}__gte": 0}, then=Value(1)), default=Value(0)) for name in ("proven", "net")
    }
    rows = (
        Project.objects.current()
        .visible_to(user)
        .order_by()
        .annotate(is_proven=stands["proven"], is_net=stands["net"])
        .values_list("standing__tier", "standing__packed", "is_proven", "is_net")
        .annotate(n=Count("id"), fen=Sum("standing__amount_fen"))
    )
    return [
        Group(tier or "", packed != 0, bool(proven), bool(net), n, int(fen or 0))
        for tier, packed, proven, net, n, fen in rows
    ]


def lines(user: User | None, asked: Clock | None) -> list[Line]:
    """The formation of a day."""
    return formation(groups(user, asked), tiers=tiers())


def positions(user: User | None, asked: Clock) -> dict[int, Position]:
    """Where everything within reach stood on a past day."""
    found = counted(asked)
    visible = snapshots.known_projects(asked.known_at).visible_to(user).values_list("id", flat=True)
    return {project: position_of(found[project]) for project in visible}


def position_of(one: Counted) -> Position:
    return Position(
        city().tier_of(one.amount_fen),
        one.amount_fen,
        one.packed == 1,
        one.proven >= 0,
        one.packed == 1 and one.net >= 0,
    )


def of_snapshot(user: User | None, snapshot: Snapshot) -> dict[int, Position]:
    """Where everything within reach stood in a frozen table; tiers by today's thresholds, so that both sides have one ladder."""
    import polars as pl

    frame = pl.read_parquet(snapshot.path / "projects.parquet")
    visible = set(Project.objects.visible_to(user).values_list("id", flat=True))
    return {row["id"]: _of_row(row) for row in frame.iter_rows(named=True) if row["id"] in visible}


def _of_row(row: Mapping[str, Any]) -> Position:
    fen, packed = row["amount_fen"], row["packed"] == 1
    return Position(city().tier_of(fen), fen, packed, row["proven"] != "", packed and row["net"] != "")


def moment(day: date, *, known: bool) -> Clock:
    """A day as a question: with all that is known now, or with what was known when it ended."""
    end = timezone.make_aware(datetime.combine(day, time.max)) if known else None
    return Clock(day, end)
