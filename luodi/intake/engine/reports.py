"""What is told of a table before anybody decides: its head, columns with their fields, units and where they stand, totals."""

from typing import Any

from luodi.intake.engine.facts import AMOUNT_FIELDS
from luodi.intake.engine.mapped import SAMPLES, Table, samples_of
from luodi.intake.engine.mapping import ColumnMatch
from luodi.intake.engine.text import clean
from luodi.intake.engine.totals import TotalCheck
from luodi.intake.engine.units import format_minor


def table_report(table: Table) -> dict[str, Any]:
    """One table as JSON."""
    units = {column.letter: column.unit for column in table.columns if column.field in AMOUNT_FIELDS}
    samples = samples_of(table.layout)
    return {
        "sheet": table.layout.sheet.name,
        "heading_rows": list(table.layout.heading_rows),
        "caption": list(table.layout.caption),
        "reporting_unit": table.layout.reporting_unit,
        "unit_assumed": table.unit_assumed,
        "columns": [
            {
                "letter": match.column.letter,
                "heading": match.column.heading,
                "field": match.field or "",
                "confidence": match.confidence,
                "how": match.how,
                "alternatives": [name for name, _ in match.alternatives],
                "unit": unit.code if (unit := units.get(match.column.letter)) else "",
                "unit_from": _origin(table, match) if unit else "",
                "samples": [clean(value)[:60] for value in samples[match.column.index][:SAMPLES]],
            }
            for match in table.matches
        ],
        "left_out": table.left_out,
        "totals_checked": len(table.checks),
        "totals_wrong": [_wrong(table, check) for check in table.checks if not check.agrees],
        "notes": [],
    }


def _origin(table: Table, match: ColumnMatch) -> str:
    """Where the unit of an amount column stands: heading, caption, another column's heading, or nowhere (the city's own)."""
    if match.column.unit:
        return "heading"
    if table.layout.unit:
        return "caption"
    return "city" if table.unit_assumed else "neighbour"


def _wrong(table: Table, check: TotalCheck) -> dict[str, Any]:
    column = next((c for c in table.columns if check.column is not None and c.position + 1 == check.column), None)
    if column is None or column.unit is None:
        stated, computed, difference = (str(n) for n in (check.stated, check.computed, check.difference))
        name = "个"
    else:
        name = column.unit.code
        stated, computed, difference = (format_minor(n, name) for n in (check.stated, check.computed, check.difference))
    unknown = f"（有 {check.unknown} 行没有确切金额）" if check.unknown else ""
    return {
        "row": check.row,
        "column": column.letter if column else "",
        "label": check.label,
        "message": f"“{check.label}”写的是 {stated} {name}，各行相加是 {computed} {name}，相差 {difference} {name}{unknown}",
    }
