"""What people type into the forms of a map, read by the same columns as a workbook's cells."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.chains.engine import sheets
from luodi.chains.engine.tables import EdgeLine, HolderLine, NodeLine
from luodi.chains.models import ChainNode
from luodi.chains.workbooks import role_words
from luodi.intake.engine.filled import Column


def node(given: Mapping[str, str]) -> NodeLine:
    return NodeLine(**_read(sheets.NODE_COLUMNS, given))


def edge(given: Mapping[str, str]) -> EdgeLine:
    return EdgeLine(**_read(sheets.EDGE_COLUMNS, given))


def holder(given: Mapping[str, str]) -> HolderLine:
    return HolderLine(**_read(sheets.holder_columns(role_words()), given))


def _read(columns: Sequence[Column], given: Mapping[str, str]) -> dict[str, Any]:
    """Every problem at once, each with the name of its field."""
    values, problems = {}, []
    for column in columns:
        text = given.get(column.field, "").strip()
        label = column.name_en if get_language() == "en" else column.name
        try:
            if column.needed and not text:
                raise ValueError("这一格不能空")
            values[column.field] = column.read(text)
        except ValueError as error:
            problems.append(f"{label}{_('：')}{_(str(error))}")
    if problems:
        raise ValidationError(problems)
    return values


def quantity(text: str) -> Decimal | None:
    """A number, or None for a blank. Raises `ValidationError`."""
    try:
        return sheets.quantity_of(text.strip())
    except ValueError as error:
        raise ValidationError(_(str(error))) from error


def day(text: str) -> date:
    """Raises `ValidationError` without one."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValidationError(_("日期写成 2027-12-31")) from error


def codes(text: str) -> tuple[str, ...]:
    return sheets.codes_of(text)


def whole(text: str) -> int | None:
    """A count or a year, None for a blank. Raises `ValidationError`."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValidationError(_("应是整数"))
    return int(text)


def whole_or_zero(text: str) -> int:
    """A place in a list; anything else is its beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def texts_of(row: ChainNode) -> dict[str, str]:
    """A node as its form shows it: what nobody said is blank."""
    return {column.field: _text(getattr(row, column.field)) for column in sheets.NODE_COLUMNS}


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)
