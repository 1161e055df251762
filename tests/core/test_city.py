"""A city's own data: places, grades, tiers."""

from pathlib import Path

import pytest

from luodi.core.city import Place, load

CITY = load(Path(__file__).resolve().parents[2] / "cities" / "panjin")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("大洼区", Place("dawa", "211104")),
        ("盘锦市大洼区", Place("dawa", "211104")),
        ("大洼县", Place("dawa", "211104")),
        ("辽东湾新区", Place("liaobin", "211104")),
        ("盘锦港", Place("liaobin", "211104")),
        ("盘锦", Place("municipal", "211100")),
        ("双台子区铁东街道", Place("shuangtaizi", "211102")),
        ("  兴隆台 ", Place("xinglongtai", "211103")),
        ("沈阳市铁西区", Place("outside", "210106")),
        ("大连金普新区", Place("outside", "210200")),
        ("火星", None),
        ("", None),
    ],
)
def test_a_place_is_read_as_unit_and_division(text, place):
    found = CITY.place(text)

    assert (found and found.unit) == (place and place.unit)
    if text != "沈阳市铁西区":  # two prefectures have a district of that name
        assert found == place


@pytest.mark.parametrize(
    ("wan", "tier"),
    [
        (10_000_000, "T1000"),
        (9_999_999, "T100"),
        (1_000_000, "T100"),
        (100_000, "T10"),
        (99_999, "T1"),
        (10_000, "T1"),
        (9_999, "T0"),
        (0, "T0"),
    ],
)
def test_a_tier_begins_at_its_floor(wan, tier):
    assert CITY.tier_of(wan * 1_000_000) == tier


def test_an_unknown_amount_has_no_tier():
    assert CITY.tier_of(None) == ""


@pytest.mark.parametrize(
    ("url", "grade"),
    [
        ("http://panjin.gov.cn/html/2708", "A"),
        ("https://WWW.PANJIN.GOV.CN/", "A"),
        ("http://ln.cri.cn/20190125/e.html", "A"),
        ("http://www.jiemian.com/article/1.html", "B"),
        ("http://panjin.gov.cn.evil.example/", "B"),
        ("dawa.gov.cn district news 2024-12-06", "C"),
        ("", "C"),
    ],
)
def test_a_source_is_graded_by_who_publishes_it(url, grade):
    assert CITY.grade(url) == grade


def test_the_words_on_proof_name_stages_and_kinds_that_exist():
    kinds = CITY.evidence_kind.keys()
    assert {kind.verification for kind in CITY.evidence_kinds} == {"required", "publisher"}
    for one in CITY.proof.sets:
        assert set(one.stages) <= CITY.stage.keys()
        assert {kind for item in one.items for kind in (*item.kinds, *item.replaced_by)} <= kinds, one.name
        assert any(item.is_mandatory for item in one.items), one.name
        assert one.source
    assert {one.kind for one in CITY.proof.refused} | CITY.proof.other_unit <= kinds
    assert CITY.proof.sites.keys() <= CITY.unit.keys()


@pytest.mark.parametrize(
    ("wan", "purchase", "names"),
    [
        (499, False, []),
        (500, False, ["入统材料（500 万元至 1 亿元）"]),
        (9_999, False, ["入统材料（500 万元至 1 亿元）"]),
        (10_000, False, ["入统材料（1 亿元至 10 亿元）"]),
        (99_999, False, ["入统材料（1 亿元至 10 亿元）"]),
        (100_000, False, ["入统材料（10 亿元以上）"]),
        (100_000, True, ["入统材料（单纯购置）"]),
        (None, False, ["入统材料（500 万元至 1 亿元）"]),
    ],
)
def test_each_size_class_has_its_papers_for_the_statistics(wan, purchase, names):
    sets = CITY.proof.sets_for("in_statistics", None if wan is None else wan * 1_000_000, purchase=purchase)

    assert [one.name for one in sets] == names


def test_stages_of_one_track_follow_each_other_and_tracks_run_side_by_side():
    before = CITY.lifecycle.before

    assert {"signed", "started", "completed", "registered"} <= before["produced"]
    assert "started" in before["in_statistics"]
    assert not {"started", "landed"} & before["registered"]
    assert not {"landed", "registered"} & before["started"]
    assert not any(stage in earlier for stage, earlier in before.items())
    assert before.keys() == CITY.stage.keys()


def test_every_unit_is_found_by_each_of_its_own_spellings():
    for unit in CITY.units:
        for text in unit.places:
            assert CITY.place(text).unit == unit.code


def test_another_word_in_the_citys_data_gives_another_fingerprint(tmp_path):
    import shutil

    copy = tmp_path / "city"
    shutil.copytree(CITY.folder, copy)
    assert load(copy).fingerprint == CITY.fingerprint
    text = (copy / "city.toml").read_text(encoding="utf-8")
    (copy / "city.toml").write_text(text.replace("panjin-figures/2", "panjin-figures/3"), encoding="utf-8")

    assert load(copy).fingerprint != CITY.fingerprint


def test_a_folder_without_a_part_is_told_by_its_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"city\.toml"):
        load(tmp_path)
