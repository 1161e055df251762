"""Names compared by their rare parts: 辽宁, 科技 and 有限公司 say nothing, 智晨 says nearly everything.

Characters in pairs, weighted by how few names of the same ledger have them (Salton & Buckley 1988, tf–idf with cosine); no list of places
or trades is needed, and a city with other words brings its own weights.
"""

import re
from dataclasses import dataclass
from typing import Any

from luodi.intake.engine.parties import party_key

_PHASE = re.compile(
    r"第?([一二三四五六七八九十\d]+)期|([ab甲乙]|[一二三四五六七八九十])区|(扩建|扩产|技改|改扩建|增资|续建)"
)
_OUTPUT = re.compile(
    r"(?:年产)?[\d.,]+\s*[万亿]?(?:平方米|立方米|千瓦时|兆瓦时|千瓦|兆瓦|gwh|mwh|gw|mw|kw|吨|台套|台|套|件|只|片|辆|米|亩|头|立方)"
)
_KIND = re.compile(r"(?:生产基地|建设|及配套|产业园|生产线|总部|示范)*项目$|项目$")


@dataclass(frozen=True)
class Index:
    """Rows of unit length in a sparse matrix, so that a product of rows is their cosine."""

    matrix: Any
    rows: dict[str, int]

    def cosine(self, left: Any, right: Any) -> Any:
        """Of two lists of texts, pair by pair; NaN where one is missing."""
        import numpy as np

        i = np.array([self.rows.get(text or "", -1) for text in left])
        j = np.array([self.rows.get(text or "", -1) for text in right])
        known = (i >= 0) & (j >= 0)
        out = np.full(len(i), np.nan)
        a, b = self.matrix[i[known]], self.matrix[j[known]]
        out[known] = np.asarray(a.multiply(b).sum(axis=1)).ravel()
        return out


def index(texts: Any) -> Index:
    """Weights from the distinct texts given; every text to be compared must be among them."""
    import numpy as np
    from scipy import sparse

    known = sorted({text for text in texts if text})
    grams: dict[str, int] = {}
    at, of = [], []
    for row, text in enumerate(known):
        for gram in dict.fromkeys(bigrams(text)):  # in order, so that sums come out alike everywhere
            at.append(row)
            of.append(grams.setdefault(gram, len(grams)))
    counts = np.bincount(of, minlength=len(grams)) if of else np.zeros(1)
    weight = np.log((1 + len(known)) / (1 + counts)) + 0.01
    matrix = sparse.csr_matrix((weight[of], (at, of)), shape=(len(known), max(1, len(grams))))
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = sparse.diags(1 / np.maximum(norm, 1e-9)) @ matrix
    return Index(matrix.tocsr(), {text: row for row, text in enumerate(known)})


def bigrams(text: str) -> list[str]:
    """Neighbouring characters; a text of one character is itself."""
    return [text[at : at + 2] for at in range(len(text) - 1)] or [text]


def company(text: str | None) -> str | None:
    """A company's name for comparing: legal form and brackets off."""
    return (party_key(text).replace("集团", "") or None) if text else None


def product(name: str | None, *owners: str | None) -> str | None:
    """What a project makes: its name without the owner in front, without quantity and kind."""
    if not name:
        return None
    for owner in owners:
        shared = _shared_prefix(name, owner or "")
        if shared >= 3:
            name = name[shared:]
            break
    text = _KIND.sub("", _OUTPUT.sub("", re.sub(r"[()]", "", _PHASE.sub("", name))))
    return text or name


def _shared_prefix(a: str, b: str) -> int:
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def phase(name: str | None) -> str | None:
    """The declared phase of a name (二期, 扩建), or None."""
    found = _PHASE.search(name or "")
    return next((group for group in found.groups() if group), None) if found else None
