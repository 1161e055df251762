"""The board as a workbook: every card, not only the page that is seen."""

import io
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.core.templatetags.money import SCALES
from luodi.core.workbook import Sheet, Value, build
from luodi.intake.words import UNITS, rank_name, unit_name
from luodi.projects.models import Project
from luodi.reserve import board, queries, words
from luodi.reserve.board import BoardState
from luodi.reserve.engine.packaging import Known, estimate, maturity
from luodi.reserve.settings import reserve_settings

CHUNK = 500


def cards(user: User, state: BoardState) -> tuple[io.BytesIO, int]:
    """The file and its rows."""
    today = timezone.localdate()
    ranks = [city().stage[stage].order for stage in reserve_settings().board]
    order = ("standing__reported", F("standing__amount_fen").desc(nulls_last=True), "id")
    found = board.cards_of(user, state, today).filter(standing__reported__in=ranks).order_by(*order)
    ids = list(found.values_list("id", flat=True))
    head = [
        _("阶段"), _("项目"), _("填报单位"), _("产业类别"), _("总投资"), _("成熟度：已具备"), _("成熟度：不知道"),
        _("成熟度：满分"), _("尚缺"), _("不知道"), _("预计具备条件（估算）"), _("最近动静"),
    ]  # fmt: skip
    caption = _("%(city)s · 谋划储备看板 · 导出 %(at)s · %(who)s · 口径 %(definition)s · 金额单位 %(unit)s") % {
        "city": city().name, "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "who": user.display_name,
        "definition": reserve_settings().version, "unit": UNITS[user.money_unit],
    }  # fmt: skip
    notes = [
        _("共 %(n)s 个。不知道不等于没有；估算的日期按全部尚缺和不知道的要件从今天办起推算。") % {"n": f"{len(ids):,}"}
    ]
    sheet = Sheet(_("谋划储备"), caption, head, _rows(user, ids), notes, (10, 44, 22, 18, 14))
    return build([sheet]), len(ids)


def _rows(user: User, ids: list[int]) -> Iterator[list[Value]]:
    today, scale = timezone.localdate(), SCALES[user.money_unit][0]
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        by_id = {row["id"]: row for row in Project.objects.filter(pk__in=some).values(*board.ROW)}
        packed, moved = queries.lines(list(by_id.values())), board.last_moves(some)
        for project in some:
            row, lines = by_id[project], packed[project]
            found, fen, ready = maturity(lines), row["standing__amount_fen"], estimate(lines, today=today).ready_on
            lists = [
                _("、").join(words.item_name(line.item.code) for line in lines if line.known is known)
                for known in (Known.MISSING, Known.UNKNOWN)
            ]
            yield [
                rank_name(row["standing__reported"]), row["name"], unit_name(row["unit"]), row["chain"],
                None if fen is None else Decimal(fen) / scale, found.have, found.unknown, found.whole, *lists,
                ready.isoformat() if ready else None, str(moved[project] or "") or None,
            ]  # fmt: skip
