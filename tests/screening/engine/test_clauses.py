"""Clauses of an agreement that the fair-competition regulation may forbid: questions, by a city's list."""

from pathlib import Path

import pytest

from luodi.screening.engine.clauses import find_clauses, read_clauses

LISTED = read_clauses(Path("cities/panjin/rulebook/clauses.toml"))


def codes(text):
    return {match.kind.code for match in find_clauses(text, LISTED)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("乙方缴纳的增值税地方留成部分，甲方按80%返还。", "C01"),
        ("甲方给予乙方固定资产投资的5%作为产业扶持资金。", "C02"),
        ("乙方摘牌后，土地出让金超出8万元/亩的部分由甲方返还。", "C03"),
        ("甲方保障乙方电价不高于0.45元，差额由甲方补贴。", "C04"),
        ("城市基础设施配套费减半征收。", "C05"),
        ("乙方应于签约后十日内缴纳履约保证金500万元。", "C06"),
        ("乙方施工应当优先选用本市施工企业，发包给本地施工单位。", "C07"),
        ("未经甲方同意，乙方十年内不迁出。", "C08"),
        ("乙方十年内不得迁出甲方辖区。", "C08"),
        ("乙方缴纳保证金500万元，逾期不予退还。", "C06"),
        ("乙方不得擅自转让项目，并应交纳诚意金100万元。", "C06"),
        ("乙方必须在本区设立独立法人公司。", "C09"),
        ("甲方授予乙方园区供热独家经营权。", "C10"),
        ("甲方确保通过环评审批。", "C11"),
        ("由平台公司对厂房投资承诺回购。", "C12"),
    ],
)
def test_each_kind_is_found_in_words_of_real_agreements(text, code):
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "甲方不得向乙方收取任何形式的履约保证金。",
        "乙方依法享受国家规定的税收优惠。",
        "乙方项目总投资10亿元，占地200亩。",
        "施工单位按规定缴存农民工工资保证金。",
        "双方应当依法履行环境影响评价手续。",
    ],
)
def test_lawful_sentences_ask_nothing(text):
    assert not codes(text)


def test_a_match_gives_its_sentence_and_place():
    text = "第一条 总投资1亿元。\n第二条 乙方须交纳诚意金100万元；甲方提供代办服务。"

    (match,) = find_clauses(text, LISTED)

    assert match.kind.code == "C06"
    assert text[match.start : match.end].strip() == match.sentence == "第二条 乙方须交纳诚意金100万元；"
    assert match.words == ("诚意金", "交纳")


def test_every_kind_has_its_article_and_what_to_do_and_none_advises_a_deposit():
    for kind in LISTED.kinds:
        assert kind.citation
        assert kind.status in ("有出处", "待核")
        assert kind.ask
        assert kind.ask_en
        assert "保证金" not in kind.ask
