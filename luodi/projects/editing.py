"""A change that a person types on a project's page: read like cells of a ledger, compared like a row of one."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from luodi.core.installation import city
from luodi.intake.engine.problems import ERROR, Problem
from luodi.intake.engine.statuses import status_claims
from luodi.intake.engine.understanding import MappedColumn, Reader, UnderstoodRow
from luodi.intake.engine.units import UNITS, Unit
from luodi.projects import particulars
from luodi.projects.ledger import compare, stated_facts
from luodi.projects.models import Project

FIELDS = (
    "number", "project_code", "package", "stated_members", "investor", "owner", "credit_code", "place", "chain",
    "industry_code", "kind", "content", "total_investment", "paid_in", "done_to_date", "land_area", "jobs", "signed_on",
    "registered_on", "landed_on", "started_on", "completed_on", "produced_on", "planned_started_on",
    "planned_completed_on", "planned_produced_on", "remark",
)  # fmt: skip
"""What can be changed on the page. Progress has its own form, because it needs a basis; names are added as aliases."""
_AMOUNTS = frozenset({"total_investment", "paid_in", "done_to_date"})


def read(
    project: Project, given: Mapping[str, str], *, today: date
) -> tuple[UnderstoodRow, dict[str, tuple[str, str]]]:
    """The row that the texts make, with its problems, and what it changes. A blank text changes nothing."""
    texts = {name: text.strip() for name, text in given.items() if name in FIELDS and text.strip()}
    columns = [
        MappedColumn(position, name, name, name, _unit() if name in _AMOUNTS else None)
        for position, name in enumerate(["name", *texts])
    ]
    reader = Reader(columns=columns, status_stage=status_claims, stated_on=today)
    row = reader.read("", 1, [project.name, *texts.values()], letters=[column.letter for column in columns])
    row.problems.extend(
        Problem(ERROR, "unread", str(_("看不懂")), "", name, "", texts[name])
        for name in texts
        if name not in row.values
    )
    before = {name: text for name, (text, _held) in project.facts.items()}
    place = city().place(texts["place"]) if "place" in texts else None
    stated = stated_facts(row, place)
    # The unit stays: whoever files for another unit's place hands the project over, which is the office's to do.
    stated = {name: text for name, text in stated.items() if name in texts or name in {"division", "nature"}}
    changed = compare(before, stated)
    if "place" in texts and texts["place"] != before.get("place", ""):
        changed["place"] = (before.get("place", ""), texts["place"])
    row.problems.extend(particulars.questions(row))
    return row, changed


def _unit() -> Unit:
    return UNITS["万元"]
