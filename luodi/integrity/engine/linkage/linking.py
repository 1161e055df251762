"""Two tables, or one, in; pairs with a probability out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from luodi.integrity.engine.linkage import blocking, weighing
from luodi.integrity.engine.linkage.columns import Rows, encode
from luodi.integrity.engine.linkage.comparing import Compared, compare
from luodi.integrity.engine.linkage.deciding import closed, free_of_doubles, groups, looks_double, one_to_one
from luodi.integrity.engine.linkage.kinds import WORDY, Kind
from luodi.integrity.engine.linkage.learning import enough, folds, gaps, supervised
from luodi.integrity.engine.linkage.strangers import learn_classes
from luodi.integrity.engine.linkage.tables import Table, TableUnreadable

SEED = 20250930
PLAINLY = 0.02
"""A pair below this, that nobody labelled, is learned from as none."""
_TOO_FEW = "标签太少：至少 10 对相同、10 对不同 · too few labels: 10 matches and 10 others at least"
DRAWN, DRAWN_LARGE = 50_000, 200_000
"""Pairs drawn at random for the first u."""
PRIOR, PRIOR_TEXT = 0.15, 0.65
"""Where a row may have any number of partners (see `weighing.learn`). From 0.5 to 0.65 the five sets of one list but cddb do not move."""
LEAD, MOST_LEAD = 0.5, 5.0
"""Where each row has one partner at most: log odds gained for each log odds that a pair is ahead of its rows' next best."""


@dataclass(frozen=True)
class Labels:
    """Pairs somebody judged, by the ids of the tables."""

    pairs: Sequence[tuple[str, str]]
    match: Sequence[bool]
    only_matches: bool = False
    """Every pair not named is none: the file lists all matches of the rows it names."""


@dataclass(frozen=True)
class Linked:
    """`i`, `j` are row numbers (the second table's after the first's). `method`: em, or labels."""

    rows: Rows
    i: Any
    j: Any
    p: Any
    level: Any
    weights: weighing.Weights
    method: str
    single: bool
    """Each row has one partner at most."""
    group: Any
    """Of one table: the group of each row; None of two."""


def link(
    a: Table,
    b: Table | None,
    on: Sequence[str],
    *,
    kinds: dict[str, Kind] | None = None,
    labels: Labels | None = None,
    given: Sequence[tuple[str, str]] | None = None,
    single: bool | None = None,
    seed: int = SEED,
    session: Any = None,
) -> Linked:
    """Link. `given` judges these pairs and no others; `single` None finds out whether each row has one partner at most.

    `session` is a Spark session that finds, compares and scores the candidates; keys alone choose them then, as in a large table here.
    """
    import numpy as np

    rows = encode(a, b, list(on), kinds)
    if session is not None:
        return _spread(rows, session, single, seed)
    number = _numbers(a, b)
    i, j = blocking.candidates(rows)
    asked = _rows(given, number, rows) if given is not None else None
    i, j = _with(rows, i, j, asked, _rows(labels.pairs, number, rows) if labels else None)
    if not len(i):
        return _nothing(rows)
    compared = compare(rows, i, j, more=labels is not None)
    column_kinds = tuple(column.kind for column in rows.columns)
    level = weighing.levels(compared.alike, column_kinds)
    large = rows.total > blocking.NEAR
    weights = _learn(rows, level, None, seed, many=rows.alone or single is False, large=large)
    score = _score(level, compared.rare, weights)
    p = weighing.posterior(score)
    if single is None:
        single = not rows.alone and given is None and _free(rows, i, j, p, score, partial(_best_within, weights))
        if not single and not rows.alone:
            weights = _learn(rows, level, None, seed, many=True, large=large)
            score = _score(level, compared.rare, weights)
            p = weighing.posterior(score)
    method = "em"
    if labels is not None:
        p, method = _by_labels(rows, i, j, compared, (score, p), labels, number, seed), "labels"
    if single:
        p = one_to_one(led(score if method == "em" else weighing.log_odds(p), i, j, rows.total), i, j)
    group = groups(p, i, j, rows.total) if rows.alone and given is None else None
    i, j, p, level = _grouped(i, j, p, level, group)
    if asked is not None:
        keep = np.isin(_pack(rows, i, j), _pack(rows, *asked))
        i, j, p, level = i[keep], j[keep], p[keep], level[keep]
    return Linked(rows, i, j, p, level, weights, method, bool(single), group)


def _spread(rows: Rows, session: Any, single: bool | None, seed: int) -> Linked:
    """As `link`, of pairs that a cluster holds: pairs that are plainly none stay there."""
    from luodi.integrity.engine.linkage.spark import Spread

    with Spread(session, rows) as pairs:
        if not pairs.compared:
            return _nothing(rows)
        weights = _learn(rows, *pairs.patterns(), seed, many=rows.alone or single is False, large=True)
        i, j, level, score = pairs.scored(weights)
        if single is None:
            p = weighing.posterior(score)
            single = not rows.alone and _free(rows, i, j, p, score, partial(pairs.best_within, weights))
            if not single and not rows.alone:
                weights = _learn(rows, *pairs.patterns(), seed, many=True, large=True)
                i, j, level, score = pairs.scored(weights)
        p = one_to_one(led(score, i, j, rows.total), i, j) if single else weighing.posterior(score)
        group = groups(p, i, j, rows.total) if rows.alone else None
        i, j, p, level = _grouped(i, j, p, level, group)
        return Linked(rows, i, j, p, level, weights, "em", bool(single), group)


def _grouped(i: Any, j: Any, p: Any, level: Any, group: Any) -> tuple[Any, Any, Any, Any]:
    """Pairs as their groups say, where there are any; those that were never compared have no levels."""
    import numpy as np

    if group is None:
        return i, j, p, level
    before = len(i)
    i, j, p = closed(p, i, j, group)
    return i, j, p, np.concatenate([level, np.full((len(i) - before, level.shape[1]), -1, dtype=level.dtype)])


def _learn(rows: Rows, level: Any, counts: Any, seed: int, *, many: bool, large: bool) -> weighing.Weights:
    """`large`: keys alone chose the candidates. `counts`: how many pairs have each row of `level`; None is one each."""
    kinds = tuple(column.kind for column in rows.columns)
    expected = 0.2 * rows.total if rows.alone else 0.5 * min(rows.left, rows.total - rows.left)
    prior = tuple(PRIOR_TEXT if kind in WORDY else PRIOR for kind in kinds) if many else None
    drawn = compare(rows, *_drawn(rows, seed, DRAWN_LARGE if large else DRAWN), more=False)
    strangers = weighing.shares(weighing.levels(drawn.alike, kinds), kinds)
    learn = learn_classes if large else weighing.learn
    return learn(level, strangers, kinds, expected, prior, counts)


def led(odds: Any, i: Any, j: Any, rows: int) -> Any:
    """Probability where partners compete: a pair far ahead of what else its rows could have is likelier than its own odds say."""
    import numpy as np

    return weighing.posterior(odds + LEAD * np.clip(gaps(odds, i, j, rows), -MOST_LEAD, MOST_LEAD).mean(axis=1))


def _score(level: Any, rare: Any, weights: weighing.Weights) -> Any:
    """Log odds with the term-frequency adjustment."""
    return weights.odds(level) + weighing.seldom(level, rare, weights.kinds)


def _drawn(rows: Rows, seed: int, pairs: int) -> tuple[Any, Any]:
    import numpy as np

    draw = np.random.default_rng(seed)
    if not rows.alone:
        return draw.integers(0, rows.left, pairs), draw.integers(rows.left, rows.total, pairs)
    i, j = draw.integers(0, rows.total, pairs), draw.integers(0, rows.total, pairs)
    return i[i != j], j[i != j]


def _free(rows: Rows, i: Any, j: Any, p: Any, score: Any, best_within: Callable[[Rows], Any]) -> bool:
    """Whether both lists are free of doubles, by the weights that were learned across them."""
    import numpy as np

    matched = one_to_one(p, i, j) > 0.5
    if matched.sum() < 5:
        return True
    usual = float(np.quantile(score[matched], 0.75))
    first = looks_double(best_within(rows.part(0, rows.left)), usual)
    second = looks_double(best_within(rows.part(rows.left, rows.total)), usual)
    return free_of_doubles((first, second))


def _best_within(weights: weighing.Weights, part: Rows) -> Any:
    """For each row of one list the highest score with another row of the same list."""
    import numpy as np

    i, j = blocking.candidates(part)
    best = np.full(part.total, -np.inf)
    if len(i):
        compared = compare(part, i, j, more=False)
        level = weighing.levels(compared.alike, weights.kinds)
        score = _score(level, compared.rare, weights)
        np.maximum.at(best, i, score)
        np.maximum.at(best, j, score)
    return best


def _by_labels(
    rows: Rows, i: Any, j: Any, compared: Compared, told: tuple[Any, Any], labels: Labels, number: Any, seed: int
) -> Any:
    import numpy as np

    said = dict(zip(_pack(rows, *_rows(labels.pairs, number, rows)).tolist(), labels.match, strict=True))
    label = np.array([said.get(key, np.nan) for key in _pack(rows, i, j).tolist()], dtype=float)
    if labels.only_matches:
        named = np.zeros(rows.total, dtype=bool)
        one, other = _rows(labels.pairs, number, rows)
        named[one] = named[other] = True
        # A row that is named in a list of matches has all its matches there: its other pairs are none.
        label[np.isnan(label) & (named[i] | named[j])] = 0.0
    score, p = told
    if not enough(label) and not labels.only_matches:
        raise TableUnreadable(_TOO_FEW)
    # People judge what is hard to tell; of what is plainly different the weights tell enough, or everything unjudged would look like a match.
    label[np.isnan(label) & (p < PLAINLY)] = 0.0
    if not enough(label):
        raise TableUnreadable(_TOO_FEW)
    whole = blocking.whole_rows(rows)
    from luodi.integrity.engine.linkage.vectors import cosine

    features = np.column_stack(
        [compared.alike, compared.rare, compared.more, score, gaps(score, i, j, rows.total), cosine(whole, whole, i, j)]
    )
    return supervised(features.astype(np.float32), label, folds(i, j, seed), seed)


def _numbers(a: Table, b: Table | None) -> tuple[dict[str, int], dict[str, int]]:
    first = {name: row for row, name in enumerate(a.ids)}
    return first, first if b is None else {name: row + len(a) for row, name in enumerate(b.ids)}


def _rows(pairs: Sequence[tuple[str, str]], number: Any, rows: Rows) -> tuple[Any, Any]:
    """Row numbers of pairs of ids, smaller first within one table; an id that is in no table is refused."""
    import numpy as np

    first, second = number
    missing = [one for one, _ in pairs if one not in first] + [other for _, other in pairs if other not in second]
    if missing:
        raise TableUnreadable(f"{len(missing)} 个编号不在表内 · ids in neither table: {'、'.join(missing[:5])}")
    i = np.array([first[one] for one, _ in pairs], dtype=np.int64)
    j = np.array([second[other] for _, other in pairs], dtype=np.int64)
    return (np.minimum(i, j), np.maximum(i, j)) if rows.alone else (i, j)


def _pack(rows: Rows, i: Any, j: Any) -> Any:
    return i * rows.total + j


def _with(rows: Rows, i: Any, j: Any, *more: tuple[Any, Any] | None) -> tuple[Any, Any]:
    import numpy as np

    packed = [_pack(rows, i, j), *(_pack(rows, *pairs) for pairs in more if pairs is not None)]
    if len(packed) == 1:
        return i, j
    every = blocking.distinct(np.concatenate(packed))
    one, other = every // rows.total, every % rows.total
    return one[one != other], other[one != other]


def _nothing(rows: Rows) -> Linked:
    import numpy as np

    none = np.empty(0, dtype=np.int64)
    kinds = tuple(column.kind for column in rows.columns)
    even = weighing.start(kinds)
    group = np.arange(rows.total) if rows.alone else None
    return Linked(
        rows,
        none,
        none,
        none.astype(float),
        none.reshape(0, len(kinds)),
        weighing.Weights(kinds, even, even, 0.0, 0),
        "em",
        False,
        group,
    )
