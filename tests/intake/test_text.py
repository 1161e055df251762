"""Single cells as text: cleaning, keys, aliases, parties and codes."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.text import (
    PartyText,
    aliases_in,
    clean,
    credit_code_problem,
    damaged_number,
    fold,
    halfwidth,
    is_same_as_above,
    name_key,
    parties_in,
    party_key,
)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (None, ""),
        ("", ""),
        ("　项目 A \n", "项目 A"),
        (5.0, "5"),
        (5.3, "5.3"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-2.0, "-2"),
        (float("nan"), ""),
        (float("inf"), "inf"),
        (8370000, "8370000"),
        (True, "是"),
        (False, "否"),
        (date(2023, 3, 29), "2023-03-29"),
        (datetime.fromisoformat("2023-03-29"), "2023-03-29"),
        (datetime.fromisoformat("2023-03-29 08:30"), "2023-03-29 08:30:00"),
        (Decimal("1.50"), "1.50"),
        ("013800138000", "013800138000"),
        ("Ａ１（一期）", "Ａ１（一期）"),
    ],
)
def test_a_cell_becomes_text_without_changing_what_was_written(cell, shown):
    assert clean(cell) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("项 目 名 称", "项目名称"),
        ("项\u3000目\u00a0名\u200b称\n", "项目名称"),
        ("（一期）", "(一期)"),
        ("【一期】", "〔一期〕"),
        ("ＡＢＳ一期", "abs一期"),
        ("“十一五”", '"十一五"'),
        ("2019—2020", "2019-2020"),
        ("335#～336#", "335#~336#"),
        ("8.9km²", "8.9KM2"),
    ],
)
def test_two_ways_of_writing_fold_to_one(one, other):
    assert fold(one) == fold(other)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once_and_halfwidth_keeps_the_length(text):
    assert len(halfwidth(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("轻烃综合利用项目", "轻烃综合利用"),
        ("精细化工及原料工程项目", "精细化工及原料"),
        ("食品工业园（二期仓储物流）", "食品工业园(二期 仓储物流)"),
        ("“十一五”石化工程", "十一五石化"),
        ("1,000吨", "1000吨"),
    ],
)
def test_one_project_under_two_spellings_has_one_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2.5kt/a草莓酸", "25kt/a草莓酸"),
        ("新发地盘锦分市场", "新发地盘锦分市场二期"),
        ("335#~336#泊位", "302#泊位"),
        ("1.2万吨", "12万吨"),
    ],
)
def test_two_projects_keep_two_keys(one, other):
    assert name_key(one) != name_key(other)


@given(st.text(min_size=1, max_size=20))
def test_a_key_is_never_empty(name):
    assert name_key(name)
    assert party_key(name)


@pytest.mark.parametrize("name", ["项目", "工程", "工程项目", "——", "（）"])
def test_a_name_of_nothing_but_noise_keeps_a_key(name):
    assert name_key(name)


@pytest.mark.parametrize(
    ("name", "base", "aliases"),
    [
        (
            "精细化工及原料工程项目（华锦阿美；早年公文称“兵器项目”）",
            "精细化工及原料工程项目",
            ("华锦阿美", "兵器项目"),
        ),
        (
            "聚醚醚酮（PEEK）新材料（年鉴作“伟英兴聚芳醚酮”，同一项目为推断）",
            "聚醚醚酮新材料",
            ("聚醚醚酮（PEEK）新材料", "伟英兴聚芳醚酮"),
        ),
        ("盘锦炼化项目（原名：华锦二期扩能）", "盘锦炼化项目", ("华锦二期扩能",)),
        ("数字大厦（又称华为云中心，曾用名“云谷”）", "数字大厦", ("华为云中心", "云谷")),
        ("乙烯改扩建（一期；原名“大乙烯”）", "乙烯改扩建（一期）", ("大乙烯",)),
    ],
)
def test_brackets_that_give_another_name_give_an_alias(name, base, aliases):
    assert aliases_in(name) == (base, aliases)


@pytest.mark.parametrize(
    "name",
    [
        "东北新发地农产品供应链中心（一期）",
        "食品工业园（二期仓储物流）",
        "轻烃综合利用及产业链延伸（合资）",
        "盘锦市固废综合处理园区（焚烧发电）",
        "盘锦石化基地一期（7个子项目）",
        "“十一五”石化工程（45万吨乙烯＋500万吨油化＋环氧乙烷＋ABS）",
        "营口省管海域70万千瓦海上风电（Y1 15＋Y2 55）",
        "京粮（盘锦）粮食物流基地",
        "乙烯工程（II）",
        "合作社仓储（工作站；二期）",
        "（PEEK）",
        "",
    ],
)
def test_phase_product_and_place_words_in_brackets_stay_in_the_name(name):
    assert aliases_in(name) == (name, ())


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("同上", ""),
        ("同 上", ""),
        ("（同上）", ""),
        ("〃", ""),
        ("″", ""),
        ("同上一期：1万吨生物基BDO＋5万吨L-乳酸", "一期：1万吨生物基BDO＋5万吨L-乳酸"),
        ("同上二期：10万吨丁二酸", "二期：10万吨丁二酸"),
        ("同上，扩建", "扩建"),
        ("同上项目二期", "二期"),
        ("同上公司", ""),
        ("同上海电气合作", None),
        ("同上年", None),
        ("同上期", None),
        ("同上述企业", None),
        ("（同上合计）", None),
        ("辽宁宝来", None),
        ("", None),
    ],
)
def test_same_as_above_is_known_by_what_follows_it(text, rest):
    assert is_same_as_above(text) == rest


def party(name, share=None, note=""):
    return PartyText(name, None if share is None else Decimal(share), note)


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            "华锦阿美石油化工有限公司：北方工业集团51%、沙特阿美30%、盘锦鑫诚19%",
            (
                party("华锦阿美石油化工有限公司"),
                party("北方工业集团", 51),
                party("沙特阿美", 30),
                party("盘锦鑫诚", 19),
            ),
        ),
        ("威格斯香港75%＋营口兴福25%", (party("威格斯香港", 75), party("营口兴福", 25))),
        ("辽河油田分公司95%、盘锦市政府5%", (party("辽河油田分公司", 95), party("盘锦市政府", 5))),
        ("甲公司（49.5％）、乙公司（占股50.5%）", (party("甲公司", "49.5"), party("乙公司", "50.5"))),
        ("51%甲公司、49%乙公司", (party("甲公司", 51), party("乙公司", 49))),
        ("辽宁金发生物材料有限公司（2022年成立）", (party("辽宁金发生物材料有限公司", None, "2022年成立"),)),
        ("国采（辽宁）现代农业集团有限公司", (party("国采（辽宁）现代农业集团有限公司"),)),
        ("华为（辽宁大区）", (party("华为（辽宁大区）"),)),
        ("盘锦某基金合伙企业（有限合伙）", (party("盘锦某基金合伙企业（有限合伙）"),)),
        ("A公司、B公司", (party("A公司"), party("B公司"))),
        ("A公司/B公司", (party("A公司"), party("B公司"))),
        ("A公司\nB公司", (party("A公司"), party("B公司"))),
        ("A公司 B公司", (party("A公司"), party("B公司"))),
        ("甲集团 有限公司", (party("甲集团 有限公司"),)),
        ("甲公司（乙、丙持股）", (party("甲公司", None, "乙、丙持股"),)),
        ("投资方：甲公司；建设单位：乙公司", (party("甲公司"), party("乙公司"))),
        ("Aramco Overseas Co., Ltd.", (party("Aramco Overseas Co., Ltd."),)),
        ("Vestas A/S", (party("Vestas A/S"),)),
        ("忠旺", (party("忠旺"),)),
        ("", ()),
        ("/", ()),
        ("（待定）", ()),
    ],
)
def test_a_cell_names_its_parties_in_order(text, parties):
    assert parties_in(text) == parties


@given(st.text(alphabet="甲乙公司（）()、：；/%51＋, 集团\n", max_size=25))
def test_reading_parties_never_fails_and_never_gives_an_empty_name(text):
    assert all(one.name.strip() for one in parties_in(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("盘锦锦程环保有限公司", "盘锦锦程环保公司"),
        ("辽宁华锦集团", "辽宁华锦（集团）有限责任公司"),
        ("杭萧钢构股份有限公司", "杭萧钢构"),
        ("中国兵器工业集团公司", "中国兵器工业集团有限公司"),
        ("中节能（盘锦）清洁技术发展有限公司", "中节能(盘锦)清洁技术发展有限公司"),
        ("Acme Co., Ltd.", "ACME"),
    ],
)
def test_legal_forms_do_not_tell_companies_apart(one, other):
    assert party_key(one) == party_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("辽河油田分公司", "辽河油田公司"), ("华锦集团", "华锦化工集团"), ("集团有限公司", "有限公司")]
)
def test_a_branch_and_its_head_office_are_two(one, other):
    assert party_key(one) != party_key(other)


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y43", " 91350100m000100y43 ", "９１３５０１００Ｍ０００１００Ｙ４３", ""],
)
def test_a_sound_credit_code_has_no_problem(code):
    assert credit_code_problem(code) is None


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("91350100M0001TGQXM", "校验位应为“1”"),
        ("91350211M0000XUF46", "校验位应为“R”"),
        ("91350203M0001FUE2P", "校验位应为“J”"),
        ("91350100M000100Y4", "实际为17位"),
        ("9135010OM000100Y43", "不允许的字符“O”"),
        ("210000004938201", "旧营业执照注册号"),
        ("9.13501E+17", "科学计数法"),
        ("91A50100M000100Y43", "行政区划"),
    ],
)
def test_a_credit_code_says_what_is_wrong_with_it(code, word):
    assert word in (credit_code_problem(code) or "")


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8), st.sampled_from("0123456789"))
def test_a_wrong_last_character_is_always_found(body, first):
    """Second source: the check digit is the one character of the 31 for which the weighted sum is 0 mod 31."""
    chars = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    inner = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    head = "9135010" + first + body + {10: "X", 11: "0"}.get(11 - inner % 11, str(11 - inner % 11))

    def total(code):
        return sum(chars.index(c) * 3**i for i, c in enumerate(code[:17])) + chars.index(code[17])

    sound = [last for last in chars if total(head + last) % 31 == 0]
    assert [last for last in chars if credit_code_problem(head + last) is None] == sound
    assert len(sound) == 1


@pytest.mark.parametrize(
    ("value", "damaged"),
    [
        (1.91e18, True),
        (9.1350100e17, True),
        ("1.91E+18", True),
        ("1.91e18", True),
        (211122.0, False),
        (8370000, False),
        ("91350100M000100Y43", False),
        ("2019E10", False),
        (None, False),
    ],
)
def test_a_code_ruined_by_excel_is_seen(value, damaged):
    assert damaged_number(value) is damaged
