"""A Spark cluster of two workers finds the pairs and probabilities that the arrays find; without Spark the command says what to install."""

import importlib.util
import os
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from luodi.integrity.commands import integrity
from luodi.integrity.engine.linkage import blocking
from luodi.integrity.engine.linkage.linking import link
from luodi.integrity.engine.linkage.tables import from_rows

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = bool(shutil.which("java")) and all(map(importlib.util.find_spec, ("pyspark", "pyarrow")))
WRITTEN = 0.01
"""Pairs from this probability on are written."""


@pytest.fixture(scope="module")
def session():
    if not INSTALLED:
        pytest.skip("`make spark` installs Spark")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4", "spark.driver.host": "127.0.0.1",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
    }  # fmt: skip
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("linkage")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


def firms(count, dice, first=0):
    """Firms with an agency's phone that many share, and streets and persons that some do."""
    for n in range(first, first + count):
        name = "".join(dice.choice("华盛金源恒泰瑞丰宏达鑫龙海天") for _ in range(3)) + dice.choice(
            ["化工", "机械", "食品"]
        )
        yield {
            "id": str(n), "name": f"盘锦{name}有限公司", "person": dice.choice("王李张刘陈") + dice.choice("伟芳娜敏静强磊军"),
            "phone": "04272999999" if n % 9 == 0 else f"138{dice.randrange(10**8):08}", "address": f"{dice.choice('甲乙丙丁戊')}街{dice.randrange(400)}号",
        }  # fmt: skip


def again(row, dice, name):
    """The same firm as another clerk writes it."""
    one = dict(row) | {"id": name}
    changed = dice.choice(["name", "person", "phone", "address"])
    one[changed] = {
        "name": row["name"].replace("有限公司", "集团有限公司"),
        "person": "",
        "phone": "",
        "address": row["address"][1:],
    }[changed]
    return one


def same(here, there):
    """Pairs that are written, with their probabilities."""
    pairs = {
        (i, j): p for i, j, p in zip(there.i.tolist(), there.j.tolist(), there.p.tolist(), strict=True) if p >= WRITTEN
    }
    expected = {
        (i, j): p for i, j, p in zip(here.i.tolist(), here.j.tolist(), here.p.tolist(), strict=True) if p >= WRITTEN
    }
    assert pairs == pytest.approx(expected, abs=1e-6)
    assert here.single == there.single
    assert there.weights.rounds == here.weights.rounds
    for one, other in zip(here.weights.m, there.weights.m, strict=True):
        assert one == pytest.approx(other, abs=1e-9)
    return pairs


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_one_table_on_a_cluster(session, monkeypatch):
    monkeypatch.setattr(blocking, "NEAR", 0)  # here as well keys alone choose
    dice = random.Random(7)
    rows = list(firms(2500, dice))
    rows += [again(dice.choice(rows), dice, f"again-{n}") for n in range(500)]
    table, on = from_rows(rows), ["name", "person", "phone", "address"]

    here, there = link(table, None, on), link(table, None, on, session=session)

    assert len(same(here, there)) > 300
    np.testing.assert_array_equal(here.group, there.group)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("doubles", [0, 400])
def test_two_tables_on_a_cluster_with_and_without_doubles_in_them(session, monkeypatch, doubles):
    monkeypatch.setattr(blocking, "NEAR", 0)
    dice = random.Random(8)
    rows = list(firms(1500, dice))
    others = [again(row, dice, f"b-{n}") for n, row in enumerate(rows[:1000])] + list(firms(400, dice, first=5000))
    rows += [again(dice.choice(rows), dice, f"double-{n}") for n in range(doubles)]
    a, b, on = from_rows(rows), from_rows(others), ["name", "person", "phone", "address"]

    here, there = link(a, b, on), link(a, b, on, session=session)

    assert len(same(here, there)) > 600


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_command_writes_the_same_file(session, monkeypatch, tmp_path):
    monkeypatch.setattr(blocking, "NEAR", 0)
    dice = random.Random(9)
    rows = list(firms(300, dice))
    rows += [again(row, dice, f"again-{row['id']}") for row in rows[:60]]
    from_rows(rows).frame.write_csv(tmp_path / "甲.csv")

    written = []
    for name, more in (("here", []), ("there", ["--on-spark", "local-cluster[2,1,1024]"])):
        out = tmp_path / f"{name}.csv"
        asked = ["link", str(tmp_path / "甲.csv"), "--on", "name,person,phone,address", "--out", str(out), *more]
        done = CliRunner().invoke(integrity, asked)
        assert done.exit_code == 0, done.output
        written.append(out.read_text(encoding="utf-8-sig").splitlines())

    assert sorted(written[0]) == sorted(written[1])
    assert len(written[0]) > 40


def test_without_spark_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    table = tmp_path / "甲.csv"
    table.write_text("id,name\n1,甲\n2,乙\n", encoding="utf-8")

    done = CliRunner().invoke(integrity, ["link", str(table), "--on", "name", "--on-spark", "local[1]"])

    assert done.exit_code == 2
    assert "make spark" in done.output


def test_labels_and_spark_are_not_for_one_question(tmp_path):
    table = tmp_path / "甲.csv"
    table.write_text("id,name\n1,甲\n2,乙\n", encoding="utf-8")

    done = CliRunner().invoke(
        integrity, ["link", str(table), "--on", "name", "--on-spark", "local[1]", "--pairs", str(table)]
    )

    assert done.exit_code == 2
    assert "--pairs" in done.output
