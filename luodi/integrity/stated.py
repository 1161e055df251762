"""What the record itself states and is worth asking, whatever a model thinks: an indicator of `rules/` that fires asks by itself.

A ledger without registers leaves a model nothing to weigh, but its rows still say that a deal was signed before, that nothing followed in
years, that a company is a sliver of its project. Such a question carries no probability, and none is told.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from luodi.core.installation import city
from luodi.intake.engine.dates import read_dates
from luodi.integrity import record
from luodi.integrity.asking import Worth
from luodi.integrity.engine.evidence import LANGUAGES, Said
from luodi.integrity.engine.indicators import Indicator, indicators
from luodi.integrity.engine.names import phase, product
from luodi.integrity.settings import IntegritySettings, integrity_settings
from luodi.projects.clocks import stood
from luodi.projects.engine.consistency import first_heard
from luodi.projects.engine.lifecycle import EXITED
from luodi.projects.models import DoubtfulPair, Participation, StageEvent
from luodi.snapshots import queries as snapshots

FOLDER = Path(__file__).parent / "rules"
CROWD = 25
"""An investor of more projects than this pairs nobody."""
FEN_A_YI = 1e10
_DAY = re.compile(r"(?:19|20)\d\d[-./年]\d{1,2}(?:[-./月]\d{1,2}日?|月)?")
_NUMBER = re.compile(r"[A-Za-z]{1,4}-?\d+")


def rules() -> tuple[Indicator, ...]:
    """The indicators that ask by themselves."""
    return indicators(FOLDER)


@dataclass(slots=True)
class _Known:
    """What stood of one project."""

    name: str
    number: str
    notes: str
    builds: bool
    signed: list[date] = field(default_factory=list)
    heard: date | None = None
    later: bool = False
    started: date | None = None
    left: bool = False
    investor: int = 0
    amount: int | None = None
    capital: float | None = None


def worth(as_of: date, working: Mapping[str, float]) -> list[Worth]:
    """Questions of the record as of a day; `working` as of a scan, for who has no probability stands where asking starts."""
    known_at = record.moment(as_of)
    known = _known(as_of, known_at)
    doubts = _doubts(known_at, known)
    said: dict[tuple[int, str], list[Said]] = defaultdict(list)
    for project, one in known.items():
        columns = _columns(one, as_of, integrity_settings()) | {"备注存疑": float(project in doubts)}
        for rule in _fired("project", columns):
            other = str(doubts.get(project) or "") if rule.number == "R02" else ""
            said[project, rule.scheme].append(Said(_words(rule, columns), (rule.number,), other))
    for earlier, later, columns in _pairs(known):
        for rule in _fired("pair", columns):
            said[later, rule.scheme].append(Said(_words(rule, columns), (rule.number,), str(earlier)))
    starts = integrity_settings().starts(working)
    return [_worth(project, scheme, some, starts[scheme].at) for (project, scheme), some in said.items()]


def merged(asked: Mapping[str, Mapping[str, Any]], stated: Iterable[Worth]) -> dict[str, Mapping[str, Any]]:
    """Both: where the model asks as well its probability stands, and what the record states is said first."""
    found = dict(asked)
    for one in stated:
        held = found.get(one.key)
        if held is None:
            found[one.key] = one.values
            continue
        partners = [
            pair for pair in one.values["partners"] if pair[0] not in {other for other, _share in held["partners"]}
        ]
        told = {tongue: [*one.values["sentences"][tongue], *held["sentences"][tongue]] for tongue in LANGUAGES}
        found[one.key] = {**held, "partners": [*held["partners"], *partners], "sentences": told}
    return found


def _worth(project: int, scheme: str, said: Sequence[Said], at: float) -> Worth:
    others = list(dict.fromkeys(int(one.other) for one in said if one.other))
    values = {
        "probability": f"{at:.4f}",
        "by_rule": True,
        "group": "",
        "partners": [[other, None] for other in others],
        "sentences": {tongue: [one.text(tongue, f"{{{one.other}}}") for one in said] for tongue in LANGUAGES},
    }
    return Worth(f"{project} {scheme}", values)


def _fired(about: str, columns: Mapping[str, float]) -> Iterator[Indicator]:
    given = {name: [value] for name, value in columns.items()}
    return (rule for rule in rules() if rule.about == about and bool(rule.fires(given)[0]))


def _words(rule: Indicator, columns: Mapping[str, float]) -> dict[str, str]:
    return {tongue: rule.says[tongue].format_map(columns) for tongue in LANGUAGES}


def _columns(one: _Known, as_of: date, rules_: IntegritySettings) -> dict[str, float]:
    """Of one project; not a number = unknown."""
    unknown = float("nan")
    before = _signed_before(one, rules_)
    quiet = one.heard is not None and not one.later and not one.left and one.builds
    return {
        "前签相隔": unknown if before is None else float(before),
        "无下一步年": float(_years(one.heard, as_of)) if quiet and one.heard else unknown,
        "备注有工地": float(any(word in one.notes for word in rules_.on_site)),
        "资本占比": unknown if one.capital is None or not one.amount else one.capital * record.FEN_A_WAN / one.amount,
        "总投资亿元": unknown if one.amount is None else one.amount / FEN_A_YI,
        "开工": unknown if one.started is None else float(one.started.toordinal()),
    }


def _years(since: date, day: date) -> int:
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def _signed_before(one: _Known, rules_: IntegritySettings) -> int | None:
    """Days between the signing that the note tells of and the one on record."""
    for clause in re.split(r"[；;。\n→]", one.notes):
        if not one.signed or not any(word in clause for word in rules_.signed_before):
            continue
        claims = [claim for text in _DAY.findall(clause) for claim in read_dates(text).claims]
        days = [(one.signed[0] - claim.period.start).days for claim in claims if claim.period]
        if days and max(days) > 0:
            return max(days)
    return None


def _pairs(known: Mapping[int, _Known]) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Signed projects of one investor, the earlier first."""
    by: dict[int, list[int]] = defaultdict(list)
    for project, one in known.items():
        if one.investor and one.signed:
            by[one.investor].append(project)
    for some in by.values():
        if len(some) <= CROWD:
            ordered = sorted(some, key=lambda project: (known[project].signed[0], project))
            for earlier, later in combinations(ordered, 2):
                yield earlier, later, _compared(known[earlier], known[later])


def _compared(one: _Known, other: _Known) -> dict[str, float]:
    phases = (phase(one.name), phase(other.name))
    small, large = sorted((one.amount or 0, other.amount or 0))
    return {
        "签约相隔": float((other.signed[0] - one.signed[0]).days),
        "同字数": float(_common_run(product(one.name) or "", product(other.name) or "")),
        "总投资比": 1.0 if not small else large / small,
        # A phase that only one of them declares is told apart as well: 二期 follows something.
        "期次不同": float(phases[0] != phases[1]),
        "先签已开工": float(one.started is not None),
    }


def _common_run(one: str, other: str) -> int:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _known(as_of: date, known_at: datetime | None) -> dict[int, _Known]:
    natures, found = city().register.nature, {}
    rows = snapshots.known_projects(known_at).order_by("id").values_list("id", "name", "number", "nature", "facts")
    for project, name, number, nature, facts in rows:
        notes = "；".join(str((facts.get(column) or [""])[0]) for column in ("remark", "progress"))
        builds = nature not in natures or natures[nature].fixed_assets
        found[project] = _Known(name, number, notes, builds)
    _add_steps(found, as_of, known_at)
    for project, amount in snapshots.exact_amounts(None, known_at).items():
        if project in found:
            found[project].amount = amount
    _add_parties(found, known_at)
    for one in found.values():
        one.heard = one.heard or first_heard(one.notes)
        one.signed.sort()
    return found


def _add_steps(found: Mapping[int, _Known], as_of: date, known_at: datetime | None) -> None:
    order = {stage.code: stage.order for stage in city().stages}
    claims = stood(StageEvent.objects.filter(kind=StageEvent.Kind.ACTUAL), known_at)
    columns = ("project_id", "stage", "starts_on", "ends_on", "known_on")
    for project, stage, first, last, told_on in claims.values_list(*columns):
        one, day = found.get(project), last or told_on
        if one is None or (day is not None and day > as_of):
            continue
        if stage == "signed" and day:
            one.heard = min(day, one.heard or day)
            if first and last and (last - first).days <= record.LONGEST:
                one.signed.append(last)
        one.later |= order.get(stage, -1) > order["signed"]
        if order.get(stage, -1) >= order["started"]:
            one.started = min(day or as_of, one.started or as_of)
        # 落空 without a day says that it came to nothing, not that it left in order.
        one.left |= stage == EXITED and day is not None


def _add_parties(found: Mapping[int, _Known], known_at: datetime | None) -> None:
    acting = stood(Participation.objects.filter(role__in=("investor", "owner")), known_at)
    capital = record.capital(known_at)
    company: dict[int, int] = {}
    for project, role, party in acting.order_by("id").values_list("project_id", "role", "party_id"):
        one = found.get(project)
        if one is not None and role == Participation.Role.INVESTOR:
            one.investor = one.investor or party
        if role == Participation.Role.OWNER or project not in company:
            company[project] = party
    for project, party in company.items():
        if project in found and party in capital:
            found[project].capital = capital[party][0]


def _doubts(known_at: datetime | None, known: Mapping[int, _Known]) -> dict[int, int | None]:
    """Projects whose own note asks, and the other one where it names its number; what a person has decided is decided."""
    words, numbers = integrity_settings().doubts, {one.number: project for project, one in known.items() if one.number}
    decided = DoubtfulPair.objects.filter(verdict__in=(DoubtfulPair.Verdict.SAME, DoubtfulPair.Verdict.DIFFERENT))
    if known_at is not None:
        decided = decided.filter(decided_at__lte=known_at)
    pairs = set(stood(decided, known_at).values_list("project_id", "other_id"))
    found: dict[int, int | None] = {}
    for project, one in known.items():
        if not any(word in one.notes for word in words):
            continue
        named = (numbers[text] for text in _NUMBER.findall(one.notes) if text in numbers)
        other = next((each for each in named if each != project), None)
        if not pairs & {(project, other), (other, project)}:
            found[project] = other
    return found
