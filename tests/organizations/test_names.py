"""Company names and credit codes."""

import csv
from pathlib import Path

import pytest

from luodi.organizations.engine import credit_codes
from luodi.organizations.engine.names import Likeness, key, likeness, parts

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "entity-resolution"


def rows(path):
    with (DATA / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sound_code_tells_its_parts():
    found = credit_codes.read(" 91350100m000100y43")

    assert (found.problem, found.kind, found.division, found.body) == ("", "企业", "350100", "M000100Y4")


@pytest.mark.parametrize(
    ("code", "computed"), [("91350100M0001TGQXM", "1"), ("91350211M0000XUF46", "R"), ("91350203M0001FUE2P", "J")]
)
def test_real_codes_that_fail_are_told_what_was_computed(code, computed):
    found = credit_codes.read(code)

    assert f"应为“{computed}”" in found.problem
    assert found.division == code[2:8]


def test_a_changed_body_fails_its_own_check():
    assert credit_codes.read("91350100M000100Y53").problem


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("辽宁金发生物材料有限公司", "辽宁金发生物材料有限责任公司", "same"),
        ("深圳市纺织集团股份有限公司", "深圳市纺织（集团）股份有限公司", "same"),
        ("（辽宁）华锦化工有限公司", "(辽宁)华锦化工有限公司", "same"),
        ("海通证券有限公司", "海通证券股份有限公司", "doubtful"),
        ("北方华锦集团有限公司", "北方华锦有限公司", "doubtful"),
        ("某某集团有限公司大连分公司", "某某集团有限公司", "different"),
        ("中国建设银行深圳分行", "中国建设银行深圳市分行", "same"),
        ("盘锦甲化工有限公司", "盘锦乙化工有限公司", "different"),
    ],
)
def test_likeness_of_two_names(a, b, expected):
    assert likeness(a, b) == likeness(b, a) == Likeness(expected)


def test_a_name_is_taken_apart():
    found = parts("中国石油集团股份有限公司盘锦分公司")

    assert (found.branch, found.form, found.is_group) == ("盘锦分公司", "joint_stock", True)


def test_no_two_companies_of_a_real_register_share_a_key():
    """2,206 companies, each with its own credit code."""
    register = rows("company-register-zh/shaanxi-tech-sme.csv")

    assert len({key(row["name"]) for row in register}) == len({row["code"] for row in register}) == 2206


def test_what_is_called_the_same_is_the_same_in_labelled_pairs():
    """Precision on real counterparty names; of the three marked otherwise, the source's own note calls two likely matches."""
    pairs = rows("company-pairs-zh/labelled_pairs.csv")
    same = [row for row in pairs if likeness(row["name_a"], row["name_b"]) == Likeness.SAME]

    assert len(same) > 200
    assert sum(row["same_company_final"] == "是" for row in same) / len(same) > 0.98
