"""Code lists as of a day."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from luodi.core.codelists import divisions, industries, industry_path

LISTED = divisions(Path("cities/panjin"))


def test_the_industries_are_those_that_the_standard_counts_but_for_one():
    """20 门类, 97 大类, 473 中类 as announced; 1,381 小类 where the announcement says 1,380: see the README beside the list."""
    sizes = Counter(1 if code.isalpha() else len(code) for code in industries().entries)

    assert [sizes[n] for n in (1, 2, 3, 4)] == [20, 97, 473, 1381]


def test_no_class_is_an_orphan():
    codes = industries().entries.keys()

    assert not [code for code in codes if len(code) > 2 and code[:-1] not in codes]


@pytest.mark.parametrize("code", ["C2614", "2614", "c2614 "])
def test_a_class_is_named_from_its_section_down(code):
    names = [entry.name for entry in industry_path(code)]

    assert names == ["制造业", "化学原料和化学制品制造业", "基础化学原料制造", "有机化学原料制造"]


@pytest.mark.parametrize("code", ["A2614", "9999", "26149", "", "化工"])
def test_what_is_no_class_has_no_path(code):
    assert industry_path(code) == []


def test_dawa_was_a_county_until_2016():
    assert LISTED.on("211104", date(2015, 6, 30)).name == "大洼县"
    assert LISTED.on("211121", date(2020, 1, 1)).name == "大洼区"
    assert LISTED.named("大洼县", date(2015, 6, 30)).code == "211121"
    assert LISTED.named("大洼县", date(2020, 1, 1)).code == "211104"
    assert (LISTED.holds("211121", date(2016, 3, 19)), LISTED.holds("211121", date(2016, 3, 20))) == (True, False)


def test_a_zone_has_no_national_code_and_says_where_it_lies():
    zone = LISTED.named("辽滨沿海经济技术开发区", date(2023, 1, 1))

    assert (zone.code.isdigit(), zone.within) == (False, "211104")
    assert LISTED.named("辽滨沿海经济技术开发区", date(2012, 1, 1)).name == "辽东湾新区"


def test_the_nations_counties_are_there():
    assert LISTED.get("110101").name == "东城区"
    assert LISTED.get("211300").name == "朝阳市"
    assert len(LISTED.entries) > 3000
