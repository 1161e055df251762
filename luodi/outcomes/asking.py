"""What the outcome page is asked, as an address carries it; what it does not know is left out."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from luodi.outcomes.engine.trail import NET, STANDINGS
from luodi.outcomes.record import COUNT, HISTORIES, WATCHED, WEIGHTS, Line, Question, Stood, events_after
from luodi.snapshots.clock import Asked, Clock

BY = ("unit", "chain", "tier", "investor", "year")
NONE = "-"
"""How an address asks for the group of those that do not say."""
ENTRY = "signed"
RECENT = 12
"""Quarters that are cohorts of their own; earlier ones are read by the year."""
QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class View:
    """The whole question."""

    asked: Asked
    event: str = "landed"
    standing: str = NET
    weight: str = COUNT
    history: str = WATCHED
    by: str = "unit"
    group: str = ""

    @classmethod
    def from_query(cls, query: Any) -> "View":
        """From an address."""

        def choice(name: str, known: Iterable[str], default: str) -> str:
            given = query.get(name, "")
            return given if given in known else default

        events = events_after(ENTRY)
        default = "landed" if "landed" in events else events[0]
        return cls(
            Asked.from_query(query),
            choice("event", events, default),
            choice("standing", STANDINGS, NET),
            choice("weight", WEIGHTS, COUNT),
            choice("history", HISTORIES, WATCHED),
            choice("by", BY, "unit"),
            query.get("group", "")[:80],
        )  # fmt: skip

    @property
    def clock(self) -> Clock:
        return self.asked.clock or Clock(timezone.localdate())

    @property
    def question(self) -> Question:
        return Question(self.event, self.standing, ENTRY, self.weight, self.history)

    @property
    def query(self) -> dict[str, str]:
        given = {name: value for name, value in asdict(self).items() if name != "asked" and value}
        return {**given, **self.asked.query}

    def changed(self, **changes: Any) -> "View":
        return replace(self, **changes)

    def url(self, **changes: Any) -> str:
        return f"{reverse('outcomes:page')}?{urlencode(self.changed(**changes).query)}"

    def drill(self, **more: str) -> str:
        """The list behind a number of this page."""
        return f"{reverse('outcomes:projects')}?{urlencode({**self.query, **{k: v for k, v in more.items() if v}})}"

    def keeps(self, line: Line | Stood) -> bool:
        """Whether a row is of the chosen group."""
        return not self.group or (line.groups[self.by] or NONE) == self.group


def cohort_of(entered: date, as_of: date) -> str:
    """The batch of a day of entry: its quarter when recent, else its year."""
    age = (as_of.year - entered.year) * 4 + (quarter(as_of) - quarter(entered))
    return f"{entered.year}Q{quarter(entered)}" if age < RECENT else str(entered.year)


def quarter(day: date) -> int:
    return (day.month - 1) // QUARTER_MONTHS + 1


def last_of(cohort: str, as_of: date) -> date:
    """The last day on which somebody of the batch may have entered."""
    year, _, number = cohort.partition("Q")
    if not number:
        # A year that runs into the recent quarters ends where they begin.
        first = as_of.year * 4 + quarter(as_of) - 1 - (RECENT - 1)
        end = min(int(year) * 4 + 4, first)
        return date(end // 4, end % 4 * 3 + 1, 1) - timedelta(days=1)
    months = int(year) * 12 + int(number) * QUARTER_MONTHS
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
