"""The curve as a drawing: boxes and paths in the drawing's own units, placed by attributes because the policy forbids inline style."""

from typing import Any

from luodi.outcomes import words
from luodi.outcomes.asking import View
from luodi.outcomes.curve import Curve

WIDTH, HEIGHT = 1240.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 18.0, 12.0, 62.0
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
NARROW = 44.0
"""Ticks nearer than this would write over each other."""


class Scale:
    """From days and shares to the drawing."""

    def __init__(self, horizon: int, top: float) -> None:
        self.horizon, self.top = max(horizon, 1), top

    def x(self, day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / self.horizon

    def y(self, share: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(share / self.top, 1.0))


def picture(own: Curve, whole: Curve | None, view: View, horizon: int) -> dict[str, Any]:
    """Everything the template draws. `whole` is the line to compare with: everybody, when a group is chosen."""
    highest = max([share for _day, _share, share in own.steps] + [one.upper or 0 for one in own.ticks] + [0.05])
    top = next((step for step in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0) if step >= highest), 1.0)
    scale = Scale(horizon, top)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "base": HEIGHT - BOTTOM,
        "event": _path([(day, share) for day, share, _gone in own.steps], own.last, scale),
        "under": _area([(day, share) for day, share, _gone in own.steps], own.last, scale),
        "gone": _path([(day, gone) for day, _share, gone in own.steps], own.last, scale),
        "whole": _path([(day, share) for day, share, _gone in whole.steps], whole.last, scale) if whole else "",
        "band": _band(own, scale),
        "rows": [(f"{scale.y(top * part / 4):.1f}", words.percent(top * part / 4) or "0%") for part in range(5)],
        "ticks": _ticks(own, view, scale),
        "blind": f"{scale.x(own.last):.1f}" if -1 < own.last < horizon else "",
        "blind_width": f"{scale.x(horizon) - scale.x(own.last):.1f}",
    }


def _path(points: list[tuple[int, float]], last: int, scale: Scale) -> str:
    """A step curve: level until the day, then up."""
    if not points or last < 0:
        return ""
    said = [f"M{scale.x(points[0][0]):.1f} {scale.y(points[0][1]):.1f}"]
    said += [f"H{scale.x(day):.1f}V{scale.y(share):.1f}" for day, share in points[1:]]
    return "".join([*said, f"H{scale.x(last):.1f}"])


def _area(points: list[tuple[int, float]], last: int, scale: Scale) -> str:
    path = _path(points, last, scale)
    return f"{path}V{scale.y(0):.1f}H{scale.x(points[0][0]):.1f}Z" if path else ""


def _band(own: Curve, scale: Scale) -> str:
    """Interval at the asked days, joined."""
    some = [one for one in own.ticks if one.lower is not None and one.upper is not None]
    if len(some) < 2:  # noqa: PLR2004
        return ""
    up = [f"{scale.x(one.at):.1f},{scale.y(one.upper or 0):.1f}" for one in some]
    down = [f"{scale.x(one.at):.1f},{scale.y(one.lower or 0):.1f}" for one in reversed(some)]
    return " ".join([*up, *down])


def _ticks(own: Curve, view: View, scale: Scale) -> list[dict[str, Any]]:
    """Days under the axis with who is still followed and open; a dot leads to those who had the event by then."""
    found: list[dict[str, Any]] = []
    before = -NARROW
    for one in own.ticks:
        at = scale.x(one.at)
        if at - before < NARROW:
            continue
        before = at
        found.append(
            {
                "x": f"{at:.1f}",
                "y": f"{scale.y(one.estimate):.1f}" if one.estimate is not None else "",
                "day": one.at,
                "risk": f"{one.at_risk:,}",
                "url": view.drill(what="event", at=str(one.at)),
                "share": words.percent(one.estimate),
            }
        )
    return found
