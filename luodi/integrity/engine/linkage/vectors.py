"""Texts as rows of unit length, weighted by rarity (tf–idf, Salton & Buckley 1988): the product of two rows is their cosine."""

from typing import Any

SIGNS = 0x110000
BUCKETS = 20
"""Runs of signs share 2**20 columns: some share one by chance, seldom."""
LONG = 240
"""Signs of a text that are cut into runs; words are taken from all of it."""
_CHUNK = 200_000
_DENSE = 200_000_000


def words(values: list[str]) -> tuple[Any, Any]:
    """(row, word) of each distinct word of each text, words as small integers."""
    import numpy as np
    import polars as pl

    frame = pl.DataFrame(
        {"row": np.arange(len(values), dtype=np.int64), "word": values}, schema_overrides={"word": pl.String}
    )
    frame = (
        frame.with_columns(pl.col("word").str.split(" "))
        .explode("word", empty_as_null=True)
        .filter(pl.col("word").str.len_bytes() > 0)
        .unique(maintain_order=True)
    )
    return frame["row"].to_numpy(), frame["word"].rank("dense").cast(pl.Int64).to_numpy() - 1


def grams(values: list[str]) -> tuple[Any, Any]:
    """(row, bucket) of runs of signs, three of an alphabet, one and two of Chinese; by arithmetic on one long array of signs."""
    import numpy as np

    text = "".join(f"\x00 {value[:LONG]} " for value in values) + "\x00"
    signs = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    row = np.cumsum(signs == 0) - 1
    ideograph = (signs >= 0x3400) & (signs < 0xA000)
    parts = []
    triple = signs[:-2] * SIGNS * SIGNS + signs[1:-1] * SIGNS + signs[2:]
    inside = (
        (signs[:-2] != 0) & (signs[1:-1] != 0) & (signs[2:] != 0) & ~ideograph[:-2] & ~ideograph[1:-1] & ~ideograph[2:]
    )
    parts.append((row[:-2][inside], triple[inside]))
    if ideograph.any():
        parts.append((row[ideograph], signs[ideograph]))
        both = ideograph[:-1] & ideograph[1:]
        parts.append((row[:-1][both], (signs[:-1] * SIGNS + signs[1:])[both]))
    rows, keys = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    # Multiplicative hashing (Knuth, TAOCP 6.4) into buckets: sorting all runs of a large table would take ten times as long.
    return rows, ((keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - BUCKETS)).astype(np.int64)


def matrix(row: Any, term: Any, rows: int, counts: Any = None, cap: float = 1.0) -> Any:
    """Unit rows; a term that more than `cap` of all rows have is left out. `counts` says how often each text stands in the tables."""
    import numpy as np
    from scipy import sparse

    terms = int(term.max(initial=0)) + 1
    if len(term) < terms:  # of a few rows most buckets are empty, and each costs as much as a full one
        kept, term = np.unique(term, return_inverse=True)
        terms = max(1, len(kept))
    data = sparse.csr_matrix((np.ones(len(row), dtype=np.float32), (row, term)), shape=(rows, terms))
    data.sum_duplicates()
    weight = np.ones(rows) if counts is None else counts.astype(float)
    frequency = np.bincount(data.indices, weights=np.repeat(weight, np.diff(data.indptr)), minlength=terms)
    total = max(1.0, float(weight.sum()))
    idf = np.log((1 + total) / (1 + frequency)) + 0.05
    idf[frequency > cap * total] = 0.0
    data.data = idf[data.indices].astype(np.float32)
    data.eliminate_zeros()
    norm = np.sqrt(np.asarray(data.multiply(data).sum(axis=1)).ravel())
    return (sparse.diags((1 / np.maximum(norm, 1e-9)).astype(np.float32)) @ data).tocsr()


def cosine(one: Any, other: Any, i: Any, j: Any) -> Any:
    """Cosine of row i of one with row j of the other, pair by pair."""
    import numpy as np

    out = np.empty(len(i), dtype=np.float32)
    for start in range(0, len(i), _CHUNK):
        part = slice(start, start + _CHUNK)
        out[part] = np.asarray(one[i[part]].multiply(other[j[part]]).sum(axis=1)).ravel()
    return np.clip(out, 0.0, 1.0)


def affordable(one: Any, other: Any, work: float) -> tuple[Any, Any]:
    """Without the commonest terms, so that the product takes no more than `work` multiplications."""
    import numpy as np

    cost = np.bincount(one.indices, minlength=one.shape[1]).astype(float) * np.bincount(
        other.indices, minlength=one.shape[1]
    )
    order = np.argsort(cost, kind="stable")
    kept = np.sort(order[: np.searchsorted(np.cumsum(cost[order]), work, side="right")])
    return (one, other) if len(kept) == one.shape[1] else (one[:, kept], other[:, kept])


def nearest(one: Any, other: Any, k: int, itself: bool, work: float = 3e7) -> tuple[Any, Any]:
    """For each row of one its k nearest in the other, and the other way round: (i, j). `itself`: one and the same table."""
    import numpy as np

    one, other = affordable(one.tocsr(), other.tocsr(), work)
    if one.shape[0] * other.shape[0] > _DENSE:
        return _nearest_sparse(one, other, k, itself)
    i, j = _nearest_dense(one, other, k, itself)
    if itself:
        return i, j
    back, forth = _nearest_dense(other, one, k, itself)
    return np.r_[i, forth], np.r_[j, back]


def _nearest_dense(one: Any, other: Any, k: int, itself: bool) -> tuple[Any, Any]:
    import numpy as np

    k = min(k, other.shape[0])
    step = max(1, 2_000_000 // other.shape[0])
    transposed = other.T.tocsr()
    left, right = [], []
    for start in range(0, one.shape[0], step):
        product = (one[start : start + step] @ transposed).toarray()
        if itself:
            product[np.arange(len(product)), np.arange(start, start + len(product))] = -1
        line = np.arange(len(product))
        for _ in range(k):  # k passes of argmax take a tenth of one argpartition: most of the product is zero
            best = product.argmax(axis=1)
            keep = product[line, best] > 0
            product[line, best] = -1
            left.append(line[keep] + start)
            right.append(best[keep])
    return np.concatenate(left).astype(np.int64), np.concatenate(right).astype(np.int64)


def _nearest_sparse(one: Any, other: Any, k: int, itself: bool) -> tuple[Any, Any]:
    import numpy as np

    product = (one @ other.T).tocoo()
    row, col, value = product.row.astype(np.int64), product.col.astype(np.int64), product.data
    if itself:
        keep = row != col
        row, col, value = row[keep], col[keep], value[keep]
    by_row = _first(row, col, value, k)
    if itself:
        return row[by_row], col[by_row]
    by_col = _first(col, row, value, k)
    return np.r_[row[by_row], row[by_col]], np.r_[col[by_row], col[by_col]]


def _first(group: Any, other: Any, value: Any, k: int) -> Any:
    """Of each group the k largest values."""
    import numpy as np

    order = np.lexsort((other, -value, group))
    ordered = group[order]
    start = np.searchsorted(ordered, ordered)
    return order[np.arange(len(order)) - start < k]
