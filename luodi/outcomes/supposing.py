"""What would change if these findings were confirmed: scores, net rates and ranks before and after. Reads; writes nothing.

`figures` is what the integrity part calls with its findings; `from_query` makes hypotheses of what a person picks on the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from luodi.accounts.models import User
from luodi.intake import words as names
from luodi.outcomes import ranking_pages as ranking
from luodi.outcomes import sheet_pages as pages
from luodi.outcomes import subjects
from luodi.outcomes.engine.hypotheses import DUPLICATE, FAKE, ONE, VERDICTS, Hypothesis, supposed
from luodi.outcomes.engine.measures import NET
from luodi.outcomes.engine.naive import Naive
from luodi.outcomes.engine.ranking import Rank
from luodi.outcomes.engine.sheet import Marks, assess
from luodi.outcomes.engine.sheet_reading import Read
from luodi.outcomes.engine.trail import EXCLUDED, End, Spell
from luodi.outcomes.record import Line
from luodi.projects.models import Project
from luodi.snapshots import queries as snapshots
from luodi.snapshots.clock import Clock, Head, head
from luodi.snapshots.engine.counting import Node

MOST = 200


@dataclass(frozen=True, slots=True)
class Side:
    """The figures of all units, as they are or as they would be."""

    marks: Mapping[str, Marks]
    naive: Mapping[str, Naive]
    ranks: Mapping[str, Rank]


def figures(read: Read, hypotheses: Sequence[Hypothesis], question: ranking.Question) -> tuple[Side, Side]:
    """Before and after, on the net side, of every unit."""
    clock, asked = question.clock, question.asked.clock
    now = subjects.subjects(asked)
    then = supposed(now, _nodes(clock, head()), hypotheses) if hypotheses else list(now)
    under = subjects.terms(asked, NET)
    spells = ranking.lines(question, NET)
    sides = []
    for projects, some in ((now, spells), (then, suppose_lines(spells, hypotheses))):
        marks = assess(read.sheet.items, subjects.tallies(read, projects, under))
        ranked = {one.group: one for one in ranking.ranks(some, question)}
        sides.append(Side(marks, ranking.naive_of(some, question.event), ranked))
    return sides[0], sides[1]


@lru_cache(maxsize=2)
def _nodes(clock: Clock, _head: Head) -> Mapping[int, Node]:
    """Kept while the log stands still: a person tries one supposition after the other."""
    return snapshots.nodes(None, as_of=clock.as_of, known_at=clock.known_at)


def suppose_lines(lines: Sequence[Line], hypotheses: Sequence[Hypothesis]) -> tuple[Line, ...]:
    """Spells under the same decisions: a fake never lands, a duplicate is somebody else's, parts of one project share its one unit."""
    ground = {
        project: one.verdict for one in hypotheses if one.verdict in (FAKE, DUPLICATE) for project in one.projects
    }
    share: dict[int, int] = {}
    held = {one.project for one in lines}
    for one in hypotheses:
        parts = [project for project in one.projects if project in held] if one.verdict == ONE else []
        share.update(dict.fromkeys(parts, len(parts)))
    found = []
    for line in lines:
        if ground.get(line.project) == DUPLICATE:
            continue
        spell = line.spell
        if ground.get(line.project) == FAKE:
            spell = Spell(spell.entered, End(EXCLUDED, spell.entered))
            line = replace(line, observed_from=None, recorded_on=None)
        found.append(replace(line, spell=spell, weight=line.weight / share.get(line.project, 1)))
    return tuple(found)


def from_query(query: Any, user: User) -> tuple[list[Hypothesis], list[tuple[int, str, str]]]:
    """`fake`, `duplicate` and `one` (project ids) of an address, as far as the person reaches them; and each with its name and verdict."""
    asked = {
        verdict: [int(text) for text in query.getlist(verdict) if text.isascii() and text.isdigit()][:MOST]
        for verdict in VERDICTS
    }
    wanted = {project for some in asked.values() for project in some}
    known = dict(Project.objects.current().visible_to(user).filter(pk__in=wanted).values_list("id", "name"))
    hypotheses, told = [], []
    for verdict, some in asked.items():
        mine = tuple(dict.fromkeys(project for project in some if project in known))
        if mine:
            hypotheses.append(Hypothesis(verdict, mine))
            told += [(project, known[project], verdict) for project in mine]
    return hypotheses, told


def context(user: User, query: Any) -> dict[str, Any]:
    """Everything of the page."""
    asked, question = pages.Question.from_query(query), ranking.Question.from_query(query)
    hypotheses, told = from_query(query, user)
    if asked.read is None:
        return {"read": None}
    before, after = figures(asked.read, hypotheses, question)
    rows = [row(code, before, after, asked.read) for code in pages.assessed(user) if code in before.marks]
    return {
        "read": asked.read, "rows": rows, "told": told, "changed": sum(one["changed"] for one in rows),
        "found": candidates(user, query.get("q", "")), "q": query.get("q", "")[:100],
        "kept": [(verdict, project) for project, _name, verdict in told],
        "event": names.stage_name(question.event), "at": question.at, "title": pages.sheet_title(asked.read), **pages.frame(asked),
    }  # fmt: skip


def candidates(user: User, text: str) -> list[dict[str, Any]]:
    """Projects to pick from, by a part of their name or investor; the largest first."""
    found = Project.objects.current().visible_to(user)
    if text.strip():
        found = found.filter(name__icontains=text.strip()[:100])
    rows = found.order_by("-standing__amount_fen", "id").values_list(
        "id", "name", "unit", "standing__net", "standing__investor"
    )
    return [
        {"id": pk, "name": name, "unit": names.unit_name(unit), "stage": names.rank_name(net), "investor": investor}
        for pk, name, unit, net, investor in rows.exclude(standing__amount_fen=None)[:20]
    ]


def row(code: str, before: Side, after: Side, read: Read) -> dict[str, Any]:
    """One unit: before and after."""
    pairs = [
        tuple(pages.of_total(side.marks[code], read) if code in side.marks else {"text": "", "range": "—"} for side in (before, after)),
        tuple(_rate(side.naive.get(code)) for side in (before, after)),
        tuple(_rank(side.ranks.get(code)) for side in (before, after)),
    ]  # fmt: skip
    return {"name": names.unit_name(code), "pairs": pairs, "changed": any(one != two for one, two in pairs)}


def _rate(one: Naive | None) -> dict[str, str]:
    if one is None or one.rate is None:
        return {"text": "", "range": "—"}
    return {
        "text": f"{one.rate:.1%}",
        "range": f"{one.reached:,.1f} / {one.signed:,.1f}".replace(".0 ", " ").removesuffix(".0"),
    }


def _rank(one: Rank | None) -> dict[str, str]:
    if one is None or one.rank is None:
        return {"text": "", "range": "—"}
    return {"text": f"{one.rank:.1f}", "range": f"{one.rank_lower}–{one.rank_upper}"}
