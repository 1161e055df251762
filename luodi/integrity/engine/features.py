"""Everything that is measured of a ledger: the pairs with their comparisons, the projects with their columns."""

from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine.candidates import Rows, candidates, rows_of
from luodi.integrity.engine.company import company
from luodi.integrity.engine.comparing import compare
from luodi.integrity.engine.habits import habits
from luodi.integrity.engine.investor import investor
from luodi.integrity.engine.ledger import Ledger
from luodi.integrity.engine.money import money
from luodi.integrity.engine.profile import profile
from luodi.integrity.engine.progress import progress
from luodi.integrity.engine.survival import tails
from luodi.integrity.engine.talk import talk

PAIR_KINDS = ("split", "dup")


@dataclass(frozen=True)
class Measured:
    """`pairs` (n, 2) are row numbers, earlier signed first; `compared` and `columns` are float arrays by name (NaN = unknown)."""

    rows: Rows
    pairs: Any
    compared: dict[str, Any]
    columns: dict[str, Any]


def measure(ledger: Ledger) -> Measured:
    """All comparisons and columns of a ledger as of its day."""
    rows = rows_of(ledger)
    pairs = candidates(rows)
    said = progress(ledger, rows)
    columns = {
        **profile(ledger, rows), **company(ledger, rows), **investor(rows), **tails(rows), **said, **talk(ledger, rows),
        **money(ledger, rows, said["完成额"]),
    }  # fmt: skip
    columns |= habits(rows, columns)
    return Measured(rows, pairs, compare(rows, pairs), columns)


def partners(pairs: Any, shares: dict[str, Any], rows: int) -> dict[str, Any]:
    """For each row what its pairs say: the best probability as the later and as the earlier one, the sum, how many are likely."""
    import numpy as np

    out: dict[str, Any] = {}
    for kind in PAIR_KINDS:
        p = shares[kind]
        sides = {"后": pairs[:, 1], "先": pairs[:, 0]}
        for side, at in sides.items():
            best = np.zeros(rows)
            np.maximum.at(best, at, p)
            out[f"{kind}{side}"] = best
        both = np.concatenate([pairs[:, 0], pairs[:, 1]])
        twice = np.concatenate([p, p])
        out[f"{kind}和"] = np.bincount(both, twice, minlength=rows)
        out[f"{kind}数"] = np.bincount(both, twice > 0.5, minlength=rows).astype(float)
        out[f"{kind}最大"] = np.maximum(out[f"{kind}后"], out[f"{kind}先"])
    return out
