"""Asking a page about the past: the day by which something happened, the moment by which it was known.

The standings of such a question are computed from the statements, as a snapshot's are, and kept while the log stands still.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from luodi.audit.models import Entry
from luodi.core.installation import city
from luodi.snapshots import queries
from luodi.snapshots.engine.counting import Counted

Head = tuple[int, datetime] | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A question about the past. `known_at` None = with all that is known now."""

    as_of: date
    known_at: datetime | None = None

    @property
    def words(self) -> str:
        said = _("截至 %(day)s 发生的") % {"day": self.as_of}
        if self.known_at is None:
            return said
        return said + _("，按 %(at)s 已知的记录") % {"at": timezone.localtime(self.known_at).strftime("%Y-%m-%d %H:%M")}


@dataclass(frozen=True, slots=True)
class Asked:
    """The question about the past as an address carries it; both blank = now. What no clock understands is left out."""

    as_of: str = ""
    known_at: str = ""

    @classmethod
    def from_query(cls, query: Any) -> "Asked":
        as_of, known_at = (query.get(name, "")[:40] for name in ("as_of", "known_at"))
        return cls(as_of if day_of(as_of) else "", known_at if moment_of(known_at) else "")

    @property
    def clock(self) -> Clock | None:
        return clock(self.as_of, self.known_at)

    @property
    def query(self) -> dict[str, str]:
        given = {"as_of": self.as_of, "known_at": self.known_at}
        return {name: value for name, value in given.items() if value}


def clock(as_of: str, known_at: str) -> Clock | None:
    """From an address; None when neither is asked. A day of knowing means its end."""
    day, moment = day_of(as_of), moment_of(known_at)
    if day is None and moment is None:
        return None
    return Clock(day or timezone.localdate(), moment)


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    try:
        moment = datetime.combine(date.fromisoformat(text), time.max) if len(text) == 10 else parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment is not None and timezone.is_naive(moment) else moment


def counted(asked: Clock) -> Mapping[int, Counted]:
    """What each project that was known counted for then."""
    return _counted(asked, head())


def head() -> Head:
    """The newest entry that may have changed the record: who signs in or takes a table away changes nothing.

    Whatever is computed from the record may be kept for it. Its moment belongs to it: after a restore an id may come again.
    """
    silent = Q(action__startswith="accounts.") | Q(action__startswith="snapshots.") | Q(action__endswith=".exported")
    return Entry.objects.exclude(silent).order_by("-id").values_list("id", "at").first()


@lru_cache(maxsize=4)
def _counted(asked: Clock, _head: Head) -> Mapping[int, Counted]:
    return queries.counted(None, as_of=asked.as_of, known_at=asked.known_at)


def told(row: dict[str, Any], found: Counted) -> dict[str, Any]:
    """A list's row as it stood then."""
    return {
        **row,
        "standing__reported": found.reported,
        "standing__proven": found.proven,
        "standing__net": found.net,
        "standing__amount_fen": found.amount_fen,
        "standing__tier": city().tier_of(found.amount_fen),
        "standing__packed": found.packed,
        "standing__unpacked": found.unpacked,
        "standing__unpacked_fen": found.unpacked_fen,
        "standing__state": found.state,
        "standing__part_of": found.part_of,
    }
