"""One new row against a million: the keys of a table on disk, asked in milliseconds. Intake asks this when a row is committed.

A folder holds the cleaned values, the rows behind each hashed key (sorted, memory mapped) and the weights that a linkage learned.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from luodi.integrity.engine.linkage import weighing
from luodi.integrity.engine.linkage.cleaning import clean
from luodi.integrity.engine.linkage.columns import Column, Rows
from luodi.integrity.engine.linkage.comparing import compare
from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.linking import Linked
from luodi.integrity.engine.linkage.tables import TableUnreadable

CROWD = 100
"""Rows behind a key beyond which it is a hub and asks nobody."""
_FORMAT = 1


@dataclass(frozen=True)
class Answer:
    """A row of the table that may be the one asked about."""

    id: str
    probability: float


@dataclass(frozen=True)
class Index:
    """`keys` sorted, `at` the row of each; `values` one Polars column of cleaned text a column, `counts` how many rows share each."""

    names: list[str]
    kinds: list[Kind]
    ids: Any
    values: Any
    counts: Any
    keys: Any
    at: Any
    weights: weighing.Weights

    @classmethod
    def build(cls, linked: Linked, ids: list[str], folder: Path) -> "Index":
        """Write the index of the table that was linked (its first, where there were two) and open it."""
        held = cls.of(linked.rows, ids, linked.weights)
        held.save(folder)
        return cls.open(folder)

    @classmethod
    def of(cls, rows: Rows, ids: list[str], weights: weighing.Weights) -> "Index":
        """The same in memory, of a table small enough."""
        import numpy as np
        import polars as pl

        size = rows.left
        texts, counts = {}, {}
        for column in rows.columns:
            codes = pl.Series(column.codes[:size]).replace(-1, None)
            texts[column.name] = pl.Series(column.values, dtype=pl.String).gather(codes)
            counts[column.name] = pl.Series(column.counts).gather(codes)
        frame, sharing = pl.DataFrame(texts), pl.DataFrame(counts)
        found = list(hashes(frame, keys_of(frame.columns)))
        keys = np.concatenate([key for key, _ in found])
        at = np.concatenate([row for _, row in found]).astype(np.int32)
        order = np.argsort(keys, kind="stable")
        kinds = [column.kind for column in rows.columns]
        return cls(
            frame.columns, kinds, pl.Series("id", ids, dtype=pl.String), frame, sharing, keys[order], at[order], weights
        )

    def save(self, folder: Path) -> None:
        """Into a folder, from where `open` reads it without loading it."""
        import numpy as np
        import polars as pl

        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "keys.npy", self.keys)
        np.save(folder / "at.npy", self.at)
        self.values.write_ipc(folder / "values.arrow")
        self.counts.write_ipc(folder / "counts.arrow")
        pl.DataFrame({"id": self.ids}).write_ipc(folder / "ids.arrow")
        told = json.dumps(_plain(self.names, self.kinds, self.weights))
        (folder / "weights.json").write_text(told, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """Open what `build` wrote; nothing is read before it is asked for."""
        import numpy as np
        import polars as pl

        try:
            told = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise TableUnreadable(f"{folder}：不是索引 · not an index ({error})") from None
        if (
            told["format"] != _FORMAT or told["hashes"] != pl.__version__
        ):  # Polars keeps its hashes within a version only
            raise TableUnreadable(f"{folder}：索引由另一版本建立，请重建 · made by another version: build it again")
        read = [pl.read_ipc(folder / name) for name in ("ids.arrow", "values.arrow", "counts.arrow")]
        keys, at = (np.load(folder / name, mmap_mode="r") for name in ("keys.npy", "at.npy"))
        kinds = [Kind(kind) for kind in told["kinds"]]
        return cls(told["names"], kinds, read[0]["id"], read[1], read[2], keys, at, _weights(told, kinds))

    def ask(self, row: dict[str, str | None], at_least: float = 0.1) -> list[Answer]:
        """The rows that may be this one, likeliest first."""
        import numpy as np
        import polars as pl

        cells = {
            name: clean(pl.Series(name, [(row.get(name) or "").strip() or None], dtype=pl.String), kind)
            for name, kind in zip(self.names, self.kinds, strict=True)
        }
        asked = pl.DataFrame(cells)
        found = [self._behind(key) for some, _row in hashes(asked, keys_of(self.names)) for key in some.tolist()]
        near = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int32)
        if not len(near):
            return []
        rows = self._rows(asked, near)
        compared = compare(rows, np.zeros(len(near), dtype=np.int64), np.arange(1, len(near) + 1), more=False)
        level = weighing.levels(compared.alike, tuple(self.kinds))
        p = weighing.posterior(self.weights.odds(level))
        order = np.argsort(-p, kind="stable")
        return [Answer(self.ids[int(near[n])], round(float(p[n]), 6)) for n in order.tolist() if p[n] >= at_least]

    def _behind(self, key: int) -> Any:
        """Rows with the key; none when it is a hub's."""
        import numpy as np

        asked = np.uint64(key)  # a plain number would have numpy turn all keys into floats, at every call
        start, stop = (int(np.searchsorted(self.keys, asked, side=side)) for side in ("left", "right"))
        return self.at[start:stop] if stop - start <= CROWD else self.at[:0]

    def _rows(self, asked: Any, near: Any) -> Rows:
        """The row asked about, then the rows found, as columns; values weigh by how many rows of the whole table share them."""
        import numpy as np

        columns = []
        for name, kind in zip(self.names, self.kinds, strict=True):
            texts = [asked[name][0], *self.values[name].gather(near).to_list()]
            shared = [1, *self.counts[name].gather(near).to_list()]
            table: dict[str, int] = {}
            codes = np.array(
                [-1 if text is None else table.setdefault(text, len(table)) for text in texts], dtype=np.int32
            )
            counts = np.ones(len(table))
            for code, count in zip(codes.tolist(), shared, strict=True):
                if code >= 0:
                    counts[code] = max(counts[code], count or 1)
            columns.append(Column(name, kind, codes, list(table), counts))
        return Rows(columns, len(near) + 1, len(near) + 1)


def keys_of(names: list[str]) -> list[tuple[str, ...]]:
    """Each column, and each two together."""
    return [(name,) for name in names] + list(combinations(names, 2))


def hashes(frame: Any, keys: list[tuple[str, ...]]) -> Iterator[tuple[Any, Any]]:
    """For each key, a number for the values of its columns, and its row; rows with a blank among them have none."""
    import numpy as np

    # Once a column, not once a key: of a few rows each call costs more than its work.
    filled = {name: frame[name].is_not_null().to_numpy() for name in frame.columns}
    hashed = {name: frame[name].hash(seed=7).to_numpy().astype(np.uint64) for name in frame.columns}
    for names in keys:
        known = np.ones(frame.height, dtype=bool)
        key = np.full(frame.height, np.uint64(sum(map(ord, "·".join(names)))), dtype=np.uint64)
        for name in names:
            known &= filled[name]
            key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ hashed[name]
        row = np.flatnonzero(known)
        yield key[row], row


def _plain(names: list[str], kinds: list[Kind], weights: weighing.Weights) -> dict[str, Any]:
    import polars as pl

    return {
        "format": _FORMAT,
        "hashes": pl.__version__,
        "names": names,
        "kinds": [kind.value for kind in kinds],
        "m": [one.tolist() for one in weights.m],
        "u": [one.tolist() for one in weights.u],
        "rate": weights.rate,
        "strangers": [[one.tolist() for one in each] for each in weights.strangers],
        "mix": None if weights.mix is None else weights.mix.tolist(),
    }


def _weights(told: dict[str, Any], kinds: list[Kind]) -> weighing.Weights:
    import numpy as np

    arrays = [tuple(map(np.array, each)) for each in (told["m"], told["u"])]
    strangers = tuple(tuple(map(np.array, each)) for each in told["strangers"])
    mix = None if told["mix"] is None else np.array(told["mix"])
    return weighing.Weights(tuple(kinds), arrays[0], arrays[1], told["rate"], 0, strangers, mix)
