"""The formation and the movement as workbooks."""

import io
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.core.templatetags.money import SCALES
from luodi.core.workbook import Sheet, Value, build
from luodi.formation import moving, queries, words
from luodi.formation.engine.moves import Cause
from luodi.formation.engine.table import STEPS, total
from luodi.intake.words import UNITS
from luodi.snapshots.clock import Asked


def _fen(fen: int | None, unit: str) -> Decimal | None:
    return None if fen is None else Decimal(fen) / SCALES[unit][0]


def _caption(user: User, of: str) -> str:
    """Who, when, of which day, under which definition, in which unit."""
    return _("%(city)s · %(of)s · 导出 %(at)s · %(who)s · 口径 %(definition)s · 金额单位 %(unit)s") % {
        "city": city().name, "of": of, "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
        "who": user.display_name, "definition": city().definition["version"], "unit": UNITS[user.money_unit],
    }  # fmt: skip


def table(user: User, asked: Asked) -> tuple[io.BytesIO, int]:
    """The ladder at every step; returns the file and its rows."""
    lines = queries.lines(user, asked.clock)
    head = [_("层级")]
    for step in STEPS:
        head += [_("%(step)s：个数") % {"step": words.STEPS[step]}, _("%(step)s：金额") % {"step": words.STEPS[step]}]
    rows: list[list[Value]] = []
    for line in (*lines, total(lines)):
        name = _("合计") if line.tier == "total" else words.tier(line.tier)
        row: list[Value] = [name]
        for cell in line.cells.values():
            row += [cell.projects, _fen(cell.amount_fen, user.money_unit) if line.tier and cell.projects else None]
        rows.append(row)
    of = asked.clock.words if asked.clock else _("截至 %(day)s") % {"day": timezone.localdate()}
    notes = [_("打包项目计一次；子项目单列，不与打包金额相加。金额未写明的不计金额。")]
    return build([Sheet(_("方阵"), _caption(user, of), head, rows, notes, (22,))]), len(rows)


def moved(user: User, asked: moving.Question) -> tuple[io.BytesIO, int]:
    """Every project that is elsewhere now, with the cause."""
    found = [one for one in moving.found(user, asked) if one.cause != Cause.STAYED]
    unit = user.money_unit
    head = [_("项目"), _("从"), _("到"), _("原因"), _("前金额"), _("后金额")]
    rows: list[list[Value]] = []
    for start in range(0, len(found), 500):
        for one in moving.listed(found[start : start + 500], unit):
            amounts = [_fen(one["before_fen"], unit), _fen(one["after_fen"], unit)]
            rows.append([one["name"], one["origin"], one["target"], str(one["cause"]), *amounts])
    of = _("%(start)s 到 %(end)s，%(side)s") % {"start": asked.start, "end": asked.end, "side": words.STEPS[asked.side]}
    return build([Sheet(_("流动"), _caption(user, of), head, rows, (), (44, 16, 16, 20, 16, 16))]), len(rows)
