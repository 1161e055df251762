"""The three figures as data, for `luodi figures --json` and the API: with cohort, day, denominators and definition."""

from datetime import date
from typing import Any

from luodi.core.installation import city
from luodi.intake.engine.units import format_minor
from luodi.snapshots.engine.figures import SIDES, Figures, Three


def report(found: Figures, *, as_of: date) -> dict[str, Any]:
    """One object: `total`, and per stage `reached` and `current`, each reported, proven and net."""
    here, total = city(), found.total
    return {
        "schema": "luodi.figures/1",
        "city": here.name,
        "as_of": as_of.isoformat(),
        "cohort": "全部在库项目（含打包项目与子项目）",
        "definition": here.definition,
        "denominators": {
            "projects": total.reported.projects,
            "with_exact_cny_amount": total.reported.projects - total.reported.without_amount,
            "without_exact_cny_amount": total.reported.without_amount,
        },
        "total": three(total),
        "stages": [
            {
                "stage": stage.code,
                "name": stage.name,
                **three(found.reached[stage.code]),
                "current": three(found.current[stage.code]),
            }
            for stage in here.stages
        ],
    }


def three(value: Three) -> dict[str, Any]:
    sides = {side: _figure(value.side(side)) for side in SIDES}
    return {**sides, "water": {"projects": value.water_projects, "amount_fen": value.water_fen}}


def _figure(figure: Any) -> dict[str, Any]:
    return {
        "projects": figure.projects,
        "amount_fen": figure.amount_fen,
        "amount_wan": format_minor(figure.amount_fen, "万元"),
        "without_amount": figure.without_amount,
    }
