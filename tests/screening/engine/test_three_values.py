"""Any condition over any projects: columns, another engine's SQL and a value-by-value evaluator agree, on verdicts and on what is missing."""

from datetime import date, timedelta

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.screening.engine.larger import select_rules
from luodi.screening.engine.rulebook import Verdict
from luodi.screening.engine.screening import screen
from tests.screening.engine.books import FACTS, book, fact, gate, score
from tests.screening.engine.kleene import Kleene

DAY = date(2024, 6, 1)
DERIVED = {
    "intensity": fact("intensity", "number", source="derived", expression="amount / land"),
    "chemical": fact("chemical", "boolean", source="derived", expression="contains(words, terms) OR starts_with(code, heads)"),
}  # fmt: skip
WHOLE = st.integers(-3, 400)
numbers = st.recursive(
    st.sampled_from(["amount", "land", "jobs", "floor", "intensity", "days(signed_on, started_on)", "2", "150"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"CASE WHEN ok THEN {t[0]} ELSE {t[1]} END"),
    ),
    max_leaves=3,
)
leaves = st.one_of(
    st.tuples(numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers).map(" ".join),
    st.sampled_from([
        "ok", "ready", "chemical", "contains(words, '化工')", "starts_with(code, heads)", "code IN ('26', '30')", "words IS NULL",
        "signed_on <= started_on", "signed_on = DATE '2024-01-31'", "words <> '公园'", "amount BETWEEN 2 AND floor", "intensity IS NOT NULL",
        "jobs IN (2, 150)", "TRUE", "days(started_on, as_of) > 30",
    ]),
)  # fmt: skip
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"NOT ({one})"),
        st.tuples(inner, inner, inner).map(lambda t: f"CASE WHEN {t[0]} THEN {t[1]} ELSE {t[2]} END"),
    ),
    max_leaves=5,
)


def rows():
    maybe = {
        "number": st.none() | st.sampled_from([0.0, 2.0, 150.0, 0.102, 15.3]) | WHOLE.map(float),
        "boolean": st.none() | st.booleans(),
        "text": st.none() | st.sampled_from(["化工新材料", "公园", "26", "2511", "30", ""]),
        "date": st.none() | st.integers(0, 400).map(lambda n: date(2023, 10, 1) + timedelta(days=n)),
    }
    return st.lists(
        st.fixed_dictionaries({code: maybe[kind] for code, kind in FACTS.items() if code != "as_of"}),
        min_size=1,
        max_size=12,
    )


def table(found):
    kinds = {"number": pl.Float64, "boolean": pl.Boolean, "text": pl.String, "date": pl.Date}
    columns = {
        code: pl.Series(code, [row[code] for row in found], kinds[kind])
        for code, kind in FACTS.items()
        if code != "as_of"
    }
    return pl.DataFrame({"id": pl.Series([str(n) for n in range(len(found))]), **columns})


def in_duckdb(rulebook, screened, folder):
    path = folder / "facts.parquet"
    screened.facts.drop(list(rulebook.derived)).write_parquet(path)
    query = select_rules(rulebook, DAY, f"'{path}'", "duckdb").replace(f"\"'{path}'\"", f"'{path}'")
    duckdb.sql(f"COPY ({query}) TO '{folder / 'out.parquet'}' (FORMAT parquet)")
    return pl.read_parquet(folder / "out.parquet").sort(pl.col("id").cast(pl.Int32))


@settings(max_examples=150, deadline=None)
@given(holds=conditions, applies=st.just("") | conditions, found=rows())
def test_columns_agree_with_a_value_at_a_time(holds, applies, found):
    rulebook = book(
        rules={"G101": gate(holds, applies=applies), "S101": score(holds, 3, applies=applies)}, facts=DERIVED
    )
    results = screen(rulebook, table(found), DAY).results

    for row, facts in zip(results.iter_rows(named=True), found, strict=True):
        for code in ("G101", "S101"):
            parsed = rulebook.parsed[code]
            one = Kleene({**facts, "as_of": DAY}, rulebook.values_on(DAY), rulebook.derived)
            verdict = expected(one, parsed)
            missing = set() if verdict is not Verdict.UNDEFINED else gaps(one, parsed)
            mask = row.get(f"{code}.missing") or 0
            assert row[code] == verdict
            assert {fact for place, fact in enumerate(parsed.facts) if mask >> place & 1} == missing
        assert row["S101.points"] == (3 if row["S101"] == Verdict.PASS else 0)


def expected(one, parsed):
    holds, applies = one.value(parsed.holds), True if parsed.applies is None else one.value(parsed.applies)
    if applies is False:
        return Verdict.NOT_APPLICABLE
    if holds and (applies or parsed.rule.is_gate):
        return Verdict.PASS
    return Verdict.FAIL if applies and holds is False else Verdict.UNDEFINED


def gaps(one, parsed):
    return one.gaps(parsed.holds) | (one.gaps(parsed.applies) if parsed.applies is not None else set())


@settings(max_examples=40, deadline=None)
@given(holds=conditions, applies=st.just("") | conditions, found=rows())
def test_another_engine_agrees_with_columns(tmp_path_factory, holds, applies, found):
    value = "100 * amount / land"
    rules = {
        "G101": gate(holds, applies=applies),
        "S101": score(holds, "CASE WHEN jobs > 2 THEN 5 ELSE 1 END", applies=applies, value=value),
    }
    rulebook = book(rules=rules, facts=DERIVED)
    screened = screen(rulebook, table(found), DAY)

    other = in_duckdb(rulebook, screened, tmp_path_factory.mktemp("duck"))

    for name in other.columns:
        assert screened.results[name].cast(other[name].dtype).to_list() == other[name].to_list(), name


def test_a_bound_that_binary_numbers_miss_is_met():
    rulebook = book(rules={"S101": score("amount / land >= floor")})

    results = screen(
        rulebook, pl.DataFrame({"id": ["a", "b"], "amount": [15.3, 15.2999], "land": [0.102, 0.102]}), DAY
    ).results

    assert results["S101"].to_list() == [Verdict.PASS, Verdict.FAIL]
