"""Who does better after luck is taken out: ranks with intervals, bands, and beside them what the naive table would say. Never a bare league table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.core.installation import city
from luodi.intake import words as names
from luodi.outcomes import record, words
from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import Estimate, estimate
from luodi.outcomes.engine.measures import NET, REPORTED
from luodi.outcomes.engine.naive import Naive, gained, naive
from luodi.outcomes.engine.ranking import Rank, rank
from luodi.outcomes.engine.spells import TableRefused
from luodi.outcomes.record import LISTED, WATCHED, Line, Table
from luodi.outcomes.settings import rank_least
from luodi.snapshots.clock import Asked, Clock, Head, head

LEVEL = 0.90
AT = (360, 720, 1080)
EVENTS = ("landed", "started", "produced")
ADJUST = {"chain": _("产业链"), "tier": _("规模层级"), "year": _("签约年份")}
HISTORIES = {WATCHED: _("只算观测到的"), LISTED: _("把台账当作全部历史")}
LEFT, WIDTH, STEP, TOP = 200, 560, 30, 34


@dataclass(frozen=True, slots=True)
class Question:
    """Of which event, by which day after signing, what is taken out, which history."""

    event: str = "landed"
    at: int = 720
    adjust: tuple[str, ...] = ()
    history: str = WATCHED
    asked: Asked = Asked()

    @classmethod
    def from_query(cls, query: Any) -> "Question":
        """From an address; what it does not know is left out."""
        event, at, history = (query.get(name, "") for name in ("event", "at", "history"))
        return cls(
            event if event in EVENTS else "landed",
            int(at) if at in {str(day) for day in AT} else 720,
            tuple(name for name in ADJUST if name in query.getlist("adjust")),
            history if history in HISTORIES else WATCHED,
            Asked.from_query(query),
        )

    @property
    def clock(self) -> Clock:
        return self.asked.clock or Clock(timezone.localdate())

    def url(self, route: str = "outcomes:ranking", **changes: Any) -> str:
        given = {"event": self.event, "at": self.at, "adjust": self.adjust, "history": self.history, **self.asked.query}
        return f"{reverse(route)}?{urlencode({**given, **changes}, doseq=True)}"


def lines(asked: Question, standing: str) -> tuple[Line, ...]:
    """Spells of the city's own units; places outside it have no division and are ranked by nobody."""
    return _lines(asked.clock, asked.event, asked.history, standing, head())


@lru_cache(maxsize=12)
def _lines(clock: Clock, event: str, history: str, standing: str, _head: Head) -> tuple[Line, ...]:
    own = {code for code, unit in city().unit.items() if unit.division}
    asked = record.Question(event=event, standing=standing, history=history)
    return tuple(one for one in record.table(clock, asked).lines if one.groups["unit"] in own)


def ranks(some: Sequence[Line], asked: Question) -> list[Rank]:
    """Posterior ranks of the units. Where nobody was seen to come so far nothing is computed, and each unit says so.

    A unit of fewer projects than the city's least has no rank, and its row no say in those of others.
    """
    least = rank_least()
    sizes = Counter(one.groups["unit"] for one in some)
    why = _("签约项目不足 %(n)s 个，不排名次") % {"n": least}
    few = [_unknown(unit, asked.at, sizes[unit], why) for unit in city().unit if 0 < sizes[unit] < least]
    return [*_ranks([one for one in some if sizes[one.groups["unit"]] >= least], asked), *few]


def _ranks(some: Sequence[Line], asked: Question) -> list[Rank]:
    try:
        made = cut(Table(tuple(some)).spells(), asked.event, record.last_day(asked.clock), ("unit",))
    except TableRefused:
        sizes = Counter(one.groups["unit"] for one in some)
        why = _("观测期内还没有一个走到这一步")
        return [_unknown(unit, asked.at, sizes[unit], str(why)) for unit in city().unit if unit in sizes]
    return rank(made, asked.at, LEVEL, asked.adjust)


def _unknown(unit: str, at: int, n: int, why: str) -> Rank:
    return Rank(unit, at, None, None, None, None, None, None, None, n, 0, why)


def estimates(some: Sequence[Line], asked: Question, at: Sequence[int] = AT) -> list[Estimate]:
    """Shares of these spells with intervals, all as one group."""
    try:
        return estimate(cut(Table(tuple(some)).spells(), asked.event, record.last_day(asked.clock)), at, LEVEL)
    except TableRefused:
        return []


def naive_of(some: Iterable[Line], event: str) -> dict[str, Naive]:
    """The naive rate of each unit."""
    return naive(
        (one.groups["unit"], one.weight, bool(one.spell.end and one.spell.end.outcome == event)) for one in some
    )


def context(asked: Question) -> dict[str, Any]:
    """Everything of the page."""
    net, reported = lines(asked, NET), lines(asked, REPORTED)
    found = ranks(net, asked)
    known = [one for one in found if one.rank is not None]
    bands = {one.band for one in known}
    tables = naive_of(reported, asked.event), naive_of(net, asked.event)
    return {
        "rows": [row(one) for one in (*found, *absent(found, asked))],
        "chart": chart(known),
        "alike": bool(known) and len(bands) == 1,
        "bands": len(bands),
        "nothing": not known,
        "signed": f"{sum(one.weight for one in net):,.0f}",
        "gaming": [_gaming(unit, *tables) for unit in city().unit if unit in tables[0] or unit in tables[1]],
        "event": names.stage_name(asked.event),
        "events": [(code, names.stage_name(code), code == asked.event) for code in EVENTS],
        "days": [(day, day == asked.at) for day in AT],
        "adjusts": [(code, word, code in asked.adjust) for code, word in ADJUST.items()],
        "histories": [(code, word, code == asked.history) for code, word in HISTORIES.items()],
        "level": "90%",
        "question": asked,
        "asked": asked.asked,
        "as_of": asked.clock.as_of,
        "definition": city().definition["version"],
    }


def absent(found: Sequence[Rank], asked: Question) -> list[Rank]:
    """Units of whose signings no day is known: they are named, not left away."""
    told = {one.group for one in found}
    why = str(_("没有签约日期明确的项目"))
    return [
        _unknown(code, asked.at, 0, why) for code, unit in city().unit.items() if unit.division and code not in told
    ]


def row(one: Rank) -> dict[str, Any]:
    """One unit in the table."""
    told = {
        "name": names.unit_name(one.group),
        "n": f"{one.n:,}",
        "at_risk": f"{one.at_risk:,}",
        "note": words.remark(one.note),
    }
    if one.rank is None or one.estimate is None or one.lower is None or one.upper is None:
        return {**told, "band": None}
    return {
        **told, "band": one.band, "rank": f"{one.rank:.1f}", "rank_range": f"{one.rank_lower}–{one.rank_upper}",
        "share": f"{one.estimate:.0%}", "share_range": f"{one.lower:.0%}–{one.upper:.0%}",
    }  # fmt: skip


def chart(known: Sequence[Rank]) -> dict[str, Any]:
    """Where each mark of the interval chart goes; the table beside it says the same."""
    last = max(len(known), 2)

    def x(place: float) -> str:
        return f"{LEFT + (place - 1) / (last - 1) * WIDTH:.1f}"

    marks = []
    for number, one in enumerate(known):
        assert one.rank is not None and one.rank_lower is not None and one.rank_upper is not None  # noqa: S101, PT018 - the known have all
        marks.append(
            {
                "name": names.unit_name(one.group), "y": f"{TOP + number * STEP + STEP / 2:.1f}", "band": one.band, "odd": (one.band or 0) % 2,
                "from": x(one.rank_lower), "to": x(one.rank_upper), "at": x(one.rank), "text": f"{one.rank_lower}–{one.rank_upper}",
                "top": TOP + number * STEP,
            }
        )  # fmt: skip
    height = TOP + len(known) * STEP + 8
    ticks = [{"x": x(place), "text": place} for place in range(1, len(known) + 1)]
    return {
        "marks": marks,
        "ticks": ticks,
        "width": LEFT + WIDTH + 60,
        "height": height,
        "step": STEP,
        "bottom": height - 6,
    }


def _gaming(unit: str, reported: Mapping[str, Naive], net: Mapping[str, Naive]) -> dict[str, Any]:
    """What the unit has of the naive table: by what it says, by what is net."""
    places = gained(reported, net, unit)
    sides = [_rate(reported.get(unit)), _rate(net.get(unit))]
    return {"name": names.unit_name(unit), "sides": sides, "gained": places, "lost": -(places or 0)}


def _rate(one: Naive | None) -> dict[str, str]:
    if one is None or one.rate is None:
        return {"text": "", "of": "", "place": ""}
    return {"text": f"{one.rate:.1%}", "of": f"{_short(one.reached)} / {_short(one.signed)}", "place": str(one.place)}


def _short(value: float) -> str:
    """Shares of a package are fractions of a unit."""
    return f"{value:,.1f}".removesuffix(".0")
