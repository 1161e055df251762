"""How alike two cells are, from 0 to 1, by kind; NaN where one is blank. Distances count signs, not bytes."""

from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.linkage.columns import Column, Rows
from luodi.integrity.engine.linkage.kinds import WORDY, Kind
from luodi.integrity.engine.linkage.vectors import cosine, grams, matrix, words


@dataclass(frozen=True)
class Compared:
    """`alike` has one likeness a pair and column; `rare` the log of how seldom an agreeing value is (0 else); `more` further measures."""

    alike: Any
    rare: Any
    more: Any
    more_names: list[str]


def compare(rows: Rows, i: Any, j: Any, more: bool = True) -> Compared:
    """Each distinct pair of values is compared once."""
    import numpy as np

    alike, rare, extra, names = [], [], [], []
    for column in rows.columns:
        one, two = column.codes[i], column.codes[j]
        known = (one >= 0) & (two >= 0)
        value = np.full(len(i), np.nan, dtype=np.float32)
        seldom = np.zeros(len(i), dtype=np.float32)
        measures = np.full((len(i), 0), np.nan, dtype=np.float32)
        if known.any():
            size = max(1, len(column.values))
            small, large = np.minimum(one[known], two[known]), np.maximum(one[known], two[known])
            pair, back = _distinct(small.astype(np.int64) * size + large)
            a, b = pair // size, pair % size
            likeness, found = _measure(column, a, b, more)
            value[known] = likeness[back]
            frequency = column.counts / max(1, column.counts.sum())
            same = one == two
            seldom[known & same] = -np.log(frequency[one[known & same]])
            measures = np.full((len(i), found.shape[1]), np.nan, dtype=np.float32)
            measures[known] = found[back]
        alike.append(value)
        rare.append(seldom)
        extra.append(measures)
        names += [f"{column.name}#{n}" for n in range(measures.shape[1])]
    return Compared(np.stack(alike, axis=1), np.stack(rare, axis=1), np.concatenate(extra, axis=1), names)


def _distinct(pair: Any) -> tuple[Any, Any]:
    """Distinct pairs of values and which of them each pair is."""
    import numpy as np

    order = np.argsort(pair)
    ordered = pair[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    back = np.empty(len(pair), dtype=np.int64)
    back[order] = np.cumsum(first) - 1
    return ordered[first], back


def _measure(column: Column, a: Any, b: Any, more: bool) -> tuple[Any, Any]:
    import numpy as np

    if column.kind in (Kind.NUMBER, Kind.YEAR):
        return _numbers(column, a, b), np.empty((len(a), 0), dtype=np.float32)
    differ = a != b
    likeness = np.ones(len(a), dtype=np.float32)
    at, bt = a[differ], b[differ]
    if column.kind in WORDY:
        likeness[differ], found = _texts(column, at, bt, more)
    else:
        likeness[differ] = _strings(column, at, bt)
        found = np.empty((len(at), 0), dtype=np.float32)
    measures = np.ones((len(a), found.shape[1]), dtype=np.float32)
    measures[differ] = found
    return likeness, measures


def _numbers(column: Column, a: Any, b: Any) -> Any:
    """Years: a tenth less for each year. Other numbers: their ratio."""
    import numpy as np

    number = np.array([_float(value) for value in column.values], dtype=float)
    x, y = number[a], number[b]
    if column.kind is Kind.YEAR:
        return np.clip(1 - np.abs(x - y) / 10, 0, 1).astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = 1 - np.abs(x - y) / np.maximum(np.abs(x), np.abs(y))
    ratio = np.where(x == y, 1.0, np.clip(ratio, 0, 1))
    return ratio.astype(np.float32)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _strings(column: Column, a: Any, b: Any) -> Any:
    """The kinder of two: Jaro–Winkler likes a common beginning, edit distance a common rest. Codes and addresses of mail by edit
    distance alone: everybody's begin alike."""
    import numpy as np
    from rapidfuzz.distance import OSA, JaroWinkler
    from rapidfuzz.process import cpdist

    if not len(a):
        return np.empty(0, dtype=np.float32)
    values = column.values
    x, y = [values[n] for n in a.tolist()], [values[n] for n in b.tolist()]
    edits = cpdist(x, y, scorer=OSA.normalized_similarity, dtype=np.float32)
    if column.kind is not Kind.NAME:
        return edits
    return np.maximum(edits, cpdist(x, y, scorer=JaroWinkler.similarity, dtype=np.float32))


def _texts(column: Column, a: Any, b: Any, more: bool) -> tuple[Any, Any]:
    """The mean of the cosines of words and of runs of signs; of companies the kinder of signs and edits. `more`: all of `_further`."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist

    if not len(a):
        return np.empty(0, dtype=np.float32), np.empty((0, 6 if more else 0), dtype=np.float32)
    size = len(column.values)
    gram_rows = matrix(*grams(column.values), size, column.counts)
    by_gram = cosine(gram_rows, gram_rows, a, b)
    x, y = [column.values[n] for n in a.tolist()], [column.values[n] for n in b.tolist()]
    company = column.kind is Kind.COMPANY
    by_word: Any = None
    edits: Any = None
    if more or not company:
        word_rows = matrix(*words(column.values), size, column.counts)
        by_word = cosine(word_rows, word_rows, a, b)
    if more or company:
        edits = cpdist(x, y, scorer=fuzz.ratio, dtype=np.float32) / 100
    likeness = np.maximum(by_gram, edits) if company else (by_word + by_gram) / 2
    if not more:
        return likeness, np.empty((len(a), 0), dtype=np.float32)
    return likeness, np.stack([by_word, by_gram, *_further(x, y), edits, _signs(column.values, a, b)], axis=1)


def _further(x: list[str], y: list[str]) -> tuple[Any, Any]:
    """What the shorter has in the longer, and words in whatever order."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cpdist

    shorter = np.array([min(len(p), len(q)) for p, q in zip(x, y, strict=True)])
    within = cpdist(x, y, scorer=LCSseq.similarity, dtype=np.float32) / np.maximum(1, shorter)
    return within, cpdist(x, y, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100


def _signs(values: list[str], a: Any, b: Any) -> Any:
    """Of the words with a digit (models, numbers) the share, by rarity, that both have; NaN when one has none."""
    import numpy as np

    row, word = words([" ".join(part for part in value.split(" ") if any(map(str.isdigit, part))) for value in values])
    at = matrix(row, word, len(values))
    none = np.diff(at.indptr) == 0
    return np.where(none[a] | none[b], np.nan, cosine(at, at, a, b))
