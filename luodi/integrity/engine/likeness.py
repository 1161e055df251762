"""Is a new row like one that is known? Asked while a row is entered, so it must answer in milliseconds and give its reasons.

The keys of the linkage index find whom to compare with; shallow boosted trees say how likely the two are one undertaking, learned from
labelled worlds (`benchmarks/integrity_intake.py`): of each column whether it agrees and how seldom its value is, or how alike it still is.
"""

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from luodi.integrity.engine.linkage import weighing
from luodi.integrity.engine.linkage.cleaning import clean
from luodi.integrity.engine.linkage.columns import Column, Rows, encode
from luodi.integrity.engine.linkage.comparing import compare
from luodi.integrity.engine.linkage.index import CROWD, Index, hashes, keys_of
from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.tables import Table
from luodi.integrity.engine.names import phase, product
from luodi.integrity.engine.trees import Trees, read

KINDS = {
    "name": Kind.COMPANY, "product": Kind.COMPANY, "investor": Kind.COMPANY, "owner": Kind.COMPANY, "credit_code": Kind.CODE,
    "address": Kind.ADDRESS, "phone": Kind.PHONE, "total_investment": Kind.NUMBER, "unit": Kind.NAME,
}  # fmt: skip
"""What is compared, under the names that ledgers give their fields; `product` is the name without its owner, phase and quantity. Names of
projects are compared by runs of signs like those of companies."""
SHIPPED = Path(__file__).with_name("likeness.json.gz")
ALIKE = 0.6
"""Names from here on are said to be alike."""
Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Like:
    """A known row that may be the one asked about, and the columns that agree (`name` also when it is only alike)."""

    id: str
    probability: float
    agree: tuple[str, ...]


@dataclass(frozen=True)
class Near:
    """Pairs of a row asked about and a row known. `equal`, `alike`, `rare` have a column a kind; NaN in `alike` = one is blank."""

    asked: Any
    known: Any
    equal: Any
    alike: Any
    rare: Any


def known(cells: Sequence[Cells], ids: list[str]) -> Index:
    """An index of rows in memory; it is saved and opened like any other."""
    import polars as pl

    frame = pl.DataFrame(
        {name: [_cell(row, name) for row in cells] for name in KINDS}, schema=dict.fromkeys(KINDS, pl.String)
    )
    even = weighing.start(tuple(KINDS.values()))
    rows = encode(Table(ids, frame), None, list(KINDS), dict(KINDS))
    return Index.of(rows, ids, weighing.Weights(tuple(KINDS.values()), even, even, 0.5, 0))


def _cell(row: Cells, name: str) -> str | None:
    if name == "product":
        return product(row.get("name"), row.get("owner"), row.get("investor"))
    return (row.get(name) or "").strip() or None


@dataclass(frozen=True)
class Asked:
    """Rows asked about, cleaned, and the keys that find whom to compare with: made once, asked of every index."""

    columns: dict[str, Sequence[str | None]]
    keys: Sequence[tuple[Any, Any]]
    rows: int


def asked_of(cells: Sequence[Cells]) -> Asked:
    import polars as pl

    frame = pl.DataFrame(
        {
            name: clean(pl.Series(name, [_cell(row, name) for row in cells], dtype=pl.String), kind)
            for name, kind in KINDS.items()
        }
    )
    return Asked(
        {name: frame[name].to_list() for name in frame.columns},
        list(hashes(frame, keys_of(frame.columns))),
        frame.height,
    )


def near(index: Index, asked: Asked) -> Near:
    """Everybody who shares a value that is no hub's, compared column by column."""
    import numpy as np

    i, j = _behind(index, asked)
    first, back = np.unique(j, return_inverse=True)
    columns = [_both(index, name, kind, asked.columns[name], first) for name, kind in KINDS.items()] if len(i) else []
    if not columns:
        none = np.zeros((0, len(KINDS)))
        return Near(i, j, none.astype(bool), none, none)
    compared = compare(Rows(columns, 0, 0), i, asked.rows + back, more=False)
    mine, theirs = np.stack([(column.codes[i], column.codes[asked.rows + back]) for column in columns], axis=2)
    return Near(i, j, (mine == theirs) & (mine >= 0), compared.alike, compared.rare)


def _behind(index: Index, asked: Asked) -> tuple[Any, Any]:
    """Distinct pairs by all keys, whole columns at a time."""
    import numpy as np

    found = [np.empty(0, dtype=np.int64)]
    for key, row in asked.keys:
        start, stop = (np.searchsorted(index.keys, key, side=side) for side in ("left", "right"))
        size = stop - start
        keep = (size > 0) & (size <= CROWD)
        row, start, size = row[keep], start[keep], size[keep]
        steps = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        behind = np.asarray(index.at[np.repeat(start, size) + steps]).astype(np.int64)
        found.append(np.repeat(row, size).astype(np.int64) * len(index.ids) + behind)
    packed = np.unique(np.concatenate(found))
    return packed // max(1, len(index.ids)), packed % max(1, len(index.ids))


def _both(index: Index, name: str, kind: Kind, asked: Sequence[str | None], at: Any) -> Column:
    """A column of the rows asked about, then the rows found; a value counts as often as all known rows have it, and once more."""
    import numpy as np

    texts = [*asked, *index.values[name].gather(at).to_list()]
    shared = np.array([0] * len(asked) + [count or 0 for count in index.counts[name].gather(at).to_list()], dtype=float)
    known: dict[str, int] = {}
    # A few rows: numbering them by hand is ten times faster than asking a library to join tables.
    codes = np.array([-1 if text is None else known.setdefault(text, len(known)) for text in texts], dtype=np.int32)
    held = np.ones(len(known) + 1)
    np.maximum.at(held, codes[codes >= 0], shared[codes >= 0] + 1)
    # `compare` takes shares of the sum of the counts: what the table at hand leaves out is one more value that nobody has here.
    filled = len(index.ids) - index.values[name].null_count()
    held[-1] = max(1.0, filled + 1 - held[:-1].sum())
    return Column(name, kind, codes, [*known, ""], held)


def features(found: Near) -> Any:
    """Four numbers a column: agrees, by how seldom, differs, how alike (agreeing is one). Blanks are four noughts."""
    import numpy as np

    seen = np.isfinite(found.alike)
    alike = np.where(found.equal, 1.0, np.where(seen, found.alike, 0.0))
    # Units have codes: that two look alike means nothing.
    alike[:, list(KINDS).index("unit")] = 0.0
    parts = [found.equal, found.rare, seen & ~found.equal, alike]
    return np.concatenate([np.asarray(part, dtype=float) for part in parts], axis=1)


@cache
def model(path: Path = SHIPPED) -> Trees:
    """The shipped trees."""
    return read(gzip.decompress(path.read_bytes()))


def honest(chance: Any, slope: float, shift: float) -> Any:
    """As it was on worlds not seen (Platt 1999): trees are surer of themselves than they may be."""
    import numpy as np

    odds = np.log(np.clip(chance, 1e-9, 1 - 1e-9) / np.clip(1 - chance, 1e-9, 1))
    return weighing.posterior(slope * odds + shift)


def ask(indexes: Iterable[Index], cells: Sequence[Cells], *, least: float) -> list[list[Like]]:
    """For each row those that may be the same, likeliest first. Two declared phases that differ are two undertakings."""
    found: list[list[Like]] = [[] for _ in cells]
    asked = asked_of(cells)
    for index in indexes:
        for at, like in _likes(index, asked, cells, least):
            found[at].append(like)
    return [sorted(some, key=lambda one: (-one.probability, one.id)) for some in found]


def _likes(index: Index, asked: Asked, cells: Sequence[Cells], least: float) -> Iterator[tuple[int, Like]]:
    pairs = near(index, asked)
    if not len(pairs.asked):
        return
    trees = model()
    said = trees.attributes
    chance = honest(trees.chance(features(pairs)), float(said["slope"]), float(said["shift"]))
    names = list(KINDS)
    for n in (chance >= least).nonzero()[0].tolist():
        at, row = int(pairs.asked[n]), int(pairs.known[n])
        if two_phases(cells[at].get("name"), index.values["name"][row]):
            continue
        agree = [
            name for k, name in enumerate(names) if pairs.equal[n, k] or (name == "name" and pairs.alike[n, k] >= ALIKE)
        ]
        yield at, Like(index.ids[row], round(float(chance[n]), 4), tuple(agree))


def two_phases(name: str | None, other: str | None) -> bool:
    """Whether both names declare a phase, and not the same."""
    one, two = phase(name), phase(other)
    return one is not None and two is not None and one != two
