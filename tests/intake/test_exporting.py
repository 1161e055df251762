"""A ledger given back is the ledger: its bytes while nothing is newer, and then only the cells of which more is known."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from luodi.intake import actions
from luodi.intake.engine.workbooks import open_workbook
from luodi.intake.exporting import export_ledger
from luodi.intake.models import Batch
from luodi.projects.models import Project
from tests.conftest import CITY_LEDGER, LEDGERS
from tests.core.record import PUBLISHED, load
from tests.intake.office_ledger import FOOD, STEEL, write_office_ledger
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
MAY = datetime(2024, 5, 6)  # noqa: DTZ001 - a workbook has no zones


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def exported(batch, folder: Path) -> tuple[Path, int]:
    found = export_ledger(batch)
    path = folder / f"导出-{found.filename}"
    path.write_bytes(found.content)
    return path, found.changed_cells


def cells(path: Path):
    """Every visible sheet, cell by cell, as the reader of uploads sees it; the sheet of a text table is called after its file."""
    book = open_workbook(path)
    return {"" if book.kind == "csv" else sheet.name: [list(line) for line in sheet.rows] for sheet in book.sheets}


def unchanged(batch: Batch) -> bool:
    return {name: batch.counts[name] for name in ("created", "changed", "rejected")} == dict(
        created=0, changed=0, rejected=0
    )


@pytest.mark.parametrize("name", [*PUBLISHED, CITY_LEDGER.name])
def test_an_export_loaded_again_changes_nothing_and_exports_the_same_again(name, tmp_path):
    path = CITY_LEDGER if name == CITY_LEDGER.name else LEDGERS / name
    batch = load(path)

    first, changed = exported(batch, tmp_path)

    assert changed == 0
    again = load(first)
    assert unchanged(again)
    assert cells(exported(again, tmp_path)[0]) == cells(first)
    assert cells(first) == cells(path) if path.suffix != ".csv" else first.read_bytes() == path.read_bytes()


def test_after_all_four_published_ledgers_each_gives_back_what_the_record_holds(tmp_path):
    batches = [load(LEDGERS / name) for name in PUBLISHED]

    for batch in batches:
        assert unchanged(load(exported(batch, tmp_path)[0])), batch.name


def test_a_ledger_without_news_comes_back_byte_for_byte(tmp_path):
    path = write_office_ledger(tmp_path / "台账.xlsx")

    found = export_ledger(load(path))

    assert found.content == path.read_bytes()
    assert (found.filename, found.rows, found.changed_cells, found.withdrawn, found.left) == ("台账.xlsx", 4, 0, 0, 0)


def test_a_corrected_amount_comes_back_in_the_columns_own_unit_with_new_totals(tmp_path):
    first = load(write_office_ledger(tmp_path / "一.xlsx"))
    load(write(tmp_path / "二.xlsx", [row(1, "甲钢管厂", investor="某钢铁集团", chain="", amount=18000)]))

    path, changed = exported(first, tmp_path)

    values = openpyxl.load_workbook(path, data_only=True)[STEEL]
    formulas = openpyxl.load_workbook(path)[STEEL]
    assert (values["E5"].value, values["E8"].value, values["F8"].value) == (1.8, 6.8, 0.75)
    assert (formulas["E7"].value, formulas["E8"].value) == ("=10000*3/10000", "=SUM(E5:E7)")
    assert formulas["E5"].number_format == "0.00"
    assert changed == 2
    assert unchanged(load(path))


def test_only_the_new_cells_differ(tmp_path):
    path = write_office_ledger(tmp_path / "一.xlsx")
    first = load(path)
    load(write_office_ledger(tmp_path / "二.xlsx", {"E6": 2.5, "E8": 7, "G5": MAY, "H6": "=开工"}))

    back, _ = exported(first, tmp_path)

    old, new = (openpyxl.load_workbook(one) for one in (path, back))
    assert new.sheetnames == old.sheetnames
    assert new["旧表"].sheet_state == "hidden"
    assert new[STEEL].merged_cells.ranges == old[STEEL].merged_cells.ranges
    assert new[STEEL].column_dimensions["B"].width == old[STEEL].column_dimensions["B"].width
    assert new[STEEL].freeze_panes == "A4"
    differing = {
        cell.coordinate: cell.value
        for sheet in new
        for line in sheet.iter_rows()
        for cell in line
        if cell.value != old[sheet.title][cell.coordinate].value
    }
    assert differing == {"E6": 2.5, "G5": MAY, "H6": "=开工", "H7": "=开工"}
    assert new[STEEL]["G5"].number_format == "yyyy/m/d"
    assert new[STEEL]["H6"].quotePrefix
    assert unchanged(load(back))


def test_same_as_above_keeps_its_meaning_when_the_row_above_is_new(tmp_path):
    lines = [row(1, "甲厂", source="http://a.cn/1"), row(2, "乙厂", source="http://a.cn/2")]
    lines[0][4], lines[1][4] = "石化", "同上"
    first = load(write(tmp_path / "一.xlsx", lines))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", chain="粮食")]))

    back, _ = exported(first, tmp_path)

    assert [line[4] for line in cells(back)["台账"][2:]] == ["粮食", "石化"]
    assert unchanged(load(back))


def test_a_merged_range_is_given_up_when_its_rows_no_longer_mean_the_same(tmp_path):
    first = load(write_office_ledger(tmp_path / "一.xlsx"))
    load(write(tmp_path / "二.xlsx", [row(1, "乙钢板厂", investor="新钢铁公司", chain="", amount=20000)]))

    back, _ = exported(first, tmp_path)

    sheet = openpyxl.load_workbook(back)[STEEL]
    assert (sheet["C5"].value, sheet["C6"].value) == ("某钢铁集团", "新钢铁公司")
    assert "C5:C6" not in {str(merge) for merge in sheet.merged_cells.ranges}
    assert unchanged(load(back))


def test_a_project_that_moved_is_given_back_with_its_new_place(tmp_path):
    first = load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="某公司", place="大洼区", amount=1)]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", investor="某公司", place="盘山县", amount=1)]))
    assert Project.objects.get().unit == "panshan"

    back, changed = exported(first, tmp_path)

    assert changed == 1
    assert cells(back)["台账"][2][3] == "盘山县"
    assert unchanged(load(back))


@pytest.mark.parametrize(
    ("stated", "later", "expected"),
    [
        (100, "超亿元", "≥10000万元"),
        (100, "1200万美元", "1200万美元"),
        ("约3000", 4000.5, 4000.5),
        ("", 77, 77),
    ],
)
def test_an_amount_comes_back_as_a_number_where_that_says_it_and_in_words_otherwise(tmp_path, stated, later, expected):
    first = load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=stated)]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=later)]))

    back, _ = exported(first, tmp_path)

    assert cells(back)["台账"][2][5] == expected
    assert unchanged(load(back))


def test_a_wrong_total_keeps_its_difference(tmp_path):
    lines = [row(1, "甲厂", amount=100), row(2, "乙厂", amount=200), ["", "合计", "", "", "", 999]]
    first = load(write(tmp_path / "一.xlsx", lines))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=150)]))

    back, _ = exported(first, tmp_path)

    assert cells(back)["台账"][4][5] == 1049


def test_what_the_layout_cannot_express_is_counted(tmp_path):
    first = load(write_office_ledger(tmp_path / "一.xlsx"))
    load(write(tmp_path / "二.xlsx", [row(1, "甲钢管厂", investor="某钢铁集团", chain="新材料", amount=15000)]))

    found = export_ledger(first)

    assert (found.changed_cells, found.left) == (0, 1), "the industry stands in the title of the section"


def test_a_withdrawn_project_stays_in_its_row_and_is_counted(tmp_path):
    first = load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1), row(2, "乙厂", amount=1)]))
    project = Project.objects.get(name="甲厂")
    project.withdrawn_at = project.created_at
    project.save(update_fields=["withdrawn_at"])

    found = export_ledger(first)

    assert (found.rows, found.withdrawn, found.changed_cells) == (2, 1, 0)


def test_what_a_later_batch_said_is_gone_from_the_export_after_its_revert(tmp_path):
    path = write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1)])
    first = load(path)
    later = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=2)]))
    assert export_ledger(first).changed_cells == 1

    actions.revert(actor=None, batch=later)

    assert export_ledger(first).content == path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_table_keeps_encoding_delimiter_and_line_ends(tmp_path, encoding, delimiter):
    lines = [
        ["项目名称", "所在地区", "总投资（万元）", "备注"],
        ["甲厂", "大洼区", '"1,000"', '"有""引号"""'],
        ["乙厂", "大洼区", "20", "x"],
    ]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    path = tmp_path / "台账.csv"
    path.write_bytes(text.encode(encoding))
    first = load(path)
    assert export_ledger(first).content == path.read_bytes()
    load(write(tmp_path / "二.xlsx", [row(1, "乙厂", amount=21)]))

    back, changed = exported(first, tmp_path)

    assert changed == 1
    assert back.read_bytes() == text.replace(f"{delimiter}20{delimiter}", f"{delimiter}21{delimiter}").encode(encoding)
    assert unchanged(load(back))


def test_a_text_table_never_runs_in_a_spreadsheet_and_means_the_same_when_it_is_loaded_again(tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text(
        '项目名称,所在地区,备注,总投资（万元）\n甲厂,大洼区,"=HYPERLINK(""x"")",-\n@乙厂,大洼区,+速办,1\n',
        encoding="utf-8",
    )
    first = load(path)

    back, _ = exported(first, tmp_path)

    assert back.read_text(encoding="utf-8").splitlines()[1:] == [
        '甲厂,大洼区,"\'=HYPERLINK(""x"")",-',
        "'@乙厂,大洼区,'+速办,1",
    ]
    assert unchanged(load(back))


def test_only_a_committed_batch_is_given_back(tmp_path):
    path = write(tmp_path / "一.xlsx", [row(1, "甲厂")])
    batch = actions.receive(actor=None, path=path, name=path.name)

    with pytest.raises(ValidationError, match="已入库"):
        export_ledger(batch)


def test_a_mapping_remembered_since_then_does_not_change_what_an_old_ledger_gives_back(tmp_path, account):
    office = account("project_office")
    headings = ["序号", "项目名称", "事由", *HEADINGS[3:]]
    first = load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="甲公司")], headings=headings))
    path = write(tmp_path / "二.xlsx", [row(1, "甲厂", investor="乙公司")], headings=headings)
    second = actions.receive(actor=office, path=path, name=path.name)
    actions.correct_mapping(actor=office, batch=second, mapping={"台账": {"C": "investor"}})
    second.refresh_from_db()
    actions.commit(actor=office, batch=second)

    assert export_ledger(first).content == (tmp_path / "一.xlsx").read_bytes()
    assert export_ledger(first).changed_cells == 0


def test_the_second_sheet_changes_alone(tmp_path):
    first = load(write_office_ledger(tmp_path / "一.xlsx"))
    load(write(tmp_path / "二.xlsx", [row(1, "丁食品厂", place="盘山县", amount=9000)]))

    back, changed = exported(first, tmp_path)

    assert changed == 1
    assert cells(back)[FOOD][2] == [1, "丁食品厂", "盘山县", 9000, "=SUM(A1)"]
    assert cells(back)[STEEL] == cells(tmp_path / "一.xlsx")[STEEL]
