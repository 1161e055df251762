"""Which pairs are worth comparing. Keys that many rows share (hubs) make no pairs; tables small enough also ask for nearest rows.

A key is a value, two values together, a rare word. Groups larger than a cap are left out, so that an agency's phone glues nobody together.
"""

from itertools import combinations
from typing import Any

from luodi.integrity.engine.linkage.columns import Column, Rows
from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.vectors import grams, matrix, nearest, words

NEAR = 60_000
"""Rows up to which nearest neighbours are asked for; beyond, keys alone."""
NEIGHBOURS = 8
_WORDY = (Kind.TEXT, Kind.ADDRESS, Kind.COMPANY, Kind.NAME, Kind.EMAIL)
_COMBINED = 10


def candidates(rows: Rows) -> tuple[Any, Any]:
    """Pairs (i, j) of row numbers, each once, i before j (i of the first table, j of the second, when there are two)."""
    import numpy as np

    small = rows.total <= NEAR
    budget = 40 if small else 1
    found = [in_groups(key, rows, cap=largest_group(key, budget * rows.total)) for key in keys(rows, parts=not small)]
    if small:
        found += near(rows)
    packed = distinct(np.concatenate([i * rows.total + j for i, j in found])) if found else np.empty(0, dtype=np.int64)
    return packed // rows.total, packed % rows.total


def distinct(packed: Any) -> Any:
    """Sorted and each once; numpy's own `unique` hashes, which takes five times as long on millions of numbers."""
    import numpy as np

    packed = np.sort(packed)
    return packed[np.r_[True, packed[1:] != packed[:-1]]] if len(packed) else packed


def keys(rows: Rows, parts: bool) -> list[Any]:
    """Arrays of one key a row, −1 for none. `parts` of long values as well, where nearest rows are not asked for."""
    import numpy as np

    columns = [column for column in rows.columns if len(column.values) > 1]
    found = [column.codes.astype(np.int64) for column in columns if column.hubness < 0.05 * rows.total]
    hubs = sorted(columns, key=lambda column: column.hubness)
    pairs = sorted(combinations(hubs, 2), key=lambda pair: pair[0].hubness * pair[1].hubness)
    found += [_both(one, other) for one, other in pairs[:_COMBINED]]
    if parts:
        found += [_part(column, pick) for column in columns for pick in _picks(column)]
    return found


def _both(one: Column, other: Column) -> Any:
    import numpy as np

    key = one.codes.astype(np.int64) * (len(other.values) + 1) + other.codes
    key[(one.codes < 0) | (other.codes < 0)] = -1
    return key


def _picks(column: Column) -> list[slice]:
    return [slice(0, 8), slice(-8, None)] if column.kind in (Kind.EMAIL, Kind.COMPANY, Kind.TEXT) else []


def _part(column: Column, pick: slice) -> Any:
    """The beginning or the end of a long value as a key."""
    import numpy as np

    table: dict[str, int] = {}
    code = np.array([table.setdefault(value[pick], len(table)) for value in column.values], dtype=np.int64)
    return np.where(column.codes >= 0, code[np.maximum(column.codes, 0)], -1)


def largest_group(key: Any, budget: int, most: int = 60) -> int:
    """The largest group that still keeps the number of pairs within the budget."""
    import numpy as np

    ordered = np.sort(key[key >= 0])
    sizes = (
        np.diff(np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1], True]))
        if len(ordered)
        else np.zeros(1, dtype=int)
    )
    by_size = np.bincount(np.minimum(sizes, most + 1), minlength=most + 2)[: most + 1].astype(float)
    made = np.cumsum(by_size * np.arange(most + 1) * (np.arange(most + 1) - 1) / 2)
    return max(2, int(np.searchsorted(made, budget, side="right")) - 1)


def in_groups(key: Any, rows: Rows, cap: int) -> tuple[Any, Any]:
    """All pairs of rows that share a key, of groups up to `cap` rows."""
    import numpy as np

    order = np.argsort(key)
    order = order[np.searchsorted(key[order], 0) :]
    sorted_key = key[order]
    new = np.flatnonzero(np.r_[True, sorted_key[1:] != sorted_key[:-1]]) if len(order) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[new, len(order)])
    keep = np.repeat((sizes <= cap) & (sizes > 1), sizes)
    order, sorted_key = order[keep], sorted_key[keep]
    left, right = [], []
    for step in range(1, cap):
        same = np.flatnonzero(sorted_key[step:] == sorted_key[:-step])
        if not len(same):
            break
        one, other = np.minimum(order[same], order[same + step]), np.maximum(order[same], order[same + step])
        if not rows.alone:
            across = (one < rows.left) & (other >= rows.left)
            one, other = one[across], other[across]
        left.append(one)
        right.append(other)
    if not left:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(left), np.concatenate(right)


def near(rows: Rows) -> list[tuple[Any, Any]]:
    """Nearest rows by all words and grams of the row, and by each wordy column alone."""
    wordy = [column for column in rows.columns if column.kind in _WORDY]
    found = [_near(whole_rows(rows), rows, NEIGHBOURS + 4, 3e7)]
    for column in wordy if len(rows.columns) > 1 else []:
        at = column_rows(column)
        found.append(_near(at, rows, NEIGHBOURS, 1e7))
    return found


def _near(at: Any, rows: Rows, k: int, work: float) -> tuple[Any, Any]:
    import numpy as np

    if rows.alone:
        i, j = nearest(at, at, k, itself=True, work=work)
        return np.minimum(i, j), np.maximum(i, j)
    i, j = nearest(at[: rows.left], at[rows.left :], k, itself=False, work=work)
    return i, j + rows.left


def column_rows(column: Column, cap: float = 0.05) -> Any:
    """One sparse row a table row: grams of the column."""
    import numpy as np
    from scipy import sparse

    at = matrix(*grams(column.values), len(column.values), column.counts, cap=_share(cap, int(column.counts.sum())))
    blank = sparse.csr_matrix((1, at.shape[1]), dtype=np.float32)
    return sparse.vstack([at, blank]).tocsr()[column.codes]


def whole_rows(rows: Rows) -> Any:
    """Words and grams of all columns of a row together; a word in another column is the same word, so exchanged cells meet."""
    texts = joined(rows)
    from scipy import sparse

    cap = _share(0.05, rows.total)
    return sparse.hstack(
        [matrix(*grams(texts), rows.total, cap=cap), matrix(*words(texts), rows.total, cap=cap)]
    ).tocsr()


def joined(rows: Rows) -> list[str]:
    columns = [[*column.values, ""] for column in rows.columns]
    codes = [column.codes.tolist() for column in rows.columns]
    return [" ".join(values[at] for values, at in zip(columns, line, strict=True)) for line in zip(*codes, strict=True)]


def _share(cap: float, total: int) -> float:
    """Small tables keep more: a term in thirty of three hundred rows costs nothing."""
    return max(cap, min(1.0, 200 / max(1, total)))
