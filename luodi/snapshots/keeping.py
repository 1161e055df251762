"""Keeping the stored standings true: recomputed for the projects that an action touched."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luodi.core.installation import city
from luodi.core.rows import insert_rows
from luodi.evidence import ledger
from luodi.intake.engine.amounts import Amount
from luodi.intake.engine.facts import stage_of
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress
from luodi.projects.models import Participation, Project, UndertakingPart
from luodi.projects.writing import Applied, member_count
from luodi.snapshots import queries
from luodi.snapshots.engine.counting import Counted, Node, alone
from luodi.snapshots.engine.standing import Event, Proof, standing
from luodi.snapshots.models import Standing

CHUNK = 2000
"""Projects in one query's list of ids: SQLite bounds the number of parameters."""


COLUMNS = (
    "project_id", "reported", "proven", "net", "packed", "unpacked", "amount_fen", "unpacked_fen", "tier", "investor",
    "state", "part_of_id", "added_fen", "added_unpacked_fen", "computed_on",
)  # fmt: skip


def follow(applied: Sequence[Applied], now: datetime) -> None:
    """After ledger rows were written. All that a new project says is in its row, so only known projects are read back."""
    rows_of = Counter(item.project_id for item in applied)
    fresh = [item for item in applied if item.is_new and rows_of[item.project_id] == 1]
    investors, today = _investors([item.project_id for item in fresh]), queries.local_day(now)
    insert_rows(Standing, COLUMNS, [_first_standing(item, investors.get(item.project_id, ""), today) for item in fresh])
    refresh(list(rows_of.keys() - {item.project_id for item in fresh}))


def _first_standing(item: Applied, investor: str, today: date) -> list[Any]:
    values = item.row.values
    cited = ledger.sources(str(values.get("source", "")))
    proofs = tuple(Proof(ledger.KIND, ledger.grade_of(s, str(values.get("grade", ""))), verified=False) for s in cited)
    events = [
        Event(claim.stage or stage_of(name), claim.period.end if claim.period else item.row.stated_on or today, proofs)
        for name, claims in values.items()
        if isinstance(claims, tuple)
        for claim in claims
        if claim.kind == "actual"
    ]
    amount = values.get("total_investment")
    exact = isinstance(amount, Amount) and (amount.currency, amount.bound) == ("CNY", "exact")
    fen = amount.minor if exact and isinstance(amount, Amount) else None
    bought = city().proof.purchase_tag in str(values.get("kind", ""))
    own = standing(events, city=city(), as_of=today, amount_fen=fen, purchase=bought)
    stated = member_count(str(values.get("stated_members", "")))
    # Alone so far: if it turns out to lie in a package, joining it recomputes both.
    counted = alone(Node(None, own.reported, own.proven, False, fen, stated, own.state))
    return _row(item.project_id, counted, investor, today)


def _row(project: int, counted: Counted, investor: str, today: date) -> list[Any]:
    own = [counted.reported, counted.proven, counted.net, counted.packed, counted.unpacked]
    tier = city().tier_of(counted.amount_fen)
    parts = (counted.part_of, counted.added_fen, counted.added_unpacked_fen)
    return [project, *own, counted.amount_fen, counted.unpacked_fen, tier, investor, str(counted.state), *parts, today]


def refresh(projects: Sequence[int]) -> None:
    """Recompute the standings of these projects and of their families: what a package counts for hangs on its members."""
    for start in range(0, len(projects), CHUNK):
        _refresh(projects[start : start + CHUNK])


@transaction.atomic
def _refresh(projects: Sequence[int]) -> None:
    # Two refreshes of one project follow each other: the second sees what the first person did.
    locked = Project.objects.select_for_update().filter(pk__in=_family(projects)).order_by("pk")
    ids = list(locked.values_list("id", flat=True))
    Standing.objects.filter(pk__in=ids).delete()
    insert_rows(Standing, COLUMNS, _computed(ids, timezone.localdate()))


def _computed(ids: Sequence[int], day: date) -> list[list[Any]]:
    counted, investors = queries.counted(ids, as_of=day), _investors(ids)
    return [_row(project, one, investors.get(project, ""), day) for project, one in counted.items()]


def untrue() -> Iterator[str]:
    """Stored standings that are not what the record gives for their day: somebody wrote them past the program."""
    stored = {row[0]: list(row) for row in Standing.objects.values_list(*COLUMNS)}
    current = set(Project.objects.current().values_list("id", flat=True))
    for day in sorted({row[-1] for row in stored.values()}):
        ids = [project for project, row in stored.items() if row[-1] == day and project in current]
        for start in range(0, len(ids), CHUNK):
            family = sorted(_family(ids[start : start + CHUNK]))
            for row in _computed(family, day):
                if row[0] in stored and stored[row[0]][-1] == day and stored[row[0]] != row:
                    yield f"standing of project {row[0]} is not what the record gives"
    for project in sorted(current - stored.keys()):
        yield f"project {project} has no standing"


def _family(projects: Sequence[int]) -> set[int]:
    """The projects, the packages around them and everything in those, and the other parts of their undertakings."""
    family = set(projects)
    before: set[int] = set()
    while family != before:
        before = set(family)
        family |= _packed_with(family)
        # A dissolved undertaking as well: its parts stood with each other until now.
        held = UndertakingPart.objects.filter(project__in=family).values("undertaking")
        family |= set(UndertakingPart.objects.filter(undertaking__in=held).values_list("project_id", flat=True))
    return family


def _packed_with(projects: set[int]) -> set[int]:
    family = set(projects)
    for lookup, column in (("pk__in", "package_id"), ("package__in", "id")):
        fresh = family
        while fresh:
            found = Project.objects.filter(**{lookup: fresh}).exclude(package=None).values_list(column, flat=True)
            fresh = set(found) - family
            family |= fresh
    return family


def refresh_daily(job: Job, progress: Progress) -> Said:
    """The worker's daily job: a claimed period ends with the calendar, without anybody writing anything."""
    return Said(_("重算 %(n)s 个项目的阶段"), {"n": refresh_all()})


def refresh_all() -> int:
    """Recompute every standing; returns how many."""
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True))
    refresh(ids)
    return len(ids)


def _investors(ids: Sequence[int]) -> dict[int, str]:
    """The first acting party of each project, investors before owners."""
    rows = Participation.objects.filter(project__in=ids, withdrawn_at=None, role__in=("investor", "owner"))
    found: dict[int, str] = {}
    for project, name in rows.order_by("role", "id").values_list("project_id", "party__name"):
        found.setdefault(project, name)
    return found
