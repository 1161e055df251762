"""Statements of a ledger row that stand beside its amounts and events: project codes, places, progress; and what is odd about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from luodi.core import codelists
from luodi.core.installation import city
from luodi.core.rows import insert_rows
from luodi.intake.engine.problems import WARNING, Problem
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.intake.target import Resolved
from luodi.projects.engine import codes
from luodi.projects.engine.progress import falls, read_progress
from luodi.projects.models import Progress, ProjectCode, ProjectPlace

Pairs = Sequence[tuple[Resolved, int | None]]
REPLACED: dict[str, Any] = {"project_code": ProjectCode, "place": ProjectPlace}
"""A corrected field withdraws these; progress is a series of statements, in which nothing replaces what was said before."""

_AND = re.compile(r"[、,，;；/]|和(?=[\u4e00-\u9fff]{2,}[市县区])")


def write(pairs: Pairs, now: datetime) -> None:
    """Append what the rows say."""
    given: dict[str, list[list[Any]]] = {"codes": [], "places": [], "progress": []}
    for item, row_id in pairs:
        head = [item.target_id]
        tail = [row_id, now]
        if "project_code" in item.changes:
            found = dict.fromkeys(official(code) for code in codes.codes_in(item.changes["project_code"][1]))
            given["codes"] += [[*head, code, *tail] for code in found]
        if "place" in item.changes:
            given["places"] += [[*head, *place, *tail] for place in places_in(item.changes["place"][1])]
        if "progress_percent" in item.changes and (told := read_progress(item.changes["progress_percent"][1])):
            day = item.row.stated_on or timezone.localdate(now)
            given["progress"].append([*head, f"{told.percent:.3f}", told.basis, day, "", *tail])
    insert_rows(ProjectCode, ["project_id", "code", "row_id", "recorded_at"], given["codes"])
    insert_rows(ProjectPlace, ["project_id", "division", "text", "row_id", "recorded_at"], given["places"])
    columns = ["project_id", "percent", "basis", "stated_on", "reason", "row_id", "recorded_at"]
    insert_rows(Progress, columns, given["progress"])


def official(code: str) -> str:
    """A code in its official form; what is no code stays as it was written."""
    return read_code(code).text


def read_code(code: str) -> codes.ProjectCode:
    """A code as the register reads it today."""
    return codes.read(code, today=timezone.localdate(), knows_division=knows_division)


def knows_division(code: str, day: date) -> bool:
    """Whether the nation's list has the code on that day, or, for a whole province or prefecture, anything of it."""
    listed = codelists.divisions(city().folder)
    return listed.holds(code, day) or listed.get(code[:4] + "00") is not None and code.endswith("00")


def places_in(text: str) -> list[tuple[str, str]]:
    """Division and words of each place, where a cell names several; one place is what the project's own division says."""
    parts = [part.strip() for part in _AND.split(text) if part.strip()]
    if len(parts) < 2:
        return []
    found = [(place.division if (place := city().place(part)) else "", part[:200]) for part in parts]
    return found if all(code for code, _ in found) else []


def questions(row: UnderstoodRow) -> Iterator[Problem]:
    """What is odd about codes: told, never a reason to keep the row out."""
    for code in codes.codes_in(str(row.values.get("project_code", ""))):
        for problem in read_code(code).problems:
            yield _warning(row, "project_code", problem, "对照备案或核准文件核对；可以保留", "project_code", code)
    industry = str(row.values.get("industry_code", ""))
    if industry and not codelists.industry_path(industry):
        message = f"国民经济行业分类（{codelists.INDUSTRIES}）里没有“{industry[:20]}”"
        yield _warning(
            row, "industry_unknown", message, "填四位小类代码，例如 2614；可以保留", "industry_code", industry
        )


def silent_fall(row: UnderstoodRow, before: Mapping[str, str], changes: Mapping[str, Any]) -> Problem | None:
    """A progress that goes back on the same basis needs a reason, which a cell cannot give: the old figure stays until a person says why."""
    if "progress_percent" not in changes:
        return None
    was, now = read_progress(before.get("progress_percent", "")), read_progress(changes["progress_percent"][1])
    if was is None or now is None or not falls(was, now):
        return None
    shown = f"{was.percent.normalize():f}% → {now.percent.normalize():f}%"
    message = f"进度下降（{shown}），没有写新的计算口径，未采用"
    advice = "写明口径，例如“8%（施工）”；口径没有变的，请在项目页上写明原因"
    return _warning(row, "progress_fell", message, advice, "progress_percent", shown)


def _warning(row: UnderstoodRow, code: str, message: str, advice: str, name: str, value: str) -> Problem:
    return Problem(WARNING, code, message, advice, row.columns.get(name, ""), "", value[:200])
