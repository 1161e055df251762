"""Progress in percent, with what it is measured on. A published 27.5 % became 8 % because 设计+采购+施工 became 施工."""

import re
from dataclasses import dataclass
from decimal import Decimal

from luodi.intake.engine.widths import halfwidth

_PERCENT = re.compile(r"(?P<percent>\d{1,4}(?:\.\d+)?)\s*%")
_BASIS = re.compile(r"\((?P<basis>[^()]{1,100})\)|(?:按|口径[为是:]?)\s*(?P<words>[^,，;；()\d]{1,60}?)(?:计|口径|$)")


@dataclass(frozen=True, slots=True)
class ProgressText:
    """`basis` as written, blank when nothing says it."""

    percent: Decimal
    basis: str = ""


def read_progress(text: str) -> ProgressText | None:
    """What a cell says: "27.5%（设计+采购+施工）", "8 %", "0.35" (a fraction of one), "120%"; None when it gives no percentage."""
    half = halfwidth(text).strip()
    if match := _PERCENT.search(half):
        rest = half[: match.start()] + half[match.end() :]
        basis = _BASIS.search(rest)
        words = (basis["basis"] or basis["words"] or "").strip() if basis else ""
        return ProgressText(Decimal(match["percent"]), words)
    if re.fullmatch(r"[01]\.\d+", half):
        return ProgressText(Decimal(half) * 100)
    if re.fullmatch(r"\d{1,3}(?:\.\d+)?", half):
        return ProgressText(Decimal(half))
    return None


def same_basis(a: str, b: str) -> bool:
    """Bases compared by their words; a basis that nobody states is taken to be the one before."""
    return not b or _key(a) == _key(b)


def falls(before: ProgressText, now: ProgressText) -> bool:
    """Whether progress went back on what is, as far as anyone says, the same basis: that needs a reason."""
    return now.percent < before.percent and same_basis(before.basis, now.basis)


def _key(text: str) -> str:
    return "".join(sorted(re.split(r"[+＋、,和与及\s]+", halfwidth(text).strip())))
