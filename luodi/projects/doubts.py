"""Pairs that may be one project: what a ledger's rows gave reason to doubt, kept until a named person decides."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from luodi.core.rows import insert_rows
from luodi.intake.target import Resolved
from luodi.projects.models import DoubtfulPair

Doubted = Sequence[tuple[Resolved, int, Sequence[tuple[int, str]]]]
"""A row, the id of its stored line, and the projects that it may repeat, with why."""

_REMARK = re.compile(r"是否同一项目|疑似重复|口径重叠|重复签约|重复申报")
_NUMBER = re.compile(r"[A-Za-z]{1,4}-?\d+")


def write(doubted: Doubted, numbers: Mapping[str, int], now: datetime) -> None:
    """Keep each pair once, whoever of the two came first."""
    found: dict[tuple[int, int | None], tuple[str, int]] = {}
    for item, row_id, others in doubted:
        mine = item.target_id or 0
        for other, why in others:
            found.setdefault((mine, other), (why, row_id))
        if "remark" in item.changes and (told := _told(item, numbers)):
            found.setdefault((mine, told[0]), (told[1], row_id))
    if not found:
        return
    known = _known({project for pair in found for project in pair if project})
    rows: list[list[Any]] = []
    for (project, against), (why, row_id) in found.items():
        pair = frozenset({project, against or 0})
        if pair not in known:
            known.add(pair)
            rows.append([project, against, why[:300], "", "", row_id, now])
    insert_rows(DoubtfulPair, ["project_id", "other_id", "why", "verdict", "reason", "row_id", "recorded_at"], rows)


def _told(item: Resolved, numbers: Mapping[str, int]) -> tuple[int | None, str] | None:
    """A remark that itself asks whether this is another project; which one, when it names a number of the same ledger."""
    remark = str(item.row.values.get("remark", ""))
    if not _REMARK.search(remark):
        return None
    named = [numbers[number] for number in _NUMBER.findall(remark) if number in numbers]
    other = next((project for project in named if project != item.target_id), None)
    return other, f"台账备注：{remark}"


def _known(projects: set[int]) -> set[frozenset[int]]:
    live = DoubtfulPair.objects.filter(withdrawn_at=None, project__in=projects) | DoubtfulPair.objects.filter(
        withdrawn_at=None, other__in=projects
    )
    return {frozenset({project, other or 0}) for project, other in live.values_list("project_id", "other_id")}
