"""What a ledger's source column is: a public report, filed as evidence for the steps of its row."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from luodi.core.installation import city
from luodi.core.rows import insert_rows, reserve_ids
from luodi.evidence.models import Evidence, Support
from luodi.projects.writing import Applied

KIND = "public_report"
COLUMNS = (
    "id", "project_id", "kind", "title", "source", "sha256", "grade", "verdict", "reason", "row_id", "recorded_at",
)  # fmt: skip


def follow(applied: Sequence[Applied], now: datetime) -> None:
    """File new sources, and let every source of a row speak for the row's new events."""
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
        rows.append([evidence_id, item.project_id, KIND, source[:300], source[:600], "", grade, "", "", item.row_id, now])
    insert_rows(Evidence, COLUMNS, rows)
    supports = [
        [held[item.project_id][source], event]
        for item in stated
        for source in sources(str(item.row.values["source"]))
        for event in item.event_ids
    ]
    insert_rows(Support, ["evidence_id", "event_id"], supports)


def sources(text: str) -> list[str]:
    """The sources that one cell names."""
    return list(dict.fromkeys(part.strip() for part in text.split(" | ") if part.strip()))


def grade_of(source: str, stated: str) -> str:
    """Grade by who published it. A ledger may call its own source worse than that, never better."""
    by_host = city().grade(source)
    stated = stated.strip().upper()
    return max(by_host, stated) if stated in {"A", "B", "C"} else by_host


def _held(projects: set[int]) -> dict[int, dict[str, int]]:
    held: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Evidence.objects.filter(project__in=projects, kind=KIND, withdrawn_at=None)
    for project, source, evidence_id in rows.values_list("project_id", "source", "id"):
        held[project][source] = evidence_id
    return held
