"""What it would buy a district to split 40 % of its projects and to sign a fifth more fakes: as published, and net. Seed 4.

    python benchmarks/outcomes_gaming.py [WORLDS]       default ../shared/engines/integrity (train-*.zip)

Every district of every world games once, all others stay honest; 开工 within 720 days, as of the last day of signing. A lower rank is a better one.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]


def main() -> None:
    from benchmarks.outcomes_worlds import honest, spells, world
    from luodi.outcomes.engine.gaming import bought, table

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent / "shared/engines/integrity"
    rows = []
    for path in sorted(folder.glob("train-*.zip")):
        city = spells(honest(world(path, "开工"))).frame.drop("row", "weight", "observed_from", "ended_from")
        day = city["entered_on"].max()
        units = sorted(city["district"].unique())
        rows += [bought(city, unit, "won", day, 720, "district", seed=4) for unit in units]
    print(f"{len(rows)} districts\n| figure | honest | gamed | rose in |\n|---|---|---|---|")
    for name, before, change in table(rows):
        if before is None or change is None:
            continue
        pairs = [(getattr(one.before, name), getattr(one.after, name)) for one in rows]
        up = sum((new < old - 1e-9) if "rank" in name else (new > old + 1e-9) for old, new in pairs)
        print(f"| {name} | {before:.3f} | {before + change:.3f} | {up} of {len(rows)} |")


if __name__ == "__main__":
    main()
