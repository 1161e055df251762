"""A changed rulebook against the old one: who moves."""

from datetime import date

import polars as pl

from luodi.screening.engine.comparing import compare
from luodi.screening.engine.rulebook import Verdict
from luodi.screening.engine.screening import screen
from tests.screening.engine.books import book, gate, parameter, score

TABLE = pl.DataFrame({"id": ["a", "b", "c"], "amount": [100.0, 180.0, 400.0], "ok": [True, True, None]})
DAY = date(2024, 6, 1)


def run(**more):
    rules = {"G101": gate("ok"), "S101": score("amount >= floor", 5), **more.pop("rules", {})}
    return screen(book(rules=rules, **more), TABLE, DAY)


def test_an_unchanged_rulebook_moves_nobody():
    same = compare(run(), run())

    assert (same.total, same.changed.height, same.rules.height) == (3, 0, 0)


def test_a_raised_floor_names_who_loses_points_and_rank():
    found = compare(run(), run(parameters={"floor": parameter(200)}))

    moved = found.changed.select("id", "score_before", "score_after", "rank_before", "rank_after").rows()
    assert moved == [("a", 0, 0, 3, 2), ("b", 5, 0, 1, 2)]  # a ranks better beside b, with no point of its own
    assert found.rules.rows() == [("S101", Verdict.PASS, Verdict.FAIL, 1)]
    assert (found.verdicts, found.bands, found.ranks) == (0, 1, 2)


def test_a_new_veto_shows_in_verdicts():
    found = compare(run(), run(rules={"G102": gate("amount < 300")}))

    assert found.verdicts == 1
    assert found.changed.select("id", "verdict_before", "verdict_after").row(0) == (
        "c",
        Verdict.UNDEFINED,
        Verdict.FAIL,
    )
    assert ("G102", None, Verdict.FAIL, 1) in found.rules.rows()
