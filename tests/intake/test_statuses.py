"""The words of a status column as a claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.intake.engine.statuses import status_claims
from tests.intake.ledger_files import ROOT

CITY = load(ROOT / "cities" / "panjin")


def claim_of(text):
    return [f"{claim.kind} {claim.stage}" for claim in status_claims(text)]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("在建", ["actual started"]),
        ("续建", ["actual started"]),
        ("已签约落地开工", ["actual started"]),
        ("在谈", ["actual negotiating"]),
        ("洽谈推进", ["actual negotiating"]),
        ("已投产", ["actual produced"]),
        ("试运营", ["actual produced"]),
        ("竣工验收", ["actual completed"]),
        ("已达产达效", ["actual full_capacity"]),
        ("储备", ["actual reserve"]),
        ("谋划", ["actual idea"]),
        ("已入统", ["actual in_statistics"]),
        ("终止", ["actual exited"]),
        ("签约后终止", ["actual exited"]),
        ("拟签约", ["planned signed"]),
        ("计划开工", ["planned started"]),
        ("预计2026年投产", ["planned produced"]),
        ("即将竣工", ["planned completed"]),
        ("未开工", []),
        ("尚未开工", []),
        ("没有签约", []),
        ("暂缓开工", []),
        ("待签约", []),
        ("未开工，已签约", ["actual signed"]),
        ("在建，未投产", ["actual started"]),
        ("已开工，预计2026年投产", ["actual started", "planned produced"]),
        ("计划2025年5月开工，现已签约", ["actual signed", "planned started"]),
        ("签约，拟签约二期", ["actual signed"]),
        ("计划于明年二季度开工", ["planned started"]),
        ("拟建项目已开工", ["actual started"]),
        ("未能如期投产", []),
        ("不具备开工条件", []),
        ("", []),
        ("正常", []),
        ("手续办理中", []),
    ],
)
def test_the_furthest_stage_that_the_words_claim_and_a_plan_beyond_it(text, claims):
    assert claim_of(text) == claims


def test_a_claim_of_words_has_no_day_and_keeps_the_words():
    (claim,) = status_claims("在建（主体封顶）")

    assert (claim.period, claim.basis, claim.raw) == (None, "在建（主体封顶）", "在建（主体封顶）")


@given(st.text(alphabet="未拟已在建签约投产开工，。谈ab1 ", max_size=30))
def test_at_most_one_claim_and_one_plan_beyond_it_of_stages_that_the_city_knows(text):
    claims = status_claims(text)

    assert [claim.kind for claim in claims] in ([], ["actual"], ["planned"], ["actual", "planned"])
    ranks = [CITY.stage[claim.stage].order for claim in claims]
    assert ranks == sorted(ranks)
    assert all(claim.stage in CITY.stage for claim in claims)


@given(
    st.sampled_from(["未", "没有", "无法", "不能", "暂缓", "待", "尚未"]),
    st.sampled_from(["开工", "签约", "投产", "竣工", "落地"]),
)
def test_a_stage_behind_not_yet_is_never_claimed(word, stage):
    assert status_claims(word + stage) == ()
