"""The exported workbook: the list as it is seen, readable, safe, and honest about its bounds."""

import io

import pytest

from luodi.audit.models import Entry
from luodi.dashboards import exporting
from tests.dashboards.conftest import ROWS


def workbook(client, query=""):
    import openpyxl

    answer = client.get(f"/projects/export/?{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))), answer


def lines(book):
    return [[cell for cell in row] for row in book.active.iter_rows(values_only=True)]


def test_it_has_title_caption_units_rows_total_and_count(signed_in, register):
    book, answer = workbook(signed_in("leader"))
    rows = lines(book)

    assert rows[0][0] == "盘锦市项目清单"
    assert rows[1][0].startswith("填报单位：盘锦市　日期：")
    assert "口径：panjin-figures/2　金额单位：万元　筛选：全部" in rows[1][0]
    assert rows[2] == [
        "序号",
        "项目名称",
        "投资主体",
        "填报单位",
        "产业类别",
        "总投资（万元）",
        "上报阶段",
        "佐证阶段",
        "净",
        "层级",
    ]
    assert rows[3][:6] == [1, "大洼产业园", "甲实业有限公司", "大洼区", "新材料", 100000]
    assert rows[11][0:2] == ["合计", "合计 打包 7 个、拆分 7 个，金额按打包计"]
    assert rows[11][5] == pytest.approx(388_500.5)
    assert rows[12][0] == "已导出 8 / 8 行"
    assert rows[13][0] == "共 8 条记录：打包 7 个、拆分 7 个"
    assert rows[14][0] == "合计金额不含 3 个没有写明确切人民币金额的项目"
    assert rows[15][0].startswith("审计日志树头 ")
    assert len(rows[15][0].rpartition(":")[2]) == 64
    assert "%E9%A1%B9%E7%9B%AE%E6%B8%85%E5%8D%95" in answer.headers["Content-Disposition"]


def test_it_prints_on_a3_lying_with_the_head_on_every_page(signed_in, register):
    sheet = workbook(signed_in("leader"))[0].active

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.freeze_panes == "C4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area.replace("$", "").endswith("A1:J16")
    assert sheet.column_dimensions["B"].width > 30


def test_text_that_looks_like_a_formula_is_no_formula(signed_in, register):
    sheet = workbook(signed_in("leader"), "cols=name,investor,remark&q=炼化")[0].active

    cells = [cell for cell in sheet[4]]
    assert [cell.value for cell in cells][1:] == ["'@双台子炼化改造", "'=乙化工有限公司", "'+速办"]
    assert {cell.data_type for cell in cells[1:]} == {"s"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_dangerous_start_is_disarmed(start):
    assert exporting.safe(f"{start}1+1") == f"'{start}1+1"
    assert exporting.safe(f"1{start}1") == f"1{start}1"


def test_it_is_the_filter_and_the_columns_that_are_seen(signed_in, register):
    rows = lines(workbook(signed_in("leader"), "unit=dawa&sort=-amount&cols=name,number,started_on")[0])

    assert rows[2] == ["序号", "项目名称", "编号", "开工时间"]
    assert [row[2] for row in rows[3:6]] == ["A1", "A2", "A8"]
    assert "筛选：填报单位：大洼区" in rows[1][0]


def test_amounts_are_in_the_chosen_unit(signed_in, register):
    client = signed_in("leader")
    client.post("/unit/", {"unit": "亿元"})
    sheet = workbook(client, "q=炼化")[0].active

    assert sheet["F3"].value == "总投资（亿元）"
    assert sheet["F4"].value == pytest.approx(25.00005)
    assert sheet["F4"].number_format == "#,##0.0000"


def test_a_clerk_takes_the_own_unit_only(signed_in, register):
    rows = lines(workbook(signed_in("unit_clerk", unit="panshan"))[0])

    assert [row[1] for row in rows[3:5]] == ["盘山外资项目", "盘山意向项目"]
    assert rows[6][0] == "已导出 2 / 2 行"
    assert rows[1][0].startswith("填报单位：盘山县")


def test_a_bounded_export_says_so_in_its_own_line(signed_in, register, monkeypatch):
    monkeypatch.setattr(exporting, "LIMIT", 3)

    rows = lines(workbook(signed_in("leader"))[0])

    assert rows[6][0] == "合计"
    assert rows[7][0] == "已导出 3 / 8 行：一个文件最多 3 行，请缩小筛选范围后分次导出"


def test_an_export_leaves_a_trace(signed_in, register):
    workbook(signed_in("auditor"), "unit=dawa")

    assert Entry.objects.get(action="dashboards.list.exported").detail == {"query": "unit=dawa", "rows": 3, "total": 3}


def test_an_administrator_takes_no_rows_out(signed_in, register):
    client = signed_in("administrator")

    assert client.get("/projects/export/").status_code == 403
    assert "导出 xlsx" not in client.get("/projects/").content.decode()


def test_an_empty_list_gives_an_empty_workbook(signed_in, register):
    rows = lines(workbook(signed_in("leader"), "q=没有这个")[0])

    assert rows[4][0] == "已导出 0 / 0 行"
    assert len(ROWS) == 8
