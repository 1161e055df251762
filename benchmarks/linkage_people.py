"""Made-up people with doubles, any number of them, from a seed: for the benchmark of linkage in bulk."""

from typing import Any

_FIRST = (
    "olivia amelia isla ava ivy freya lily florence mia willow rosie sophia isabella grace daisy sienna poppy elsie emily "
    "ella noah george oliver arthur muhammad leo harry oscar henry archie freddie theodore jack charlie theo alfie jacob "
    "thomas finley joshua logan reuben ethan"
)
_CITIES = (
    "london leeds birmingham manchester liverpool bristol sheffield hull cardiff glasgow edinburgh leicester bradford "
    "coventry nottingham plymouth derby portsmouth reading luton"
)
_PARTS = "wa ber ton smi har per low cole man ford ley den son wick by ham ric dar mel gra kin ros tan ver hol bex cli mor pen sul"
SHARE, SEED = 0.3, 20251126


def people(rows: int, seed: int = SEED) -> tuple[dict[str, list[Any]], int]:
    """Columns of `rows` records and how many true pairs there are. Three in ten records repeat an earlier person, with errors."""
    import numpy as np

    draw = np.random.default_rng(seed)
    originals = int(rows * (1 - SHARE))
    first, cities, parts = _FIRST.split(), _CITIES.split(), _PARTS.split()
    person = np.concatenate([np.arange(originals), draw.integers(0, originals, rows - originals)])
    names = (draw.random(originals) ** 2 * len(first)).astype(int)
    tail = draw.integers(0, len(parts), (originals, 3))
    days = draw.integers(0, 30_000, originals)
    town = (draw.random(originals) ** 2 * len(cities)).astype(int)
    number = draw.integers(1, 10_000, originals)
    house = draw.integers(0, len(parts), (originals, 2)).tolist()
    born = (np.datetime64("1930-01-01") + days).astype(str)
    given = [first[n] for n in names.tolist()]
    family = ["".join(parts[k] for k in line) for line in tail.tolist()]
    email = [
        f"{g[0]}{f}{n}@{parts[x]}{parts[y]}.com"
        for g, f, n, (x, y) in zip(given, family, number.tolist(), house, strict=True)
    ]
    out: dict[str, list[Any]] = {name: [] for name in ("id", "first_name", "surname", "dob", "city", "email", "person")}
    spoilt = draw.random((rows, 5))
    place = draw.integers(0, 8, (rows, 5)).tolist()
    for at, (who, hurt) in enumerate(zip(person.tolist(), spoilt.tolist(), strict=True)):
        line: list[str | None] = [given[who], family[who], str(born[who]), cities[int(town[who])], email[who]]
        if at >= originals:
            line = [_spoil(cell, odds, where) for cell, odds, where in zip(line, hurt, place[at], strict=True)]
            if hurt[0] > 0.97:
                line[0], line[1] = line[1], line[0]
        out["id"].append(str(at))
        for name, cell in zip(("first_name", "surname", "dob", "city", "email"), line, strict=True):
            out[name].append(cell)
        out["person"].append(who)
    sizes = np.bincount(person)
    return out, int((sizes * (sizes - 1) // 2).sum())


def _spoil(cell: str | None, odds: float, where: int) -> str | None:
    """One in eight missing, one in six with two signs exchanged or one left out."""
    if cell is None or odds < 0.125:
        return None
    if odds < 0.21:
        at = min(where + 1, len(cell) - 2)
        return cell[:at] + cell[at + 1] + cell[at] + cell[at + 2 :]
    if odds < 0.29:
        at = min(where, len(cell) - 1)
        return cell[:at] + cell[at + 1 :]
    return cell
