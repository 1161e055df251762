"""Every check: its worked example asks in its own words, the other does not, and without data it never accuses."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.checks.engine.catalogue import CHECKS, run_all
from luodi.checks.engine.checks import ASKING, LACKS, State
from luodi.checks.engine.dossier import Document, Dossier, Step
from luodi.checks.engine.examples import EXAMPLES

TODAY = date(2026, 11, 26)


def states(code, dossier):
    return [result.state for result in CHECKS[code].run(dossier, {})]


def test_there_are_more_than_thirty_and_each_has_its_example():
    assert len(CHECKS) >= 40
    assert EXAMPLES.keys() == CHECKS.keys()


@pytest.mark.parametrize("code", CHECKS)
def test_the_example_asks_and_says_so_in_both_languages(code):
    asked, other = EXAMPLES[code]
    found = [result for result in CHECKS[code].run(asked, {}) if result.state in ASKING]

    assert len(found) == 1
    for sentence in (CHECKS[code].says, CHECKS[code].says_en):
        told = sentence.format_map(found[0].values)
        assert "{" not in told
        assert set(found[0].values) >= {part.split("}")[0] for part in sentence.split("{")[1:]}
    assert not ASKING & set(states(code, other))


@pytest.mark.parametrize("code", CHECKS)
def test_an_empty_dossier_is_never_accused(code):
    results = list(CHECKS[code].run(Dossier("空", TODAY), {}))

    assert {result.state for result in results} <= {State.UNMEASURABLE}
    assert all(result.lacks in LACKS for result in results)


@pytest.mark.parametrize("code", CHECKS)
def test_papers_that_say_nothing_of_themselves_are_never_accused_of_a_contradiction(code):
    asked, _ = EXAMPLES[code]
    silent = tuple(Document(one.id, one.kind) for one in asked.documents)
    bare = Dossier("空", TODAY, documents=silent)

    assert State.CONTRADICTORY not in states(code, bare)
    assert State.EXPIRED not in states(code, bare)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        # 中国镁业 L36: 90 亿元 on 7.17 万m² = 107.55 亩.
        ("M13", {"one": "8,368"}),
        # X10: 3000 万元 of capital for 158 亿元.
        ("M11", {"percent": "0.19"}),
        # The 158 亿元 project with 0.2 % paid in.
        ("M12", {"percent": "0.20"}),
        # DREAM-UA-040825: 48,576 months.
        ("T10", {"months": "48,576"}),
        # Plan 20 %, claim 60 %.
        ("M09", {"plan": "20", "claim": "60", "gap": "40"}),
        ("M08", {"one": "8"}),
    ],
)
def test_the_published_absurdities_come_out_to_the_digit(code, values):
    (result,) = CHECKS[code].run(EXAMPLES[code][0], {})

    assert {name: result.values[name] for name in values} == values


def test_what_fits_is_pending_until_its_papers_are_verified():
    _, fitting = EXAMPLES["D01"]
    verified = replace(fitting, documents=tuple(replace(one, is_verified=True) for one in fitting.documents))

    def of(dossier):
        return [result.state for check, result in run_all(dossier, {}) if check.code == "D01"]

    assert of(fitting) == [State.PENDING]
    assert of(verified) == [State.CONSISTENT]


def test_a_city_can_switch_a_check_off_and_set_its_threshold():
    asked, _ = EXAMPLES["M13"]

    def codes(settings, off=frozenset()):
        return {check.code for check, result in run_all(asked, settings, off) if result.state in ASKING}

    assert "M13" in codes({})
    assert "M13" not in codes({"M13": {"high": 9000}})
    assert "M13" not in codes({}, frozenset({"M13"}))


@given(st.dates(date(2015, 1, 1), date(2026, 1, 1)), st.integers(0, 400), st.integers(-500, 500))
def test_a_permit_contradicts_exactly_when_it_came_after_the_last_day_of_the_start(first, length, offset):
    """Second source: the words of the rule, counted in days."""
    last = first + timedelta(days=length)
    permit = Document(1, "construction_permit", issued_on=first + timedelta(days=offset))
    dossier = Dossier("例", TODAY, documents=(permit,), steps=(Step("started", first, last),))

    assert (states("T01", dossier) == [State.CONTRADICTORY]) == (offset > length)


@given(st.integers(1, 10**15), st.integers(1, 10**15), st.integers(1, 10**9))
def test_money_is_compared_exactly(done, total, square_metres):
    amounts = {"done_to_date": done, "total_investment": total}

    assert (states("M03", Dossier("例", TODAY, amounts=amounts)) == [State.CONTRADICTORY]) == (done > total)
    dossier = Dossier("例", TODAY, amounts=amounts, land_m2=Decimal(square_metres))
    # 万元 per 亩 by cross-multiplication, without a division: total/10^6 × 2000/3 over m².
    outside = not 50 * 3 * 10**6 * square_metres <= 2000 * total <= 1000 * 3 * 10**6 * square_metres
    assert (states("M13", dossier) == [State.REVIEW]) == outside
