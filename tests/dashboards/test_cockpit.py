"""The cockpit: every number leads to its rows, and the rows are as many as the number says."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from luodi.core.installation import city
from luodi.core.templatetags.money import money
from luodi.dashboards import cockpit
from luodi.projects.models import Project
from luodi.snapshots import actions as snapshots
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import COUNTINGS
from tests.conftest import LEDGERS
from tests.dashboards.conftest import GOV, many


def counted(address):
    """Count and amount of a link's meaning, from the statements themselves and by the plainest code."""
    given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    rank = {stage.code: stage.order for stage in city().stages}
    floor = rank[given["reached"]] if "reached" in given else 0
    side, counting = given.get("side", "reported"), given["counting"]
    found = []
    for cell in queries.cells_as_of(timezone.localdate()):
        if given.get("unit", cell.unit) != (cell.unit or "-") or given.get("chain", cell.chain) != (cell.chain or "-"):
            continue
        one = getattr(cell, counting)
        if not one.projects or (given.get("tier") == "-" and not one.without_amount):
            continue
        if given.get("state", cell.state) != cell.state:
            continue
        if given.get("nature", cell.nature) not in {cell.nature, "assets"}:
            continue
        if given.get("nature") == "assets" and cell.nature not in {"", "fixed"}:
            continue
        reported = cell.reported >= floor or "reached" not in given
        holds = {"reported": reported, "water": reported and cell.net < floor}
        if holds[side] if side in holds else cell.rank(side) >= floor:
            found.append(one)
    known = [one.amount_fen for one in found if not one.without_amount]
    return sum(one.projects for one in found), sum(known) if known else None


def exported(client, address):
    """Count and amount (万元) in the workbook behind a list."""
    answer = client.get(address.replace("/projects/", "/projects/export/"))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )
    column = rows[2].index("总投资（万元）")
    numbered = [row for row in rows[3:] if isinstance(row[0], float)]
    return len(numbered), [row[column] for row in numbered if isinstance(row[column], float)]


def test_every_number_is_the_number_of_its_rows(signed_in, register, look):
    client = signed_in("leader")
    figures = look(client, "/").figures()
    assert len(figures) > 100

    for address in {link.href for link in figures}:
        projects, fen = counted(address)
        words = {link.text for link in figures if link.href == address and link.css == "count"}
        sums = {link.text for link in figures if link.href == address and link.css == "sum"}
        # Where both counts are the same and only the amounts differ, the count is written once.
        assert words == {f"{projects:,}"} or (sums and not words), address
        assert sums <= {money(fen, "万元") if fen is not None else "未写明"}, address
        listed = look(client, address)
        assert f"共 {projects:,} 个项目" in listed.text, address
        assert (f"总投资 {money(fen)} 万元" if fen is not None else "总投资 未写明") in listed.text, address
        rows, amounts = exported(client, address)
        assert rows == projects, address
        assert round(sum(amounts) * 1_000_000) == (fen or 0), address


def test_the_three_figures_differ_where_they_should(register):
    found = queries.figures_as_of(timezone.localdate())

    signed = found.reached["signed"]
    sides = [signed.side(side) for side in ("reported", "proven", "net")]
    assert [side.packaged.projects for side in sides] == [6, 4, 3]
    assert [side.unpacked.projects for side in sides] == [6, 4, 3]


def test_the_stored_standings_give_what_the_statements_give(signed_in, look, db):
    from luodi.intake import actions as intake

    for name in ("published-projects.csv", "盘锦市招商引资项目台账.xlsx"):
        intake.load(actor=None, path=LEDGERS / name, name=name)

    figures = look(signed_in("leader"), "/").figures()

    for link in figures:
        projects, fen = counted(link.href)
        shown = f"{projects:,}" if link.css == "count" else money(fen) if fen is not None else "未写明"
        assert link.text == shown, link.href


def test_the_first_sentence_says_what_started(signed_in, register, look):
    text = re.sub(r"\s+", " ", look(signed_in("leader"), "/").text)

    assert (
        "在库 7 个项目。上报已开工 3 个、108,500 万元，有佐证的 2 个，净 2 个、100,000 万元；水分 1 个、8,500 万元。"
        in text
    )


def test_a_zero_is_plain_text_and_an_unknown_amount_is_no_zero(signed_in, register, look):
    page = look(signed_in("leader"), "/")

    assert not [link for link in page.figures() if link.text in {"0", ""}]
    grain = [link for link in page.figures() if "chain=%E7%B2%AE%E9%A3%9F" in link.href and link.css == "sum"]
    assert {link.text for link in grain} == {"未写明"}


def test_a_stage_without_reports_draws_no_bar_of_water(signed_in, register):
    card = signed_in("unit_clerk", unit="panshan").get("/").content.decode().split("figures3-label")

    assert "figures3-bar" in next(part for part in card if ">签约" in part[:20])
    assert "figures3-bar" not in next(part for part in card if ">投产" in part[:20])


@pytest.mark.parametrize(("role", "offered"), [("project_office", True), ("unit_clerk", True), ("leader", False)])
def test_an_empty_register_offers_import_to_who_may(signed_in, look, role, offered):
    page = look(signed_in(role), "/")

    assert "项目库还是空的" in page.text
    assert ("导入台账" in page.text) == offered
    assert not page.figures()


def test_a_clerk_counts_the_own_unit_only(signed_in, register, look):
    page = look(signed_in("unit_clerk", unit="dawa"), "/")

    assert "在库 2 个项目" in page.text
    assert "盘山县" not in page.text
    assert "石化" not in page.text


def test_changes_since_the_snapshot_are_listed(signed_in, loaded, register, look):
    snapshots.take(actor=None, as_of=timezone.localdate())
    client = signed_in("leader")
    assert "各阶段的数与上一快照相同" in look(client, "/").text

    row = ("B1", "盘山新能源", "", "", "辛能源", "盘山县", "新能源", "5000", "2025-01-01", "", "", "", "", GOV + "b")
    loaded([row], name="补报.csv")

    text = re.sub(r"\s+", "", look(client, "/").text)
    assert "签约6→7（+1）金额+5,0004→5（+1）金额+5,0003→4（+1）金额+5,000" in text


def test_a_clerk_compares_with_the_own_unit_in_the_snapshot(signed_in, loaded, register, look):
    snapshots.take(actor=None, as_of=timezone.localdate())
    loaded(
        [("B1", "盘山新能源", "", "", "", "盘山县", "新能源", "5000", "2025-01-01", "", "", "", "", "")],
        name="补报.csv",
    )

    assert "各阶段的数与上一快照相同" in look(signed_in("unit_clerk", unit="dawa"), "/").text


def test_a_snapshot_carries_the_figures_of_its_tables(register):
    manifest = snapshots.take(actor=None, as_of=timezone.localdate()).manifest

    found = queries.figures_as_of(timezone.localdate())
    packed = manifest["figures"]["total"]["reported"]["packaged"]["projects"]
    assert packed == len(list(Project.objects.current().filter(package=None)))
    for stage in manifest["figures"]["stages"]:
        for side in ("reported", "proven", "net"):
            figure = found.reached[stage["stage"]].side(side)
            for counting in COUNTINGS:
                told, one = stage[side][counting], figure.counted(counting)
                assert (told["projects"], told["amount_fen"]) == (one.projects, one.amount_fen)
    for counting in COUNTINGS:
        total = sum(report["total"]["net"][counting]["projects"] for report in manifest["figures_by_unit"].values())
        assert total == manifest["figures"]["total"]["net"][counting]["projects"]


def test_the_button_takes_a_snapshot_of_today(signed_in, register, look):
    client = signed_in("project_office")

    answer = client.post("/snapshot/", follow=True)

    assert f"已生成快照 {timezone.localdate()}" in answer.content.decode()


def test_amounts_follow_the_unit_that_the_person_chose(signed_in, register, look):
    client = signed_in("leader")
    client.post("/unit/", {"unit": "亿元", "next": "/"})

    assert "上报已开工 3 个、10.85 亿元" in re.sub(r"\s+", " ", look(client, "/").text)


def test_no_english_stands_on_the_chinese_cockpit(signed_in, register, look):
    words = set(re.findall(r"[A-Za-z]{2,}", look(signed_in("leader"), "/").text))

    assert words <= {"Luodi", "English", "panjin", "figures", "leader"}


def test_no_chinese_but_names_stands_on_the_english_cockpit(signed_in, register, look):
    client = signed_in("leader")
    client.cookies["django_language"] = "en"

    text = look(client, "/").text
    for name in [unit.name for unit in city().units] + ["新材料", "石化", "粮食", "装备", "食品", "落地", "中文"]:
        text = text.replace(name, "")
    assert not re.findall(r"[\u4e00-\u9fff]+", text)
    assert "Projects in the register: 7." in text


def test_categories_beyond_the_bound_are_told(signed_in, loaded, look, monkeypatch):
    monkeypatch.setattr(cockpit, "LARGEST_GROUPS", 3)
    loaded()

    assert "另有 2 类未列出" in look(signed_in("leader"), "/").text


@pytest.mark.slow
def test_pages_keep_their_query_budget_with_three_thousand_projects(
    signed_in, loaded, look, django_assert_max_num_queries
):
    assert loaded(many(3_000), name="大台账.csv").counts["created"] == 3_000
    client = signed_in("leader")
    first = Project.objects.first()

    for address in ("/", "/projects/", "/projects/?sort=-amount&page=29&size=100", f"/projects/{first.pk}/"):
        # Three more than the largest page needs: once a minute the session notes that it was used, and loading takes a while.
        with django_assert_max_num_queries(16 + 3):
            look(client, address)
    assert "在库 3,000 个项目" in look(client, "/").text


BASKET = [("K1", "九月集中签约", "", "", "", "市直", "综合", "408000", "2022-09-18", "", "", "", "", GOV + "k")]


def test_a_basket_counts_as_stated_and_its_row_says_so(signed_in, tmp_path, look):
    """16 projects for 40.8亿元, of which nobody says which and for how much."""
    from luodi.intake import actions as intake
    from tests.dashboards.conftest import HEADS, write_ledger

    rows = [(*row, "16") for row in BASKET]
    intake.load(actor=None, path=write_ledger(tmp_path / "签约.csv", rows, (*HEADS, "子项目个数")), name="签约.csv")
    client = signed_in("leader")

    text = re.sub(r"\s+", " ", look(client, "/").text)
    assert "在库 1（拆分 16） 个项目" in text
    listed = look(client, "/projects/?counting=unpacked")
    assert "共 16 个项目（拆分），分列 1 行，其中有的行按写明的个数计" in listed.text
    assert "按 16 个计" in listed.text
    assert "总投资 408,000 万元" in listed.text
    assert Project.objects.count() == 1
