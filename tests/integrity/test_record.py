"""The record as the engine's five tables: all that it knew by the day, unknown where it knew nothing."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.utils import timezone

from luodi.checks.engine.checks import State
from luodi.checks.models import Particular
from luodi.checks.queries import results
from luodi.evidence.models import Evidence
from luodi.integrity import record
from luodi.integrity.asking import worth_asking
from luodi.integrity.engine.evidence import Said
from luodi.integrity.engine.ledger import from_frames
from luodi.integrity.engine.scanning import Finding, Pair, Scan
from luodi.organizations.models import Capital, Party, Shareholding
from luodi.projects.models import Progress, Project
from tests.conftest import LEDGERS
from tests.core.record import load, project
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db


def scanned_frames(day=None):
    return from_frames(record.frames(day or timezone.localdate()), day or timezone.localdate())


@pytest.fixture
def plant(tmp_path):
    line = row(
        1, "甲厂", investor="甲集团有限公司", amount=12000, signed="2023-03-01", started="2024", source="http://x.cn/1"
    )
    load(write(tmp_path / "台账.xlsx", [line]))
    return project("甲厂")


def test_the_main_table_holds_what_is_known_and_null_where_nothing_is(plant):
    (one,) = scanned_frames().projects.to_dicts()

    known = {name: one[name] for name in ("项目编号", "项目名称", "投资方", "签约日期", "责任区县")}
    assert known == {
        "项目编号": str(plant.pk), "项目名称": "甲厂", "投资方": "甲集团有限公司", "签约日期": date(2023, 3, 1), "责任区县": "大洼区",
    }  # fmt: skip
    assert one["万元"] == 12000
    # A year is no day, and nobody said anything of the rest.
    unknown = ("开工日期", "宗地编号", "法定代表人", "经度", "实缴资本万元", "承接主体", "统一社会信用代码")
    assert [one[name] for name in unknown] == [None] * len(unknown)


def test_capital_shares_papers_places_and_progress_are_in_their_tables(plant, account):
    investor = Party.objects.get()
    Capital.objects.create(party=investor, minor=30_000_000_00, paid_minor=0, stated_on=date(2023, 2, 1), source="执照")
    Shareholding.objects.create(
        party=investor, holder=Party.objects.create(name="乙人", key="乙人"), share=Decimal(100), source="年报"
    )
    permit = Evidence.objects.create(project=plant, kind="construction_permit", title="许可证")
    land = Evidence.objects.create(project=plant, kind="land_contract", title="合同", latitude=41.1, longitude=122.0)
    Particular.objects.create(evidence=permit, name="issued_on", value="2024-02-03")
    Particular.objects.create(evidence=land, name="number", value="PJ-2024-07")
    Progress.objects.create(project=plant, percent=Decimal(30), basis="施工", stated_on=date(2025, 6, 30))

    ledger = scanned_frames()

    (one,) = ledger.projects.to_dicts()
    assert (one["投资方注册资本万元"], one["投资方实缴资本万元"], one["股东"]) == (3000.0, 0.0, "乙人")
    assert (one["宗地编号"], one["经度"], one["施工许可日期"]) == ("pj-2024-07", 122.0, date(2024, 2, 3))
    assert [row["形象进度"] for row in ledger.progress.to_dicts()] == ["施工30%"]
    assert {row["事件"] for row in ledger.events.to_dicts()} >= {"施工许可", "开工"}


def test_a_past_day_knows_only_what_had_been_recorded(plant):
    yesterday = timezone.localdate() - timedelta(days=1)
    assert record.frames(yesterday) == {}
    Project.objects.filter(pk=plant.pk).update(created_at=timezone.now() - timedelta(days=9))

    (one,) = record.frames(yesterday)["projects"].to_dicts()

    # The project stood; what was said of it came today.
    assert (one["项目名称"], one["签约日期"], one.get("投资方")) == ("甲厂", None, None)


def test_where_little_is_known_a_pair_needs_enough_signs_and_one_that_binds():
    def asked(*numbers, sparse):
        said = Said({"zh": "同一投资方", "en": "the same investor"}, numbers, "2")
        found = Scan(
            (Finding("1", "split", 0.9, "1", (said,)),),
            (Pair("1", "2", "split", 0.9),),
            2,
            "points",
            (),
            {"split": 0.5, "dup": 0.5},
        )
        return len(list(worth_asking(found, sparse=sparse)))

    assert asked("S01", "S07", "S09", sparse=True) == 1
    assert asked("S01", "S09", sparse=True) == 0
    assert asked("D02", "S07", "S09", sparse=True) == 0
    assert asked("S07", sparse=False) == 1
    # A probability without a reason is no question.
    assert asked(sparse=False) == 0


def test_of_the_published_rows_those_that_lapsed_are_asked_by_the_checks():
    """L33, L28, L29: signed or filed for years ago and never started. A ledger without any register leaves the scan nothing to weigh."""
    load(LEDGERS / "published-projects.csv")
    lapsed = {name: project(name).pk for name in ("辽阳铝工业园", "乙烷裂解制乙烯", "新能源汽车整车")}

    found = results(list(lapsed.values()))

    for name, pk in lapsed.items():
        assert [result.state for check, result in found[pk] if check.code == "S02"] == [State.REVIEW], name


def test_a_capital_of_a_thousandth_is_told(tmp_path):
    """X10: 3,000 万元 of capital for 158 亿元. Told as a sentence; whether it is asked hangs on everything else that is known."""
    lines = [row(1, "燃料乙醇", investor="中能甲公司", amount=1_580_000, signed="2023-03-01")]
    lines += [
        row(n, f"{n}号厂", investor=f"公司{n}", amount=9000 + n, signed="2023-03-01", started="2023-06-01")
        for n in range(2, 30)
    ]
    headings = ["建设单位" if one == "投资主体" else one for one in HEADINGS]
    load(write(tmp_path / "台账.xlsx", lines, headings=headings))
    owner = Party.objects.get(name="中能甲公司")
    Capital.objects.create(
        party=owner, minor=3_000_000_000, paid_minor=3_000_000_000, stated_on=date(2023, 2, 1), source="执照"
    )

    from luodi.integrity.engine.evidence import Sentences, told
    from luodi.integrity.engine.features import measure

    measured = measure(scanned_frames())
    at = measured.rows.frame["项目名称"].to_list().index("燃料乙醇")

    nothing = dict.fromkeys(("split", "dup"), np.zeros(len(measured.pairs)))
    ids = measured.rows.frame["项目编号"].to_list()
    said = [one.text("zh") for one in Sentences(measured, told(measured), nothing, ids).of("fake", at, {})]
    assert any("0.19%" in sentence for sentence in said), said
