"""Boosted trees, read and walked without the library that grew them: all trees at once, a level a step.

A few rows are asked about while somebody waits; importing XGBoost for that takes a second and a hundred megabytes of each process.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Trees:
    """A row a tree, a column a node. A leaf leads to itself; its `value` is what the tree adds."""

    feature: Any
    edge: Any
    left: Any
    right: Any
    value: Any
    base: float
    depth: int
    attributes: dict[str, str]

    def chance(self, rows: Any) -> Any:
        """Probability of each row. Without missing values, which the likeness has none of."""
        import numpy as np

        # The library holds rows and edges in single precision, and which side a row falls on hangs on the last bit.
        rows = np.asarray(rows, dtype=np.float32)
        tree, line = np.arange(len(self.feature)), np.arange(len(rows))[:, None]
        at = np.zeros((len(rows), len(tree)), dtype=np.int64)
        for _ in range(self.depth):
            below = rows[line, self.feature[tree, at]] < self.edge[tree, at]
            at = np.where(below, self.left[tree, at], self.right[tree, at])
        return 1 / (1 + np.exp(-(self.value[tree, at].sum(axis=1) + self.base)))


def read(text: bytes) -> Trees:
    """From XGBoost's JSON, of an objective binary:logistic."""
    import numpy as np

    learner = json.loads(text)["learner"]
    if learner["objective"]["name"] != "binary:logistic":
        raise ValueError(learner["objective"]["name"])
    grown = learner["gradient_booster"]["model"]["trees"]
    shape = (len(grown), max(len(one["left_children"]) for one in grown))
    feature, left, right = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    edge, value = (np.zeros(shape, dtype=np.float32) for _ in range(2))
    for at, one in enumerate(grown):
        nodes = np.arange(len(one["left_children"]))
        leaf = np.array(one["left_children"]) < 0
        left[at, nodes] = np.where(leaf, nodes, one["left_children"])
        right[at, nodes] = np.where(leaf, nodes, one["right_children"])
        feature[at, nodes] = np.where(leaf, 0, one["split_indices"])
        edge[at, nodes] = one["split_conditions"]
        value[at, nodes] = np.where(leaf, one["split_conditions"], 0.0)
    share = float(learner["learner_model_param"]["base_score"].strip("[]"))
    base = float(np.log(share / (1 - share)))
    return Trees(feature, edge, left, right, value, base, _depth(left, right), learner["attributes"])


def _depth(left: Any, right: Any) -> int:
    """Steps after which every row stands on a leaf."""
    depth, nodes = 0, [(tree, 0) for tree in range(len(left))]
    while nodes:
        nodes = [(t, child) for t, node in nodes if left[t, node] != node for child in (left[t, node], right[t, node])]
        depth += bool(nodes)
    return depth
