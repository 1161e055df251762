"""Amounts and counts for people. Amounts are stored in 分, shown in 万元 or 亿元. `{% load money %}{{ fen|money:money_unit }}`."""

from django import template

register = template.Library()

SCALES = {"万元": (1_000_000, 2), "亿元": (10_000_000_000, 4)}
"""分 in one unit, and how many decimals are shown at most."""


@register.filter
def grouped(count: int) -> str:
    """A count, thousands separated: 4808 -> "4,808"."""
    return f"{count:,}"


@register.filter
def money(fen: int | None, unit: str = "万元") -> str:
    """Rounded half away from zero, thousands separated, without trailing zeros: 12345678 -> "12.35". None -> ""."""
    if fen is None:
        return ""
    per_unit, places = SCALES[unit]
    step = per_unit // 10**places
    steps = (2 * abs(fen) + step) // (2 * step)
    whole, rest = divmod(steps, 10**places)
    decimals = f".{rest:0{places}d}".rstrip("0") if rest else ""
    sign = "-" if fen < 0 and steps else ""
    return f"{sign}{whole:,}{decimals}"
