"""From pairs with a probability to who is whom: one partner a row between two lists without doubles, groups within one list."""

from typing import Any

LEAST = 0.001


def one_to_one(p: Any, i: Any, j: Any) -> Any:
    """The likeliest pair of a row keeps its probability; what competes with a better one loses it. Ties go by order of rows."""
    import numpy as np

    out = p * LEAST
    order = np.lexsort((j, i, -p))
    order = order[p[order] > LEAST]
    taken: set[int] = set()
    kept = []
    for at, a, b in zip(order.tolist(), i[order].tolist(), j[order].tolist(), strict=True):
        if a not in taken and b not in taken:
            taken.update((a, b))
            kept.append(at)
    out[kept] = p[kept]
    return out


def groups(p: Any, i: Any, j: Any, rows: int, at_least: float = 0.5) -> Any:
    """The group of each row: likeliest pairs first, two groups join when their pairs say so on average (average linkage).

    A pair that was not compared counts as no match, so that one wrong pair does not join two large groups.
    """
    import numpy as np

    keep = np.flatnonzero(p >= at_least)
    seen = p > 0.05
    known = {(a, b): value for a, b, value in zip(i[seen].tolist(), j[seen].tolist(), p[seen].tolist(), strict=True)}
    parent = list(range(rows))
    members: dict[int, list[int]] = {}
    for at in keep[np.lexsort((j[keep], i[keep], -p[keep]))].tolist():
        a, b = parent[int(i[at])], parent[int(j[at])]
        if a == b:
            continue
        one, other = members.get(a, [a]), members.get(b, [b])
        if len(one) + len(other) > 2:
            total = sum(known.get((min(x, y), max(x, y)), 0.0) for x in one for y in other)
            if total < 0.3 * len(one) * len(other):
                continue
        if len(one) < len(other):
            a, one, other = b, other, one
        members[a] = one + other
        for row in other:
            parent[row] = a
        if b != a:
            members.pop(b, None)
    return np.array(parent)


def looks_double(best: Any, usual: float) -> float:
    """Share of a list's rows that have, in the same list, somebody as alike as the best quarter of the matches across are."""
    return float((best >= usual).mean()) if len(best) else 0.0


def free_of_doubles(shares: tuple[float, float]) -> bool:
    """Few doubles in both lists; or so many that the weights, rather than the lists, are to be doubted."""
    return max(shares) < 0.08 or min(shares) > 0.4


def closed(p: Any, i: Any, j: Any, group: Any) -> tuple[Any, Any, Any]:
    """Pairs as the groups say: those inside one are likelier matches than not, also when never compared; those across are not.

    Inside, a pair has the mean of its own probability and its group's lowest believed one; across, it stays below one half.
    """
    import numpy as np

    inside = group[i] == group[j]
    weakest = np.ones(len(group))
    believed = inside & (p >= 0.5)
    np.minimum.at(weakest, group[i[believed]], p[believed])
    out = np.where(inside, np.where(p >= 0.5, p, (weakest[group[i]] + 0.5) / 2), np.minimum(p, 0.49))
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0])
    left, right = [], []
    for at, size in zip(starts.tolist(), np.diff(np.r_[starts, len(order)]).tolist(), strict=True):
        if size > 2:
            one, other = np.triu_indices(size, 1)
            left.append(order[at + one])
            right.append(order[at + other])
    if not left:
        return i, j, out
    total = len(group)
    a, b = np.concatenate(left), np.concatenate(right)
    new = np.minimum(a, b) * total + np.maximum(a, b)
    new = new[~np.isin(new, (i * total + j)[inside])]
    one, other = new // total, new % total
    return np.r_[i, one], np.r_[j, other], np.r_[out, (weakest[group[one]] + 0.5) / 2]
