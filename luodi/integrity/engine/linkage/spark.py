"""Candidates found, compared and scored by a Spark cluster: the same keys, the same Python functions, the same sums as here.

The tables are read, cleaned and learned from on the driver, and every worker gets their distinct values; what grows beyond one machine
are the pairs, and those never leave the cluster but as counts of patterns and as the few that may match. `make spark` installs what it needs.
"""

from collections.abc import Callable, Iterator
from typing import Any

from luodi.integrity.engine.linkage import weighing
from luodi.integrity.engine.linkage.blocking import keys, largest_group
from luodi.integrity.engine.linkage.columns import Rows
from luodi.integrity.engine.linkage.comparing import compare
from luodi.integrity.engine.linkage.tables import TableUnreadable

FLOOR = -12.5
"""Log odds below which a pair stays on the cluster. A pair is written from 0.01 (−4.6) on, being ahead of the next best lifts it by 2.5 at
most, and the next best counts when it is less than 5 behind: what lies lower changes nothing that is written."""
MISSING = "要用 Spark，请先 make spark（pyspark、pyarrow 和 Java）· Spark is not installed: make spark"
PAIRS = """
SELECT DISTINCT a.row AS i, b.row AS j FROM keyed a
JOIN (SELECT no, key FROM keyed GROUP BY no, key HAVING count(*) > 1 AND count(*) <= max(cap)) g ON a.no = g.no AND a.key = g.key
JOIN keyed b ON a.no = b.no AND a.key = b.key AND a.row < b.row
"""


def session_of(master: str) -> Any:
    """A session on this master, or a refusal that says what is missing."""
    try:
        import pyarrow  # noqa: F401
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise TableUnreadable(MISSING) from None
    try:
        return SparkSession.builder.master(master).appName("luodi integrity link").getOrCreate()
    except PySparkRuntimeError as error:
        raise TableUnreadable(f"{MISSING}（{error}）") from None


class Spread:
    """The candidates of a table on a cluster, compared once and kept there until the end."""

    def __init__(self, session: Any, rows: Rows) -> None:
        self._session, self._rows = session, rows
        self._kinds = tuple(column.kind for column in rows.columns)
        self._names = [f"c{n}" for n in range(len(rows.columns))]
        self._rare = [f"r{n}" for n in range(len(rows.columns))]
        held = session.sparkContext.broadcast(rows)
        fields = [*(f"{name} int" for name in self._names), *(f"{name} float" for name in self._rare)]
        schema = ", ".join(["i long", "j long", *fields])
        self._pairs = _candidates(session, rows).mapInArrow(_comparing(held, self._names, self._rare), schema).persist()
        self.compared: int = self._pairs.count()

    def __enter__(self) -> "Spread":
        return self

    def __exit__(self, *_error: object) -> None:
        self._pairs.unpersist()

    def patterns(self) -> tuple[Any, Any]:
        """Distinct rows of levels, and how many pairs each has; in one order, so that learning adds up in one order."""
        found = self._pairs.groupBy(*self._names).count().orderBy(*self._names).toArrow()
        return _levels(found, self._names), found["count"].to_numpy().astype(float)

    def scored(self, weights: weighing.Weights) -> tuple[Any, Any, Any, Any]:
        """Pairs that may match: i, j, levels, log odds."""
        import numpy as np

        found = self._scored(weights).where(f"score >= {FLOOR}").toArrow()
        i, j, score = (found[name].to_numpy() for name in ("i", "j", "score"))
        order = np.lexsort((j, i))
        return i[order], j[order], _levels(found, self._names)[order], score[order]

    def best_within(self, weights: weighing.Weights, part: Rows) -> Any:
        """For each row of one list the highest score with another row of the same list."""
        import numpy as np

        best = np.full(part.total, -np.inf)
        with Spread(self._session, part) as pairs:
            if not pairs.compared:
                return best
            scored = pairs._scored(weights)
            for side in ("i", "j"):
                top = scored.groupBy(side).agg({"score": "max"}).toArrow()
                np.maximum.at(best, top[side].to_numpy(), top["max(score)"].to_numpy())
        return best

    def _scored(self, weights: weighing.Weights) -> Any:
        from pyspark.sql import functions

        sums = [_sum_of(functions, *column) for column in zip(self._names, self._rare, self._kinds, strict=True)]
        row = self._pairs.agg(*(one for both in sums for one in both)).first()
        usual = weighing.typical(_array(row[0::2]), _array(row[1::2]))
        schema = ", ".join(["i long", "j long", *(f"{name} int" for name in self._names), "score double"])
        return self._pairs.mapInArrow(_scoring(weights, usual, self._names, self._rare), schema)


def _candidates(session: Any, rows: Rows) -> Any:
    """Pairs of rows that share a key, of groups up to the cap that the same key has here."""
    import numpy as np
    import pyarrow

    parts = []
    for no, key in enumerate(keys(rows, parts=True)):
        row = np.flatnonzero(key >= 0)
        numbers = {"no": np.full(len(row), no), "key": key[row], "row": row}
        cap = np.full(len(row), largest_group(key, rows.total))
        parts.append(
            pyarrow.table({name: np.asarray(one, dtype=np.int64) for name, one in {**numbers, "cap": cap}.items()})
        )
    schema = pyarrow.schema([(name, pyarrow.int64()) for name in ("no", "key", "row", "cap")])
    keyed = session.createDataFrame(pyarrow.concat_tables([schema.empty_table(), *parts]))
    across = "" if rows.alone else f" WHERE a.row < {rows.left} AND b.row >= {rows.left}"
    return session.sql(PAIRS.replace("keyed", "{keyed}") + across, keyed=keyed)


def _comparing(held: Any, names: list[str], rare: list[str]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """On a worker: the pairs of a partition at once, because what a column's values weigh is worked out anew for each call."""

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import numpy as np
        import pyarrow

        some = pyarrow.Table.from_batches(batches, pyarrow.schema([("i", pyarrow.int64()), ("j", pyarrow.int64())]))
        if not some.num_rows:
            return
        rows = held.value
        i, j = (some[name].to_numpy() for name in ("i", "j"))
        compared = compare(rows, i, j, more=False)
        level = weighing.levels(compared.alike, tuple(column.kind for column in rows.columns)).astype(np.int32)
        found = dict(zip(names, level.T, strict=True)) | dict(zip(rare, compared.rare.T, strict=True))
        yield from pyarrow.table(
            {"i": i, "j": j} | {name: np.ascontiguousarray(one) for name, one in found.items()}
        ).to_batches(100_000)

    return run


def _scoring(
    weights: weighing.Weights, usual: Any, names: list[str], rare: list[str]
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for batch in batches:
            if batch.num_rows:
                level, seldom = _levels(batch, names), _columns(batch, rare)
                score = weights.odds(level) + weighing.seldom(level, seldom, weights.kinds, usual)
                kept = {name: batch[name] for name in ("i", "j", *names)}
                yield pyarrow.RecordBatch.from_pydict({**kept, "score": score})

    return run


def _sum_of(functions: Any, level: str, rare: str, kind: Any) -> tuple[Any, Any]:
    """`weighing.agreements`, counted where the pairs are."""
    agreed = (functions.col(level) == len(weighing.EDGES[kind])) & (functions.col(rare) > 0)
    frequency = functions.exp(-functions.col(rare).cast("double"))
    return functions.sum(agreed.cast("long")), functions.sum(functions.when(agreed, frequency).otherwise(0.0))


def _columns(found: Any, names: list[str]) -> Any:
    import numpy as np

    return np.column_stack([found[name].to_numpy() for name in names])


def _levels(found: Any, names: list[str]) -> Any:
    import numpy as np

    return _columns(found, names).astype(np.int8)


def _array(numbers: Any) -> Any:
    import numpy as np

    return np.array(numbers, dtype=float)
