"""Verdicts, points and their sums; what is kept is enough to explain, and one project is a table of one."""

from datetime import date

import polars as pl
import pytest

from luodi.screening.engine.rulebook import Verdict
from luodi.screening.engine.screening import Screened, explain, read_one, screen
from tests.screening.engine.books import book, gate, score

DAY = date(2024, 6, 1)
RULES = {
    "G101": gate("ok"),
    "G102": gate("ready", gate="started"),
    "S101": score("amount >= floor", 4, evidence=["licence"], value="amount"),
    "S102": score(
        "jobs > 10", "CASE WHEN jobs > 100 THEN 6 ELSE 2 END", dimension="fit", evidence=["contract", "report|photo"]
    ),
    "S103": score("ready", 5, dimension="fit", applies="ok"),
}
BOOK = book(rules=RULES)


def one(*evidence, **facts):
    return explain(BOOK, facts, evidence, DAY)


def test_a_gate_is_judged_by_what_is_due_at_the_project_s_stage():
    early, late = one(ok=True, ready=False, stage_rank=4), one(ok=True, ready=False, stage_rank=8)

    assert (early.verdict, late.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert early.gates == {"signed": Verdict.PASS, "started": Verdict.FAIL}


def test_a_later_gate_holds_what_the_earlier_failed():
    assert one(ok=False, ready=True).gates == {"signed": Verdict.FAIL, "started": Verdict.FAIL}


def test_a_failed_rule_vetoes_whatever_else_is_unknown():
    assert one(ok=False).gates["started"] is Verdict.FAIL
    assert one(ok=True).gates["started"] is Verdict.UNDEFINED


def test_a_project_without_a_stage_stands_before_the_first_gate():
    assert one(ok=True, ready=False).verdict is Verdict.PASS


def test_unknown_gives_no_points_and_takes_none_away():
    found = one(ok=True, amount=200)

    assert (found.score, found.possible, found.undecided) == (4, 15, 11)
    assert (found.band, found.band_ceiling) == ("B", "A")
    assert found.outcome("S102").missing == ("jobs",)
    assert found.missing["ready"] == ("G102", "S103")


def test_what_does_not_apply_is_not_among_the_possible():
    assert one(ok=False, amount=200, jobs=0).possible == 10


@pytest.mark.parametrize(
    ("evidence", "proven"),
    [
        ((), 0),
        (("licence",), 4),
        (("contract",), 0),
        (("contract", "photo"), 6),
        (("licence", "contract", "report"), 10),
    ],
)
def test_points_are_proven_by_every_kind_they_need_or_its_alternative(evidence, proven):
    found = one(*evidence, ok=False, amount=200, jobs=101)

    assert (found.score, found.proven) == (10, proven)
    assert found.dimensions["real"][:2] == (4, 4 if "licence" in evidence else 0)


def test_a_reason_says_the_numbers_in_both_languages():
    outcome = one(amount=100).outcome("S101")

    assert outcome.reason == "规则：未达到，不得分。（本项值 100；amount 100；参数 150）"
    assert outcome.reason_en == "Rule: not reached, no points. (value 100; amount 100; Parameter 150)"
    assert outcome.parameters[0].dated.status == "参考"


def test_a_reason_names_the_words_that_were_found():
    rules = book(rules={"G101": gate("NOT contains(words, terms)")})

    outcome = explain(rules, {"words": "石化装置"}, (), DAY).outcomes[0]

    assert outcome.found == ("石化",)
    assert "文字里有：石化" in outcome.reason


def test_a_division_by_zero_is_undefined_and_points_at_the_divisor():
    rules = book(rules={"S101": score("amount / land > 1")})

    outcome = explain(rules, {"amount": 5, "land": 0}, (), DAY).outcomes[0]

    assert (outcome.verdict, outcome.missing, outcome.zero) == (Verdict.UNDEFINED, (), ("land",))
    assert "land 不能用来计算" in outcome.reason


def test_a_rule_is_run_only_while_it_is_in_force():
    rules = book(rules={"G101": gate("ok", valid_from="2024-01-01", valid_to="2024-12-31")})

    assert not explain(rules, {}, (), date(2023, 12, 31)).outcomes
    assert explain(rules, {}, (), date(2024, 12, 31)).outcomes
    assert not explain(rules, {}, (), date(2025, 1, 1)).outcomes


def test_what_was_written_explains_the_same(tmp_path):
    table = pl.DataFrame(
        {
            "id": [7, 9],
            "ok": [True, None],
            "amount": [150.0, None],
            "jobs": [11.0, 5.0],
            "evidence_licence": [True, None],
        }
    )
    screened = screen(BOOK, table, DAY)
    screened.write(tmp_path / "run.parquet")

    again = Screened.read(tmp_path / "run.parquet", BOOK)

    assert again.as_of == DAY
    assert [read_one(again, number) for number in (7, 9)] == [read_one(screened, number) for number in (7, 9)]
    assert read_one(again, 7).outcomes == one("licence", ok=True, amount=150, jobs=11).outcomes
    with pytest.raises(KeyError):
        read_one(again, 8)
    with pytest.raises(ValueError, match="was screened with"):
        Screened.read(tmp_path / "run.parquet", book(rules={"G101": gate("ok")}))


def test_the_same_facts_and_rules_give_the_same_table_again():
    table = pl.DataFrame(
        {"id": range(50), "amount": [float(n * 7 % 300) for n in range(50)], "ok": [n % 3 == 0 for n in range(50)]}
    )

    assert screen(BOOK, table, DAY).results.equals(screen(BOOK, table, DAY).results)


def test_a_fact_that_is_none_or_of_another_type_is_refused():
    with pytest.raises(TypeError, match="no such facts: wealth"):
        one(wealth=3)
    with pytest.raises(ValueError, match="amount"):
        one(amount="viel")
