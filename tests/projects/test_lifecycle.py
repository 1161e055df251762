"""The stage machine: it asks about odd orders and never blocks; pauses, exits and returns turn a project's state."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.projects.engine.lifecycle import Oddity, State, Step, state, violations

CITY = load(Path("cities/panjin"))
CYCLE = CITY.lifecycle
DAY = date(2022, 6, 30)


def on(stage, day, last=None):
    return Step(stage, day, last or day)


def odd(step, *known):
    return {(one.oddity, one.other.stage) for one in violations(step, known, lifecycle=CYCLE) if one.asks_reason}


def test_registration_and_construction_may_overlap():
    assert (
        odd(on("started", date(2022, 1, 1)), on("signed", date(2021, 1, 1)), on("registered", date(2022, 9, 1)))
        == set()
    )
    assert odd(on("registered", date(2022, 9, 1)), on("started", date(2022, 1, 1))) == set()


def test_a_start_before_its_signing_is_asked_about():
    assert odd(on("started", date(2021, 1, 1)), on("signed", DAY)) == {(Oddity.BEFORE_EARLIER, "signed")}


def test_a_signing_after_the_start_is_asked_about():
    assert odd(on("signed", DAY), on("started", date(2021, 1, 1))) == {(Oddity.AFTER_LATER, "started")}


def test_production_before_registration_as_published_of_p03_is_asked_about():
    assert odd(on("produced", date(2020, 9, 1)), on("registered", date(2020, 12, 4))) == {
        (Oddity.BEFORE_EARLIER, "registered")
    }


def test_periods_that_may_overlap_are_not_odd():
    whole_year = on("signed", date(2022, 1, 1), date(2022, 12, 31))

    assert odd(on("started", DAY), whole_year) == set()
    assert odd(whole_year, on("started", DAY)) == set()


def test_of_several_claims_of_a_stage_the_one_that_fits_counts():
    assert odd(on("started", DAY), on("signed", date(2020, 1, 1)), on("signed", date(2023, 1, 1))) == set()


def test_a_claim_without_a_day_is_no_order():
    assert odd(on("started", DAY), Step("signed", None, None)) == set()


def test_a_step_that_was_never_reported_is_told_and_needs_no_reason():
    found = violations(on("in_statistics", DAY), [], lifecycle=CYCLE)

    assert [(one.oddity, one.other.stage, one.asks_reason) for one in found] == [(Oddity.SKIPPED, "started", False)]


def test_work_on_a_paused_site_and_any_step_after_an_exit_are_asked_about():
    paused, exited = on("paused", date(2022, 1, 1)), on("exited", date(2022, 1, 1))

    assert odd(on("completed", DAY), on("started", date(2021, 1, 1)), paused) == {(Oddity.WHILE_PAUSED, "paused")}
    assert odd(on("registered", DAY), paused) == set()
    assert odd(on("registered", DAY), exited) == {(Oddity.AFTER_EXIT, "exited")}
    assert odd(on("registered", DAY), exited, on("reentered", date(2022, 3, 1))) == set()


def at(*happened, as_of=date(2024, 1, 1)):
    return state(
        [(stage, date(2020, 1, 1) + timedelta(days=day)) for stage, day in happened], lifecycle=CYCLE, as_of=as_of
    )


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([], State.ACTIVE),
        ([("started", 0), ("paused", 10)], State.PAUSED),
        ([("started", 0), ("paused", 10), ("resumed", 20)], State.ACTIVE),
        ([("paused", 10), ("produced", 20)], State.ACTIVE),
        ([("paused", 10), ("registered", 20)], State.PAUSED),
        ([("exited", 10), ("produced", 20)], State.EXITED),
        ([("exited", 10), ("resumed", 20)], State.EXITED),
        ([("exited", 10), ("paused", 20)], State.EXITED),
        ([("exited", 10), ("reentered", 20)], State.ACTIVE),
        ([("resumed", 20), ("paused", 10)], State.ACTIVE),
        ([("paused", 4000)], State.ACTIVE),
    ],
)
def test_turns_are_read_in_the_order_of_their_days(happened, expected):
    assert at(*happened) is expected


stages = st.sampled_from([*CITY.stage, "paused", "resumed", "exited", "reentered"])
days = st.integers(0, 40).map(lambda n: date(2022, 1, 1) + timedelta(days=n))
steps = st.builds(lambda stage, a, b: Step(stage, min(a, b), max(a, b)), stages, days, days)


@given(steps.filter(lambda step: step.stage in CITY.stage), st.lists(steps, max_size=5))
def test_the_order_agrees_with_a_search_through_every_choice_of_days(step, known):
    """Second source: an order is odd when no day of the step fits any day of any claim of the other stage."""

    def every_day(one):
        return [one.first + timedelta(days=n) for n in range((one.last - one.first).days + 1)]

    expected = set()
    for stage in {other.stage for other in known} & CITY.stage.keys():
        pairs = [
            (mine, theirs)
            for one in known
            if one.stage == stage
            for mine in every_day(step)
            for theirs in every_day(one)
        ]
        if stage in CYCLE.before[step.stage] and not any(theirs <= mine for mine, theirs in pairs):
            expected.add((Oddity.BEFORE_EARLIER, stage))
        if step.stage in CYCLE.before[stage] and not any(mine <= theirs for mine, theirs in pairs):
            expected.add((Oddity.AFTER_LATER, stage))

    turns = {Oddity.WHILE_PAUSED, Oddity.AFTER_EXIT}
    assert {pair for pair in odd(step, *known) if pair[0] not in turns} == expected


@given(st.lists(st.tuples(stages, st.integers(0, 60)), max_size=8, unique_by=lambda pair: pair[1]))
def test_the_state_agrees_with_looking_back_from_the_end(happened):
    """Second source: read backwards, the latest exit or re-entry decides; then the latest pause or what ends it."""
    back = [stage for stage, _ in sorted(happened, key=lambda pair: -pair[1])]
    door = next((stage for stage in back if stage in {"exited", "reentered"}), "")
    since = back[: back.index(door)] if door == "reentered" else back
    site = next((stage for stage in since if stage in {"paused", "resumed"} | CYCLE.ends_pause), "")
    expected = State.EXITED if door == "exited" else State.PAUSED if site == "paused" else State.ACTIVE

    assert at(*happened) is expected
