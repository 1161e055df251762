"""Makes the product's code lists from the reference tables: `python docs/make_codelists.py FOLDER`.

FOLDER holds `gbt4754-2017.csv`, `gbt4754-2017-from-docx.xlsx` and `divisions/{provinces,cities,areas}.csv`; where they come from
and under which licence says `luodi/core/data/README.md`. Codes and names only; two copies of one list must agree on every code.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "luodi" / "core" / "data"


def industries(folder: Path) -> list[tuple[str, str]]:
    """GB/T 4754-2017, each class once, in the order of the standard. Raises `ValueError` when the two copies differ in a code."""
    import openpyxl

    with (folder / "gbt4754-2017.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["code"].strip(), row["name"].strip()) for row in csv.DictReader(file)]
    sheet = openpyxl.load_workbook(folder / "gbt4754-2017-from-docx.xlsx", read_only=True).active
    standard = {str(cell) for row in sheet.iter_rows(min_row=2, values_only=True) for cell in row[:4] if cell}
    ours = {code for code, _ in rows}
    # The document writes a class that stands for its whole group only once, so it may lack groups, never have others.
    if strange := {code for code in standard if len(code) == 4} ^ {code for code in ours if len(code) == 4}:
        raise ValueError(f"the copies differ: {sorted(strange)}")
    return rows


def divisions(folder: Path) -> list[tuple[str, str]]:
    """GB/T 2260 to the county, six digits each."""
    found = []
    for name in ("provinces", "cities", "areas"):
        with (folder / "divisions" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            found += [(row["code"].ljust(6, "0"), row["name"].strip('"')) for row in csv.DictReader(file)]
    return sorted((code, name) for code, name in found if name not in {"市辖区", "县", "省直辖县级行政区划"})


def write(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("code", "name"), *rows])


if __name__ == "__main__":
    source = Path(sys.argv[1])
    write(DATA / "gbt4754-2017.csv", industries(source))
    write(DATA / "gbt2260-2023.csv", divisions(source))
