"""The table as a workbook, with how many projects each number is of."""

import io
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.contribution import pages, queries, words
from luodi.contribution.engine.balance import Known, Row, rows
from luodi.contribution.settings import contribution_settings
from luodi.core.installation import city
from luodi.core.workbook import Sheet, Value, build
from luodi.intake.words import named
from luodi.projects.models import Project


def table(user: User, asked: pages.Question) -> tuple[io.BytesIO, int]:
    """The file and its rows."""
    measure = contribution_settings().measure[asked.measure]
    held = queries.balances(user, measure)
    if asked.by == "project":
        found, _places = held
        names = dict(Project.objects.visible_to(user).values_list("id", "name")) if found else {}
        lines_of = [
            (names[pk], rows([("", one)], projects={"": 1})[""]) for pk, one in sorted(found.items()) if pk in names
        ]
    else:
        groups = queries.table(user, measure, asked.by, held)
        lines_of = [(words.group_name(asked.by, group), row) for group, row in groups.items()]
    lines = [_line(name, row) for name, row in (*lines_of, (_("合计"), queries.whole(user, measure, held)))]
    head = [str(words.GROUPS[asked.by]), _("项目数")]
    for side in (_("承诺"), _("上报兑现"), _("佐证兑现"), _("净兑现")):
        head += [side, _("%(side)s：知道的项目数") % {"side": side}]
    head += [_("兑现率（上报，%）"), _("兑现率（净，%）"), _("两边都知道的项目数"), _("不知道的项目数")]
    caption = _("%(city)s · %(measure)s（%(unit)s）· 导出 %(at)s · %(who)s · 口径 %(definition)s") % {
        "city": city().name, "measure": named(measure), "unit": words.unit_of(measure),
        "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "who": user.display_name,
        "definition": contribution_settings().version,
    }  # fmt: skip
    notes = [
        _(
            "空白是没有人说过，不是零。兑现率只用承诺和兑现都知道的项目。一个项目服务几个目的的，在各目的里各计一次，合计只计一次。"
        )
    ]
    return build([Sheet(_("承诺与兑现"), caption, head, lines, notes, (30,))]), len(lines)


def _line(name: str, row: Row) -> list[Value]:
    cells: list[Value] = [name, row.projects]
    for known in (row.promised, row.reported, row.proven, row.net):
        cells += [_value(known), known.projects]
    return [*cells, row.both.percent, row.both_proven.percent, row.both.projects, row.unknown]


def _value(known: Known) -> Decimal | None:
    return known.value if known.projects else None
