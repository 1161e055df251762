"""The book as a workbook: out and in again changes nothing; what is wrong is told with sheet, row and column, and nothing is written."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from openpyxl import Workbook, load_workbook

from luodi.audit.models import Entry
from luodi.factors import demanding, loading, reserving, supplying, workbooks
from luodi.factors.models import Demand, Pool, Supply, Work
from luodi.factors.queries import unbalanced
from luodi.factors.statements import Need, WorkTerms
from tests.factors.conftest import DAY

SUPPLIES = ["系统编号", "要素", "所在", "来源分类", "数量", "计量单位", "从哪天起", "到哪天", "核实", "依据"]
NEEDS = ["项目编号", "项目名称", "要素", "哪一步", "数量", "计量单位", "要用的日期", "依据种类", "依据"]


def sheet(folder, **sheets):
    book = Workbook()
    book.remove(book.active)
    for name, (head, *rows) in sheets.items():
        made = book.create_sheet(name)
        made.append(["要素账"])
        for row in (head, *rows):
            made.append(row)
    path = folder / "要素账.xlsx"
    book.save(path)
    return path


def written(folder, user=None):
    path = folder / "导出.xlsx"
    path.write_bytes(workbooks.write(user)[0].getvalue())
    return path


def test_out_and_in_again_changes_nothing(book, tmp_path):
    terms = WorkTerms("二号变电站", 600, 400, DAY, "会议纪要", 50_000_000_00)
    supplying.propose_work(actor=book.office, pool=book.power, terms=terms)
    need = Need("power", 1234, "可研", need_on=date(2027, 5, 1), basis="contracted")
    demanding.state_demand(actor=book.office, project=book.a, need=need)
    before = Entry.objects.count()

    parsed = workbooks.read(written(tmp_path), None)
    counts = loading.load_book(actor=None, parsed=parsed, reason="再导一次")

    assert parsed.problems == []
    assert counts == {"new": 0, "moved": 0, "same": 5}
    assert Entry.objects.count() == before


def test_estimates_go_out_as_a_template_and_do_not_come_back_as_statements(book, tmp_path):
    path = written(tmp_path)
    rows = list(load_workbook(path)["需求"].iter_rows(min_row=3, values_only=True))

    assert any("估算" in row for row in rows)
    loading.load_book(actor=None, parsed=workbooks.read(path, None), reason="")
    assert not Demand.objects.exists()


def test_new_lines_open_their_pool_and_a_known_line_moves_its_day(book, tmp_path):
    first = book.power.supplies.order_by("from_on")[1]
    rows = [
        [first.pk, "电力容量", "大洼区", None, 10, "MVA", "2028-06-01", None, "待核", "供电公司函"],
        [None, "蒸汽", "大洼区", None, "12.5", "吨/时", "2027-01-01", None, "已核", "热电厂函"],
        [None, "建设资金", "全市", "专项债", 5000, "万元", "2027-01-01", None, "待核", "财政局函"],
    ]

    parsed = workbooks.read(sheet(tmp_path, 供给=[SUPPLIES, *rows]), book.office)
    counts = loading.load_book(actor=book.office, parsed=parsed, reason="年度导入")

    assert counts == {"new": 2, "moved": 1, "same": 0}
    steam = Pool.objects.get(factor="steam").supplies.get()
    assert (steam.amount, steam.mark, steam.source) == (125, "confirmed", "热电厂函")
    assert Pool.objects.get(factor="capital").label == "专项债"
    assert Supply.objects.get(pool=book.power, withdrawn_at=None, amount=1000, from_on=date(2028, 6, 1)).pk != first.pk
    assert unbalanced() == []
    assert loading.load_book(actor=book.office, parsed=_again(tmp_path, rows[1:]), reason="")["same"] == 2


def _again(folder, rows):
    return workbooks.read(sheet(folder, 供给=[SUPPLIES, *rows]), None)


def test_columns_that_are_left_out_stand_for_what_a_blank_cell_would(book, tmp_path):
    path = sheet(tmp_path, 供给=[["要素", "数量", "从哪天起", "依据"], ["蒸汽", 1, "2027-01-01", "函"]])
    loading.load_book(actor=book.office, parsed=workbooks.read(path, book.office), reason="")

    said = Supply.objects.get(pool__factor="steam")
    assert (said.mark, said.until_on, said.pool.unit) == ("pending", None, "")


def test_every_problem_is_told_at_once_with_its_place_and_nothing_is_written(book, tmp_path):
    supplies = [
        [None, "电力", "大洼区", None, 10, "MVA", "2028-06-01", None, None, "函"],
        [None, "蒸汽", "大洼区", None, "很多", "吨/时", "2027-01-01", None, None, "函"],
        [None, "蒸汽", "大洼区", None, "1.25", "公斤", "2027-01-01", None, None, "函"],
        [999, "蒸汽", "大洼区", None, 1, None, "2027-01-01", None, None, "函"],
    ]
    needs = [
        [None, "没有这个厂", "电力容量", None, 1, None, None, None, "函"],
        [book.a.pk, "乙厂", "电力容量", None, 1, None, None, None, "函"],
    ]

    parsed = workbooks.read(sheet(tmp_path, 供给=[SUPPLIES, *supplies], 需求=[NEEDS, *needs]), book.office)

    told = {(one.sheet, one.row, one.column, one.message) for one in parsed.problems}
    assert ("供给", 3, "B", "不在可填的范围内") in told
    assert ("供给", 4, "E", "不是数字") in told
    assert ("供给", 5, "", "小数位比这种要素记的多") in told
    assert ("供给", 5, "", "计量单位不是这种要素的") in told
    assert ("供给", 6, "", "没有这个系统编号；新的一行请留空") in told
    assert {row for place, row, _column, _message in told if place == "需求"} == {3, 4}
    before = Supply.objects.count()
    with pytest.raises(ValidationError):
        loading.load_book(actor=book.office, parsed=parsed, reason="")
    assert Supply.objects.count() == before


def test_a_line_that_would_uncover_a_promise_stops_the_whole_workbook(book, tmp_path):
    claim = reserving.Claim(800, DAY, "申请")
    held = reserving.hold(actor=book.office, project=book.a, pool=book.power, claim=claim)
    reserving.promise(actor=book.office, reservation=held, from_on=DAY, basis="批复")
    first = book.power.supplies.order_by("from_on")[0]
    rows = [
        [None, "蒸汽", "大洼区", None, 1, None, "2027-01-01", None, None, "函"],
        [first.pk, "电力容量", "大洼区", None, 10, "MVA", "2028-06-01", None, "待核", "供电公司函"],
    ]

    parsed = workbooks.read(sheet(tmp_path, 供给=[SUPPLIES, *rows]), book.office)
    with pytest.raises(ValidationError, match="第 4 行"):
        loading.load_book(actor=book.office, parsed=parsed, reason="")

    assert not Pool.objects.filter(factor="steam").exists()
    assert unbalanced() == []


def test_a_clerk_brings_needs_of_their_own_projects_and_no_supply(book, tmp_path, account):
    needs = [NEEDS, [None, "甲厂", "电力容量", None, "12.5", "MVA", None, "合同", "供用电合同"]]
    parsed = workbooks.read(sheet(tmp_path, 需求=needs), book.clerk)
    loading.load_book(actor=book.clerk, parsed=parsed, reason="")

    assert Demand.objects.get(withdrawn_at=None).amount == 1250
    stranger = workbooks.read(sheet(tmp_path, 需求=needs), account("unit_clerk", unit="panshan"))
    assert [one.message for one in stranger.problems] == ["项目库里没有这个项目，或编号和名称不是同一个"]
    supplies = [SUPPLIES, [None, "电力容量", "大洼区", None, 10, None, "2028-06-01", None, None, "函"]]
    with pytest.raises(PermissionDenied):
        loading.load_book(
            actor=book.clerk, parsed=workbooks.read(sheet(tmp_path, 供给=supplies), book.clerk), reason=""
        )


def test_works_come_in_with_cost_and_are_not_written_twice(book, tmp_path):
    head = [
        "系统编号",
        "要素",
        "所在",
        "来源分类",
        "工程名称",
        "增加",
        "计量单位",
        "工期（天）",
        "最早动工",
        "费用（万元）",
        "核实",
        "依据",
    ]
    rows = [[None, "电力容量", "大洼区", None, "二号变电站", 60, "MVA", 400, "2027-01-01", "8000.5", "待核", "纪要"]]
    path = sheet(tmp_path, 准备工程=[head, *rows])

    for state in ("new", "same"):
        assert loading.load_book(actor=None, parsed=workbooks.read(path, None), reason="")[state] == 1
    work = Work.objects.get()
    assert (work.adds, work.days, work.cost_fen) == (6000, 400, int(Decimal("8000.5") * 1_000_000))
