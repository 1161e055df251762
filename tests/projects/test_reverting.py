"""Undoing a batch whole: as if it had never been loaded."""

import random

import pytest
from django.core.exceptions import ValidationError

from luodi.evidence.models import Evidence
from luodi.intake import actions
from luodi.projects.models import Amount, Participation, Project, StageEvent
from tests.core.record import everything, figures_agree, load, project, ranks
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
OFFICIAL = "http://www.panjin.gov.cn/"


def revert(batch):
    return actions.revert(actor=None, batch=batch)


def test_a_reverted_batch_leaves_no_project_and_its_file_loads_as_new_again(tmp_path):
    path = write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1, started="2020"), row(2, "乙厂")])

    assert revert(load(path)) == []
    assert not Project.objects.current().exists()
    assert load(path).counts["created"] == 2
    assert figures_agree()


def test_reverting_twice_is_refused(tmp_path):
    batch = load(write(tmp_path / "台账.xlsx", [row(1, "甲厂")]))
    revert(batch)

    with pytest.raises(ValidationError, match="只有已入库"):
        revert(batch)


def test_a_batch_that_later_edits_build_on_stays_and_the_projects_are_named(tmp_path):
    first = load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1), row(2, "乙厂", amount=1)]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=2)]))
    before = everything()

    assert revert(first) == ["甲厂"]
    assert everything() == before
    first.refresh_from_db()
    assert first.state == "committed"


def test_after_the_later_batch_the_earlier_one_can_be_reverted_too(tmp_path):
    first = load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1)]))
    second = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=2)]))

    assert (revert(second), revert(first)) == ([], [])
    assert not Project.objects.current().exists()


def test_a_changed_field_goes_back_with_the_row_that_had_said_it(tmp_path):
    first = load(
        write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="甲公司：乙51%、丙49%", amount=1, chain="新材料")])
    )
    before = everything()
    second = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", investor="丁公司", amount=1, chain="石化")]))
    assert project("甲厂").chain == "石化"

    revert(second)

    assert everything() == before
    assert project("甲厂").chain == "新材料"
    assert project("甲厂").facts["total_investment"] == ["CNY 1000000 exact", first.rows.get().pk]
    assert {one.party.name for one in Participation.objects.filter(withdrawn_at=None)} == {"甲公司", "乙", "丙"}


def test_what_the_batch_itself_replaced_on_its_way_does_not_stand_again(tmp_path):
    from openpyxl import load_workbook

    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1, started="2019")]))
    before = everything()
    path = write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=2, started="2020")])
    book = load_workbook(path)
    again = book.copy_worksheet(book.active)
    again["F3"], again["H3"] = 3, "2021"
    book.save(path)
    second = load(path)
    assert [one.minor for one in Amount.objects.filter(withdrawn_at=None)] == [3_000_000]

    revert(second)

    assert everything() == before
    assert [event.starts_on.year for event in StageEvent.objects.filter(withdrawn_at=None)] == [2019]


def test_evidence_of_a_reverted_batch_proves_nothing_any_more(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", started="2020-01")]))
    unproven = ranks()
    cited = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", started="2020-01", source=OFFICIAL)]))
    assert ranks() != unproven

    revert(cited)

    assert ranks() == unproven
    assert not Evidence.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize("seed", range(16))
def test_loading_and_reverting_leaves_the_record_as_it_was(tmp_path, seed):
    """Random ledgers: after each revert all facts, statements, supports and standings are those of before its load."""
    choose = random.Random(seed)
    load(random_ledger(tmp_path / "0.xlsx", choose))
    for step in range(1, 5):
        before = everything()
        batch = load(random_ledger(tmp_path / f"{step}.xlsx", choose))
        after = everything()
        assert revert(batch) == []
        assert everything() == before
        assert figures_agree()
        if choose.random() < 0.5:
            load(tmp_path / f"{step}.xlsx")
            assert len(everything()["projects"]) == len(after["projects"])
            assert figures_agree()


def random_ledger(path, choose):
    names = ["甲厂", "乙厂", "丙厂", "丁厂", "戊厂"]
    rows = [[*random_row(number, name, choose)] for number, name in enumerate(choose.sample(names, 3), start=1)]
    headings = [*HEADINGS, "所属打包项目", "别名"]
    return write(path, rows, headings=headings)


def random_row(number, name, choose):
    other = choose.choice(["", "", "甲厂", "乙厂", "没有的厂"])
    line = row(
        number,
        name,
        investor=choose.choice(["", "甲公司", "丙公司：丁60%、戊40%"]),
        place=choose.choice(["", "大洼区"]),
        chain=choose.choice(["", "新材料", "石化"]),
        amount=choose.choice([None, 100, 200, "10亿元以上"]),
        signed=choose.choice(["", "2019-02", "计划2031年"]),
        started=choose.choice(["", "2020-01", "2021-05-06", "在建"]),
        source=choose.choice(["", OFFICIAL + "a", OFFICIAL + "b", "某报"]),
    )
    return [*line, "" if other == name else other, choose.choice(["", f"{name}（老）"])]
