"""Receive, check, commit, revert: who may, what is kept, what is said."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.intake import actions
from luodi.intake.engine.guards import Refusal
from luodi.intake.models import Batch, LedgerFile, RememberedMapping, Row
from luodi.projects.models import Project
from tests.core.record import counted, load, project
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def received(path, actor=None):
    return actions.receive(actor=actor, path=path, name=path.name)


def test_a_file_is_kept_once_under_its_hash(tmp_path):
    path = write(tmp_path / "台账.xlsx", [row(1, "甲厂")])

    first, second = received(path), received(path)

    assert first.file == second.file == LedgerFile.objects.get()
    assert first.file.path.read_bytes() == path.read_bytes()
    assert [one.name for one in (tmp_path / "data" / "files").rglob("*") if one.is_file()] == [first.file.sha256]


def test_a_check_writes_rows_of_the_batch_and_nothing_of_the_record(tmp_path):
    batch = received(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1, started="2020"), row(2, "", amount=1)]))
    before = counted()

    checked = actions.check(actor=None, batch=batch)

    assert counted() == before
    expected = {"created": 1, "changed": 0, "unchanged": 0, "rejected": 1, "pending": 0, "warnings": 0, "rows": 2}
    assert checked.counts == expected
    assert [line.state for line in batch.rows.order_by("number")] == ["new", "rejected"]


def test_a_second_check_replaces_the_first(tmp_path):
    batch = received(write(tmp_path / "台账.xlsx", [row(1, "甲厂")]))
    for _ in range(2):
        actions.check(actor=None, batch=batch)

    assert batch.rows.count() == 1


def test_what_a_check_announces_is_what_a_commit_does(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1), row(2, "乙厂", amount=1)]))
    lines = [
        row(1, "甲厂", amount=2),
        row(2, "乙厂", amount=1),
        row(3, "丙厂"),
        row(4, "丙厂"),
        row(5, "丁厂", amount="5O万"),
    ]
    batch = received(write(tmp_path / "二.xlsx", lines))
    announced = actions.check(actor=None, batch=batch).counts
    preview = list(batch.rows.order_by("number").values_list("state", "changes", "problems"))

    committed = actions.commit(actor=None, batch=batch)

    assert committed.counts == announced
    assert list(batch.rows.order_by("number").values_list("state", "changes", "problems")) == preview
    assert [state for state, *_ in preview] == ["changed", "unchanged", "new", "unchanged", "rejected"]


def test_rejected_rows_stay_with_the_batch_word_for_word(tmp_path):
    batch = load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1), row(2, "", amount="３ＯＯ 万")]))

    rejected = batch.rows.get(state="rejected")
    assert (rejected.number, rejected.target_id) == (4, None)
    assert rejected.cells["F"] == "３ＯＯ 万"
    assert "name_missing" in [problem["code"] for problem in rejected.problems]
    assert Project.objects.count() == 1


def test_a_batch_is_committed_once(tmp_path):
    batch = received(write(tmp_path / "台账.xlsx", [row(1, "甲厂")]))
    actions.commit(actor=None, batch=batch)

    for action in (actions.commit, actions.check):
        with pytest.raises(ValidationError, match="已经"):
            action(actor=None, batch=batch)
    assert Project.objects.count() == 1


def test_an_unreadable_file_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"\x00\x01garbage" * 50)

    for action in (actions.check, actions.commit):
        batch = action(actor=None, batch=received(path))
        assert batch.state == "refused"
        assert batch.refusal["message"]
        assert batch.refusal["advice"]
    before = Batch.objects.count()
    with pytest.raises(Refusal):
        load(path)
    assert Batch.objects.count() == before


def test_a_corrected_mapping_is_used_and_remembered_for_the_next_ledger(tmp_path, account):
    office = account("project_office")
    headings = ["序号", "事由", *HEADINGS[2:]]
    batch = received(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1)], headings=headings), office)
    actions.correct_mapping(actor=office, batch=batch, mapping={"台账": {"B": "name"}})
    batch.refresh_from_db()
    actions.commit(actor=office, batch=batch)
    assert RememberedMapping.objects.get().confirmed_by == office

    later = load(write(tmp_path / "二.xlsx", [row(1, "乙厂", amount=1)], headings=headings))

    assert later.counts["created"] == 1
    assert sorted(Project.objects.values_list("name", flat=True)) == ["乙厂", "甲厂"]


def test_a_mapping_cannot_be_corrected_after_the_commit(tmp_path, account):
    batch = load(write(tmp_path / "台账.xlsx", [row(1, "甲厂")]))

    with pytest.raises(ValidationError, match="不能再改"):
        actions.correct_mapping(actor=account("project_office"), batch=batch, mapping={})


def test_a_clerk_files_only_for_their_unit_and_each_other_row_is_told(tmp_path, account):
    lines = [row(1, "甲厂", place="大洼区"), row(2, "乙厂", place="盘山县"), row(3, "丙厂", place="")]
    batch = load(write(tmp_path / "台账.xlsx", lines), account("unit_clerk", unit="dawa"))

    assert (batch.unit, batch.counts["created"], batch.counts["rejected"]) == ("dawa", 1, 2)
    for line in batch.rows.filter(state="rejected"):
        (problem,) = line.problems
        assert (problem["code"], problem["message"]) == ("other_unit", "不是大洼区的项目")
        assert "请把这一行交给所属单位" in problem["advice"]


def test_a_clerk_cannot_take_a_project_over_by_naming_their_own_unit(tmp_path, account):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="甲公司", place="盘山县", amount=5)]))
    batch = load(
        write(tmp_path / "二.xlsx", [row(1, "甲厂", investor="甲公司", place="大洼区", amount=5)]),
        account("unit_clerk", unit="dawa"),
    )

    (problem,) = batch.rows.get().problems
    assert (problem["code"], problem["severity"]) == ("other_unit", "error")
    assert project("甲厂").unit == "panshan"


def test_a_clerk_is_not_told_the_names_of_other_units_projects(tmp_path, account):
    load(write(tmp_path / "一.xlsx", [row(1, "年产十万吨高性能新材料生产基地", investor="三力公司", place="盘山县")]))
    lines = [row(1, "年产十万吨高性能新材料生产基地建设", investor="三力公司", place="大洼区")]
    batch = load(write(tmp_path / "二.xlsx", lines), account("unit_clerk", unit="dawa"))

    (problem,) = batch.rows.get().problems
    assert problem["code"] == "doubtful_duplicate"
    assert "其他单位填报" in problem["message"]
    assert "生产基地" not in problem["message"]


def test_a_clerk_touches_no_batch_of_another_scope(tmp_path, account):
    path = write(tmp_path / "台账.xlsx", [row(1, "甲厂", place="大洼区")])
    dawa, panshan = account("unit_clerk", unit="dawa"), account("unit_clerk", unit="panshan")
    waiting, whole_city = received(path, dawa), received(path)
    committed = load(path, dawa)

    for clerk, batch in ((panshan, waiting), (dawa, whole_city)):
        for action in (actions.check, actions.commit):
            with pytest.raises(PermissionDenied):
                action(actor=clerk, batch=batch)
        with pytest.raises(PermissionDenied):
            actions.correct_mapping(actor=clerk, batch=batch, mapping={})
    with pytest.raises(PermissionDenied):
        actions.revert(actor=panshan, batch=committed)
    assert actions.revert(actor=dawa, batch=committed) == []


def test_a_file_of_nothing_but_a_head_commits_nothing(tmp_path):
    batch = load(write(tmp_path / "台账.xlsx", []))

    assert (batch.state, batch.counts["rows"], Row.objects.count()) == ("committed", 0, 0)


@pytest.mark.parametrize("cell", ["制表\t符", "C:\\n\\N", "换\n行", "😀𠮷", "='危险'!A1", "100%", "'单引"])
def test_awkward_cells_come_back_as_they_were(tmp_path, cell):
    path = tmp_path / "台账.csv"
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["项目名称", "总投资（万元）", "备注"], ["甲厂", "5", cell], ["乙厂", "6", ""]])
    batch = load(path)

    assert batch.counts["created"] == 2
    assert batch.rows.get(label="甲厂").cells["C"] == cell


@pytest.mark.parametrize("name", ["长" * 200 + ".csv", "长" * 300 + ".csv"])
def test_a_very_long_file_name_is_no_obstacle(tmp_path, name):
    path = tmp_path / "台账.csv"
    path.write_text("项目名称,总投资（万元）\n甲厂,5\n乙厂,6\n", encoding="utf-8")

    batch = actions.load(actor=None, path=path, name=name)

    assert batch.counts["created"] == 2


@pytest.mark.parametrize("amount", ["99999999999999999亿元", "1e30", "-5", "0"])
def test_an_amount_beyond_all_measure_never_breaks_the_load(tmp_path, amount):
    batch = load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=amount), row(2, "乙厂", amount=1)]))

    assert batch.counts["created"] + batch.counts["rejected"] == 2
    assert project("乙厂").standing.amount_fen == 1_000_000


def test_a_name_that_grows_when_folded_and_over_long_texts_load(tmp_path):
    headings = [*HEADINGS, "项目编号", "项目代码", "备注"]
    line = [
        *row(1, "㍿" * 150, chain="链" * 300, place="大洼区" + "村" * 400, started="在建" + "。" * 900),
        "号" * 90,
        "码" * 60,
        "记" * 5000,
    ]
    path = write(tmp_path / "台账.xlsx", [line], headings=headings)

    assert load(path).counts["created"] == 1
    assert load(path).counts["unchanged"] == 1
    assert Project.objects.get().facts["remark"][0] == "记" * 5000
