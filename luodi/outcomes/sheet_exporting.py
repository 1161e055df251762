"""The sheet's Excel twin: the same numbers, and on a second sheet the rows behind every cell."""

import io
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.core.workbook import Sheet, Value, build
from luodi.intake import words as names
from luodi.outcomes import sheet_pages as pages
from luodi.outcomes import subjects
from luodi.outcomes.engine.measures import STANDINGS, Subject
from luodi.outcomes.engine.sheet import Marks, rounded
from luodi.outcomes.engine.sheet_reading import Read
from luodi.projects.models import Project


def workbook(user: User, asked: pages.Question) -> tuple[io.BytesIO, int]:
    """The file and the rows of its first sheet."""
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    every = {standing: subjects.marks(read, asked.asked.clock, standing) for standing in STANDINGS}
    shown = [code for code in pages.assessed(user) if code in every[asked.standing]]
    head = [_("单位"), *(f"{pages.title(item)}（{pages.points(item.most, read)}）" for item in read.sheet.items)]
    head += [_("%(side)s合计") % {"side": names.SIDES[side]} for side in STANDINGS] + [_("尚不可测的项（可达）")]
    table: list[list[Value]] = []
    for code in shown:
        marks = every[asked.standing][code]
        row: list[Value] = [names.unit_name(code), *(_number(one.points, read) for one in marks.scores)]
        row += [_number(every[side][code].total, read) for side in STANDINGS]
        table.append([*row, _open(marks, read)])
    caption = _(
        "%(city)s · %(title)s %(version)s（%(status)s）· %(side)s · 窗口 %(window)s · 截至 %(as_of)s"
        " · 口径 %(definition)s · 快照 %(snapshot)s · 导出 %(at)s · %(who)s"
    ) % {
        "city": city().name, "title": pages.sheet_title(read), "version": read.sheet.version, "status": read.sheet.status,
        "side": names.SIDES[asked.standing], "window": f"{read.opens} – {read.closes}", "as_of": asked.as_of,
        "definition": city().definition["version"], "snapshot": pages.snapshot_words(asked.as_of),
        "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "who": user.display_name,
    }  # fmt: skip
    notes = [
        _("空白是尚不可测，不是零分；可达的范围在最后一列。来源：%(source)s") % {"source": read.sheet.source},
        read.sheet.note,
    ]
    marks_by_unit = {code: every[asked.standing][code] for code in shown}
    rows = Sheet(
        _("计分项目"), caption,
        [_("单位"), _("考核项"), _("项目"), _("计入"), _("阶段"), _("上报阶段"), _("签约日期"), _("距签约天数"), _("佐证"), _("金额（万元）")],
        _rows(user, asked, marks_by_unit), (), (16, 26, 40, 40),
    )  # fmt: skip
    return build([Sheet(_("考核表"), caption, head, table, [one for one in notes if one], (22,)), rows]), len(table)


def _number(value: object, read: Read) -> Value:
    return None if value is None else rounded(value, read.sheet.places)  # type: ignore[arg-type]


def _open(marks: Marks, read: Read) -> str:
    return _("；").join(
        f"{pages.title(one.item)} {pages.points(one.low, read)}–{pages.points(one.high, read)}" for one in marks.open
    )


def _rows(user: User, asked: pages.Question, every: dict[str, Marks]) -> Iterator[list[Value]]:
    ids = sorted({project for marks in every.values() for one in marks.scores for project in one.ids})
    names_of = dict(Project.objects.visible_to(user).values_list("id", "name")) if ids else {}
    known = {one.id: one for one in subjects.subjects(asked.asked.clock)}
    for code, marks in every.items():
        for one in marks.scores:
            counts_in = pages.counted_in(one, asked.read) if asked.read else {}
            for project in one.ids:
                if project in names_of:
                    cells = (names.unit_name(code), pages.title(one.item), names_of[project], counts_in[project])
                    yield [*cells, *_stand(known[project], asked)]


def _stand(subject: Subject, asked: pages.Question) -> list[Value]:
    told = pages.line(subject, asked, "万元")
    wan = None if subject.amount_fen is None else rounded(subjects.wan(subject.amount_fen), 2)
    days = int(told["days"]) if told["days"] else None
    return [told["stage"], told["reported"], told["signed"], days, told["state"], wan]
