"""The gate (准入): what `luodi.projects.gates` asks before any step is claimed, on every path.

Unknown does not veto. A named person may let a project on, for stated rules, until a day; never by their own hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.core.installation import city
from luodi.projects.engine.lifecycle import REENTERED
from luodi.projects.gates import Move
from luodi.screening import books
from luodi.screening.engine.explaining import Explanation
from luodi.screening.engine.rulebook import Rulebook, Verdict
from luodi.screening.engine.screening import Screened, read_one, screen
from luodi.screening.facts import facts_of_moves
from luodi.screening.frames import table
from luodi.screening.models import Exemption
from luodi.snapshots.models import Standing

MOST = 3
"""Rules that a refusal spells out; the project's page has them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A move on its way: from which rank to which, and the latest day that its steps claim."""

    place: int
    project: int | None
    rank: int
    day: date


def refusals(moves: Sequence[Move], actor: User | None) -> dict[int, str]:
    """Which moves a rule vetoes, and in what words. Moves that go no further than the project has already come are not asked."""
    today = timezone.localdate()
    book = books.in_force(today)
    if book is None or not book.gates:
        return {}
    asked = _asked(moves, min(gate.rank for gate in book.gates), today)
    if not asked:
        return {}
    rules = books.gate_of(book)
    known = facts_of_moves([moves[one.place] for one in asked], as_of=today)
    screened = screen(rules, table(rules, known), today)
    exempt = exemptions([one.project for one in asked if one.project], today)
    found = {}
    for row, failed in _failed(screened).items():
        one = asked[row]
        mine = exempt.get(one.project or 0, {})
        vetoes = [code for code in failed if _is_due(rules, code, one, actor)]
        if left := [code for code in vetoes if code not in mine]:
            found[one.place] = words(read_one(screened, row), left)
        elif own := [code for code in vetoes if actor is not None and mine[code] == actor.pk]:
            found[one.place] = _("准入例外是您批准的，须由另一人推进（%(rules)s）。") % {"rules": "、".join(own)}
    return found


def _failed(screened: Screened) -> dict[int, list[str]]:
    """Rules that fail, by row; rows without any are left out."""
    import polars as pl

    codes = [code for code in screened.book.rules if code in screened.results.columns]
    failing = [pl.col(code) == int(Verdict.FAIL) for code in codes]
    rows = (
        screened.results.filter(pl.any_horizontal(failing)).select("id", *codes) if codes else screened.results.clear()
    )
    return {row["id"]: [code for code in codes if row[code] == int(Verdict.FAIL)] for row in rows.iter_rows(named=True)}


def _is_due(rules: Rulebook, code: str, asked: Asked, actor: User | None) -> bool:
    """Whether the rule stands at a gate that the move passes.

    Rules do not reach back: what the office's ledgers tell of the time before a rule is history. Of others a back-dated step is a step.
    """
    ranks = {gate.stage: gate.rank for gate in rules.gates}
    rule = rules.rules[code]
    if ranks[rule.gate] > asked.rank:
        return False
    keeps_history = actor is None or may(actor, "screening.history.admit")
    return not (keeps_history and asked.day < rule.valid_from)


def exemptions(projects: Sequence[int], day: date) -> dict[int, dict[str, int]]:
    """Rules that a standing exemption lets pass, with who approved it, by project."""
    found: dict[int, dict[str, int]] = {}
    rows = Exemption.objects.filter(project__in=projects).standing(day).order_by("id")
    for project, codes, approver in rows.values_list("project_id", "rules", "approved_by_id"):
        found.setdefault(project, {}).update(dict.fromkeys(codes, approver))
    return found


def words(explained: Explanation, codes: Sequence[str]) -> str:
    """Why a move is refused, rule by rule, and what can be done."""
    english = get_language() == "en"
    told = [
        f"{code} {one.reason_en if english else one.reason}{one.rule.advice_en if english else one.rule.advice}"
        for code in codes[:MOST]
        for one in (explained.outcome(code),)
    ]
    more = _("等 %(n)s 条") % {"n": len(codes)} if len(codes) > MOST else ""
    return _("准入未通过：%(why)s%(more)s") % {"why": "；".join(told), "more": more}


def _asked(moves: Sequence[Move], first: int, today: date) -> list[Asked]:
    order = {stage.code: stage.order for stage in city().stages}
    ids = [move.project for move in moves if move.project]
    reached = dict(Standing.objects.filter(pk__in=ids).values_list("pk", "reported")) if ids else {}
    found = []
    for place, move in enumerate(moves):
        at = reached.get(move.project or 0, -1)
        rank = max((order.get(stage, -1) for stage in move.steps), default=-1)
        # Who comes back starts again from where they were.
        rank = max(rank, at) if REENTERED in move.steps else rank
        if rank >= first and (rank > at or REENTERED in move.steps):
            found.append(
                Asked(place, move.project, rank, max((day or today for day in move.steps.values()), default=today))
            )
    return found
