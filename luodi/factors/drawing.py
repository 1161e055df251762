"""A factor over five years as a small drawing: paths and places in the drawing's own units; the policy forbids inline style."""

from collections.abc import Sequence
from typing import Any

from luodi.factors import words
from luodi.factors.panorama import Month, Panorama

WIDTH, HEIGHT = 300.0, 110.0
LEFT, RIGHT, TOP, BOTTOM = 4.0, 4.0, 15.0, 18.0


def small_multiple(found: Panorama) -> dict[str, Any]:
    """Supply as a line, what is claimed as a body, what is needed as a thinner body, what is short hatched."""
    months = found.months
    highest = max(max(one.granted, one.needed, one.claimed) for one in months) or 1
    x = [LEFT + (WIDTH - LEFT - RIGHT) * number / len(months) for number in range(len(months) + 1)]

    def y(amount: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - amount / highest)

    years = [
        {"x": f"{x[number]:.1f}", "text": str(one.day.year)}
        for number, one in enumerate(months)
        if one.day.month == 1 or number == 0
    ]
    if len(years) > 1 and float(years[1]["x"]) - float(years[0]["x"]) < 30:  # noqa: PLR2004 # two labels would touch
        years = years[1:]
    return {
        "width": f"{WIDTH:.0f}",
        "height": f"{HEIGHT:.0f}",
        "base": f"{HEIGHT - BOTTOM:.1f}",
        "granted": _steps([y(one.granted) for one in months], x),
        "claimed": _body([y(one.claimed) for one in months], x),
        "needed": _body([y(one.needed) for one in months], x),
        "planned": _steps([y(one.planned) for one in months], x)
        if any(one.planned != one.needed for one in months)
        else "",
        "short": _short(months, x, y),
        "years": years,
        "top": words.number(found.factor, highest),
        "mark": "" if found.short is None else f"{x[months.index(found.short)]:.1f}",
    }


def _steps(levels: Sequence[float], x: Sequence[float]) -> str:
    return "".join(
        [f"M{x[0]:.1f} {levels[0]:.1f}H{x[1]:.1f}", *(f"V{one:.1f}H{x[n + 2]:.1f}" for n, one in enumerate(levels[1:]))]
    )


def _body(levels: Sequence[float], x: Sequence[float]) -> str:
    return f"{_steps(levels, x)}V{HEIGHT - BOTTOM:.1f}H{x[0]:.1f}Z"


def _short(months: Sequence[Month], x: Sequence[float], y: Any) -> list[dict[str, str]]:
    """Where more is needed than given, the missing part; months in a row with the same numbers are one box."""
    boxes: list[tuple[int, int, Month]] = []
    for number, one in enumerate(months):
        if one.needed <= one.granted:
            continue
        last = boxes[-1] if boxes else None
        if last and last[1] == number and (last[2].needed, last[2].granted) == (one.needed, one.granted):
            boxes[-1] = (last[0], number + 1, one)
        else:
            boxes.append((number, number + 1, one))
    return [
        {
            "x": f"{x[first]:.1f}", "width": f"{x[last] - x[first]:.1f}",
            "y": f"{y(one.needed):.1f}", "height": f"{y(one.granted) - y(one.needed):.1f}",
        }
        for first, last, one in boxes
    ]  # fmt: skip
