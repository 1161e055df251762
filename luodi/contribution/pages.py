"""The table promised against brought, and one project's panel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.contribution import queries, words
from luodi.contribution.engine.balance import Balance, Known, Pair, Row, rows
from luodi.contribution.engine.proposals import propose
from luodi.contribution.models import Delivery, EndStatement, Promise
from luodi.contribution.settings import Measure, contribution_settings
from luodi.core.installation import city
from luodi.evidence.models import Evidence
from luodi.intake.words import named
from luodi.projects.models import Project

SIZE = 50
LARGEST = 60
"""Rows of a table by category; a ledger whose categories are free text may have thousands."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the table is asked: which measure, by what, which page."""

    measure: str
    by: str
    page: int = 1

    @classmethod
    def from_query(cls, query: Any) -> "Question":
        """From an address; what it does not know is left out."""
        summed = [measure.code for measure in contribution_settings().summed]
        measure, by, page = (query.get(name, "") for name in ("measure", "by", "page"))
        return cls(
            measure if measure in summed else summed[0],
            by if by in queries.GROUPS else "end",
            max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    def url(self, **changes: Any) -> str:
        given = {"measure": self.measure, "by": self.by, **changes}
        return f"{reverse('contribution:table')}?{urlencode(given)}"


def context(user: User, asked: Question) -> dict[str, Any]:
    """Everything of the table's page."""
    measure = contribution_settings().measure[asked.measure]
    held = queries.balances(user, measure)
    lines, pager = _lines(user, measure, asked, held)
    return {
        "lines": lines,
        "total": line(_("合计"), queries.whole(user, measure, held), total=True),
        "ends": _ends(user),
        "asked": asked,
        "measure": named(measure),
        "unit": words.unit_of(measure),
        "first": words.GROUPS[asked.by],
        "measures": [(asked.url(measure=m.code), named(m), m.code == asked.measure) for m in contribution_settings().summed],
        "groups": [(asked.url(by=by), name, by == asked.by) for by, name in words.GROUPS.items()],
        "page": pager,
        "single": asked.by == "project",
        "definition": contribution_settings().version,
        "query": urlencode({"measure": asked.measure, "by": asked.by}),
    }  # fmt: skip


def _lines(
    user: User, measure: Measure, asked: Question, held: queries.Held
) -> tuple[list[dict[str, Any]], dict[str, str] | None]:
    if asked.by == "project":
        return _by_project(user, asked, held)
    found = queries.table(user, measure, asked.by, held)
    order = _order(asked.by, found)
    left = len(order) - LARGEST if asked.by == "chain" else 0
    lines = [line(words.group_name(asked.by, group), found[group]) for group in order[: LARGEST if left > 0 else None]]
    return lines, {"left": _("另有 %(n)s 类未列出") % {"n": f"{left:,}"}} if left > 0 else None


def _order(by: str, found: dict[str, Row]) -> list[str]:
    if by == "unit":
        known = [code for code in city().unit if code in found]
        return [*known, *(code for code in found if code not in city().unit)]
    if by == "end":
        return list(found)
    return sorted(found, key=lambda group: (-found[group].promised.projects, -found[group].projects, group))


def _by_project(user: User, asked: Question, held: queries.Held) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Projects of which anything is known, the largest promise first; those that said nothing are counted in the total."""
    found, _places = held
    told = {pk: one for pk, one in found.items() if (one.promised, one.reported) != (None, None)}
    order = sorted(told, key=lambda pk: (told[pk].promised is None, -(told[pk].promised or 0), pk))
    last = max(1, -(-len(order) // SIZE))
    page = min(asked.page, last)
    some = order[(page - 1) * SIZE : page * SIZE]
    names = dict(Project.objects.visible_to(user).filter(pk__in=some).values_list("id", "name"))
    lines = []
    for pk in some:
        row = rows([("", told[pk])], projects={"": 1})[""]
        lines.append(
            {
                **line(names.get(pk, _("（其他单位的打包项目）")), row),
                "url": reverse("project", args=[pk]) if pk in names else "",
            }
        )
    pager = {
        "first": f"{(page - 1) * SIZE + 1 if some else 0:,}", "last": f"{(page - 1) * SIZE + len(some):,}",
        "total": f"{len(order):,}",
        "prev_url": asked.url(page=page - 1) if page > 1 else "", "next_url": asked.url(page=page + 1) if page < last else "",
    }  # fmt: skip
    return lines, pager


def line(name: str, row: Row, *, total: bool = False) -> dict[str, Any]:
    """One row: sums with how many they are of; a sum of nobody is no zero."""
    return {
        "name": name,
        "total": total,
        "projects": f"{row.projects:,}",
        "cells": [("", _known(row.promised)), ("reported", _known(row.reported)), ("proven", _known(row.proven)), ("net", _known(row.net))],
        "ratio": _ratio(row.both),
        "ratio_net": _ratio(row.both_proven),
        "unknown": f"{row.unknown:,}",
    }  # fmt: skip


def _known(known: Known) -> dict[str, str]:
    return {"text": words.number(known.value) if known.projects else "", "n": f"{known.projects:,}"}


def _ratio(pair: Pair) -> dict[str, Any]:
    if pair.percent is None:
        why = _("承诺合计为零") if pair.projects else _("没有两边都知道的项目")
        return {"text": "", "why": why, "n": f"{pair.projects:,}", "many": pair.projects}
    parts = f"{words.number(pair.brought)} / {words.number(pair.promised)}"
    return {"text": f"{pair.percent}%", "why": parts, "n": f"{pair.projects:,}", "many": pair.projects}


def _ends(user: User) -> list[dict[str, Any]]:
    """How many projects are said to serve each end, and of how many nobody has said a word."""
    packed = Project.objects.current().visible_to(user).filter(standing__packed=1)
    live = EndStatement.objects.filter(withdrawn_at=None, project__in=packed).order_by()
    counts = dict(live.values_list("end").annotate(n=Count("id")))
    stated = live.values("project").distinct().count()
    left = packed.count() - stated
    tiles = [(named(end), counts.get(end.code, 0), "") for end in contribution_settings().ends]
    tiles.append((words.end_name(""), left, reverse("contribution:worklist") if left else ""))
    return [{"name": name, "n": f"{many:,}", "many": many, "url": url} for name, many, url in tiles]


def panel(project: Project, user: User) -> dict[str, Any]:
    """One project's ends, promises and deliveries."""
    covers = scope_of(user).covers(project.unit)
    ends = list(EndStatement.objects.filter(project=project, withdrawn_at=None).select_related("said_by"))
    held = {one.end: one for one in ends}
    papers = Evidence.objects.filter(project=project, withdrawn_at=None).order_by("id")
    return {
        "project": project,
        "ends": [(end.code, named(end), held.get(end.code)) for end in contribution_settings().ends],
        "stated": ends,
        "proposals": proposals(project.facts, project.industry_code) if not ends else [],
        "measures": _measures(project, user),
        "choices": [(m.code, named(m), words.unit_of(m)) for m in contribution_settings().measures],
        "papers": list(papers.values_list("id", "title")[:50]),
        "may_write": may(user, "contribution.statement.write") and covers,
        "may_verify": may(user, "contribution.delivery.verify") and covers,
        "year": timezone.localdate().year,
    }


def proposals(facts: Mapping[str, Any], industry: str) -> list[dict[str, str]]:
    """What the city's rules would say of a project with these facts."""
    text = " ".join(str((facts.get(name) or [""])[0]) for name in ("name", "content", "kind", "chain"))
    rules, english = contribution_settings().rules, get_language() == "en"
    why = {rule.end: rule.why_en if english else rule.why for rule in rules}
    found = propose(rules, industry=industry, text=text)
    return [{"end": one.end, "name": words.end_name(one.end), "sign": one.sign, "why": why[one.end]} for one in found]


def _measures(project: Project, user: User) -> list[dict[str, Any]]:
    """Measures of which anything was said, each with its statements and what counts."""
    promises = list(Promise.objects.filter(project=project).select_related("said_by", "evidence").order_by("-id"))
    deliveries = list(
        Delivery.objects.filter(project=project)
        .select_related("said_by", "verified_by", "evidence")
        .order_by("-year", "-id")
    )
    found = []
    for measure in contribution_settings().measures:
        ledger = str((project.facts.get(measure.field) or [""])[0]) if measure.field else ""
        mine = (
            [one for one in promises if one.measure == measure.code],
            [one for one in deliveries if one.measure == measure.code],
        )
        if not (ledger or mine[0] or mine[1]):
            continue
        value = queries.ledger_value(measure, ledger) if ledger else None
        row = _balance(mine, value)
        found.append({
            "name": named(measure), "unit": words.unit_of(measure),
            "ledger": "" if not ledger else (words.number(value) if value is not None else _("台账所写的不是确切的数")),
            "promises": [_said(one, user) for one in mine[0]], "deliveries": [_said(one, user) for one in mine[1]],
            "ratio": _ratio(row.both), "ratio_net": _ratio(row.both_proven),
        })  # fmt: skip
    return found


def _balance(mine: tuple[Iterable[Promise], Iterable[Delivery]], ledger: Any) -> Row:
    """The ratio of this project alone, by what counts: the latest promise, the latest year."""
    live = [[one for one in some if one.withdrawn_at is None] for some in mine]
    promised = live[0][0].value if live[0] else ledger
    proven = next(
        (one.value for one in live[1] if isinstance(one, Delivery) and one.verdict == Delivery.Verdict.ACCEPTED), None
    )
    one = Balance(promised=promised, reported=live[1][0].value if live[1] else None, proven=proven)
    return rows([("", one)], projects={"": 1})[""]


def _said(one: Any, user: User) -> dict[str, Any]:
    return {"one": one, "value": words.number(one.value), "own": one.said_by_id == user.pk}
