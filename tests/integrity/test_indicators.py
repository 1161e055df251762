"""Every indicator is whole, in both languages, asks of columns that exist, and does what its own example says."""

import re

import numpy as np
import pytest

from luodi.integrity.engine.evidence import compared, told
from luodi.integrity.engine.features import measure
from luodi.integrity.engine.indicators import FOLDER, IndicatorRefused, indicators
from luodi.integrity.engine.learning import SCHEMES
from luodi.integrity.stated import rules

ALL = indicators()
EVERY = (*rules(), *ALL)
MADE_LATER = ("投资方另最疑", "投资方另均疑")
"""Columns of the model that its first answer makes; no indicator fires by them."""


@pytest.fixture(scope="module")
def values(ledger):
    measured = measure(ledger)
    return {"project": told(measured), "pair": compared(measured)}


def test_there_are_indicators_of_every_scheme():
    assert {one.scheme for one in ALL} == set(SCHEMES)
    assert len(ALL) == len(list(FOLDER.glob("*.yaml")))


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.number)
def test_the_worked_example_is_run(one):
    columns = {name: np.array([np.nan if value is None else value]) for name, value in one.example["columns"].items()}
    assert bool(one.fires(columns)[0]) is one.example["fires"]
    unknown = {name: np.array([np.nan]) for name in columns}
    asks_for_unknown = all(how == "unknown" for _, how, _ in one.when)
    assert bool(one.fires(unknown)[0]) is asks_for_unknown


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.number)
def test_an_english_reader_is_told_why_in_english(one):
    shown = "".join((one.name["en"], one.why_en, one.exclusions_en, one.method_en, one.assumptions_en, *one.sources_en))
    assert not re.search(r"[\u3000-\u9fff]", shown.replace("万元", "").replace("亿元", ""))
    assert (bool(one.method), bool(one.assumptions), len(one.sources)) == (
        bool(one.method_en),
        bool(one.assumptions_en),
        len(one.sources_en),
    )
    assert not re.search(r"fake|fraud|forg|cheat|guilty|violat", one.why_en + one.exclusions_en, re.IGNORECASE)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.number)
def test_an_indicator_asks_of_what_is_measured_and_quotes_it(one, values):
    known = values[one.about]
    quoted = re.findall(r"{([^}:]+)", one.says["zh"] + one.says["en"])
    asked = [column for column, _, _ in one.when]
    known = {*known, *MADE_LATER}
    assert not [name for name in (*one.columns, *asked, *quoted) if name not in known]
    assert set(one.name) == set(one.says) == {"zh", "en"}
    assert not re.search(r"[\u4e00-\u9fff]", one.says["en"].replace("万元", "").replace("亿元", "").split("{")[0])


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.number)
def test_an_indicator_fires_somewhere_and_not_everywhere(one, values):
    share = one.fires(values[one.about]).mean()
    assert 0 < share < 0.6, share


def test_words_ask_and_do_not_accuse():
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml"))
    assert not re.search(r"造假|骗|欺诈|弄虚作假", text)


@pytest.mark.parametrize(
    ("change", "told_"),
    [({"why": ""}, "缺少 why"), ({"number": "F02"}, "与文件名不同"), ({"when": [["x", "~", 1]]}, "看不懂"), ({"when": [["x", ">", "没有"]]}, "没有的设定")],
)  # fmt: skip
def test_a_broken_file_is_refused_by_name(tmp_path, change, told_):
    import yaml

    given = yaml.safe_load((FOLDER / "F01.yaml").read_text(encoding="utf-8")) | change
    (tmp_path / "F01.yaml").write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    with pytest.raises(IndicatorRefused, match=f"F01.yaml.*{told_}"):
        indicators(tmp_path)
