"""The assessment sheet as the city prints it, and the rows behind one of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.core.templatetags.money import money
from luodi.intake import words as names
from luodi.outcomes import sheets, subjects
from luodi.outcomes.engine.measures import NET, STANDINGS, Subject
from luodi.outcomes.engine.sheet import AMOUNT, BONUS, DEDUCTIONS, EFFICACY, QUOTA, Marks, Part, Score, rounded
from luodi.outcomes.engine.sheet_reading import Read
from luodi.projects.models import Project
from luodi.snapshots.clock import Asked
from luodi.snapshots.models import Snapshot

SIZE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """Which sheet, in which standing, as of which day; and which cell of it."""

    read: Read | None
    standing: str = NET
    asked: Asked = Asked()
    unit: str = ""
    item: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Any) -> "Question":
        """From an address; what it does not know is left out."""
        standing, page = query.get("standing", ""), query.get("page", "")
        read = sheets.sheet_of(query.get("sheet", ""))
        items = [item.code for item in read.sheet.items] if read else []
        return cls(
            read, standing if standing in STANDINGS else NET, Asked.from_query(query),
            query.get("unit", "") if query.get("unit", "") in city().unit else "",
            query.get("item", "") if query.get("item", "") in items else "",
            max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )  # fmt: skip

    @property
    def as_of(self) -> date:
        return self.asked.clock.as_of if self.asked.clock else timezone.localdate()

    @property
    def query(self) -> dict[str, str]:
        key = self.read.sheet.key if self.read else ""
        return {"sheet": key, "standing": self.standing, **self.asked.query}

    def url(self, route: str = "outcomes:sheet", **changes: Any) -> str:
        return f"{reverse(route)}?{urlencode({**self.query, **changes})}"


def title(thing: Any, zh: str = "name", en: str = "name_en") -> str:
    """In the reader's language."""
    return (get_language() == "en" and str(getattr(thing, en, ""))) or str(getattr(thing, zh))


def sheet_title(read: Read) -> str:
    return title(read.sheet, "title", "title_en")


def versioned(read: Read) -> str:
    return f"{sheet_title(read)} {read.sheet.version}"


def figure_name(read: Read, code: str) -> str:
    zh, en = read.sheet.names.get(code, (code, code))
    return en if get_language() == "en" else zh


def assessed(user: User) -> list[str]:
    """Units of the sheet within a person's reach; places outside the city have no division and are assessed by nobody."""
    return [code for code, unit in city().unit.items() if unit.division and subjects.visible(user, code)]


def points(value: Fraction, read: Read) -> str:
    return f"{rounded(value, read.sheet.places):f}"


def of_total(marks: Marks, read: Read) -> dict[str, str]:
    """A total, or what is certain and what can be reached."""
    if marks.total is not None:
        return {"text": points(marks.total, read), "range": ""}
    return {"text": "", "range": f"{points(marks.low, read)}–{points(marks.high, read)}"}


def context(user: User, asked: Question) -> dict[str, Any]:
    """Everything of the page."""
    read = asked.read
    if read is None:
        return {"sheet": None, "mistakes": [str(one) for one in sheets.mistakes()]}
    clock = asked.asked.clock
    every = {standing: subjects.marks(read, clock, standing) for standing in STANDINGS}
    shown = [code for code in assessed(user) if code in every[NET]]
    everything = subjects.subjects(clock)
    return {
        "sheet": read.sheet,
        "title": sheet_title(read),
        "full": points(read.sheet.full, read),
        "items": [_head(item, read) for item in read.sheet.items],
        "columns": 1 + len(read.sheet.items) + len(STANDINGS),
        "rows": [_row(code, every, asked) for code in shown],
        "sheets": [(asked.url(sheet=one.sheet.key), versioned(one), one is read) for one in sheets.sheets()],
        "sides": [(asked.url(standing=side), names.SIDES[side], side == asked.standing) for side in STANDINGS],
        "side": names.SIDES[asked.standing],
        "nowhere": sum(1 for one in everything if not one.unit) if len(shown) > 1 else 0,
        "mistakes": [str(one) for one in sheets.mistakes()],
        **frame(asked),
    }  # fmt: skip


def frame(asked: Question) -> dict[str, Any]:
    """What every figure carries: sheet and version, cohort, day, definition, snapshot."""
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    return {
        "asked": asked.asked,
        "as_of": asked.as_of,
        "window": f"{read.opens} – {read.closes}",
        "definition": city().definition["version"],
        "snapshot": snapshot_words(asked.as_of),
        "kept": [("sheet", read.sheet.key), ("standing", asked.standing)],
        "unsourced": read.sheet.status != "公布",
        "question": asked,
    }


def snapshot_words(as_of: date) -> str:
    """The frozen tables of the day, where somebody took them."""
    taken = Snapshot.objects.filter(as_of=as_of).order_by("-id").first()
    return f"s{taken.pk} {taken.sha256[:12]}" if taken else _("未取快照，按现有记录计")


def _head(item: Any, read: Read) -> dict[str, str]:
    return {"name": title(item), "most": points(item.most, read), "note": item.note}


def _row(code: str, every: Any, asked: Question) -> dict[str, Any]:
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    marks = every[asked.standing][code]
    return {
        "code": code,
        "name": names.unit_name(code),
        "url": asked.url("outcomes:unit", unit=code),
        "cells": [cell(one, read, asked.url("outcomes:rows", unit=code, item=one.item.code)) for one in marks.scores],
        "totals": [(side, of_total(every[side][code], read)) for side in STANDINGS],
    }


def cell(one: Score, read: Read, url: str) -> dict[str, Any]:
    """A score with the way to its rows; one that cannot be computed says which figure is missing and what can be reached."""
    if one.points is None:
        why = _("缺：%(figure)s") % {"figure": figure_name(read, one.why)}
        return {"text": "", "range": f"{points(one.low, read)}–{points(one.high, read)}", "why": why, "url": url}
    capped = _("封顶，未封顶 %(raw)s") % {"raw": points(one.raw, read)} if one.capped and one.raw is not None else ""
    return {"text": points(one.points, read), "capped": capped, "url": url}


def rows(user: User, asked: Question) -> dict[str, Any] | None:
    """One cell: how it was computed, and its projects. None when there is no such cell within reach."""
    read = asked.read
    if read is None or asked.unit not in assessed(user) or not asked.item:
        return None
    marks = subjects.marks(read, asked.asked.clock, asked.standing).get(asked.unit)
    if marks is None:
        return None
    found = next(one for one in marks.scores if one.item.code == asked.item)
    lines, total = _lines(user, asked, found)
    last = max(1, -(-total // SIZE))
    page = min(asked.page, last)
    url = {"unit": asked.unit, "item": asked.item}
    return {
        "title": sheet_title(read), "unit": names.unit_name(asked.unit), "item": title(found.item), "note": found.item.note,
        "cell": cell(found, read, ""), "most": points(found.item.most, read),
        "parts": [part_words(part, found, read) for part in found.parts],
        "lines": lines, "side": names.SIDES[asked.standing],
        "unplaced": unplaced(user, asked, found),
        "sides": [(asked.url("outcomes:rows", standing=side, **url), names.SIDES[side], side == asked.standing) for side in STANDINGS],
        "back": asked.url(),
        "shown": {
            "first": f"{(page - 1) * SIZE + 1 if total else 0:,}", "last": f"{min(page * SIZE, total):,}", "total": f"{total:,}",
            "prev_url": asked.url("outcomes:rows", page=page - 1, **url) if page > 1 else "",
            "next_url": asked.url("outcomes:rows", page=page + 1, **url) if page < last else "",
        },
        **frame(asked),
    }  # fmt: skip


def part_words(part: Part, one: Score, read: Read) -> dict[str, str]:
    """A line of the computation, in words and numbers."""
    unit = _("亿元") if part.term.basis == AMOUNT else ""
    against = part.term.against
    below = (
        figure_name(read, against)
        if isinstance(against, str)
        else _("标准 %(n)s") % {"n": _plain(against)}
        if against is not None
        else ""
    )
    kind = one.item.kind
    if part.result is None:
        result = _("尚不可测")
    elif kind == DEDUCTIONS:
        result = _("扣 %(points)s 分") % {"points": points(part.result, read)}
    elif kind == QUOTA:
        result = _("缺额扣 %(points)s 分") % {"points": points(part.result, read)}
    elif kind == BONUS:
        result = _("加 %(points)s 分") % {"points": points(part.result, read)}
    elif kind == EFFICACY and against is None:
        result = _plain(part.result)
    else:
        result = f"{rounded(part.result * 100, 2):f}%"
    each = (
        ""
        if kind not in (DEDUCTIONS, QUOTA, BONUS)
        else _("每个 %(points)s 分") % {"points": points(part.term.share, read)}
    )
    return {
        "figure": figure_name(read, part.term.figure), "top": f"{_plain(part.top)}{unit}", "against": below,
        "bottom": f"{_plain(part.bottom)}{unit}" if part.bottom is not None else _("未知") if isinstance(against, str) else "",
        "result": result, "each": each,
    }  # fmt: skip


def _plain(value: Fraction | None) -> str:
    if value is None:
        return _("未知")
    text = f"{rounded(value, 4):,f}"
    return text.rstrip("0").rstrip(".")


def _lines(user: User, asked: Question, found: Score) -> tuple[list[dict[str, Any]], int]:
    ids = found.ids
    visible = sorted(Project.objects.visible_to(user).filter(pk__in=ids).values_list("id", flat=True)) if ids else []
    page = min(asked.page, max(1, -(-len(visible) // SIZE)))
    some = visible[(page - 1) * SIZE : page * SIZE]
    return listed(asked, found, some, user.money_unit), len(visible)


def listed(asked: Question, found: Score, ids: Sequence[int], unit: str) -> list[dict[str, Any]]:
    """Projects of a cell: what each counts in, how far it is and since when."""
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    known = {one.id: one for one in subjects.subjects(asked.asked.clock)}
    told = dict(Project.objects.filter(pk__in=ids).values_list("id", "name"))
    counts_in = counted_in(found, read)
    return [
        {**line(known[pk], asked, unit), "name": told.get(pk, ""), "counts_in": counts_in.get(pk, "")}
        for pk in ids
        if pk in known
    ]


def counted_in(found: Score, read: Read) -> dict[int, str]:
    """Of each project of a cell the names of the figures that it is in."""
    codes: dict[int, dict[str, None]] = {}
    for part in found.parts:
        base = part.term.against if isinstance(part.term.against, str) else ""
        for code, ids in ((base, part.base_ids), (part.term.figure, part.ids)):
            for project in ids if code else ():
                codes.setdefault(project, {})[code] = None
    named: dict[tuple[str, ...], str] = {}
    for key in {tuple(some) for some in codes.values()}:
        named[key] = _("、").join(figure_name(read, code) for code in key)
    return {project: named[tuple(some)] for project, some in codes.items()}


def line(one: Subject, asked: Question, unit: str) -> dict[str, Any]:
    """A project by itself."""
    signed = one.days.get("signed")
    kind, state = proof_state(one)
    return {
        "id": one.id, "url": reverse("project", args=[one.id]), "stage": names.rank_name(one.rank(asked.standing)) or _("未佐证"),
        "reported": names.rank_name(one.reported), "signed": str(signed or ""),
        "days": str((asked.as_of - signed).days) if signed else "", "state": state, "kind": kind,
        "amount": money(one.amount_fen, unit), "fen": one.amount_fen,
    }  # fmt: skip


def proof_state(one: Subject) -> tuple[str, str]:
    """How well what is reported is proven: mark and word."""
    if one.decided:
        return "error", _("认定不计")
    if one.proven >= one.reported:
        return "proven", _("已佐证")
    return ("warning", _("部分佐证")) if one.proven >= 0 else ("wait", _("未佐证"))


def unplaced(user: User, asked: Question, found: Score) -> dict[str, Any]:
    """Projects that would be in a figure of the cell but lack the day that its window asks for."""
    read = asked.read
    assert read is not None  # noqa: S101 - asked before
    under = subjects.terms(asked.asked.clock, asked.standing)
    tallies = subjects.tallies(
        read, (one for one in subjects.subjects(asked.asked.clock) if one.unit == asked.unit), under
    )
    mine, ids = tallies.get(asked.unit, {}), set[int]()
    for part in found.parts:
        for code in (part.term.figure, part.term.against):
            if isinstance(code, str) and code in mine:
                ids.update(mine[code].unplaced)
    some = Project.objects.visible_to(user).filter(pk__in=sorted(ids)).order_by("id").values_list("id", "name")
    return {"n": len(ids), "projects": [(reverse("project", args=[pk]), name) for pk, name in some[:SIZE]]}
