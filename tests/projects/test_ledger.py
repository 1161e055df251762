"""The main job: an office's ledgers become one register, whatever their order and however often."""

from datetime import date
from itertools import permutations

import pytest
from django.db.models import Sum
from django.utils import timezone

from luodi.core.installation import city
from luodi.projects.models import Amount, Participation, Project, StageEvent
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import Count
from tests.conftest import CITY_LEDGER, LEDGERS
from tests.core.record import PUBLISHED, figures_agree, load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
XLSX, GB18030, XLS, CSV = (LEDGERS / name for name in PUBLISHED)
WAN = 1_000_000  # 分 in 万元


def reload_counts(path):
    counts = load(path).counts
    return counts["created"], counts["changed"], counts["unchanged"] == counts["rows"]


def test_the_four_ledgers_after_each_other_bring_each_project_once():
    created = [load(path).counts["created"] for path in (XLSX, GB18030, XLS, CSV)]

    assert created == [55, 0, 39, 0]
    assert Project.objects.current().count() == 94


def test_the_exact_amounts_in_cny_add_up_to_what_the_ledger_itself_states():
    batch = load(XLSX)

    exact = Amount.objects.filter(kind="total_investment", currency="CNY", bound="exact")
    assert exact.aggregate(fen=Sum("minor"))["fen"] == 23_390_500 * WAN == stated_total() * WAN
    table, hidden = batch.sheets
    assert (table["totals_checked"], table["totals_wrong"]) == (7, [])
    assert hidden["sheet"] == "填表说明"
    assert "隐藏" in hidden["skipped"]


def stated_total():
    """Second source: the cells above 合计, added up by another reader."""
    from openpyxl import load_workbook

    rows = list(load_workbook(XLSX).active.iter_rows(min_row=5, max_row=66, values_only=True))
    added = sum(cells[5] or 0 for cells in rows if cells[0])
    assert added == rows[-1][5]
    return added


@pytest.mark.parametrize("path", [XLSX, GB18030, XLS, CSV, CITY_LEDGER], ids=lambda path: path.name)
def test_loading_a_ledger_twice_changes_nothing(path):
    load(path)

    assert reload_counts(path) == (0, 0, True)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3], ids=lambda order: "".join(map(str, order)))
def test_any_order_gives_the_same_projects_and_the_same_figures(order):
    for position in order:
        load((XLSX, GB18030, XLS, CSV)[position])

    found = queries.figures_as_of(timezone.localdate())
    assert Project.objects.current().count() == 94
    assert [sides(found, stage) for stage in ("signed", "started", "produced")] == [
        (64, 17, 17),
        (51, 15, 15),
        (13, 4, 4),
    ]
    assert found.total.reported.packaged.amount_fen == 37_057_200 * WAN + sum_without_stage()
    assert figures_agree()


def sides(found, stage):
    three = found.reached[stage]
    return tuple(three.side(side).packaged.projects for side in ("reported", "proven", "net"))


def sum_without_stage():
    """Amounts of the projects of which no ledger says how far they are."""
    nowhere = Project.objects.current().filter(standing__reported=-1)
    return nowhere.aggregate(fen=Sum("standing__amount_fen"))["fen"]


def test_the_demonstration_ledger_before_the_four_brings_no_second_panjin_project():
    assert load(CITY_LEDGER).counts["created"] == 55
    assert [load(path).counts["created"] for path in (XLSX, GB18030, CSV, XLS)] == [0, 0, 39, 0]
    assert Project.objects.current().exclude(unit__in=["outside", ""]).count() == 55


@pytest.mark.parametrize(
    ("name", "currency", "minor"),
    [("轻烃综合利用及产业链延伸", "USD", 120 * 10**8 * 100), ("聚醚醚酮", "GBP", 3200 * 10**4 * 100)],
)
def test_a_foreign_amount_stays_in_its_currency_and_out_of_cny_sums(name, currency, minor):
    load(XLSX)

    stated = Amount.objects.get(project=project(name), kind="total_investment", withdrawn_at=None)
    assert (stated.currency, stated.minor) == (currency, minor)
    assert project(name).standing.amount_fen is None


@pytest.mark.parametrize("name", ["忠旺铝材", "浩业化工", "食品工业园"])
def test_a_bound_is_kept_as_a_bound_and_not_summed(name):
    load(XLSX)

    stated = Amount.objects.get(project=project(name), kind="total_investment")
    assert stated.bound == "at_least"
    assert project(name).standing.amount_fen is None


def test_a_plan_is_no_event_that_happened():
    load(XLSX)

    produced = StageEvent.objects.filter(project=project("精细化工及原料工程"), stage="produced")
    assert {event.kind for event in produced} == {"planned"}
    assert city().stages[project("精细化工及原料工程").standing.reported].code == "started"


def test_the_words_as_above_take_the_investor_the_name_and_the_remark_of_the_row_above():
    load(XLSX)

    phase = project("年产80万吨生物基材料一体化一期")
    assert phase.facts["investor"][0].startswith("辽宁金发生物材料")
    assert project("新发地盘锦分市场二期").facts["investor"][0] == "新发地盘锦分市场"
    assert project("浩业化工").facts["remark"][0] == "来源为改写稿"


def test_a_phase_of_the_project_above_is_its_member():
    load(XLSX)

    package = Project.objects.get(name="年产80万吨生物基材料一体化")
    members = [member.name for member in package.members.order_by("id")]
    assert [name[len(package.name) :][:2] for name in members] == ["一期", "二期"]


def test_a_package_counts_once_packed_and_by_its_members_unpacked(tmp_path):
    source = "http://www.panjin.gov.cn/a"
    head = row(1, "生物基材料基地", investor="甲公司", amount=100, started="2020-01", source=source)
    part = row(2, "同上一期：乳酸", investor="同上", amount=40, started="2020-01", source=source)
    load(write(tmp_path / "台账.xlsx", [head, part]))

    found = queries.figures_as_of(timezone.localdate()).reached["started"]
    for side in ("reported", "proven", "net"):
        assert found.side(side).packaged == Count(1, 100 * WAN, 0)
        assert found.side(side).unpacked == Count(1, 40 * WAN, 0)
    assert figures_agree()


def test_an_unknown_place_is_told_and_the_row_is_kept(tmp_path):
    batch = load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", place="火星基地")]))

    (problem,) = batch.rows.get().problems
    assert (problem["code"], problem["severity"], problem["column"]) == ("place_unknown", "warning", "D")
    assert batch.counts["created"] == 1


def test_a_blank_cell_never_erases(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="甲公司", amount=100, started="2020-01")]))
    batch = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", place="", chain="")]))

    assert batch.counts["unchanged"] == 1
    assert project("甲厂").standing.amount_fen == 100 * WAN
    assert project("甲厂").unit == "dawa"


def test_a_corrected_value_withdraws_the_old_statement_and_keeps_it_readable(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="甲公司", amount=100, started="2020-01")]))
    batch = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", investor="甲公司", amount=250, started="2021-05")]))

    assert batch.rows.get().changes["total_investment"] == ["CNY 100000000 exact", "CNY 250000000 exact"]
    amounts = Amount.objects.order_by("id").values_list("minor", "withdrawn_at")
    assert [(minor, at is None) for minor, at in amounts] == [(100 * WAN, False), (250 * WAN, True)]
    assert StageEvent.objects.get(withdrawn_at=None).starts_on == date(2021, 5, 1)
    assert StageEvent.objects.exclude(withdrawn_at=None).get().starts_on == date(2020, 1, 1)


def test_a_project_corrected_twice_in_one_file_ends_with_the_last_word(tmp_path):
    from openpyxl import load_workbook

    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", started="2019-01")]))
    path = write(tmp_path / "二.xlsx", [row(1, "甲厂", started="2020-01")])
    book = load_workbook(path)
    other = book.copy_worksheet(book.active)
    other["H3"] = "2021-01"
    book.save(path)

    batch = load(path)

    assert [line.state for line in batch.rows.order_by("id")] == ["changed", "changed"]
    assert [event.starts_on.year for event in StageEvent.objects.filter(withdrawn_at=None)] == [2021]
    assert figures_agree()


def test_a_changed_investor_takes_its_shareholders_along(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor="甲公司：乙集团51%、丙集团49%")]))
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", investor="丁公司")]))

    live = Participation.objects.filter(withdrawn_at=None)
    assert [(one.party.name, one.role) for one in live] == [("丁公司", "investor")]


def test_a_paragraph_in_the_party_column_is_one_party_however_often_it_comes(tmp_path):
    words = "由市政府平台公司牵头并联合若干社会资本方共同出资设立的项目公司" * 12
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", investor=words)]))
    batch = load(write(tmp_path / "二.xlsx", [row(1, "乙厂", investor=words)]))

    assert batch.counts["created"] == 1
    assert len(set(Participation.objects.values_list("party", flat=True))) == 1
