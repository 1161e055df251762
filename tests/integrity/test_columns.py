"""Columns that ask who signs and how long words ran on without a next stage, against cases done by hand."""

import numpy as np
import polars as pl
import pytest

from luodi.integrity.engine.candidates import rows_of
from luodi.integrity.engine.company import company
from luodi.integrity.engine.habits import LEAN as LEAN_ON
from luodi.integrity.engine.habits import others
from luodi.integrity.engine.investor import LEAN, beside, investor
from luodi.integrity.engine.ledger import from_frames
from luodi.integrity.engine.money import money
from luodi.integrity.engine.profile import profile
from luodi.integrity.engine.survival import PRIOR, waited
from luodi.integrity.engine.talk import talk
from tests.integrity.worlds import AS_OF, rows


def ledger(*projects, **tables):
    return from_frames({**rows(*projects), **{name: pl.DataFrame(told) for name, told in tables.items()}}, AS_OF)


def told_monthly(*texts, start=1):
    return [{"项目编号": "A", "年月": f"2024-{start + at:02d}", "形象进度": text} for at, text in enumerate(texts)]


ONE = {"项目编号": "A", "签约日期": "2024-01-01", "总投资亿元": "1", "产业链": "甲"}


def test_words_that_only_repeat_say_nothing_and_words_that_add_say_what_they_add():
    told = ledger(ONE, progress=told_monthly("选址对接", "选址对接", "选址对接;积极推进", "积极推进"))
    said = talk(told, rows_of(told))
    # Three statements: 选址对接, what was added (idle), and the same words standing alone, which are new (idle).
    assert said["新话数"] == [3]
    assert said["新话无实比"] == pytest.approx(2 / 3)
    assert said["首无实前新话"] == [1]
    assert said["空转"] == [60]  # from signing to the month of the first idle word, 2024-03-01


def test_words_before_the_newest_stage_are_no_idling():
    told = ledger(
        {**ONE, "登记日期": "2024-04-10"},
        progress=told_monthly("积极推进", "积极推进", "企业资金筹措中", "完成注册", "办理备案", "办理备案", "积极推进"),
    )
    said = talk(told, rows_of(told))
    assert said["空转"] == [82]  # 2024-04-10 to 2024-07-01
    assert said["空转新话"] == [1]
    assert said["末事后无实比"] == [0.5]


def test_a_project_that_produced_waits_for_nothing():
    told = ledger({**ONE, "投产日期": "2024-06-01"}, progress=told_monthly("设备安装"))
    said = talk(told, rows_of(told))
    assert np.isnan(said["空转"]).all()
    assert np.isnan(said["等下步"]).all()


def test_the_wait_for_the_next_stage_is_that_of_comparable_projects():
    """Nine of ten took their first step after ten days, the tenth is talked of for a hundred. Second source: the product-limit formula."""
    quick = [{**ONE, "项目编号": f"{at}", "登记日期": "2024-01-11", "投产日期": "2024-01-12"} for at in range(9)]
    months = [{"项目编号": "A", "年月": f"2024-0{month}", "形象进度": f"第{month}次对接选址"} for month in range(1, 4)]
    told = ledger(*quick, ONE, progress=months)
    measured = rows_of(told)
    at = measured.frame["项目编号"].to_list().index("A")
    said = talk(told, measured)
    assert said["空转"][at] == 90  # the last report's month counts: 2024-03-01 and thirty days
    # All at risk at the stage "signed" are ten; nine stepped in the first fifteen days; the prior is the same stage's, so it changes nothing.
    assert said["等下步"][at] == pytest.approx(-np.log(1 - 9 / 10))


def test_a_group_leans_on_its_own_stage():
    step, event = np.array([0, 0, 0, 1]), np.array([True, True, False, False])
    group, lean = np.array([0, 0, 1, 2]), np.array([0, 0, 0, 1])
    found = waited(step, event, group, 2, lean=lean)
    pooled = 2 / 3  # two of the three rows that lean together came in the first step
    assert found[2] == pytest.approx(-np.log(1 - (0 + PRIOR * pooled) / (1 + PRIOR)))
    assert found[3] == 0


def test_the_register_of_companies_fills_what_the_ledger_leaves_blank():
    told = ledger(
        {**ONE, "主体编号": "P1"},
        {**ONE, "项目编号": "B", "主体编号": "P2", "登记日期": "2024-02-01"},
        {**ONE, "项目编号": "C", "主体编号": "P3"},
        {**ONE, "项目编号": "D", "主体编号": "P4"},
        parties=[
            {"主体编号": "P1", "成立日期": "2024-01-31"}, {"主体编号": "P2", "成立日期": "2010-01-01"},
            {"主体编号": "P3", "成立日期": None}, {"主体编号": "P4", "成立日期": "2025-12-01"},
        ],
    )  # fmt: skip
    measured = rows_of(told)
    found = company(told, measured)
    by = {number: at for at, number in enumerate(measured.frame["项目编号"])}
    assert found["至成立"][by["A"]] == 30
    assert [found["登记几处"][by[name]] for name in "ABC"] == [0, 1, -1]
    assert [found["老主体"][by[name]] for name in "AB"] == [0, 1]
    assert found["主体已成立"][by["C"]] == 0
    assert found["主体已成立"][by["D"]] == 0  # founded after the day asked about: not known then


def test_where_no_register_of_companies_was_handed_in_nobody_is_said_to_be_unfounded():
    told = ledger({**ONE, "主体编号": "P1"}, parties=[{"主体编号": "P1", "企业名称": "甲公司"}])
    found = company(told, rows_of(told))
    assert np.isnan([found["主体已成立"][0], found["登记几处"][0]]).all()


def test_a_ledger_without_reports_says_nothing_of_words():
    told = ledger(ONE)
    said = talk(told, rows_of(told))
    assert np.isnan([said["空转"][0], said["空转早晚"][0], said["新话数"][0]]).all()


def test_a_trade_is_learned_from_the_other_investors_of_the_ledger():
    """Twelve of tourism sign for tourism and twelve of chemicals for chemicals; one of tourism signs for chemicals."""
    brands = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往"
    honest = [{**ONE, "项目编号": f"{at}", "投资方": f"{brand}{trade}", "产业链": trade}
              for trade in ("文旅", "化工") for at, brand in enumerate(brands[:12], 100 * len(trade) + ord(trade[0]))]  # fmt: skip
    told = ledger(*honest, {**ONE, "投资方": f"{brands[15]}文旅", "产业链": "化工"})
    measured = rows_of(told)
    at = measured.frame["项目编号"].to_list().index("A")
    fit = investor(measured)["投资方行业合"]
    # The twelve others of 文旅 all signed for 文旅: (0 + 3 · 13/25) ÷ (12 + 3) against 13/25.
    assert fit[at] == pytest.approx(np.log((LEAN * 13 / 25) / (12 + LEAN) / (13 / 25)))
    assert (np.delete(fit, at) > 0).all()


def test_what_is_asked_of_the_investors_other_projects_leaves_the_project_itself_out():
    told = ledger(
        {**ONE, "投资方": "天地"}, {**ONE, "项目编号": "B", "投资方": "天地", "产业链": "乙"},
        {**ONE, "项目编号": "C", "投资方": "天地"}, {**ONE, "项目编号": "D", "投资方": "玄黄"}, {**ONE, "项目编号": "E"},
    )  # fmt: skip
    measured = rows_of(told)
    by = {number: at for at, number in enumerate(measured.frame["项目编号"])}
    chance = np.array([{"A": 0.9, "B": 0.2, "C": 0.1, "D": 0.7, "E": 0.6}[n] for n in measured.frame["项目编号"]])
    found = beside(measured, chance)
    assert [found["投资方另最疑"][by[name]] for name in "ABC"] == pytest.approx([0.2, 0.9, 0.9])
    assert [found["投资方另均疑"][by[name]] for name in "ABC"] == pytest.approx([0.15, 0.5, 0.55])
    assert np.isnan([found["投资方另最疑"][by[name]] for name in "DE"]).all()
    chains = investor(measured)
    assert [chains["投资方异链比"][by[name]] for name in "ABC"] == pytest.approx([0.5, 1.0, 0.5])
    assert np.isnan(chains["投资方链数"][by["E"]])


def test_money_that_came_and_went_was_shown_though_it_nets_to_nothing():
    told = ledger(
        {**ONE, "登记日期": "2024-01-11"},
        {**ONE, "项目编号": "B"},
        funds=[
            {"项目编号": "A", "到账日期": "2024-02-10", "金额万元": "700", "资金性质": "往来款"},
            {"项目编号": "A", "到账日期": "2024-03-01", "金额万元": "-690", "资金性质": "往来款退回"},
        ],
    )
    measured = rows_of(told)
    found = money(told, measured, np.full(2, np.nan))
    at = measured.frame["项目编号"].to_list().index("A")
    assert found["到账比"][at] == pytest.approx(0.001)
    assert (found["进账总比"][at], found["退回总比"][at], found["首笔总比"][at]) == pytest.approx((0.07, 0.069, 0.07))
    assert (found["首笔距登记"][at], found["退回距登记"][at], found["退回距首笔"][at]) == (30, 50, 20)
    # Of a project without a payment nothing is known, and that is not nought.
    assert np.isnan([found[name][1 - at] for name in ("进账总比", "首笔总比", "首笔距登记")]).all()
    assert not any(name.startswith("_") for name in found)


def test_the_ceremonys_day_is_the_one_on_which_most_was_signed():
    days = {
        "A": "2024-03-01",
        "B": "2024-03-01",
        "C": "2024-03-03",
        "D": "2024-03-03",
        "E": "2024-02-28",
        "F": "2024-05-01",
    }
    told = ledger(
        *(
            {"项目编号": one, "签约日期": day, "签约活动": None if one == "F" else "春季集中签约"}
            for one, day in days.items()
        )
    )
    measured = rows_of(told)
    found = dict(zip(measured.frame["项目编号"], profile(told, measured)["活动后"], strict=True))
    # Two days are as frequent: the first of them.
    assert [found[one] for one in "ABCDE"] == [0, 0, 2, 2, -2]
    assert np.isnan(found["F"])


def test_a_project_stands_beside_the_others_of_its_unit_itself_left_out():
    told = ledger(
        *({"项目编号": str(n), "签约日期": "2024-01-01", "责任区县": "甲" if n < 3 else "乙"} for n in range(5))
    )
    measured = rows_of(told)
    values = np.array([1.0, 3.0, np.nan, 5.0, 7.0])
    unit = measured.frame["责任区县"].to_list()
    by_hand = []
    for at in range(5):
        rest = [v for place, v in enumerate(values) if place != at and unit[place] == unit[at] and v == v]
        by_hand.append((sum(rest) + LEAN_ON * np.nanmean(values)) / (len(rest) + LEAN_ON))
    assert others(measured, "责任区县", values) == pytest.approx(by_hand)
    assert others(measured, "责任区县", np.full(5, np.nan)) == pytest.approx([0.0] * 5)
