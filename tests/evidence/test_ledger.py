"""What a ledger's source column proves."""

import pytest

from luodi.core.installation import city
from luodi.evidence.ledger import grade_of
from luodi.evidence.models import Evidence
from tests.core.record import figures_agree, load, net_of, project
from tests.ledger_files import HEADINGS, row, write

OFFICIAL, OTHER = "http://www.panjin.gov.cn/a", "http://www.example.com/b"


@pytest.mark.parametrize(
    ("source", "stated", "grade"),
    [
        (OFFICIAL, "", "A"),
        (OFFICIAL, "A", "A"),
        (OFFICIAL, "b", "B"),
        (OFFICIAL, "C", "C"),
        (OTHER, "", "B"),
        (OTHER, "A", "B"),
        (OTHER, "C", "C"),
        ("某报 2024-12-06", "A", "C"),
        ("http://panjin.gov.cn.example.com/", "", "B"),
        ("http://notgov.cn/", "", "B"),
        (OFFICIAL, "优", "A"),
    ],
)
def test_a_ledger_may_lower_the_grade_of_its_source_and_never_raise_it(source, stated, grade):
    assert grade_of(source, stated) == grade


@pytest.mark.parametrize(("source", "proven"), [(OFFICIAL, "started"), (OTHER, ""), ("某报", ""), ("", "")])
def test_only_a_public_body_proves_by_publishing(db, tmp_path, source, proven):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2020", source=source)]))

    assert net_of("甲厂") == proven
    assert figures_agree()


def test_sources_of_several_ledgers_add_up_and_none_is_filed_twice(db, tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", source=OFFICIAL)]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", source=f"{OTHER} | {OFFICIAL}")]))
    again = load(write(tmp_path / "三.xlsx", [row(1, "甲厂", source=f"{OTHER} | {OFFICIAL}")]))

    assert project("甲厂").facts["source"][0] == f"{OFFICIAL} | {OTHER}"
    assert sorted(Evidence.objects.values_list("source", "grade")) == [(OTHER, "B"), (OFFICIAL, "A")]
    assert again.counts["unchanged"] == 1


def test_a_source_that_comes_later_proves_the_claim_that_it_repeats(db, tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", started="2020-03")]))
    assert net_of("甲厂") == ""

    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", started="2020-03", source=OFFICIAL)]))

    assert net_of("甲厂") == "started"
    assert figures_agree()


def test_a_source_does_not_prove_what_its_row_does_not_say(db, tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", signed="2019", started="2020-03")]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", signed="2019", source=OFFICIAL)]))

    assert net_of("甲厂") == "signed"
    assert city().stages[project("甲厂").standing.reported].code == "started"


def test_a_grade_column_of_the_ledger_lowers_what_its_sources_prove(db, tmp_path):
    headings = [*HEADINGS, "来源等级"]
    lines = [
        [*row(1, "甲厂", started="2020", source=OFFICIAL), "C"],
        [*row(2, "乙厂", started="2020", source=OTHER), "A"],
    ]
    load(write(tmp_path / "台账.xlsx", lines, headings=headings))

    assert sorted(Evidence.objects.values_list("project__name", "grade")) == [("乙厂", "B"), ("甲厂", "C")]
    assert (net_of("甲厂"), net_of("乙厂")) == ("", "")


def test_a_source_longer_than_the_record_keeps_is_filed_once(db, tmp_path):
    source = OFFICIAL + "?q=" + "x" * 700
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", started="2020", source=source)]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", started="2021", source=source)]))

    assert Evidence.objects.count() == 1
    assert net_of("甲厂") == "started"
