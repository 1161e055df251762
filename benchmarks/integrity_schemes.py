"""How good the findings are on worlds that no model saw: each labelled world is left out once, everything is trained on the others.

Peers in the same run: counting the indicators that fire, the points card (trained on the other worlds too), the survival tail alone.
Prints average precision, precision at 90 % recall, calibration error, and how often each kind of hard negative is flagged at 0.5.
Seed: `learning.SEED`. Run: `python benchmarks/integrity_schemes.py [folder with train-*.zip]`.
"""

import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path

# Threads that wait for each other cost more than they bring on a shared machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np  # noqa: TID253

from luodi.integrity.engine import drift, learning
from luodi.integrity.engine.evidence import told
from luodi.integrity.engine.judging import average_precision, calibration_error, precision_at_recall
from luodi.integrity.engine.recipe import AS_OF, HARD, all_worlds, chances, working

SHARED = Path(__file__).parents[2] / "shared/engines/integrity"


def main(folder: Path = SHARED) -> None:
    """Measure and print; fails where a goal that was once reached is lost."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = []
        for packed in sorted(folder.glob("train-*.zip")):
            folders.append(Path(scratch) / packed.stem)
            zipfile.ZipFile(packed).extractall(folders[-1])
        started = time.perf_counter()
        worlds = all_worlds(folders, AS_OF)
        measured = time.perf_counter()
        trained = learning.train(worlds)
        print(
            f"{len(folders)} worlds measured in {measured - started:.0f} s, trained in {time.perf_counter() - measured:.0f} s"
        )
        whole = [world for world in worlds if world.weight == 1.0]
        table(trained, whole)


def table(trained: learning.Trained, worlds: list) -> None:
    shares = [share for _, share in trained.held_out["pairs"]]
    fires = [
        drift.fired({**columns, **told(world.measured)}) for world, columns in zip(worlds, trained.columns, strict=True)
    ]
    print("scheme   world     ours  card  rules  tail   P@90R  ECE    hard negatives flagged at 0.5")
    for scheme in learning.SCHEMES:
        for at, world in enumerate(worlds):
            truth = world.schemes == scheme
            ours = chances(trained, scheme, at)
            others = [place for place in range(len(worlds)) if place != at]
            card = drift.points(
                [fires[place] for place in others],
                np.concatenate([worlds[place].schemes == scheme for place in others]).astype(float),
            )
            rules = sum(value for name, value in fires[at].items() if name.startswith((scheme[0].upper(), scheme)))
            scores = [
                ours,
                drift.scored(fires[at], card),
                np.asarray(rules, dtype=float),
                world.measured.columns["等合计"],
            ]
            flagged = {kind: float((ours[world.subtypes == kind] >= 0.5).mean()) for kind in HARD}
            print(
                f"{scheme:8} {world.name:9} " + "  ".join(f"{average_precision(truth, np.nan_to_num(score)):.2f}" for score in scores)
                + f"   {precision_at_recall(truth, ours, 0.9):.2f}   {calibration_error(truth, ours):.4f} "
                + " ".join(f"{kind} {share:.1%}" for kind, share in flagged.items())
            )  # fmt: skip
        pooled(trained, worlds, scheme)
    for at, world in enumerate(worlds):
        told_ = {
            kind: average_precision(world.kinds == place + 1, shares[at][kind])
            for place, kind in enumerate(learning.PAIR_KINDS)
        }
        print(f"pairs    {world.name:9} " + "  ".join(f"{kind} {value:.2f}" for kind, value in told_.items()))


def pooled(trained: learning.Trained, worlds: list, scheme: str) -> None:
    """All worlds together: one project of a kind in one world is already two to four in a hundred."""
    kinds = np.concatenate([world.subtypes for world in worlds])
    ours = np.concatenate([chances(trained, scheme, at) for at in range(len(worlds))])
    told_ = [f"{kind} {(ours[kinds == kind] >= 0.5).sum()}/{(kinds == kind).sum()}" for kind in HARD]
    print(f"{scheme:8} together, at 0.5: {', '.join(told_)}; working point {working(trained, worlds, scheme)}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
