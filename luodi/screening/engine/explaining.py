"""A result in words: per rule the verdict, its reason in both languages, and what is missing to decide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from luodi.screening.engine.nodes import Node
from luodi.screening.engine.rulebook import Dated, Parsed, Rulebook, Verdict
from luodi.screening.engine.speaking import shown


@dataclass(frozen=True, slots=True)
class Known:
    """A fact a rule looked at, as it was."""

    code: str
    name: str
    name_en: str
    unit: str
    value: Any
    shown: str
    shown_en: str


@dataclass(frozen=True, slots=True)
class Used:
    """A parameter a rule used, with the value of the day and who says so."""

    code: str
    name: str
    name_en: str
    unit: str
    dated: Dated | None
    shown: str
    shown_en: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule said of one project. `missing` holds codes of unknown facts that matter; `zero` those that divide by nothing; `found`
    the words that were found in a text."""

    rule: Any
    verdict: Verdict
    points: int
    highest: int
    value: float | None
    evidenced: bool | None
    evidence: tuple[tuple[str, bool], ...]
    missing: tuple[str, ...]
    zero: tuple[str, ...]
    facts: tuple[Known, ...]
    found: tuple[str, ...]
    parameters: tuple[Used, ...]
    reason: str
    reason_en: str

    @property
    def proven(self) -> int:
        return self.points if self.evidenced is not False else 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """One project's verdict and score with every reason."""

    digest: str
    as_of: date
    verdict: Verdict
    gates: Mapping[str, Verdict]
    score: int
    proven: int
    possible: int
    undecided: int
    band: str | None
    band_ceiling: str | None
    dimensions: Mapping[str, tuple[int, int, int, int]]  # score, proven, possible, undecided
    outcomes: tuple[Outcome, ...]

    def outcome(self, code: str) -> Outcome:
        return next(one for one in self.outcomes if one.rule.code == code)

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Every missing fact with the rules that wait for it, the most wanted first."""
        found: dict[str, list[str]] = {}
        for one in self.outcomes:
            for code in one.missing:
                found.setdefault(code, []).append(one.rule.code)
        return {code: tuple(rules) for code, rules in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))}


def explanation(book: Rulebook, as_of: date, row: Mapping[str, Any], facts: Mapping[str, Any]) -> Explanation:
    """Read a row of results and its facts."""
    values = {code: parameter.on(as_of) for code, parameter in book.parameters.items()}
    return Explanation(
        digest=book.digest,
        as_of=as_of,
        verdict=Verdict(row["verdict"]),
        gates={gate.stage: Verdict(row[f"gate_{gate.stage}"]) for gate in book.gates},
        score=row["score"],
        proven=row["proven"],
        possible=row["possible"],
        undecided=row["undecided"],
        band=row["band"],
        band_ceiling=row["band_ceiling"],
        dimensions={
            name: (row[f"score_{name}"], row[f"proven_{name}"], row[f"possible_{name}"], row[f"undecided_{name}"])
            for name in ("high", "new", "fit", "real")
        },
        outcomes=tuple(_outcome(book, one, row, facts, values) for one in book.rules_on(as_of)),
    )


def _outcome(
    book: Rulebook, one: Parsed, row: Mapping[str, Any], facts: Mapping[str, Any], values: Mapping[str, Dated | None]
) -> Outcome:
    code = one.rule.code
    mask = row.get(f"{code}.missing") or 0
    marked = [fact for place, fact in enumerate(one.facts) if mask >> place & 1]
    verdict = Verdict(row[code])
    known = tuple(_known(book, fact, facts[fact]) for fact in dict.fromkeys((*one.direct_facts, *one.facts)))
    used = tuple(_used(book, name, values[name]) for name in one.parameters)
    missing = tuple(fact for fact in marked if facts[fact] is None)
    zero = tuple(fact for fact in marked if facts[fact] is not None)
    value = row.get(f"{code}.value")
    points = row.get(f"{code}.points") or 0
    needs = tuple((need, any(facts.get(f"evidence_{kind}") for kind in need.split("|"))) for need in one.rule.evidence)
    found = tuple(dict.fromkeys(word for node in one.nodes for word in _found(book, node, facts, values)))
    words_zh = [f"文字里有：{'、'.join(found)}"] if found else []
    words_en = [f"the text has: {', '.join(found)}"] if found else []
    spoken = [item for item in known if _worth_saying(item)]
    plain = tuple(item for item in used if not (item.dated and isinstance(item.dated.value, tuple)))
    told = _Told(book, one, verdict, points, value, missing, zero)
    return Outcome(
        rule=one.rule,
        verdict=verdict,
        points=points,
        highest=one.highest,
        value=value,
        evidenced=row.get(f"{code}.evidenced"),
        evidence=needs,
        missing=missing,
        zero=zero,
        facts=known,
        found=found,
        parameters=used,
        reason=told.zh([*words_zh, *(f"{item.name} {item.shown}" for item in spoken)], plain),
        reason_en=told.en([*words_en, *(f"{item.name_en} {item.shown_en}" for item in spoken)], plain),
    )


def _found(book: Rulebook, node: Node, facts: Mapping[str, Any], values: Mapping[str, Dated | None]) -> Iterator[str]:
    """The words of a list that a text has, through derived facts: what a keyword rule went by."""
    if node.op == "fact" and str(node.value) in book.derived:
        yield from _found(book, book.derived[str(node.value)], facts, values)
    if node.op == "contains":
        item, listed = node.args
        dated = values[str(listed.value)] if listed.op == "parameter" else None
        words = cast(tuple[str, ...], dated.value if dated else listed.value)
        text = facts.get(str(item.value)) if item.op == "fact" else None
        yield from (word for word in words or () if text and word in text)
    for arg in node.args:
        yield from _found(book, arg, facts, values)


def _worth_saying(item: Known) -> bool:
    """Long texts and the day of the run say nothing in a reason."""
    return (
        item.value is not None
        and item.code not in ("as_of", "words")
        and not (isinstance(item.value, str) and len(item.value) > 40)
    )


def _known(book: Rulebook, code: str, value: Any) -> Known:
    fact = book.facts[code]
    named = fact.values.get(value, value) if isinstance(value, str) else value
    english = value.replace("_", " ") if isinstance(value, str) and value in fact.values else value
    return Known(
        code, fact.name, fact.name_en, fact.unit, value, shown(named, fact.unit), shown(english, fact.unit, "en")
    )


def _used(book: Rulebook, code: str, dated: Dated | None) -> Used:
    parameter = book.parameters[code]
    said, said_en = (shown(dated.value if dated else None, parameter.unit, language) for language in ("zh", "en"))
    return Used(code, parameter.name, parameter.name_en, parameter.unit, dated, said, said_en)


@dataclass(frozen=True, slots=True)
class _Told:
    """Puts the sentence together. A gate's flag says what is wrong, a score's flag what is good."""

    book: Rulebook
    one: Parsed
    verdict: Verdict
    points: int
    value: float | None
    missing: tuple[str, ...]
    zero: tuple[str, ...]

    def zh(self, numbers: list[str], used: tuple[Used, ...]) -> str:
        rule = self.one.rule
        if self.verdict is Verdict.UNDEFINED:
            lacks = [f"缺 {'、'.join(self.book.facts[code].name for code in self.missing)}"] if self.missing else []
            lacks += (
                [f"{'、'.join(self.book.facts[code].name for code in self.zero)} 不能用来计算"] if self.zero else []
            )
            return f"{rule.name}：尚不可判，{'；'.join(lacks) or '参数当日无值'}。"
        if self.verdict is Verdict.NOT_APPLICABLE:
            return f"{rule.name}：不适用。{self._numbers_zh(numbers, ())}"
        good = self.verdict is Verdict.PASS
        head = {
            (True, True): f"{rule.name}：符合",
            (True, False): f"{rule.flag}",
            (False, True): f"{rule.flag}，得 {self.points} 分（满分 {self.one.highest}）",
            (False, False): f"{rule.name}：未达到，不得分",
        }[rule.is_gate, good]
        return f"{head}。{self._numbers_zh(numbers, used)}"

    def en(self, numbers: list[str], used: tuple[Used, ...]) -> str:
        rule = self.one.rule
        if self.verdict is Verdict.UNDEFINED:
            lacks = (
                [f"missing: {', '.join(self.book.facts[code].name_en for code in self.missing)}"]
                if self.missing
                else []
            )
            lacks += (
                [f"cannot compute with: {', '.join(self.book.facts[code].name_en for code in self.zero)}"]
                if self.zero
                else []
            )
            return f"{rule.name_en}: undefined; {'; '.join(lacks) or 'a parameter has no value on the day'}."
        if self.verdict is Verdict.NOT_APPLICABLE:
            return f"{rule.name_en}: not applicable. {self._numbers_en(numbers, ())}".strip()
        good = self.verdict is Verdict.PASS
        head = {
            (True, True): f"{rule.name_en}: met",
            (True, False): f"{rule.flag_en}",
            (False, True): f"{rule.flag_en}: {self.points} of {self.one.highest} points",
            (False, False): f"{rule.name_en}: not reached, no points",
        }[rule.is_gate, good]
        return f"{head}. {self._numbers_en(numbers, used)}".strip()

    def _numbers_zh(self, numbers: list[str], used: tuple[Used, ...]) -> str:
        parts = list(numbers) + [f"{item.name} {item.shown}" for item in used]
        if self.value is not None:
            parts.insert(0, f"本项值 {shown(self.value, self.one.rule.value_unit)}")
        return f"（{'；'.join(parts)}）" if parts else ""

    def _numbers_en(self, numbers: list[str], used: tuple[Used, ...]) -> str:
        parts = list(numbers) + [f"{item.name_en} {item.shown_en}" for item in used]
        if self.value is not None:
            parts.insert(0, f"value {shown(self.value, self.one.rule.value_unit, 'en')}")
        return f"({'; '.join(parts)})" if parts else ""
