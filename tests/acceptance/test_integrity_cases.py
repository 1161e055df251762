"""The published rows' own cases of integrity: what the scan asks of them, what it does not, on the real ledgers."""

from datetime import date

import pytest
from django.utils import timezone

from luodi.dashboards import demo
from luodi.integrity import actions, deciding, hearing
from luodi.integrity.models import ScanFinding
from luodi.organizations.models import Capital, Party
from luodi.projects.models import NetDecision, Project
from luodi.snapshots.queries import figures_as_of
from tests.conftest import LEDGERS
from tests.core.record import load, project
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
PAGE = "http://www.panjin.gov.cn/"


@pytest.fixture
def published():
    load(LEDGERS / "published-projects.csv")
    return actions.scan_record(actor=None, as_of=timezone.localdate())


def asked():
    """{(number in the ledger, scheme)} of all that is asked."""
    return set(ScanFinding.objects.filter(closed_at=None).values_list("project__number", "scheme"))


def said(number, scheme):
    return "；".join(ScanFinding.objects.get(project__number=number, scheme=scheme).sentences["zh"])


def test_all_that_is_asked_of_the_published_rows_and_nothing_else(published):
    lapsed = {
        (number, "fake") for number in ("P18", "P19", "P20", "L04", "L05", "L06", "L08", "L28", "L29", "L33", "L35")
    }
    by_their_notes = {(number, "dup") for number in ("P20", "P34", "L31")}

    assert asked() == lapsed | by_their_notes
    assert (published.counts["projects"], published.counts["sparse"]) == (94, True)
    # A fund builds nothing (L07); of L30 the note itself tells of foundations and erection.
    assert not asked() & {("L07", "fake"), ("L30", "fake")}
    assert not ScanFinding.objects.filter(by_rule=False).exists(), (
        "where the registers are missing the model keeps silent"
    )


def test_l31_was_signed_before_and_its_own_note_says_so(published):
    assert said("L31", "dup") == "台账备注写明 731 天以前已经签过；台账备注自己提出可能与另一项目重复"


def test_l33_l28_and_l29_lapsed(published):
    assert "15 年" in said("L33", "fake")
    assert "7 年" in said("L28", "fake")
    assert "7 年" in said("L29", "fake")


def test_two_phases_side_by_side_are_no_duplicate_and_no_split(published):
    phases = Project.objects.filter(number__in=("P09", "P10"))
    assert phases.count() == 2
    assert not ScanFinding.objects.filter(project__in=phases).exists()


def test_p34_is_asked_together_with_p35_which_its_note_names(published):
    finding = ScanFinding.objects.get(project__number="P34", scheme="dup")
    assert finding.partners == [[Project.objects.get(number="P35").pk, None]]


def test_what_was_asked_by_its_note_becomes_a_case_of_one_row_and_teaches_no_probability(published, account):
    """L31's earlier agreement is no row of its own: there is nobody to ask it together with, and nothing to leave net."""
    one = Project.objects.get(number="L31")
    before = figures_as_of(timezone.localdate()).total

    case = hearing.open_case(
        actor=account("project_office"), scheme="dup", projects=[one.pk], question="与 2023 年的协议是什么关系"
    )

    assert (case.origin, case.share, case.model) == ("finding", None, "rules")
    hearing.answer(actor=account("project_office"), case=case, text="同一协议重签")
    deciding.rule(actor=account("project_office"), case=case, verdict="confirmed", reason="同一海域")
    assert not NetDecision.objects.exists()
    assert figures_as_of(timezone.localdate()).total == before


def test_a_deal_signed_again_as_two_rows_is_asked_by_the_scan_and_then_counts_once(tmp_path, account):
    """The same case where both signings were reported: one investor, alike, no phase, no other amount, the first not begun."""
    lines = [
        row(1, "营口市海上风电", investor="华能东北分公司", signed="2023-03-01", source=f"{PAGE}1"),
        row(
            2,
            "营口省管海域70万千瓦海上风电（Y1 15＋Y2 55）",
            investor="华能东北分公司",
            signed="2025-03-01",
            source=f"{PAGE}2",
        ),
    ]
    load(write(tmp_path / "台账.xlsx", lines))
    first, again = project("营口市海上"), project("营口省管")
    actions.scan_record(actor=None, as_of=timezone.localdate())

    finding = ScanFinding.objects.get(scheme="dup")

    assert (finding.project_id, finding.partners) == (again.pk, [[first.pk, None]])
    assert "相隔 731 天又签" in finding.sentences["zh"][0]
    before = figures_as_of(timezone.localdate()).total.net.packaged.projects
    case = hearing.open_case(
        actor=account("project_office"), scheme="dup", projects=[again.pk, first.pk], question="什么关系"
    )
    hearing.answer(actor=account("project_office"), case=case, text="同一协议重签")
    deciding.rule(actor=account("project_office"), case=case, verdict="confirmed", reason="同一海域")
    assert NetDecision.objects.get().project_id == again.pk
    assert figures_as_of(timezone.localdate()).total.net.packaged.projects == before - 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "海上风电二期"},
        {"amount": 99000},
        {"investor": "大唐东北分公司"},
        {"signed": "2023-05-01"},
    ],
    ids=["another phase", "another amount", "another investor", "two months later"],
)
def test_what_tells_two_deals_apart_is_not_asked(tmp_path, change):
    second = {
        "name": "省管海域海上风电",
        "investor": "华能东北分公司",
        "amount": 90000,
        "signed": "2025-03-01",
    } | change
    lines = [
        row(1, "营口市海上风电", investor="华能东北分公司", amount=90000, signed="2023-03-01"),
        row(2, second.pop("name"), **second),
    ]
    load(write(tmp_path / "台账.xlsx", lines))

    actions.scan_record(actor=None, as_of=timezone.localdate())

    assert not ScanFinding.objects.filter(scheme__in=("dup", "split")).exists()


def test_a_company_of_a_thousandth_of_its_project_is_asked(tmp_path):
    """X10: 3,000 万元 of capital for 158 亿元, signed, nothing begun. Of a company of a fifth nobody asks."""
    headings = ["建设单位" if one == "投资主体" else one for one in HEADINGS]
    lines = [
        row(1, "燃料乙醇", investor="中能甲公司", amount=1_580_000, signed="2025-03-01"),
        row(2, "汽车零部件", investor="盘锦乙公司", amount=50_000, signed="2025-03-01"),
        row(3, "合成氨", investor="中能丙公司", amount=1_580_000, signed="2024-03-01", started="2025-01-01"),
    ]
    load(write(tmp_path / "台账.xlsx", lines, headings=headings))
    for name, fen in (("中能甲公司", 3_000_000_000), ("盘锦乙公司", 10_000_000_000), ("中能丙公司", 3_000_000_000)):
        Capital.objects.create(party=Party.objects.get(name=name), minor=fen, stated_on=date(2025, 2, 1), source="执照")

    actions.scan_record(actor=None, as_of=timezone.localdate())

    finding = ScanFinding.objects.get()
    assert (finding.project.name, finding.scheme) == ("燃料乙醇", "fake")
    assert finding.sentences["zh"] == ["注册资本约为总投资（158.00 亿元）的 0.19%，还没有开工"]
    assert "0.19%" in finding.sentences["en"][0]


def test_a_named_persons_word_on_a_doubt_ends_the_question(published, account):
    from luodi.projects.actions import decide_pair
    from luodi.projects.models import DoubtfulPair

    pair = DoubtfulPair.objects.get(project__number="P34", other__number="P35")
    decide_pair(actor=account("project_office"), pair=pair, verdict="different", reason="一个含另一个，分开统计")

    actions.scan_record(actor=None, as_of=timezone.localdate())

    assert ("P34", "dup") not in asked()
    assert ("P20", "dup") in asked()


def test_what_the_demo_shows_a_leader_is_asked_rightly(settings, tmp_path):
    """The city's own 55 rows: three deals signed at one event in 2022 of which nothing was heard since, and two that their notes doubt."""
    settings.DATA_DIR = tmp_path
    demo.load(timezone.localdate())

    assert asked() == {("P18", "fake"), ("P19", "fake"), ("P20", "fake"), ("P20", "dup"), ("P34", "dup")}
