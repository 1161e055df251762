"""Packages and members, whoever comes first."""

import pytest

from luodi.intake import actions
from luodi.projects.models import Project
from tests.core.record import everything, figures_agree, load, project
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
HEAD = [*HEADINGS, "所属打包项目"]
SOURCE = "http://www.panjin.gov.cn/a"


def member(number, name, package, **more):
    return [*row(number, name, started="2020-01", source=SOURCE, **more), package]


def ledger(path, *lines, headings=HEAD):
    return write(path, lines, headings=headings)


def counting(name):
    """What a project counts for in 打包 and in 拆分."""
    standing = Project.objects.current().get(name=name).standing
    return standing.packed, standing.unpacked


def problems(batch):
    return [problem["code"] for line in batch.rows.order_by("id") for problem in line.problems]


def test_a_member_points_at_the_package_that_its_row_names(tmp_path):
    load(ledger(tmp_path / "台账.xlsx", member(1, "基地", ""), member(2, "基地一号楼", "基地")))

    assert project("基地一号楼").package == Project.objects.get(name="基地")
    assert counting("基地一号楼") == (0, 1)
    assert (counting("基地"), Project.objects.get(name="基地").standing.net >= 0) == ((1, 0), True)


def test_a_member_may_stand_above_its_package_in_the_sheet(tmp_path):
    batch = load(ledger(tmp_path / "台账.xlsx", member(1, "基地一号楼", "基地"), member(2, "基地", "")))

    assert project("基地一号楼").package == Project.objects.get(name="基地")
    assert problems(batch) == []
    assert figures_agree()


def test_a_package_is_found_by_the_ledgers_own_number(tmp_path):
    headings = ["项目编号", *HEAD[1:-1], "备注"]
    lines = [["P06", *member("", "基地", "")[1:]], ["P07", *member("", "一号楼", "P06子项")[1:]]]
    load(ledger(tmp_path / "台账.xlsx", *lines, headings=headings))

    assert project("一号楼").package == project("基地")


def test_an_unknown_package_is_told_and_joined_when_it_comes(tmp_path):
    first = load(ledger(tmp_path / "一.xlsx", member(1, "一号楼", "基地")))
    assert problems(first) == ["package_unknown"]
    assert counting("一号楼") == (1, 1)

    load(ledger(tmp_path / "二.xlsx", member(1, "基地", "")))

    assert project("一号楼").package == project("基地")
    assert (counting("一号楼"), counting("基地")) == ((0, 1), (1, 0))
    assert figures_agree()


def test_members_stand_by_themselves_again_when_their_package_is_reverted_and_return_when_it_returns(tmp_path):
    load(ledger(tmp_path / "一.xlsx", member(1, "一号楼", "基地")))
    alone = everything()
    brought = load(ledger(tmp_path / "二.xlsx", member(1, "基地", "")))

    assert actions.revert(actor=None, batch=brought) == []
    assert everything() == alone
    assert counting("一号楼") == (1, 1)

    load(tmp_path / "二.xlsx")
    assert project("一号楼").package == project("基地")
    assert figures_agree()


def test_a_member_moved_to_another_package_goes_back_with_its_batch(tmp_path):
    load(ledger(tmp_path / "一.xlsx", member(1, "基地", ""), member(2, "园区", ""), member(3, "一号楼", "基地")))
    before = everything()
    moved = load(ledger(tmp_path / "二.xlsx", member(1, "一号楼", "园区")))
    assert project("一号楼").package == project("园区")

    actions.revert(actor=None, batch=moved)

    assert project("一号楼").package == project("基地")
    assert everything() == before


@pytest.mark.parametrize("packages", [("甲", "甲"), ("乙", "甲"), ("乙", "丙", "甲")])
def test_no_project_comes_to_lie_inside_itself(tmp_path, packages):
    names = ["甲", "乙", "丙"][: len(packages)]
    lines = [member(n, name, package) for n, (name, package) in enumerate(zip(names, packages, strict=True), start=1)]
    load(ledger(tmp_path / "台账.xlsx", *lines))

    for one in Project.objects.all():
        above, depth = one.package, 0
        while above is not None:
            assert above != one
            above, depth = above.package, depth + 1
            assert depth < len(packages)
    assert figures_agree()
