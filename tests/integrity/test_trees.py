"""Trees walked by our own arrays against the library that grew them: the shipped ones, and any others."""

import gzip
import os
import subprocess
import sys

import numpy as np
import pytest
import xgboost

from luodi.integrity.engine.likeness import KINDS, SHIPPED, model
from luodi.integrity.engine.trees import read


def chances(text, rows):
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(text))
    return booster.predict(xgboost.DMatrix(rows, feature_names=booster.feature_names))


def test_the_shipped_trees_say_what_the_library_says():
    dice = np.random.default_rng(5)
    # As rows are: columns that agree or not, rarities, likenesses; and values right on an edge.
    rows = dice.choice(
        [0.0, 1.0, 0.5, 4.5217886, 0.10526316, *dice.random(20), *(9 * dice.random(20))], (4000, 4 * len(KINDS))
    )

    assert model().chance(rows) == pytest.approx(chances(gzip.decompress(SHIPPED.read_bytes()), rows), abs=1e-6)


@pytest.mark.parametrize(("depth", "rounds"), [(1, 1), (6, 30), (2, 3)])
def test_any_trees_say_what_the_library_says(depth, rounds):
    dice = np.random.default_rng(depth)
    rows = dice.random((500, 7)).round(2)
    said = (rows[:, 0] + rows[:, 3] * rows[:, 5] > 0.7).astype(float)
    grown = xgboost.train(
        {"objective": "binary:logistic", "max_depth": depth, "nthread": 1}, xgboost.DMatrix(rows, label=said), rounds
    )
    text = bytes(grown.save_raw("json"))

    assert read(text).chance(rows) == pytest.approx(grown.predict(xgboost.DMatrix(rows)), abs=1e-6)


def test_what_is_no_chance_is_refused():
    grown = xgboost.train({"nthread": 1}, xgboost.DMatrix(np.eye(4), label=np.arange(4)), 1)

    with pytest.raises(ValueError, match="reg:squarederror"):
        read(bytes(grown.save_raw("json")))


def test_asking_imports_no_library_of_trees():

    asks = (
        "import sys; from luodi.integrity.engine import likeness as l;"
        "rows=[{'name': '甲化工厂', 'unit': 'dawa'}]; found = l.ask([l.known(rows, ['1'])], rows, least=0.0);"
        "assert found[0][0].id == '1'; sys.exit('xgboost' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asks], env=os.environ, check=False).returncode == 0
