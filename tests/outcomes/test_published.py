"""Published rates recompute to the digit, or are shown as contradictions with their likely cause."""

from collections import Counter
from decimal import Decimal

import pytest

from luodi.outcomes.engine.published import chained, completion, deducted, efficacy, recompute
from luodi.outcomes.published import figures


@pytest.mark.parametrize("one", figures(), ids=lambda one: one.id)
def test_every_published_figure_comes_to_what_is_said_of_it(one):
    """The file says by hand what is to be expected; the engine computes it."""
    assert one.verdict == one.expected
    assert one.source
    assert bool(one.cause) == bool(one.cause_en) == (one.expected != "agrees")


def test_the_published_set_is_whole():
    verdicts = Counter(one.verdict for one in figures())

    assert verdicts == {"agrees": 14, "cut": 1, "contradicts": 3, "no_denominator": 3}


def test_the_misprint_and_the_second_denominator_are_explained_by_a_number_of_the_same_paper():
    explained = {one.id: one.found.explains for one in figures() if one.verdict == "contradicts"}

    assert explained["lanzhou-21-paid"] == ("另一份公报所印的签约额 6973 亿元",)
    assert explained["jiangmen-due"] == ("全年应开工 255 项",)


def test_a_rate_that_counts_paperwork_as_performance_is_cut_off_not_rounded():
    """渭南: 投产18 + 在建180 + 前期93 of 292 are called 履约率 99.65."""
    found = recompute(18 + 180 + 93, 292, "99.65")

    assert (found.agrees, found.truncated, found.value) == (True, True, Decimal("99.66"))


def test_a_misprinted_amount_moves_a_headline_and_the_other_papers_amount_explains_it():
    """兰洽会21届: 881.4 of 6793.18 is 12.97; the printed 12.64 needs the 6973 of another paper."""
    found = recompute("881.4", "6793.18", "12.64", {"另一份公报的签约额": 6973, "20届签约额": "6511.53"})

    assert (found.agrees, found.value, found.off) == (False, Decimal("12.97"), Decimal("-0.33"))
    assert found.explains == ("另一份公报的签约额",)
    assert round(found.implied) == 6973


def test_early_starts_hide_missed_ones():
    """江门型通报: of 140 due 118 started, 11 of them early and 33 of the due missed: on time are 107."""
    assert 118 - 11 == 140 - 33
    assert recompute(140 - 33, 140, "76.4").agrees


def test_a_rate_above_one_hundred_tells_the_denominator_that_was_not_printed():
    """盘锦 2022: 609 started or resumed, 开复工率 101.5 %; the plan behind it is not in the paper."""
    assert round(recompute(609, 609, "101.5").implied) == 600


def test_one_number_over_two_denominators():
    assert recompute(206, 223, "92.4").agrees
    assert recompute(206, 223, "80.8", {"全年计划": 255}).explains == ("全年计划",)


def test_chained_rates_divide_by_the_step_before():
    assert chained([292, 198, 18]) == (Decimal(198) / 292, Decimal(18) / 198)
    assert chained([5, 0, 0]) == (Decimal(0), None)


def test_the_published_result_sheet():
    """签约 = (28/27 × 50 % + 177.7/54 × 50 %) × 0.5 would be 1.08, and is capped at 0.5."""
    parts = [(28, 27, "0.5"), ("177.7", 54, "0.5")]

    assert round(completion(parts, weight="0.5"), 2) == Decimal("1.08")
    assert completion(parts, weight="0.5", cap="0.5") == Decimal("0.5")


def test_deductions_end_at_zero():
    assert deducted("0.5", {"超时限未开工": (2, "0.1"), "弄虚作假": (1, "0.2")}) == Decimal("0.1")
    assert deducted("0.5", {"弄虚作假": (9, "0.2")}) == 0


def test_the_efficacy_method_gives_sixty_to_a_hundred():
    assert [efficacy(x, 10, 30) for x in (10, 20, 30)] == [60, 80, 100]
    assert efficacy(5, 5, 5) is None
