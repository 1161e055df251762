"""What the outcome page shows, as a workbook; and the table behind it, for any tool."""

import io
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.core.workbook import Sheet, Value, build
from luodi.intake.words import stage_name
from luodi.outcomes import curve, pages, record, words
from luodi.outcomes.asking import View
from luodi.outcomes.record import Table
from luodi.outcomes.triangle import MONTHS, triangle


def _caption(user: User, view: View) -> str:
    """Who, when, of which day, of whom, under which definition."""
    said = [city().name, stage_name(view.event), str(words.STANDINGS[view.standing]), str(words.WEIGHTS[view.weight])]
    said.append(str(words.HISTORIES[view.history]))
    if view.group:
        said.append(words.group(view.by, view.group))
    said.append(view.clock.words)
    frozen = pages.snapshot(view)
    if frozen:
        said.append(_("快照 %(id)s") % {"id": frozen.pk})
    said.append(_("导出 %(at)s · %(who)s · 口径 %(definition)s") % {
        "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "who": user.display_name,
        "definition": city().definition["version"],
    })  # fmt: skip
    return " · ".join(said)


def workbook(user: User, view: View) -> tuple[io.BytesIO, int]:
    """The curve, the groups, the triangle and the funnel; returns the file and its rows."""
    day, table = record.last_day(view.clock), pages.seen(user, view)
    lines = [line for line in table.lines if view.keeps(line)]
    caption = _caption(user, view)
    spells = Table(tuple(lines)).spells()
    mine = curve.curve(spells, view.event, day, curve.horizon_of(spells, day))
    note = [_("空白是尚不可测，不是零。区间是九成可能。")]
    sheets = [
        Sheet(_("曲线"), caption, [_("签约后天数"), _("比例（%）"), _("下限（%）"), _("上限（%）"), _("仍在观测"), _("说明")],
              [[one.at, _percent(one.estimate), _percent(one.lower), _percent(one.upper), one.at_risk, words.remark(one.note)]
               for one in (mine.ticks if mine else ())], note),
        _groups(table, view, caption),
        _triangle(lines, view, caption),
        _funnel(user, view, caption),
    ]  # fmt: skip
    rows = [list(sheet.rows) for sheet in sheets]
    sheets = [
        Sheet(one.name, one.caption, one.head, some, one.notes, (28,)) for one, some in zip(sheets, rows, strict=True)
    ]
    return build(sheets), sum(map(len, rows))


def _percent(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(str(round(share * 100, 2)))


def _groups(table: Table, view: View, caption: str) -> Sheet:
    found = curve.groups(table.spells(), view.event, record.last_day(view.clock), view.by)
    head = [
        str(words.BY[view.by]),
        _("签约后天数"),
        _("签约"),
        _("比例（%）"),
        _("下限（%）"),
        _("上限（%）"),
        _("仍在观测"),
        _("说明"),
    ]
    rows: list[list[Value]] = [
        [words.group(view.by, one.group), one.at, one.n, _percent(one.estimate), _percent(one.lower), _percent(one.upper), one.at_risk, words.remark(one.note)]
        for some in found.values() for one in some
    ]  # fmt: skip
    return Sheet(_("分组"), caption, head, rows)


def _triangle(lines: list[record.Line], view: View, caption: str) -> Sheet:
    head = [_("签约批次"), _("签约")] + [_("%(n)s 个月（%%）") % {"n": months} for months in MONTHS]
    rows: list[list[Value]] = [
        [words.cohort(one.cohort), one.projects, *(_percent(cell.share) for cell in one.cells)]
        for one in triangle(lines, view.event, record.last_day(view.clock))
    ]
    return Sheet(_("批次"), caption, head, rows)


def _funnel(user: User, view: View, caption: str) -> Sheet:
    rows: list[list[Value]] = [
        [row["name"], *(cell["text"] for cell in row["cells"]), *(cell["share"] for cell in row["cells"])]
        for row in pages.funnel(user, view)
    ]
    sides = [str(name) for name in words.STANDINGS.values()]
    return Sheet(
        _("漏斗"), caption, [_("阶段"), *sides, *(_("%(side)s：占签约") % {"side": side} for side in sides)], rows
    )
