"""The scan: what it says of labelled worlds, that nothing but content moves it, and what it does when it does not know."""

import csv
import json
import shutil

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from luodi.integrity.commands import integrity
from luodi.integrity.engine.judging import average_precision
from luodi.integrity.engine.learning import SCHEMES
from luodi.integrity.engine.ledger import from_frames, read_folder
from luodi.integrity.engine.recipe import ASKED_WRONGLY, HARD
from luodi.integrity.engine.scanning import scan
from luodi.integrity.engine.shipping import load
from tests.integrity.worlds import AS_OF, rows

FLOORS = {"fake": 0.74, "split": 0.92, "dup": 0.92, "motion": 0.95, "pairs_split": 0.75, "pairs_dup": 0.90}
"""Average precision on worlds that a model never saw; at the time of writing the worst world had 0.76, 0.95, 0.94, 0.97, 0.80, 0.93."""


@pytest.fixture(scope="module")
def found(ledger):
    return scan(ledger, load())


def chances(found, scheme):
    return {one.project: one.probability for one in found.findings if one.scheme == scheme}


def test_the_card_tells_what_held_out_worlds_gave():
    for name, judged in load().card["held_out"].items():
        for what, floor in FLOORS.items():
            assert judged[what]["auprc"] >= floor, (name, what)
        assert all(judged[scheme]["ece"] <= 0.02 for scheme in SCHEMES)


def test_at_the_working_point_no_kind_of_honest_project_is_asked_about_more_often_than_two_in_a_hundred():
    for scheme, point in load().card["working"].items():
        assert 0.5 <= point["from"] <= 0.6, scheme
        assert set(point["hard_negatives"]) == set(HARD)
        assert max(point["hard_negatives"].values()) <= ASKED_WRONGLY
        assert point["recall"] > 0.55


def test_findings_are_told_with_sentences_and_groups(found, world):
    truth = pl.read_csv(world(3) / "truth/projects.csv")
    for scheme in SCHEMES:
        told = chances(found, scheme)
        labels = (truth["scheme"] == scheme).to_numpy()
        given = np.array([told.get(number, 0.0) for number in truth["项目编号"]])
        assert average_precision(labels, given) > 0.9, scheme
    sure = [one for one in found.findings if one.probability > 0.5]
    assert all(one.evidence for one in sure if one.scheme in ("split", "dup", "motion"))
    assert all(one.group for one in sure if one.scheme == "split" and one.probability > 0.9)
    assert found.by == load().version
    said = next(one.evidence[0] for one in sure if one.scheme == "split")
    assert said.text("zh").startswith(f"与项目 {said.other}：")
    assert said.text("en", "{7}").startswith("With project {7}: ")
    assert len(said.numbers) >= 1


def test_nothing_but_content_moves_a_probability(world, found, tmp_path):
    """Rows shuffled, projects renumbered, days and amounts written otherwise: the same probabilities."""
    folder = tmp_path / "other"
    shutil.copytree(world(3), folder)
    frame = pl.read_csv(folder / "项目台账.csv", infer_schema=False)
    fresh = {old: f"X{at:05d}" for at, old in enumerate(sorted(frame["项目编号"], key=lambda number: number[::-1]))}
    for name in ("项目台账.csv", "阶段事件.csv", "月度进展.csv", "资金到账.csv"):
        table = pl.read_csv(folder / name, infer_schema=False)
        table = table.with_columns(pl.col("项目编号").replace_strict(fresh)).sample(fraction=1, shuffle=True, seed=7)
        if name == "项目台账.csv":
            iso = pl.col("签约日期").str.to_date("%Y-%m-%d", strict=False)
            table = table.with_columns(
                pl.coalesce(iso.dt.strftime("%Y年%-m月%-d日"), pl.col("签约日期")).alias("签约日期"),
                pl.concat_str(pl.lit("　"), pl.col("投资方")),
            )
        table.write_csv(folder / name, include_bom=True)
    again = scan(read_folder(folder, AS_OF), load())
    for scheme in SCHEMES:
        before = {fresh[number]: chance for number, chance in chances(found, scheme).items()}
        assert chances(again, scheme) == pytest.approx(before, abs=2e-4), scheme


def test_numbers_order_and_format_alone_tell_nothing(world):
    """Leakage guard: a model of what is not content, trained on two worlds, is no better than chance on a third."""
    import xgboost

    def shape(number):
        given = pl.read_csv(world(number) / "项目台账.csv", infer_schema=False)
        truth = given.select("项目编号").join(
            pl.read_csv(world(number) / "truth/projects.csv"), on="项目编号", how="left", maintain_order="left"
        )
        columns = [
            np.arange(given.height) / given.height,
            given["项目编号"].str.extract(r"(\d{5})$").cast(float).to_numpy(),
        ]
        columns += [given[name].str.contains(mark).fill_null(False).to_numpy() for name, mark in
                    (("签约日期", "年"), ("签约日期", "/"), ("签约日期", r"\."), ("总投资亿元", "元"), ("联系电话", " "), ("投资方", " "))]  # fmt: skip
        return np.stack(columns, axis=1).astype(float), truth["scheme"].to_numpy().astype(str)

    (xa, sa), (xb, sb), (xc, sc) = shape(1), shape(3), shape(5)
    for scheme in SCHEMES:
        data = xgboost.DMatrix(np.concatenate([xa, xb]), np.concatenate([sa, sb]) == scheme)
        model = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "eta": 0.1, "nthread": 1}, data, 60)
        alone = average_precision(sc == scheme, model.predict(xgboost.DMatrix(xc)))
        assert alone < 2.5 * (sc == scheme).mean(), scheme


def test_the_points_card_speaks_alone_when_asked(ledger, world):
    by_points = scan(ledger, load(), points=True)
    truth = pl.read_csv(world(3) / "truth/projects.csv")
    assert by_points.by == "points"
    told = chances(by_points, "motion")
    given = np.array([told.get(number, 0.0) for number in truth["项目编号"]])
    assert average_precision((truth["scheme"] == "motion").to_numpy(), given) > 0.6


def test_a_ledger_unlike_the_known_ones_falls_back_and_says_so(ledger):
    """A city that reports in another way: no months, no money, no registers, amounts a hundred times as large."""
    frame = ledger.projects.with_columns(pl.col("万元") * 100, pl.lit(None, dtype=pl.String).alias("联系电话"))
    told = {
        "projects": frame.with_columns((pl.col("万元") / 1e4).cast(pl.String).alias("总投资亿元")).drop("万元"),
        "parties": ledger.parties,
    }
    found = scan(from_frames(told, AS_OF), load())
    assert found.by == "points"
    assert "差得远" in found.notes[0].text("zh")


def test_a_project_signed_later_does_not_change_yesterdays_scan(ledger):
    later = rows({"项目编号": "NEW", "签约日期": "2025-10-05", "项目名称": "某项目"})["projects"]
    assert from_frames({"projects": later}, AS_OF).projects.height == 0
    assert (
        scan(from_frames({"projects": later}, AS_OF), load()).notes[0].text("en")
        == "No project of the ledger was signed by the day"
    )


def test_declared_phases_are_no_pair_whatever_they_share():
    """The same investor, company, site and amount; but for the phase it is asked about."""
    same = {
        "签约日期": "2024-03-01",
        "投资方": "甲集团",
        "承接主体": "甲公司",
        "主体编号": "P1",
        "建设地点": "东路1号",
        "总投资亿元": "2",
    }
    first, second = {"项目编号": "A", "项目名称": "生物基材料一期"}, {"项目编号": "B", "签约日期": "2024-05-01"}
    asked = scan(from_frames(rows({**same, **first}, {**same, **second, "项目名称": "生物基材料"}), AS_OF), load())
    declared = scan(
        from_frames(rows({**same, **first}, {**same, **second, "项目名称": "生物基材料二期"}), AS_OF), load()
    )
    assert asked.pairs
    assert not declared.pairs


def test_one_project_alone_is_scanned():
    found = scan(
        from_frames(rows({"项目编号": "A", "项目名称": "某项目", "签约日期": "2024-10-05", "总投资亿元": "2"}), AS_OF),
        load(),
    )
    assert found.projects == 1
    assert not found.pairs


def test_the_command_writes_what_the_format_asks(world, tmp_path):
    out, pairs = tmp_path / "findings.csv", tmp_path / "pairs.csv"
    run = CliRunner(mix_stderr=False) if "mix_stderr" in CliRunner.__init__.__code__.co_varnames else CliRunner()
    done = run.invoke(
        integrity, ["scan", str(world(2)), "--as-of", "2025-09-30", "--out", str(out), "--pairs", str(pairs), "--json"]
    )
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    with out.open(encoding="utf-8-sig", newline="") as file:
        findings = list(csv.DictReader(file))
    with pairs.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert list(findings[0]) == ["项目编号", "scheme", "probability", "group", "evidence"]
    assert list(told[0]) == ["a", "b", "kind", "probability"]
    assert summary["findings"] == len(findings)
    assert summary["pairs"] == len(told)
    assert all(0.01 <= float(one["probability"]) <= 1 for one in (*findings, *told))
    assert {one["kind"] for one in told} == {"split", "dup"}


def test_the_command_refuses_a_folder_that_is_no_ledger(tmp_path):
    done = CliRunner().invoke(integrity, ["scan", str(tmp_path), "--as-of", "2025-09-30"])
    assert done.exit_code == 2
    assert "没有 项目台账.csv" in done.output
