"""Published instances: mean gap to the best known makespan, beside priority rules, HiGHS, CP-SAT and PyJobShop in one run.

    python benchmarks/factors_schedule.py [SET ...] [--seconds 5] [--every 20] [--seed 1] [--peers] [--folder DIR --known CSV]

Every `every`-th instance of the sets under `../shared/data/scheduling` (all but multi-mode); another set by a folder of `.sm` files
and a table of `problem,optimum` (a range's upper end counts). What is proven to have no schedule, as published, counts as equal.
`--processor`: ours by processor seconds over two workers, for a machine that is shared. `LUODI_PEERS`: see `peers.txt`.
"""

import argparse
import csv
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
DATA = ROOT.parent / "shared/data/scheduling"
MAXIMAL = ("sm_j10", "sm_j20", "sm_j30", "testset_ubo10", "testset_ubo20", "testset_ubo50")
SETS = {  # archive, table, its column of names, its column of best known makespans
    "j30": ("psplib/j30.sm.tar.gz", "psplib/j30.bounds.csv", "instance", "ub"),
    "j60": ("psplib/j60.sm.tar.gz", "psplib/j60.bounds.csv", "instance", "ub"),
    "patterson": ("patterson/patterson.rcp.tar.gz", "patterson/patterson.optimum.csv", "problem", "optimum"),
    "storages": ("rcpsp-cpr/KSD30_ConsProd.rcp.tar.gz", "rcpsp-cpr/best_known.csv", "instance", "ub"),
    "projects": ("multi-project/MPLIB1_Set3.sample.rcmp.tar.gz", "multi-project/MPLIB1_Set3.sample.best_known.csv", "instance", "bks_makespan"),
    **{name: (f"rcpsp-max/{name}.sch.tar.gz", f"rcpsp-max/{name}.optimum.csv", "problem", "optimum") for name in MAXIMAL},
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", default=["j30", "j60"])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--processor", action="store_true")
    parser.add_argument("--each", action="store_true", help="print every instance")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--known", type=Path)
    asked = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}"
    print(f"seed {asked.seed}, {asked.seconds:g} s, every {asked.every}th, {os.cpu_count()} cores, load {load}")
    from schedule_peers import peers

    from luodi.factors.engine.instance import read_instance
    from luodi.factors.engine.warming import warm

    warm(time.monotonic)  # compiled before it is timed
    methods = {"luodi": lambda found, *_: ours(found, asked), **(peers() if asked.peers else {})}
    for name, files in sets(asked):
        chosen = sorted(files)[:: asked.every]
        instances = [read_instance(path) for path in chosen]
        for method, run in methods.items():
            told(name, method, run(instances, asked.seconds, asked.seed), [files[path] for path in chosen])
        if asked.each:
            print(", ".join(path.name for path in chosen))


def halved() -> float:
    """What two idle cores would have taken."""
    return time.process_time() / 2


def ours(instances, asked: argparse.Namespace):
    from luodi.factors.engine.schedule import schedule

    clock, found = halved if asked.processor else time.monotonic, []
    for one in instances:
        made = schedule(one, clock, asked.seconds, 2, asked.seed)
        found.append((made.makespan, made.proven))
        if asked.each:
            print(one.name, made.makespan, made.bound, made.seconds, flush=True)
    return found


def sets(asked: argparse.Namespace):
    """Name of the set, and the best known makespan by file, None where there is no schedule."""
    if asked.folder:
        rows = csv.DictReader(asked.known.read_text(encoding="utf-8").splitlines())
        known = {row["problem"]: best(row["optimum"]) for row in rows}
        yield asked.folder.name, {path: known[path.name] for path in asked.folder.glob("*.sm") if path.name in known}
        return
    for name in asked.sets:
        archive, table, key, column = SETS[name]
        rows = csv.DictReader((DATA / table).read_text(encoding="utf-8").splitlines())
        known = {row[key].split(".")[0]: best(row[column]) for row in rows}
        with tempfile.TemporaryDirectory() as folder, tarfile.open(DATA / archive) as packed:
            packed.extractall(folder, filter="data")
            files = [
                path for path in Path(folder).rglob("*") if path.suffix.lower() in (".sm", ".rcp", ".sch", ".rcmp")
            ]
            yield name, {path: known[path.stem] for path in files if path.stem in known}


def best(text: str) -> int | None:
    end = text.split("..")[-1]
    return int(float(end)) if end and end[-1].isdigit() else None


def told(name: str, method: str, found: list, known: list) -> None:
    """Gap over those that have a best known one and were solved; "none" counts those that were not."""
    both = [(made, proven, best) for (made, proven), best in zip(found, known, strict=True)]
    gaps = [made / best - 1 for made, _, best in both if made is not None and best is not None]
    equal = sum(gap <= 0 for gap in gaps) + sum(made is None and proven and best is None for made, proven, best in both)
    none, proven = sum(made is None and best is not None for made, _, best in both), sum(one for _, one, _ in both)
    mean = f"{sum(gaps) / len(gaps):.2%}" if gaps else ""
    print(f"| {name} | {method} | {len(both)} | {mean} | {equal} | {proven} | {none} |", flush=True)


if __name__ == "__main__":
    main()
