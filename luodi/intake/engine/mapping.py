"""Headings to fields: what each column of a ledger is about, with how sure that is and what else it could be."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from luodi.intake.engine.heads import Column
from luodi.intake.engine.text import clean, fold

_LEAST_CONFIDENCE = 0.55
_SIMILAR_FROM = 78.0
_AREA_WORD = "亩|平方米|平方公里|公顷|m²|m2|㎡"
_UNIT_WORD = (
    rf"[百千万亿]{{0,2}}(?:美|港|欧|日|英)?(?:元|镑|金)|{_AREA_WORD}|人|个|家|%|年月日|年月|年/月|yyyy[-/.年]?m.*"
)
_UNIT_TAIL = re.compile(rf"(?:[_:/,\-]|单位:?)(?:{_UNIT_WORD})$")
_UNIT_BRACKET = re.compile(rf"\((?:单位:?)?(?:{_UNIT_WORD})(?:[,、/](?:{_UNIT_WORD}))*\)")
_BRACKET = re.compile(r"\([^()]*\)")
_YEAR = re.compile(r"(?:\d{4}|\d{2})年度?|(?:本|当|今)年度?|(?<!\d)20\d{2}(?!\d)")
_MONTHS = re.compile(r"(?:1[-~至])?\d{1,2}月(?:份|底|末)?|截[至止]\w{0,4}?(?=累计|完成|目前)|第?[一二三四1-4]季度")
_PLANNED = re.compile(r"合同约定|协议约定|计划|预计|预期|约定|承诺|目标|拟")
_ACTUAL = re.compile(r"实际")
_GENERIC = frozenset(
    {"合计", "小计", "总计", "金额", "数额", "数值", "总额", "情况", "时间", "日期", "名称", "年月", "总量"}
)
_TIME_WORDS = ("时间", "日期", "")
_SEVERAL = frozenset({"source", "status", "progress", "remark"})
"""Fields that more than one column of a table may be about: their texts are read together."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column can be about: key, Chinese name, and the other words seen for it, most certain first."""

    key: str
    zh: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """A city's words for its columns. `exact` maps a bare heading to (field, rank) pairs, the best first."""

    fields: tuple[Field, ...]
    exact: Mapping[str, tuple[tuple[str, int], ...]] = field(repr=False)

    def knows(self, text: str) -> bool:
        """Whether a cell's text is a heading by itself: what finding the head row needs."""
        return _known(self, text)

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """The field proposed for a column, or None. `how`: remembered, exact, contains, similar, content or none."""

    column: Column
    field: str | None
    confidence: float
    how: str
    alternatives: tuple[tuple[str, float], ...] = ()


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a city's headings.toml. Raises OSError or tomllib.TOMLDecodeError; KeyError when a field has no `zh`."""
    with path.open("rb") as stream:
        return vocabulary_from(tomllib.load(stream)["fields"])


def vocabulary_from(entries: Mapping[str, Mapping[str, Any]]) -> Vocabulary:
    """Build a vocabulary from {key: {"zh": …, "synonyms": […]}}."""
    fields = tuple(Field(key, entry["zh"], tuple(entry.get("synonyms", ()))) for key, entry in entries.items())
    exact: dict[str, list[tuple[str, int]]] = {}
    for one in fields:
        for rank, word in enumerate((one.zh, *one.synonyms)):
            pairs = exact.setdefault(bare(word), [])
            if one.key not in [key for key, _ in pairs]:
                pairs.append((one.key, rank))
    return Vocabulary(fields, {word: tuple(sorted(pairs, key=lambda pair: pair[1])) for word, pairs in exact.items()})


@lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """The comparable core of a heading: folded, without units, numbering, required-marks; any year becomes 年度."""
    folded = re.sub(r"^[*★☆]+|[*★☆:]+$", "", fold(text))
    folded = _UNIT_TAIL.sub("", _UNIT_BRACKET.sub("", folded))
    folded = re.sub(r"^(?:\d{1,2}[.、]|\(\d{1,2}\))(?=\D)", "", folded)
    dated = _MONTHS.sub("", _YEAR.sub("年度", folded))
    return re.sub(r"[\"'_\s]|(?<=年度)的", "", dated) or folded


@lru_cache(maxsize=65536)
def _known(vocabulary: Vocabulary, text: str) -> bool:
    return any(word in vocabulary.exact or _planned(word) in vocabulary.exact for word in _forms(text))


def _forms(text: str) -> tuple[str, ...]:
    """Ways to read one heading: as written, brackets opened, brackets dropped."""
    whole = bare(text)
    return tuple(dict.fromkeys((whole, re.sub(r"[()]", "", whole), _BRACKET.sub("", whole) or whole)))


def _planned(word: str) -> str:
    return _PLANNED.sub("", word)


def heading_key(columns: Sequence[Column]) -> str:
    """SHA-256 of the folded heading paths in their order: under it a mapping is remembered."""
    text = "\n".join("\t".join(fold(part) for part in column.path) for column in columns)
    return hashlib.sha256(text.encode()).hexdigest()


def propose(
    columns: Sequence[Column],
    vocabulary: Vocabulary,
    remembered: Mapping[str, str] | None = None,
    samples: Mapping[int, Sequence[Any]] | None = None,
) -> tuple[ColumnMatch, ...]:
    """Propose a field for each column; each field goes to one column only, except sources.

    `remembered` maps a column's letter or its heading to a field ("" = leave unmapped), as a person decided before;
    `samples` may give some cells by column index, used only for columns whose heading says nothing.
    """
    candidates = {
        column.index: _candidates(column, vocabulary, (samples or {}).get(column.index, ())) for column in columns
    }
    decided: dict[int, tuple[str | None, float, str]] = {}
    for column in columns:
        # What a person says of this ledger's column comes last and wins over what was remembered of its heading.
        for key in (column.heading, column.letter):
            if remembered is not None and key in remembered:
                decided[column.index] = (remembered[key] or None, 1.0, "remembered")
    _assign(candidates, decided)
    return tuple(_match(column, candidates[column.index], decided.get(column.index)) for column in columns)


def _assign(
    candidates: Mapping[int, Mapping[str, tuple[float, str]]], decided: dict[int, tuple[str | None, float, str]]
) -> None:
    """The surest pair first; at equal sureness the column further left."""
    taken = {name for name, _, _ in decided.values() if name}
    pairs = [
        (-confidence, index, name, how)
        for index, fields in candidates.items()
        for name, (confidence, how) in fields.items()
        if confidence >= _LEAST_CONFIDENCE
    ]
    for negative, index, name, how in sorted(pairs):
        if index not in decided and (name not in taken or name in _SEVERAL):
            decided[index] = (name, -negative, how)
            taken.add(name)


def _match(
    column: Column, fields: Mapping[str, tuple[float, str]], chosen: tuple[str | None, float, str] | None
) -> ColumnMatch:
    name, confidence, how = chosen or (None, 0.0, "none")
    others = sorted(
        ((key, round(value[0], 3)) for key, value in fields.items() if key != name), key=lambda pair: -pair[1]
    )
    return ColumnMatch(column, name, round(confidence, 3), how, tuple(others[:4]))


def _candidates(column: Column, vocabulary: Vocabulary, sample: Sequence[Any]) -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}

    def offer(name: str, confidence: float, how: str) -> None:
        if confidence > found.get(name, (0.0, ""))[0]:
            found[name] = (confidence, how)

    readings = _readings(column.path)
    for weight, text in readings:
        for name, rank in _exact(text, vocabulary):
            offer(name, weight - min(rank, 50) * 0.001, "exact")
    if not found and column.path:
        for name, confidence, how in _near(readings[0][1], vocabulary):
            offer(name, confidence, how)
    if not found and sample:
        for name, confidence in by_content(sample):
            offer(name, confidence, "content")
    if "place" in found:
        # Beside a column of districts, a second column of places is the address.
        offer("address", found["place"][0] - 0.3, found["place"][1])
    return found


def _readings(path: Sequence[str]) -> list[tuple[float, str]]:
    """Texts under which a heading may stand in the vocabulary, with how much each counts.

    The leaf alone; the leaf in its group's light (计划 over 开工时间); a group over a leaf that says nothing (合计).
    """
    if not path:
        return []
    leaf, groups = path[-1], path[:-1]
    readings: list[tuple[float, str]] = []
    group = "".join(groups)
    if group:
        planned_group, planned_leaf = _PLANNED.search(group), _PLANNED.fullmatch(bare(leaf))
        if planned_group and not _PLANNED.search(leaf):
            readings.append((1.0, f"计划{leaf}"))
        if planned_leaf:
            readings.append((1.0, f"计划{groups[-1]}"))
        if bare(leaf) in _GENERIC or planned_leaf or _ACTUAL.fullmatch(bare(leaf)):
            readings += [(0.99, groups[-1] + leaf), (0.9, groups[-1])]
        readings.append((0.92, groups[-1] + leaf))
    if bare(leaf) not in _GENERIC or not groups:
        readings.append((0.98 if group else 1.0, leaf))
    return readings


def _exact(text: str, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    for form in _forms(text):
        if pairs := vocabulary.exact.get(form):
            return list(pairs)
        if _PLANNED.search(form):
            pairs = vocabulary.exact.get(_planned(form), ())
            planned = [(f"planned_{name}", rank) for name, rank in pairs if name.endswith("_on")]
            if planned:
                return planned
        if _ACTUAL.search(form) and (pairs := vocabulary.exact.get(_ACTUAL.sub("", form), ())):
            return list(pairs)
    return []


def _near(text: str, vocabulary: Vocabulary) -> list[tuple[str, float, str]]:
    """Fields whose words stand inside the heading, else those that are spelt alike. Short words prove nothing here."""
    form = _forms(text)[-1]
    if len(form) < 3:
        return []
    found: list[tuple[str, float, str]] = []
    for word, pairs in vocabulary.exact.items():
        if len(word) >= 3 and len(word) * 2 >= len(form) and (form.endswith(word) or form.startswith(word)):
            found += [(name, 0.55 + 0.35 * len(word) / len(form) - 0.001 * rank, "contains") for name, rank in pairs]
    return found or (_similar(form, vocabulary) if len(form) >= 4 else [])


def _similar(form: str, vocabulary: Vocabulary) -> list[tuple[str, float, str]]:
    from rapidfuzz import fuzz, process

    words = [word for word in vocabulary.exact if len(word) >= 4]
    matches = process.extract(form, words, scorer=fuzz.ratio, score_cutoff=_SIMILAR_FROM, limit=5)
    return [(name, 0.8 * score / 100, "similar") for word, score, _ in matches for name, _ in vocabulary.exact[word]]


_CONTENT = (
    ("source", re.compile(r"https?://.+", re.DOTALL)),
    ("credit_code", re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")),
    ("project_code", re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")),
    ("phone", re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")),
)


def by_content(sample: Sequence[Any]) -> list[tuple[str, float]]:
    """Fields that the cells themselves give away: addresses of pages, codes, telephone numbers, 1 2 3."""
    texts = [text for value in sample if (text := clean(value))]
    if len(texts) < 2:
        return []
    if texts == [str(number) for number in range(1, len(texts) + 1)]:
        return [("serial", 0.8)]
    shares = ((name, sum(bool(pattern.fullmatch(text)) for text in texts) / len(texts)) for name, pattern in _CONTENT)
    return [(name, 0.8 * share) for name, share in shares if share >= 0.8]
