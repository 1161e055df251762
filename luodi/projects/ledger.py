"""How a ledger reaches the register: the same session checks, and, when writing, applies."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.city import Place
from luodi.core.installation import city
from luodi.core.rows import reserve_ids
from luodi.intake.engine.facts import facts_of
from luodi.intake.engine.problems import ERROR, WARNING, Problem
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.intake.engine.widths import fold
from luodi.intake.models import Row
from luodi.intake.target import Resolved
from luodi.projects import changes, doubts, gates, packages, particulars, register, reverting, writing
from luodi.projects.engine.identity import Index, Match
from luodi.projects.models import Project

_LOOSE = frozenset({"name", "place", "amount_text", "unit_text"})
"""Fields whose wording varies between ledgers while other fields carry the meaning: set once, not compared."""


class ProjectLedger:
    """The register as a target of ledger rows."""

    def session(self, *, actor: User | None, unit: str | None, writing: bool) -> "LedgerSession":
        return LedgerSession(actor=actor, unit=unit, writing=writing)

    def revert(self, batch_id: int, *, now: datetime) -> list[int]:
        return reverting.revert(batch_id, now=now)

    def names(self, target_ids: Sequence[int], *, reader: User | None) -> list[str]:
        named = dict(Project.objects.visible_to(reader).filter(pk__in=target_ids).values_list("id", "name"))
        return [named.get(target, "（其他单位的项目）") for target in target_ids]

    def current(self, target_ids: Sequence[int], *, reader: User | None) -> dict[int, dict[str, list[Any]]]:
        visible = Project.objects.current().visible_to(reader)
        mine = visible.filter(pk__in=target_ids)
        held = register.facts(mine.values_list("id", flat=True))
        if scope_of(reader).everything:
            return held
        # Whose package it is that the record names since, only who sees the package reads in their ledger.
        for foreign in mine.exclude(package=None).exclude(package__in=visible).values_list("id", flat=True):
            held[foreign].pop("package", None)
        return held


@dataclass(slots=True)
class LedgerSession:
    """One pass over one ledger. Targets are real ids when writing and negative numbers when only checking."""

    actor: User | None
    unit: str | None
    writing: bool
    index: Index = field(default_factory=Index)
    _names: dict[int, str] = field(default_factory=dict)
    _taken: dict[str, set[int]] = field(default_factory=dict)
    _unborn: set[int] = field(default_factory=set)
    _born: set[int] = field(default_factory=set)
    _seen: dict[int, str | dict[str, str]] = field(default_factory=dict)
    _members: list[tuple[int, int, UnderstoodRow]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _last: int = 0
    _locked: frozenset[int] = frozenset()
    _doubted: dict[tuple[str, int], tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = register.load_index(self.index)
        self._locked = frozenset(Project.objects.exclude(submitted_at=None).values_list("id", flat=True))

    def resolve(self, rows: Sequence[UnderstoodRow]) -> list[Resolved]:
        """Compare one chunk with the record and with the rows before it."""
        ids = iter(reserve_ids(Project, len(rows)) if self.writing else ())
        places = [self._place(row) for row in rows]
        stated = [{} if row.rejected else stated_facts(row, place) for row, place in zip(rows, places, strict=True)]
        # A row that no known project takes up is asked at the gate before it becomes one.
        strangers = gates.refusals(
            [gates.Move(gates.new_steps(_whole(facts)), None, facts) for facts in stated], self.actor
        )
        matches = [
            self._identify(row, place, ids, strangers.get(at, ""))
            for at, (row, place) in enumerate(zip(rows, places, strict=True))
        ]
        held = register.facts({match.target for match in matches if match and match.target})
        refused = gates.refusals(self._moves(stated, matches, held), self.actor)
        return [
            self._resolve(row, facts, match, held, refused.get(at, ""))
            for at, (row, facts, match) in enumerate(zip(rows, stated, matches, strict=True))
        ]

    def _moves(
        self,
        stated: Sequence[dict[str, str]],
        matches: Sequence[Match | None],
        held: Mapping[int, dict[str, list[Any]]],
    ) -> list[gates.Move]:
        """The steps that rows of known projects claim; of several rows about one project, each on top of those before."""
        after: dict[int, dict[str, str]] = {}
        moves = []
        for facts, match in zip(stated, matches, strict=True):
            if match is None or match.target is None:
                moves.append(gates.Move({}))
                continue
            before = after.get(match.target)
            if before is None:
                before = self._before(match.target, held)
            after[match.target] = {**before, **facts}
            # A project's first row has been asked already, as a stranger.
            steps = gates.new_steps(compare(before, facts)) if before else {}
            moves.append(gates.Move(steps, match.target, after[match.target]))
        return moves

    def apply(self, resolved: Sequence[Resolved], row_ids: Sequence[int], *, now: datetime) -> None:
        """Write one chunk; everything that only repeats the record is left alone."""
        pairs = list(zip(resolved, row_ids, strict=True))
        asking = [pair for pair in pairs if pair[0].state == Row.State.PENDING]
        pairs = [pair for pair in pairs if pair[0].state != Row.State.PENDING]
        writing.write([item for item, _ in pairs], [row_id for _, row_id in pairs], now=now)
        if asking:
            changes.from_ledger(asking, actor=self.actor, now=now)
        doubts.write(
            [(item, row_id, self._doubted.pop((item.row.sheet, item.row.number), ())) for item, row_id in pairs],
            self._numbers,
            now,
        )
        for item, row_id in pairs:
            if "package" in item.changes and item.target_id:
                self._members.append((item.target_id, row_id, item.row))
        self._seen.clear()

    def finish(self) -> list[tuple[UnderstoodRow, Problem]]:
        """Put members into their packages, now that every project of the file is known."""
        return packages.join(self._members, self.index, self._numbers, self._born)

    def _place(self, row: UnderstoodRow) -> Place | None:
        """Where the row says it is, and whether this clerk may file for that unit."""
        if row.rejected:
            return None
        texts = {name: str(row.values[name]) for name in ("unit", "place", "address") if row.values.get(name)}
        asked, stated = next(iter(texts.items()), ("place", ""))
        place = next((found for text in texts.values() if (found := city().place(text))), None)
        if stated and place is None:
            row.problems.append(
                _problem(
                    row,
                    WARNING,
                    "place_unknown",
                    "本市资料里没有这个地区或单位",
                    "核对写法，或请管理员在本市资料里补上别名",
                    asked,
                    stated,
                )
            )
        if self.unit is not None and (place is None or place.unit not in city().below(self.unit)):
            name = city().unit[self.unit].name
            row.problems.append(
                _problem(
                    row,
                    ERROR,
                    "other_unit",
                    f"不是{name}的项目",
                    f"您只能填报{name}的项目；请把这一行交给所属单位",
                    asked,
                    stated,
                )
            )
        return place

    def _identify(self, row: UnderstoodRow, place: Place | None, ids: Iterator[int], refusal: str) -> Match | None:
        if row.rejected:
            return None
        probe = register.probe_of(row.values, place)
        taken = self._taken.setdefault(row.sheet, set())
        match = self.index.find(probe, taken=taken)
        if match.target is not None and self._is_strange(match.target):
            message = "库中同名的同一项目由其他单位填报"
            row.problems.append(
                _problem(
                    row, ERROR, "other_unit", message, "如已移交本单位，请与项目办联系", "name", str(row.values["name"])
                )
            )
            return None
        if match.target is None and refusal:
            row.problems.append(_vetoed(row, refusal))
            return None
        if match.target is None:
            self._last -= 1
            target = next(ids) if self.writing else self._last
            self.index.add(target, probe)
            self._names[target] = str(row.values["name"])
            self._unborn.add(target)
            self._born.add(target)
            match = Match(target, doubts=match.doubts)
        taken.add(match.target or 0)
        if number := row.values.get("number"):
            self._numbers[str(number)] = match.target or 0
        return match

    def _is_strange(self, target: int) -> bool:
        """Whether a clerk's row met a project of another unit, of which they may neither know nor change anything."""
        owner = self.index.known[target].unit
        return self.unit is not None and bool(owner) and owner not in city().below(self.unit)

    def _resolve(
        self,
        row: UnderstoodRow,
        stated: dict[str, str],
        match: Match | None,
        held: Mapping[int, dict[str, list[Any]]],
        refusal: str,
    ) -> Resolved:
        label = str(row.values.get("name", ""))
        if match is None or match.target is None:
            return Resolved(row, Row.State.REJECTED, label=label, problems=row.problems)
        target = match.target
        row.problems.extend(self._doubts(row, match))
        if refusal:
            row.problems.append(_vetoed(row, refusal))
            return Resolved(row, Row.State.REJECTED, label=label, problems=row.problems)
        before = self._before(target, held)
        changed = compare(before, stated)
        row.problems.extend(particulars.questions(row))
        if fell := particulars.silent_fall(row, before, changed):
            row.problems.append(fell)
            del changed["progress_percent"]
        state = self._state(target, changed)
        if state == Row.State.PENDING:
            row.problems.append(changes.told(row))
        elif changed:
            after = {**before, **{name: text for name, (_, text) in changed.items()}}
            # A check keeps what every row would have said to the end of the file, so it keeps it small.
            self._seen[target] = after if self.writing else json.dumps(after, ensure_ascii=False)
        return Resolved(row, state, target, label, changed, stated, row.problems)

    def _state(self, target: int, changed: Mapping[str, Any]) -> Row.State:
        if target in self._unborn:
            self._unborn.discard(target)
            return Row.State.NEW
        if not changed:
            return Row.State.UNCHANGED
        return Row.State.PENDING if target in self._locked else Row.State.CHANGED

    def _before(self, target: int, held: Mapping[int, dict[str, list[Any]]]) -> dict[str, str]:
        if seen := self._seen.get(target):
            facts: dict[str, str] = json.loads(seen) if isinstance(seen, str) else seen
            return facts
        return {name: text for name, (text, _) in held.get(target, {}).items()}

    def _doubts(self, row: UnderstoodRow, match: Match) -> Iterator[Problem]:
        name = str(row.values["name"])
        if match.repeated:
            yield _problem(
                row,
                WARNING,
                "repeated_row",
                "本表前面已有同一项目，两行并为一个",
                "如果是两个项目，请写出区别（期次、地块或主体）",
                "name",
                name,
            )
        if self.writing and match.doubts:
            self._doubted[row.sheet, row.number] = match.doubts
        for target, why in match.doubts:
            where = "在库项目" if target > 0 else "本文件"
            # Of another unit's project a clerk learns that it may be the same, never in what it agrees.
            strange = self._is_strange(target)
            message = f"疑似重复：与{where}" + (
                "（其他单位填报）相近" if strange else f"“{self._names.get(target, '')}”{why}"
            )
            yield _problem(
                row,
                WARNING,
                "doubtful_duplicate",
                message,
                "核对是否同一项目；是则改用同一名称，不是则不用处理",
                "name",
                name,
            )


def stated_facts(row: UnderstoodRow, place: Place | None) -> dict[str, str]:
    """Canonical facts of the row; the place becomes codes, and its words stay as they were written."""
    facts = facts_of(row.values)
    if unit := facts.pop("unit", ""):
        facts["unit_text"] = unit
    if place:
        facts |= {key: code for key, code in (("unit", place.unit), ("division", place.division)) if code}
    facts.pop("serial", None)
    said = [facts.get(name, "") for name in ("name", "content", "remark")]
    if nature := city().register.nature_of(facts.get("kind", ""), said):
        facts["nature"] = nature
    return facts


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What the row changes: {field: (before, after)}. Sources add up; loose wording counts only where nothing stood."""
    changes = {}
    for name, text in after.items():
        old = before.get(name, "")
        if name in register.PARTY_FIELDS and _same_parties(name, text, before):
            continue
        if name == "source":
            text = " | ".join(dict.fromkeys([*_sources(old), *_sources(text)]))
        if not old or (text != old and name not in _LOOSE and fold(text) != fold(old)):
            changes[name] = (old, text)
    return changes


def _same_parties(name: str, text: str, before: Mapping[str, str]) -> bool:
    """Whether the record already holds these parties, under this role or, as ledgers mix 投资主体 and 业主, under the other."""
    held = [before[role] for role in (name, *register.PARTY_FIELDS) if before.get(role)]
    return bool(held) and register.party_set(text) == register.party_set(held[0])


def _whole(facts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Everything a row says, as a change of what nobody had said."""
    return {name: ("", text) for name, text in facts.items()}


def _vetoed(row: UnderstoodRow, refusal: str) -> Problem:
    advice = "按准入规则整改，或由项目办审批准入例外后再导入"
    return _problem(row, ERROR, "gate", refusal, advice, "name", str(row.values.get("name", "")))


def _sources(text: str) -> list[str]:
    return [part.strip() for part in text.split(" | ") if part.strip()]


def _problem(row: UnderstoodRow, severity: str, code: str, message: str, advice: str, name: str, value: str) -> Problem:
    return Problem(severity, code, message, advice, row.columns.get(name, ""), "", value[:200])
