"""A project that a person enters without a ledger: read like a row of one, and written by the same writing."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.city import Place
from luodi.core.installation import city
from luodi.core.rows import reserve_ids
from luodi.intake.engine.statuses import status_claims
from luodi.intake.engine.understanding import MappedColumn, Reader, UnderstoodRow
from luodi.intake.engine.units import UNITS
from luodi.intake.models import Row
from luodi.intake.target import Resolved
from luodi.intake.words import field_name
from luodi.projects import register, writing
from luodi.projects.ledger import stated_facts
from luodi.projects.models import Alias, Project, StageEvent

FIELDS = ("chain", "industry_code", "investor", "total_investment", "content", "remark", "idea_on")
"""What can be said of an idea; the rest is packaged later. Amounts in 万元."""


def open_new(*, name: str, unit: str, given: Mapping[str, str], by: User, now: datetime, today: date) -> Project:
    """Write the project and what was said of it, inside the caller's transaction; the caller enters it in the log.

    Raises `ValidationError` with every problem, or when the register holds the name already.
    """
    row, facts = read_new(name=name, unit=unit, given=given, today=today)
    target = reserve_ids(Project, 1)[0]
    changes = {field: ("", text) for field, text in facts.items()}
    writing.write([Resolved(row, Row.State.NEW, target, facts["name"], changes, facts)], [None], now=now)
    StageEvent.objects.filter(project=target, row=None, recorded_at=now, filed_by=None).update(filed_by=by)
    return Project.objects.get(pk=target)


def read_new(*, name: str, unit: str, given: Mapping[str, str], today: date) -> tuple[UnderstoodRow, dict[str, str]]:
    """What was typed, understood, and its canonical facts; nothing is written. Raises as `open_new` does."""
    texts = {field: given[field].strip() for field in FIELDS if given.get(field, "").strip()}
    if unit not in city().unit:
        raise ValidationError(_("请选择填报单位。"))
    if not name.strip():
        raise ValidationError(_("请写项目名称。"))
    amount = UNITS["万元"]
    columns = [
        MappedColumn(at, field, field, field, amount if field == "total_investment" else None)
        for at, field in enumerate(["name", *texts])
    ]
    reader = Reader(columns=columns, status_stage=status_claims, stated_on=today)
    row = reader.read("", 1, [name.strip(), *texts.values()], letters=[column.letter for column in columns])
    if row.rejected:
        raise ValidationError([f"{field_name(one.column)}{_('：')}{one.message}" for one in row.problems])
    if unread := [field_name(field) for field in texts if field not in row.values]:
        raise ValidationError(_("看不懂：%(fields)s") % {"fields": _("、").join(unread)})
    _must_be_new(register.key_of(str(row.values["name"])))
    place = Place(unit, city().unit[unit].division)
    return row, stated_facts(row, place)


def _must_be_new(key: str) -> None:
    """A name that stands already is that project, or needs a word that tells the two apart."""
    bearers = Alias.objects.filter(key=key, withdrawn_at=None, project__withdrawn_at=None).exists()
    if bearers or Project.objects.current().filter(key=key).exists():
        raise ValidationError(_("项目库已有同名项目；是同一个就不用再建，不是就写出区别（期次、地块或主体）。"))
