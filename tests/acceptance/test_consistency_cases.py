"""The 18 consistency cases of the published rows: each is loaded through the real intake and behaves as it must.

Rows of the public ledgers come from those ledgers; cases whose rows are only quoted (X10, X12, L50, L53, L54) from small ledgers with
exactly the published values.
"""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from luodi.checks.engine.checks import ASKING, State
from luodi.checks.queries import results
from luodi.core.installation import city
from luodi.dashboards import register_panels
from luodi.organizations import actions as organizations
from luodi.projects import actions
from luodi.projects.engine import consistency
from luodi.projects.models import Amount, DoubtfulPair, NetDecision, Progress, Project, ProjectPlace, StageEvent
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import Count
from tests.conftest import LEDGERS
from tests.core.record import figures_agree, load
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
WAN, YI = 1_000_000, 10_000_000_000
HEADS = [*HEADINGS, "备注", "所属打包项目", "子项目个数", "别名", "完成比例", "洽谈时间", "项目类型", "项目编号"]


@pytest.fixture
def published():
    load(LEDGERS / "published-projects.csv")


@pytest.fixture
def office(account):
    return account("project_office")


def ledger(path, *lines, day=""):
    """A small ledger; each line is `row(...)` and the further columns by name. `day`: 填报日期."""
    filled = [[*cells, *(extra.get(name, "") for name in HEADS[len(HEADINGS) :])] for cells, extra in lines]
    if day:
        filled.append([f"填报日期：{day}"])
    return load(write(path, filled, headings=HEADS))


def line(name, *, more=None, **cells):
    return row("", name, **cells), more or {}


def by(number):
    return Project.objects.current().get(number=number)


def named(name):
    return Project.objects.current().get(name=name)


def asked(project):
    """What the lamps on the project's page ask: values by check."""
    found = results([project.pk])[project.pk]
    return {check.code: result for check, result in found if result.state in ASKING}


def total(counting="packaged"):
    return queries.figures_as_of(timezone.localdate()).total.reported.counted(counting)


def late(project):
    found = register_panels.slips.lateness(
        register_panels._plans(project), register_panels._happened(project), today=date(2026, 11, 26)
    )
    return {one.stage: one for one in found}


def test_case_01_four_names_are_one_project(published, tmp_path):
    whole = by("P01")
    batch = ledger(tmp_path / "别名.xlsx", line("精细化工及原料工程项目", place="辽滨", more={"别名": "盘锦炼化"}))
    assert batch.counts["created"] == 0

    names = ("兵器项目", "华锦阿美", "精细化工及原料工程", "盘锦炼化")
    for n, name in enumerate(names):
        batch = ledger(tmp_path / f"{n}.xlsx", line(name, place="辽滨", chain="石化及精细化工"))
        assert (batch.counts["created"], batch.rows.get().target_id) == (0, whole.pk), name
    batch = ledger(tmp_path / "年鉴.xlsx", line("伟英兴聚芳醚酮", place="盘锦市", chain=""))
    assert batch.rows.get().target_id == by("P12").pk


def test_case_02_every_amount_is_kept_with_its_day_and_source(tmp_path):
    said = [
        ("2015年8月17日", "845亿元"),
        ("2019年2月22日", "超695亿元"),
        ("2019年3月1日", "100亿美元"),
        ("2023年3月26日", "837亿元"),
    ]
    for n, (day, amount) in enumerate(said):
        ledger(tmp_path / f"{n}.xlsx", line("精细化工及原料工程", place="辽滨", amount=amount), day=day)

    kept = Amount.objects.filter(project=named("精细化工及原料工程")).order_by("id")
    assert [(one.currency, one.bound, one.minor) for one in kept] == [
        ("CNY", "exact", 845 * YI),
        ("CNY", "at_least", 695 * YI),
        ("USD", "exact", 100 * YI),
        ("CNY", "exact", 837 * YI),
    ]
    assert [str(one.stated_on) for one in kept] == ["2015-08-17", "2019-02-22", "2019-03-01", "2023-03-26"]
    assert all(one.row is not None for one in kept)
    assert [one.withdrawn_at is None for one in kept] == [False, False, False, True]
    assert named("精细化工及原料工程").standing.amount_fen == 837 * YI


def test_case_03_an_order_that_real_projects_violate_is_kept(published):
    def days(number, stage):
        events = StageEvent.objects.filter(project=by(number), stage=stage, kind="actual", withdrawn_at=None)
        return sorted(str(event.ends_on) for event in events)

    assert days("P03", "registered") == ["2020-08-15"]
    assert days("P03", "produced") == ["2020-09-01"]
    assert "2020-03-06" in days("P03", "signed")
    assert city().stages[by("P03").standing.reported].code == "produced"
    # P01 was unveiled nine months before it was registered; an unveiling is no registration.
    assert "2019-12-31" in days("P01", "registered")
    assert by("P01").created_from.state == "new"


def test_case_04_progress_does_not_fall_in_silence(tmp_path, office):
    at = {"place": "辽滨"}
    ledger(
        tmp_path / "1.xlsx", line("精细化工", more={"完成比例": "27.5%（设计+采购+施工）"}, **at), day="2023年12月31日"
    )
    silent = ledger(tmp_path / "2.xlsx", line("精细化工", more={"完成比例": "8%"}, **at), day="2024年6月18日")

    assert [problem["code"] for problem in silent.rows.get().problems] == ["progress_fell"]
    assert Progress.objects.count() == 1
    ledger(tmp_path / "3.xlsx", line("精细化工", more={"完成比例": "8%（施工）"}, **at), day="2024年6月18日")
    assert [(str(one.percent), one.basis, str(one.stated_on)) for one in Progress.objects.order_by("id")] == [
        ("27.500", "设计+采购+施工", "2023-12-31"),
        ("8.000", "施工", "2024-06-18"),
    ]
    one, said = named("精细化工"), {"basis": "施工", "stated_on": date(2024, 9, 1)}
    with pytest.raises(ValidationError, match="请写明原因"):
        actions.state_progress(actor=office, project=one, percent=Decimal(7), **said)
    actions.state_progress(actor=office, project=one, percent=Decimal(7), reason="重新核定分母", **said)
    assert Progress.objects.count() == 3


def test_case_05_eighty_of_173_is_not_half(published, office):
    finding = asked(by("P02"))["S01"]

    assert (finding.values["actual"], finding.values["needed"]) == ("46.2", "865,000")
    assert finding.state == State.REVIEW
    assert consistency.share_claim(done_fen=int(86.5 * YI), total_fen=173 * YI, claimed_percent=Decimal(50)) is None


def test_case_06_parent_and_child_are_not_added(published, tmp_path):
    assert {by("P07").package, by("P08").package} == {by("P06")}
    family = Project.objects.filter(number__in=["P06", "P07", "P08"])
    cells = queries.cells_now(family)
    assert sum(cell.packaged.amount_fen for cell in cells) == 80 * YI
    assert sum(cell.unpacked.amount_fen for cell in cells) == 20 * YI
    assert (sum(c.packaged.projects for c in cells), sum(c.unpacked.projects for c in cells)) == (1, 2)
    assert by("L17").standing.amount_fen == int(5.2 * YI)
    assert by("P04").standing.amount_fen == 600 * YI

    before = total()
    ledger(
        tmp_path / "x12.xlsx",
        line("X12", amount=238_000),
        line("X12 一部分", amount=90_000, more={"所属打包项目": "X12"}),
        line("X12 另一部分", amount=148_000, more={"所属打包项目": "X12"}),
    )
    assert (total().projects - before.projects, total().amount_fen - before.amount_fen) == (1, 238_000 * WAN)
    gas = [("储气库一期", 2_200_000), ("储气库二期", 3_800_000)]
    parts = [line(name, place="盘锦市", amount=amount, more={"所属打包项目": "辽河储气库群"}) for name, amount in gas]
    ledger(tmp_path / "p04.xlsx", *parts)
    assert total().amount_fen - before.amount_fen == 238_000 * WAN
    assert figures_agree()


def test_case_07_neighbours_are_not_duplicates(published):
    first, second = by("P09"), by("P10")

    assert first != second
    pair = {first.pk, second.pk}
    assert not DoubtfulPair.objects.filter(project__in=pair, other__in=pair).exists()
    assert {first.standing.amount_fen, second.standing.amount_fen} == {25 * YI, 11 * YI}


def test_case_08_possible_duplicates_wait_for_a_named_person(published, office):
    raised = {pair.project.number: pair for pair in DoubtfulPair.objects.filter(withdrawn_at=None)}
    assert {"P20", "P34", "L31"} <= raised.keys()
    assert raised["P34"].other == by("P35")
    assert raised["P20"].other is None
    assert "2015年公报" in raised["P20"].why
    before = queries.figures_as_of(timezone.localdate()).total.net.packaged
    assert not NetDecision.objects.exists()

    actions.decide_pair(actor=office, pair=raised["P34"], verdict="later", reason="待查可研批复")
    assert not NetDecision.objects.exists()
    with pytest.raises(ValidationError, match="不再计入净数"):
        actions.decide_pair(actor=office, pair=raised["P34"], verdict="same", reason="同一批复")
    actions.decide_pair(actor=office, pair=raised["P34"], verdict="same", reason="同一批复", leave=by("P34"))

    decided = NetDecision.objects.get()
    assert (decided.project, decided.ground, decided.decided_by) == (by("P34"), "duplicate", office)
    assert by("P34").name in [alias.name for alias in by("P35").aliases.all()]
    assert queries.figures_as_of(timezone.localdate()).total.net.packaged.projects <= before.projects
    actions.decide_pair(actor=office, pair=raised["L31"], verdict="different", reason="2023 年为框架，2025 年为项目")
    assert not NetDecision.objects.filter(project=by("L31")).exists()


@pytest.mark.parametrize(("members", "yi"), [(16, "40.8"), (10, "67"), (10, "35.8"), (40, "62.8")])
def test_case_09_a_basket_is_a_number_and_a_total_without_items(tmp_path, members, yi):
    amount = int(Decimal(yi) * 10_000)
    ledger(tmp_path / "签约.xlsx", line("集中签约", place="盘锦市", amount=amount, more={"子项目个数": members}))

    assert Project.objects.count() == 1
    assert total("packaged") == Count(1, amount * WAN, 0)
    assert total("unpacked") == Count(members, amount * WAN, 0)
    assert figures_agree()


def test_case_09_named_members_of_a_basket_come_out_of_its_number(tmp_path):
    """Three of the 16 have names and no amounts: P18, P19, P20."""
    basket = line("2022-09-18 集中签约", place="盘锦市", amount=408_000, more={"子项目个数": 16})
    inside = [
        line(name, place="盘锦市", more={"所属打包项目": "2022-09-18 集中签约"})
        for name in ("数字大厦", "物流园", "仓储")
    ]
    ledger(tmp_path / "签约.xlsx", basket, *inside)

    assert total("unpacked") == Count(16, 408_000 * WAN, 3)
    assert Project.objects.count() == 4


def test_case_10_one_row_in_two_cities(tmp_path):
    """L53: three wind farms in two cities for 46.73亿元; which cities is not in what we hold, so two of the province stand here."""
    ledger(tmp_path / "L53.xlsx", line("三个风电场", place="朝阳市、阜新市", amount=467_300))

    assert [(p.text, p.division) for p in ProjectPlace.objects.order_by("id")] == [
        ("朝阳市", "211300"),
        ("阜新市", "210900"),
    ]
    assert total() == Count(1, 467_300 * WAN, 0)


def test_case_11_what_is_no_fixed_asset_stays_out_of_fixed_assets(published, tmp_path):
    ledger(
        tmp_path / "非固投.xlsx",
        line("L50", place="营口市", amount=1_000_000, more={"项目类型": "框架协议"}),
        line("某总部", amount=50_000, more={"项目类型": "总部经济"}),
    )

    found = queries.figures_as_of(timezone.localdate())
    outside = {code: three.reported.packaged for code, three in found.outside.items()}
    assert outside["fund"] == Count(1, 20 * YI, 0)
    assert outside["framework"] == Count(1, 100 * YI, 0)
    assert outside["headquarters"] == Count(1, 5 * YI, 0)
    left_out = sum(count.amount_fen for count in outside.values())
    assert found.fixed.reported.packaged.amount_fen == found.total.reported.packaged.amount_fen - left_out
    assert by("L07").nature == "fund"


def test_case_12_foreign_money_is_converted_beside_and_never_instead(published, office):
    def beside(number):
        items = list(Amount.objects.filter(project=by(number), withdrawn_at=None))
        return [text for text in register_panels.conversions(items, "亿元").values()]

    assert beside("P03") == beside("P12") == []
    rate = {"rated_on": date(2020, 3, 6), "source": "中国外汇交易中心"}
    actions.enter_rate(actor=office, currency="USD", rate=Decimal("6.9337"), **rate)
    actions.enter_rate(actor=office, currency="GBP", rate=Decimal("9"), **rate)

    assert "832.044 亿元" in beside("P03")[0]
    assert "2020-03-06 汇率 6.9337，中国外汇交易中心" in beside("P03")[0]
    assert "2.88 亿元" in beside("P12")[0]
    assert by("P03").standing.amount_fen is None
    held = {(a.currency, a.minor) for a in Amount.objects.filter(project=by("L32"), kind="total_investment")}
    assert held == {("CNY", 3 * YI)}
    assert "2500万美元" in by("L32").facts["amount_text"][0]


@pytest.mark.parametrize(("number", "per_mu"), [("L36", 8368), ("L35", 1533)])
def test_case_13_an_outlier_of_intensity_is_asked_about(published, office, number, per_mu):
    assert asked(by(number))["M13"].values["one"] == f"{per_mu:,}"


@pytest.mark.parametrize("number", ["P01", "P07", "P09", "P10", "P41", "L19", "L20", "L23", "L32"])
def test_case_13_ordinary_intensities_are_not(published, office, number):
    assert "M13" not in asked(by(number))


def test_case_13_the_quoted_ones(office):
    limit = city().register.thresholds.intensity_max

    for per_mu in (8368, 2030, 1587, 1533):
        assert consistency.intensity_outlier(Decimal(per_mu), limit=limit) is not None
    for per_mu in (627, 632, 135, Decimal("238.3")):
        assert consistency.intensity_outlier(Decimal(per_mu), limit=limit) is None


def test_case_14_what_looks_like_a_fake_is_put_to_a_person(tmp_path, office):
    """X10: a company of 3000万元 for 158亿元, 28 days from contact to signing, on a framework."""
    more = {"洽谈时间": "2023-03-01", "备注": "框架协议；占地2500亩", "项目类型": "框架协议"}
    ledger(
        tmp_path / "X10.xlsx", line("X10", investor="某控股有限公司", amount=1_580_000, signed="2023-03-29", more=more)
    )
    one = named("X10")
    party = one.participations.get().party
    organizations.state_capital(
        actor=office,
        party=party,
        minor=3000 * WAN,
        currency="CNY",
        paid_minor=None,
        stated_on=date(2023, 1, 1),
        source="执照",
    )

    found = asked(one)
    assert found["M11"].values["percent"] == "0.19"
    assert found["S03"].values["days"] == "28"
    assert {found[code].state for code in ("M11", "S03", "S04")} == {State.REVIEW}
    assert not NetDecision.objects.exists()


@pytest.mark.parametrize("number", ["L33", "L28", "L29"])
def test_case_15_signed_years_ago_and_not_begun(published, office, number):
    assert int(asked(by(number))["S02"].values["years"]) >= 7


def test_case_16_plan_against_what_happened(published, tmp_path):
    plan = late(by("P02"))["produced"]
    assert (str(plan.planned), str(plan.happened), plan.days) == ("2019-12-31", "2020-09-01", 245)
    for number, planned in (("P07", "2023-12-31"), ("L30", "2022-12-31")):
        plan = late(by(number))["produced"]
        assert (str(plan.planned), plan.overdue) == (planned, True)

    for n, day in enumerate(("2024年底", "2025年底", "2025年底", "2026年6月")):
        ledger(tmp_path / f"{n}.xlsx", line("某厂", produced=f"计划{day}"))
    moved = late(named("某厂"))["produced"]
    assert (moved.moved, str(moved.first_planned), str(moved.planned)) == (2, "2024-12-31", "2026-06-30")


def test_case_17_a_rate_above_100_is_shown_as_it_is(tmp_path, office):
    value, note = consistency.rate(609, 600)
    assert (value, bool(note)) == (Decimal("101.5"), True)
    assert consistency.rate(1, 0)[0] is None

    ledger(tmp_path / "厂.xlsx", line("某厂"))
    for percent in (Decimal("115"), Decimal("122.6")):
        said = {"basis": "年度计划投资", "stated_on": date(2021, 12, 31)}
        actions.state_progress(actor=office, project=named("某厂"), percent=percent, **said)
    assert asked(named("某厂"))["S05"].values["percent"] == "122.6"


def test_case_18_totals_that_do_not_add_up_are_shown_and_not_mended(tmp_path):
    def dec(*texts):
        return [Decimal(text) for text in texts]

    finding = consistency.does_not_add_up("沁水 2021", dec("140.16", "221.76", "108.72"), Decimal("519.86"), "亿元")
    assert finding.numbers == {"sum": "470.64", "stated": "519.86", "difference": "49.22"}
    plan = consistency.does_not_add_up("沁水计划", dec("19", "22", "21.6"), Decimal("63.27"), "亿元")
    assert plan.numbers["difference"] == "0.67"
    starts = [267, 256, 143, 104, 90, 97, 139, 138, 90, 96, 88, 115, 85, 83, 25]
    agreeing = [
        (starts, 1816),
        ((2587, 1652, 514), 4753),
        ((502, 333, 110, 112, 96), 1153),
        ((850, 1725, 361, 102, 128), 3166),
        ((148, 91, 68, 66), 373),
        ((2173, 1838, 544, 532), 5087),
    ]
    for parts, stated in agreeing:
        assert consistency.does_not_add_up("", list(map(Decimal, parts)), Decimal(stated), "") is None

    lines = [
        row(n, name, amount=amount)
        for n, (name, amount) in enumerate([("在建", 140.16), ("续建", 221.76), ("前期", 108.72)], 1)
    ]
    heads = [heading.replace("万元", "亿元") for heading in HEADINGS]
    batch = load(write(tmp_path / "沁水.xlsx", [*lines, ["合计", "", "", "", "", 519.86]], headings=heads))
    (wrong,) = batch.sheets[0]["totals_wrong"]
    assert re.search(r"519\.86|5,?198,?600", str(wrong))
    assert total().amount_fen == 4_706_400 * WAN


def test_case_18_a_package_says_how_far_its_members_are_from_its_total(tmp_path, office):
    parts = [
        line(f"沁水{n}", amount=amount, more={"所属打包项目": "沁水"})
        for n, amount in enumerate((1401600, 2217600, 1087200))
    ]
    ledger(tmp_path / "沁水.xlsx", line("沁水", amount=5198600), *parts)

    assert asked(named("沁水"))["M15"].values["difference"] == "492,200"
    assert total() == Count(1, 5_198_600 * WAN, 0)
