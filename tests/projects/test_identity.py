"""When two rows are one project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.projects.engine.identity import Index, Probe, agreement, ordinals


def probe(name, *, parties=(), unit="", amount=None, code="", aliases=()):
    return Probe((name, *aliases), frozenset(parties), unit, amount, code)


def index(*probes):
    found = Index()
    for number, one in enumerate(probes, start=1):
        found.add(number, one)
    return found


def test_the_same_name_with_nothing_against_it_is_the_same_project():
    assert index(probe("轻烃综合利用")).find(probe("轻烃综合利用", unit="liaobin")).target == 1


def test_an_alias_is_the_same_project():
    known = index(probe("精细化工及原料", aliases=("兵器", "华锦阿美")))

    assert known.find(probe("兵器")).target == 1


def test_the_same_name_in_another_district_with_another_investor_is_another_project_and_is_told():
    match = index(probe("标准厂房", parties={"甲"}, unit="dawa")).find(
        probe("标准厂房", parties={"乙"}, unit="panshan")
    )

    assert match.target is None
    assert match.doubts == ((1, "名称相同，但主体、地区或金额不同"),)


def test_neighbours_of_one_investor_are_not_duplicates():
    known = index(probe("新发地盘锦分市场一期", parties={"新发地"}, unit="xinglongtai"))

    match = known.find(probe("新发地盘锦分市场二期", parties={"新发地"}, unit="xinglongtai"))

    assert match.target is None
    assert match.doubts == ()


def test_a_near_name_of_the_same_investor_is_a_doubt():
    known = index(probe("年产十万吨高性能新材料生产基地", parties={"三力"}))

    match = known.find(probe("年产十万吨高性能新材料生产基地建设", parties={"三力"}))

    assert match.target is None
    assert "投资主体相同" in match.doubts[0][1]


def test_two_lines_of_a_sheet_that_agree_are_one_project():
    known = index(probe("污水厂", amount=100))

    match = known.find(probe("污水厂", amount=100), taken={1})

    assert (match.target, match.repeated) == (1, True)


def test_two_lines_of_a_sheet_with_different_amounts_are_two_projects():
    assert index(probe("污水厂", amount=100)).find(probe("污水厂", amount=200), taken={1}).target is None


def test_of_two_projects_with_one_name_the_better_agreeing_one_is_meant():
    known = index(probe("道路改造", amount=100), probe("道路改造", amount=200))

    assert known.find(probe("道路改造", amount=200)).target == 2


def test_one_project_code_under_two_names_is_a_doubt():
    known = index(probe("一号楼", code="2103-211102-04-01-567890"))

    assert known.find(probe("二号楼", code="2103-211102-04-01-567890")).doubts[0] == (1, "项目代码相同，名称不同")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("园区一期", "园区二期", False),
        ("年产5万吨", "年产8万吨", False),
        ("A区厂房", "B区厂房", False),
        ("物流园", "物流园区", True),
    ],
)
def test_numbers_and_phases_tell_neighbours_apart(a, b, same):
    assert (ordinals(a) == ordinals(b)) == same


probes = st.builds(
    probe,
    st.sampled_from(["甲", "乙", "丙丁"]),
    parties=st.sets(st.sampled_from("xyz")),
    unit=st.sampled_from(["", "dawa", "panshan"]),
    amount=st.none() | st.integers(1, 3),
)


@given(probes, probes)
def test_agreement_does_not_depend_on_the_order(a, b):
    assert agreement(a, b) == agreement(b, a)


@given(st.lists(probes, max_size=12), probes)
def test_a_match_shares_a_name_and_nothing_better_was_passed_over(known, wanted):
    match = index(*known).find(wanted)
    # Second source: look at every known project, without any index.
    scores = {n: agreement(wanted, p) for n, p in enumerate(known, start=1) if set(p.keys) & set(wanted.keys)}

    if match.target is None:
        assert all(score < 0 for score in scores.values())
    else:
        assert scores[match.target] == max(scores.values()) >= 0
