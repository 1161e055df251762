"""A rulebook as one JSON document: there and back, its digest, and what differs."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from luodi.screening.engine.documents import Change, diff, digest, from_document, problems_of, to_document
from luodi.screening.engine.problems import RulebookRefused
from luodi.screening.engine.reading import document_of, read_folder
from tests.screening.engine.books import book, document, fact, gate, parameter, score

SEED = Path("cities/panjin/rulebook")


def test_a_rulebook_comes_back_the_same_from_its_json():
    seed = read_folder(SEED)

    again = from_document(json.loads(json.dumps(to_document(seed))))

    assert again.digest == seed.digest
    assert again.rules == seed.rules
    assert again.parameters == seed.parameters
    assert again.cases == seed.cases


def test_the_digest_knows_content_only():
    plain = document(rules={"G101": gate("ok"), "S101": score("ready")})
    turned = {name: plain[name] for name in reversed(plain)} | {
        "rules": {"S101": score("ready"), "G101": gate("ok", exclusions="")}
    }

    assert from_document(plain).digest == from_document(turned).digest
    assert (
        from_document(plain).digest
        != from_document(document(rules={"G101": gate("NOT ok"), "S101": score("ready")})).digest
    )
    assert digest({"b": 1, "a": "字"}) == digest({"a": "字", "b": 1})


def test_a_difference_is_told_field_by_field():
    before = to_document(book(rules={"G101": gate("ok"), "S101": score("ready", 2)}))
    after = to_document(
        book(rules={"S101": score("ready", 5), "S102": score("ok")}, parameters={"floor": parameter(200)})
    )

    changes = diff(before, after)

    assert Change("rules", "S101", "points", 2, 5) in changes
    assert [(one.code, one.field) for one in changes if one.part == "parameters"] == [("floor", "values")]
    assert {(one.code, one.before is None, one.after is None) for one in changes if one.field == ""} == {
        ("G101", False, True),
        ("S102", True, False),
    }
    assert not diff(before, before)


def test_a_parameter_has_the_value_of_the_day():
    dated = parameter(150)
    dated["values"].append({"value": 200, "valid_from": "2024-01-01", "source": "s", "status": "待核"})
    rules = book(rules={"S101": score("amount > floor")}, parameters={"floor": dated})

    assert rules.values_on(date(2023, 12, 31))["floor"] == 150
    assert rules.values_on(date(2024, 1, 1))["floor"] == 200
    assert rules.values_on(date(2019, 1, 1))["floor"] is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rules": {"X1": gate("ok")}}, "代码是 G"),
        ({"rules": {"G101": {**gate("ok"), "colour": "red"}}}, "没有 colour"),
        ({"rules": {"G101": {key: text for key, text in gate("ok").items() if key != "why"}}}, "缺 why"),
        ({"rules": {"G101": gate("ok", citation="")}}, "citation 不能空"),
        ({"rules": {"S101": score("ok", "CASE WHEN ok THEN 1 ELSE amount END")}}, "整数"),
        ({"rules": {"S101": score("ok", -1)}}, "整数"),
        ({"rules": {"G101": gate("ok", valid_from="soon")}}, "值不对"),
        ({"rules": {"S101": score("amount > floor", valid_from="2019-01-01")}}, "还没有值"),
        ({"parameters": {"floor": parameter([])}}, "词表不能空"),
        ({"parameters": {"floor": {**parameter(1), "values": []}}}, "至少要有一个"),
        ({"facts": {"a1": fact("a1", "number", source="derived", expression="b1 + 1"), "b1": fact("b1", "number", source="derived", expression="a1 + 1")}}, "互相引用"),
        ({"cases": [{"rule": "G999", "name": "无", "expect": "pass"}]}, "没有规则 G999"),
        ({"rules": {"G101": gate("ok")}, "cases": [{"rule": "G101", "name": "错", "expect": "pass", "facts": {"signed_on": "soon"}}]}, "要的是日期"),
        ({"rules": {"G101": gate("ok")}, "cases": [{"rule": "G101", "name": "错", "expect": "pass", "facts": {"amount": True}}]}, "要的是数"),
        ({"bands": [{"code": "A", "name": "甲", "name_en": "A", "floor": 10}]}, "最后一档从 0 起"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_when_it_is_read(wrong, says):
    made = document()
    for part, entries in wrong.items():
        made[part] = {**made[part], **entries} if isinstance(entries, dict) else entries

    assert any(says in problem.message for problem in problems_of(made)), problems_of(made)


def test_a_code_in_two_files_is_refused(tmp_path):
    for name in ("book.toml", "facts.toml"):
        (tmp_path / name).write_text((SEED / name).read_text(encoding="utf-8"), encoding="utf-8")
    for part in ("rules", "parameters", "cases"):
        (tmp_path / part).mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "rules" / name).write_text("[G101]\nname = 'x'\n", encoding="utf-8")

    with pytest.raises(RulebookRefused, match="又写了一次"):
        document_of(tmp_path)


def test_a_rulebook_that_was_read_is_not_changed_by_accident():
    seed = read_folder(SEED)

    with pytest.raises(AttributeError):
        seed.rules["G101"].name = "x"
    assert replace(seed, title="x").digest == seed.digest  # only reading makes a digest
