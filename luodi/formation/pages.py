"""The formation page: the sentence, the forest, the ladder, each number with the list behind it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.templatetags.money import money
from luodi.formation import forest, links, queries, stock, words
from luodi.formation.engine.table import STEPS, UNKNOWN, Line, total
from luodi.snapshots.clock import Asked
from luodi.snapshots.engine.figures import SIDES

TOTAL = "total"


def context(user: User, asked: Asked, *, side: str, by: str) -> dict[str, Any]:
    """Everything of the page."""
    clock = asked.clock
    lines = queries.lines(user, clock)
    held = stock.now(user, side=side, by=by) if clock is None else stock.then(user, clock, side=side, by=by)
    scene = forest.Scene(asked, side, by, user.money_unit)
    return {
        "sentence": sentence(lines, asked),
        "water": water(lines, asked),
        "forest": forest.picture(held, scene),
        "rows": [row(line, asked, user.money_unit) for line in (*lines, total(lines))],
        "steps": [(step, words.STEPS[step]) for step in STEPS],
        "sides": [(_url(asked, side=one, by=by), words.STEPS[one], one == side) for one in SIDES],
        "bys": [(_url(asked, side=side, by=one), name, one == by) for one, name in words.BY.items()],
        "side": words.STEPS[side],
        "any": any(line.cells["reported"].projects or line.cells["folded"].projects for line in lines),
        "query": urlencode({"side": side, "by": by, **asked.query}),
    }


def _url(asked: Asked, **given: str) -> str:
    return f"{reverse('formation:formation')}?{urlencode({**given, **asked.query})}"


def sentence(lines: Sequence[Line], asked: Asked) -> SafeString:
    """What a leader reads first: the net formation."""
    rungs = [line for line in lines if line.tier != UNKNOWN and line.cells["reported"].projects]
    said = format_html_join(_("、"), "{} {}", ((words.tier(line.tier), _linked(line, "net", asked)) for line in rungs))
    return format_html(_("净方阵：{rungs}"), rungs=said or _("还没有写明金额的项目"))


def water(lines: Sequence[Line], asked: Asked) -> SafeString:
    """How much of the reported formation is net, and what the rest is."""
    whole = total(lines)
    return format_html(
        _(
            "上报 {reported} 个，净 {net} 个；差的 {gap} 个里，未佐证 {unproven} 个，认定虚假、重复或并入同一工程 {excluded} 个。"
        ),
        reported=_linked(whole, "reported", asked),
        net=_linked(whole, "net", asked),
        gap=f"{whole.cells['unproven'].projects + whole.cells['excluded'].projects:,}",
        unproven=_linked(whole, "unproven", asked),
        excluded=_linked(whole, "excluded", asked),
    )


def _linked(line: Line, step: str, asked: Asked) -> SafeString | str:
    n = line.cells[step].projects
    if not n:
        return "0"
    return format_html('<a class="count" href="{}">{}</a>', list_url(line, step, asked), f"{n:,}")


def list_url(line: Line, step: str, asked: Asked) -> str:
    """The projects of one cell."""
    return links.projects(asked, step=step, tier=None if line.tier == TOTAL else line.tier)


def row(line: Line, asked: Asked, unit: str) -> dict[str, Any]:
    """One rung: a count and an amount at each step."""
    bare = line.tier == UNKNOWN
    return {
        "name": _("合计") if line.tier == TOTAL else words.tier(line.tier),
        "total": line.tier == TOTAL,
        "cells": [
            {
                "step": step,
                "text": f"{cell.projects:,}",
                "url": list_url(line, step, asked) if cell.projects else "",
                "amount": money(cell.amount_fen, unit) if cell.projects and not bare else "",
            }
            for step, cell in line.cells.items()
        ],
    }
