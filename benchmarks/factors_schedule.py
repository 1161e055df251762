"""Published instances: mean gap to the best known makespan, beside priority rules and CP-SAT alone.

    python benchmarks/factors_schedule.py [--seconds 5] [--every 20] [--seed 1] [--peers] [--folder DIR --known CSV]

Every `every`-th instance of j30 and j60 under `../shared/data/scheduling`; another set by a folder of `.sm` files and a table of
`problem,optimum` (a range's upper end counts).
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
sys.path.insert(0, str(ROOT))
DATA = ROOT.parent / "shared/data/scheduling"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--known", type=Path)
    asked = parser.parse_args()
    print(
        f"seed {asked.seed}, {asked.seconds:g} s, every {asked.every}th, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, files, known in sets(asked, Path(folder)):
            chosen = sorted(files, key=lambda path: path.name)[:: asked.every]
            for method, run in methods(asked).items():
                told(name, method, [run(path) for path in chosen], [known[path.name] for path in chosen])


def sets(asked: argparse.Namespace, folder: Path):
    if asked.folder:
        rows = csv.DictReader(asked.known.read_text(encoding="utf-8").splitlines())
        known = {row["problem"]: int(row["optimum"].split("..")[-1]) for row in rows if row["optimum"][-1].isdigit()}
        yield asked.folder.name, [path for path in asked.folder.glob("*.sm") if path.name in known], known
        return
    for name in ("j30", "j60"):
        with tarfile.open(DATA / f"psplib/{name}.sm.tar.gz") as archive:
            archive.extractall(folder / name, filter="data")
        rows = csv.DictReader((DATA / f"psplib/{name}.bounds.csv").read_text(encoding="utf-8").splitlines())
        yield name, list((folder / name).rglob("*.sm")), {row["instance"]: int(row["ub"]) for row in rows}


def methods(asked: argparse.Namespace):
    from luodi.factors.engine.instance import read_instance
    from luodi.factors.engine.schedule import constrained, schedule, simple_bound

    def ours(path):
        made = schedule(read_instance(path), time.monotonic, asked.seconds, 2, asked.seed)
        return made.makespan, made.proven

    def plain(path):
        instance = read_instance(path)
        found, low, _ = constrained(instance, asked.seconds, 2, asked.seed, simple_bound(instance), None, None)
        return (int(found[-1]), found[-1] <= low) if found is not None else (int(instance.duration.sum()), False)

    ours(next(iter([*asked.folder.glob("*.sm")])) if asked.folder else first_of(asked))  # compiled before it is timed
    return {"luodi": ours, "CP-SAT alone": plain, "rule: latest start": ruled} if asked.peers else {"luodi": ours}


def first_of(asked: argparse.Namespace) -> Path:
    folder = Path(tempfile.mkdtemp())
    with tarfile.open(DATA / "psplib/j30.sm.tar.gz") as archive:
        member = next(one for one in archive.getmembers() if one.name.endswith("j301_1.sm"))
        archive.extract(member, folder, filter="data")
    return next(folder.rglob("*.sm"))


def ruled(path: Path):
    """One schedule, jobs in the order of their latest starts: what levelling does."""
    import numpy as np

    from luodi.factors.engine.evolve import by_keys, schedule
    from luodi.factors.engine.instance import read_instance
    from luodi.factors.engine.schedule import Island

    instance = read_instance(path)
    island = Island(instance, 1, 1)
    order = np.empty(len(instance.duration), dtype=np.int64)
    by_keys(island.tail.max() - island.tail, island.before_at, island.before, island.after_at, island.after, order)
    left = np.empty((len(instance.capacity), 2 * int(instance.duration.sum() + 2)), dtype=np.int64)
    args = instance.duration, instance.request, instance.capacity, island.before_at, island.before
    return schedule(order, *args, left, np.empty_like(order)), False


def told(name: str, method: str, found: list, known: list) -> None:
    gaps = [made / best - 1 for (made, _), best in zip(found, known, strict=True)]
    proven, equal = sum(one for _, one in found), sum(gap <= 0 for gap in gaps)
    print(f"| {name} | {method} | {len(gaps)} | {sum(gaps) / len(gaps):.2%} | {equal} | {proven} |", flush=True)


if __name__ == "__main__":
    main()
