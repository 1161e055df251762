"""The table of spells as a file that the engine reads back to the same numbers."""

import csv
import io
from typing import Any

from django.utils.translation import gettext_lazy as _

from luodi.core.workbook import safe
from luodi.outcomes.engine.trail import Doubt
from luodi.outcomes.record import COLUMNS, Table, row_of

DOUBTS: dict[str, Any] = {
    Doubt.NO_ENTRY_DAY: _("没有签约日期，不知从哪天算起，未计"),
    Doubt.UNDATED: _("没有写明日期，只知道不晚于台账那天，按时段计"),
    Doubt.PERIOD: _("只写到月、季、年，按时段计"),
    Doubt.IMPLIED: _("没有写这一步，由后面的步骤可知，按后一步的日期计"),
    Doubt.BEFORE_ENTRY: _("所报日期早于签约，按签约当天计"),
    "no_amount": _("金额未写明，按金额时不计"),
    "unwatched": _("台账补录的历史，从台账那天起才算在观测"),
    "duplicates": _("认定为重复申报，净口径不计"),
}


def written(table: Table) -> bytes:
    """CSV with its head; text that a spreadsheet would run is kept a word."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(COLUMNS)
    for line in table.lines:
        out.writerow([_text(value) for value in row_of(line)])
    return file.getvalue().encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
