"""`luodi integrity link` on real sets with floors, and on files that are none."""

import csv
import gzip
import json

import pytest
from click.testing import CliRunner

from luodi.integrity.commands import integrity
from tests.integrity.worlds import SHARED


@pytest.fixture(scope="module")
def sets():
    return SHARED.parents[1] / "data/entity-resolution"


def ran(*arguments):
    return CliRunner().invoke(integrity, ["link", *map(str, arguments)])


def told(*arguments):
    result = ran(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def clusters(rows, name, of, path):
    """A file of all pairs of rows with one value of `of`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("a", "b"))
        for at, one in enumerate(rows):
            writer.writerows((one[name], other[name]) for other in rows[at + 1 :] if other[of] == one[of])
    return path


def test_people_with_doubles_are_found_without_labels_better_than_splink_finds_them(sets, tmp_path):
    with (sets / "fake1000/fake_1000.csv").open(encoding="utf-8") as file:
        truth = clusters(list(csv.DictReader(file)), "unique_id", "cluster", tmp_path / "truth.csv")
    out = tmp_path / "pairs.csv"
    on = "first_name,surname,dob,city,email"
    summary = told(sets / "fake1000/fake_1000.csv", "--on", on, "--truth", truth, "--out", out)
    assert summary["quality"]["at 0.5"]["f1"] >= 0.95  # Splink 5: 0.82, at its best threshold 0.90
    assert summary["columns"]["dob"] == "date"
    with out.open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["a", "b", "probability", "why"]
    assert float(lines[0]["probability"]) >= float(lines[-1]["probability"])
    assert "相同" in lines[0]["why"]


def test_two_lists_of_papers_are_linked_without_labels(sets):
    folder = sets / "dblp-acm"
    summary = told(
        folder / "dblp.csv.gz", folder / "acm.csv.gz", "--on", "title,authors,venue,year", "--truth", folder / "gt.csv"
    )
    assert summary["one_to_one"]
    assert summary["quality"]["at 0.5"]["f1"] >= 0.98


def test_two_shops_are_linked_without_labels(sets):
    folder = sets / "abt-buy"
    on = ("--on", "name,description,price")
    summary = told(folder / "abt.csv.gz", folder / "buy.csv", *on, "--truth", folder / "gt.csv")
    assert summary["quality"]["at 0.5"]["f1"] >= 0.8  # Splink 5: 0.26, at its best 0.30


def test_labels_make_it_better_also_those_that_people_gave_only_where_it_was_hard(sets, tmp_path):
    folder = sets / "fake1000"
    with (folder / "fake_1000.csv").open(encoding="utf-8") as file:
        truth = clusters(list(csv.DictReader(file)), "unique_id", "cluster", tmp_path / "truth.csv")
    labels = ("--labels", folder / "fake_1000_labels.csv")
    summary = told(folder / "fake_1000.csv", "--on", "first_name,surname,dob,city,email", *labels, "--truth", truth)
    assert summary["method"] == "labels"
    assert summary["quality"]["at best"]["f1"] >= 0.96


def test_given_pairs_are_judged_and_no_others(sets, tmp_path):
    with (sets / "company-pairs-zh/labelled_pairs.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["name_a"] and row["name_b"]]
    for side in "ab":
        with (tmp_path / f"{side}.csv").open("w", encoding="gb18030", newline="", errors="replace") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(("id", "name"))
            writer.writerows((n, row[f"name_{side}"]) for n, row in enumerate(rows))
    with (tmp_path / "given.csv").open("w", encoding="utf-8") as file:
        file.write(
            "a,b,match\n" + "".join(f"{n},{n},{int(row['same_company_final'] == '是')}\n" for n, row in enumerate(rows))
        )
    given, out = tmp_path / "given.csv", tmp_path / "out.csv"
    summary = told(
        tmp_path / "a.csv", tmp_path / "b.csv", "--on", "name", "--pairs", given, "--truth", given, "--out", out
    )
    assert summary["compared"] == len(rows)
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == len(rows) + 1
    assert summary["quality"]["at 0.5"]["f1"] >= 0.9


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("id,name\n1,甲\n2,乙\n", ("--on", "电话"), "没有列 电话"),
        ("id,name\n1,甲\n1,乙\n", ("--on", "name", "--id", "id"), "空值或重复"),
        ("id,name\n1,\n2,\n", ("--on", "name"), "都是空的"),
        ("id,name\n", ("--on", "name"), "没有数据行"),
    ],
)
def test_what_cannot_be_linked_is_said_and_refused(tmp_path, content, arguments, words):
    table = tmp_path / "t.csv"
    table.write_text(content, encoding="utf-8")
    result = ran(table, *arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_labels_that_name_unknown_rows_are_refused(tmp_path):
    table, labels = tmp_path / "t.csv", tmp_path / "labels.csv"
    table.write_text("id,name\n1,张三丰\n2,张三风\n", encoding="utf-8")
    labels.write_text("a,b\n1,9\n", encoding="utf-8")
    result = ran(table, "--on", "name", "--labels", labels)
    assert result.exit_code == 2
    assert "编号不在表内" in result.output


def test_a_table_reads_the_same_from_every_encoding_and_separator(tmp_path):
    text = "编号,投资方\n1,盘锦智晨科技有限公司\n2,智晨科技（盘锦）有限公司\n3,盘锦北方化工有限公司\n"
    ways = {
        "utf8.csv": text.encode(),
        "bom.csv": text.encode("utf-8-sig"),
        "gb.csv": text.encode("gb18030"),
        "utf16.csv": text.replace(",", "\t").encode("utf-16"),
        "semicolon.csv": text.replace(",", ";").encode(),
        "zipped.csv.gz": gzip.compress(text.encode()),
    }
    seen = set()
    for name, content in ways.items():
        (tmp_path / name).write_bytes(content)
        summary = told(tmp_path / name, "--on", "投资方")
        seen.add((summary["rows"], summary["columns"]["投资方"]))
    assert seen == {(3, "company")}
