"""What a ledger's source column is: a public report, filed as evidence for the steps of its row."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from luodi.core.installation import city
from luodi.core.rows import insert_rows, reserve_ids
from luodi.evidence.ahead import speak
from luodi.evidence.models import Evidence, Support
from luodi.projects.models import StageEvent
from luodi.projects.writing import Applied

KIND = "public_report"
COLUMNS = (
    "id", "project_id", "kind", "title", "source", "sha256", "grade", "row_id", "recorded_at",
)  # fmt: skip


def follow(applied: Sequence[Applied], now: datetime) -> None:
    """File new sources; every source of a row speaks for the row's new events, a new one also for the claims it repeats."""
    stated = [item for item in applied if item.row.values.get("source")]
    held = _held({item.project_id for item in stated})
    fresh: list[tuple[Applied, str]] = []
    for item in stated:
        for source in sources(str(item.row.values["source"])):
            if source not in held[item.project_id]:
                held[item.project_id][source] = 0
                fresh.append((item, source))
    ids = reserve_ids(Evidence, len(fresh)) if fresh else ()
    rows = []
    for evidence_id, (item, source) in zip(ids, fresh, strict=True):
        held[item.project_id][source] = evidence_id
        grade = grade_of(source, str(item.row.values.get("grade", "")))
        rows.append([evidence_id, item.project_id, KIND, source[:300], source, "", grade, item.row_id, now])
    insert_rows(Evidence, COLUMNS, rows)
    supports = {
        (held[item.project_id][source], event)
        for item in stated
        for source in sources(str(item.row.values["source"]))
        for event in item.event_ids
    }
    # Only new evidence speaks for older claims: it is withdrawn with its batch, so a revert leaves nothing behind.
    repeated = _repeated({item.row_id: item for item, _ in fresh})
    supports |= {
        (evidence_id, event)
        for evidence_id, (item, _) in zip(ids, fresh, strict=True)
        for event in repeated.get(item.row_id, ())
    }
    insert_rows(Support, ["evidence_id", "event_id", "recorded_at"], [[*pair, now] for pair in sorted(supports)])
    speak([item.project_id for item in applied if item.event_ids and not item.is_new])


def _repeated(items: dict[int | None, Applied]) -> dict[int | None, list[int]]:
    """Events that earlier rows brought and that these rows claim unchanged: event ids by row."""
    known = {item.project_id for item in items.values() if not item.is_new}
    live = StageEvent.objects.filter(project__in=known, withdrawn_at=None, kind=StageEvent.Kind.ACTUAL)
    events: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for event, project, field in live.values_list("id", "project_id", "field"):
        events[project].append((event, field))
    return {
        row_id: [
            event for event, name in events[item.project_id] if name in item.row.values and name not in item.changes
        ]
        for row_id, item in items.items()
    }


def sources(text: str) -> list[str]:
    """The sources that one cell names, as long as the record keeps them."""
    return list(dict.fromkeys(part.strip()[:600] for part in text.split(" | ") if part.strip()))


@lru_cache(maxsize=20_000)
def _grade_of_host(source: str) -> str:
    return city().grade(source)


def grade_of(source: str, stated: str) -> str:
    """Grade by who published it. A ledger may call its own source worse than that, never better."""
    by_host = _grade_of_host(source)
    stated = stated.strip().upper()
    return max(by_host, stated) if stated in {"A", "B", "C"} else by_host


def _held(projects: set[int]) -> dict[int, dict[str, int]]:
    held: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Evidence.objects.filter(project__in=projects, kind=KIND, withdrawn_at=None)
    for project, source, evidence_id in rows.values_list("project_id", "source", "id"):
        held[project][source] = evidence_id
    return held
