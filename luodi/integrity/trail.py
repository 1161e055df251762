"""Everything that was said and done on a case, in its order."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from luodi.integrity import words
from luodi.integrity.models import Appeal, Case, Ruling

BADGES = {
    Ruling.Verdict.CONFIRMED: "water",
    Ruling.Verdict.EXPLAINED: "ok",
    Ruling.Verdict.INSUFFICIENT: "unknown",
    Ruling.Verdict.UPHELD: "water",
    Ruling.Verdict.OVERTURNED: "ok",
}
Line = dict[str, Any]


def trail(case: Case) -> list[Line]:
    """Lines {at, badge, what, who, text, papers, effects}, the earliest first."""
    lines = [_line(case.opened_at, "wait", _("立件，请单位说明"), case.opened_by, case.question)]
    for one in case.answers.all():
        papers = [paper.evidence for paper in one.papers.all()]
        lines.append(_line(one.said_at, "reported", _("单位说明"), one.said_by, one.text, papers))
    for seen in case.visits.all():
        what = _("%(day)s 踏勘（%(who)s）") % {"day": seen.visited_on, "who": seen.visitors}
        photos = [paper.evidence for paper in seen.photos.all()]
        lines.append(_line(seen.said_at, "proven", what, seen.said_by, seen.seen, photos))
    for ruling in case.rulings.all():
        second = ruling.verdict in Ruling.SECOND
        what = f"{_('复核') if second else _('核定')}{_('：')}{words.VERDICTS[ruling.verdict]}"
        told = _line(ruling.said_at, BADGES[Ruling.Verdict(ruling.verdict)], what, ruling.said_by, ruling.reason)
        lines.append({**told, "effects": [_effect(one) for one in ruling.effects.all()]})
    asked = _appeal(case)
    if asked is not None:
        lines.append(_line(asked.said_at, "reported", _("单位提出复核"), asked.said_by, asked.text))
    return sorted(lines, key=lambda line: line["at"])


def _appeal(case: Case) -> Appeal | None:
    return getattr(case, "appeal", None)


def _line(at: datetime, badge: str, what: str, who: Any, text: str, papers: Any = ()) -> Line:
    return {
        "at": at,
        "badge": badge,
        "what": what,
        "who": who.display_name,
        "text": text,
        "papers": papers,
        "effects": (),
    }


def _effect(effect: Any) -> str:
    if effect.undertaking is not None:
        said = _("净数按同一工程只计一次（认定 #%(n)s）") % {"n": effect.undertaking.pk}
    else:
        said = _("不计入净数：%(ground)s") % {"ground": effect.decision.get_ground_display()}
    return f"{said}{_('，已撤回')}" if effect.undone_at else said
