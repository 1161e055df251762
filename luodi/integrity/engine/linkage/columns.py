"""Columns as small integers into lists of distinct cleaned values: work is done once a value, not once a row."""

from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.linkage.cleaning import clean
from luodi.integrity.engine.linkage.kinds import Kind, guess
from luodi.integrity.engine.linkage.tables import Table, TableUnreadable


@dataclass(frozen=True)
class Column:
    """`codes` has one number a row of the two tables one below the other, −1 for blank; `counts` says how many rows share a value."""

    name: str
    kind: Kind
    codes: Any
    values: list[str]
    counts: Any

    @property
    def hubness(self) -> float:
        """How many rows a filled row shares its value with, on average, itself included."""
        total = self.counts.sum()
        return float((self.counts.astype(float) ** 2).sum() / total) if total else 0.0


@dataclass(frozen=True)
class Rows:
    """`left` rows of the first table, then those of the second; one table alone has `left` == `total`."""

    columns: list[Column]
    left: int
    total: int

    @property
    def alone(self) -> bool:
        return self.left == self.total

    def part(self, start: int, stop: int) -> "Rows":
        """Some rows as a table of their own; values keep the counts that they have in the whole."""
        columns = [Column(one.name, one.kind, one.codes[start:stop], one.values, one.counts) for one in self.columns]
        return Rows(columns, stop - start, stop - start)


def encode(a: Table, b: Table | None, on: list[str], kinds: dict[str, Kind] | None = None) -> Rows:
    """The columns asked for; "x=y" compares column x of the first table with y of the second."""
    import polars as pl

    kinds = kinds or {}
    columns = []
    for asked in on:
        one, _, other = asked.partition("=")
        cells = _cells(a, one.strip(), "A")
        if b is not None:
            cells = pl.concat([cells, _cells(b, (other or one).strip(), "B").rename(cells.name)])
        columns.append(column(one.strip(), cells, kinds.get(one.strip())))
    if all(len(each.values) == 0 for each in columns):
        raise TableUnreadable("这些列都是空的 · the columns hold nothing")
    return Rows(columns, len(a), len(a) + (len(b) if b else 0))


def column(name: str, cells: Any, kind: Kind | None = None) -> Column:
    """One column cleaned: first the distinct values as written, then the distinct cleaned ones."""
    import numpy as np
    import polars as pl

    frame = pl.DataFrame({"cell": cells})
    written = frame["cell"].unique(maintain_order=True).drop_nulls()
    kind = kind or guess(
        name, written.to_list() if len(written) < 50_000 else written.gather_every(len(written) // 5_000).to_list()
    )
    table = pl.DataFrame({"cell": written, "clean": clean(written, kind)})
    values = table["clean"].drop_nulls().unique().sort()
    order = pl.DataFrame({"clean": values, "code": np.arange(len(values), dtype=np.int32)})
    table = table.join(order, on="clean", how="left")
    codes = frame.join(table, on="cell", how="left", maintain_order="left")["code"].fill_null(-1).to_numpy()
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    return Column(name, kind, codes.astype(np.int32), values.to_list(), counts)


def _cells(table: Table, name: str, which: str) -> Any:
    if name not in table.frame.columns:
        raise TableUnreadable(f"表 {which} 没有列 {name} · no such column; {'、'.join(table.frame.columns)}")
    return table.frame[name]
