"""The three figures as data, for `luodi figures --json` and the API: with cohort, day, denominators and definition."""

from datetime import date, datetime
from typing import Any

from luodi.core.installation import city
from luodi.intake.engine.units import format_minor
from luodi.snapshots.engine.figures import COUNTINGS, SIDES, Count, Figure, Figures, Three

SCHEMA = "luodi.figures/2"


def report(found: Figures, *, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    """One object: `total`, and per stage `reached` and `current`, each reported, proven and net, each packed and unpacked."""
    here, total = city(), found.total
    return {
        "schema": SCHEMA,
        "city": here.name,
        "as_of": as_of.isoformat(),
        "known_at": known_at.isoformat() if known_at else None,
        "cohort": "全部在库项目",
        "countings": {
            "packaged": "打包：每个打包项目计一次，子项目并入；其余项目各计一次",
            "unpacked": "拆分：子项目和其余项目各计一次，打包项目的壳不计；只写明个数的打包项目按所写个数计",
        },
        "definition": here.definition,
        "denominators": {
            counting: {
                "projects": total.reported.counted(counting).projects,
                "without_exact_cny_amount": total.reported.counted(counting).without_amount,
            }
            for counting in COUNTINGS
        },
        "total": three(total),
        "states": {state: three(one) for state, one in found.states.items()},
        "fixed_assets": three(found.fixed),
        "outside_fixed_assets": {
            nature.code: {"name": nature.name, **three(found.outside[nature.code])}
            for nature in here.natures
            if nature.code in found.outside
        },
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
    return {**{side: _figure(value.side(side)) for side in SIDES}, "water": _figure(value.water)}


def _figure(figure: Figure) -> dict[str, Any]:
    return {counting: _count(figure.counted(counting)) for counting in COUNTINGS}


def _count(count: Count) -> dict[str, Any]:
    return {
        "projects": count.projects,
        "amount_fen": count.amount_fen,
        "amount_wan": format_minor(count.amount_fen, "万元"),
        "without_amount": count.without_amount,
    }
