"""Where a project stands as of a day."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.snapshots.engine.standing import Event, Proof, Standing, standing

CITY = load(Path("cities/panjin"))
RANK = {stage.code: stage.order for stage in CITY.stages}
DAY = date(2024, 6, 30)
PUBLISHED = Proof("public_report", "A", verified=False)


def stand(*events, as_of=date(2024, 12, 31)):
    return standing(events, city=CITY, as_of=as_of)


def test_nothing_claimed_is_nowhere():
    assert stand() == Standing(-1, -1)


def test_a_claim_without_evidence_is_reported_only():
    assert stand(Event("started", DAY)) == Standing(RANK["started"], -1)


def test_the_furthest_claim_counts_whatever_the_order_of_days():
    early = Event("produced", date(2020, 9, 1))
    late = Event("signed", date(2023, 3, 26))

    assert stand(early, late).reported == RANK["produced"]


def test_what_happens_later_does_not_count_yet():
    assert stand(Event("started", DAY), as_of=date(2024, 6, 29)).reported == -1


def test_a_report_of_a_public_body_proves_what_the_city_says_it_proves():
    assert stand(Event("started", DAY, (PUBLISHED,))).proven == RANK["started"]


@pytest.mark.parametrize("grade", ["B", "C", ""])
def test_a_report_of_a_lower_grade_proves_nothing(grade):
    assert stand(Event("started", DAY, (Proof("public_report", grade, verified=False),))).proven == -1


def test_a_contract_counts_only_once_a_second_person_verified_it():
    assert stand(Event("signed", DAY, (Proof("contract", "", verified=False),))).proven == -1
    assert stand(Event("signed", DAY, (Proof("contract", "", verified=True),))).proven == RANK["signed"]


def test_a_piling_photo_does_not_prove_production():
    assert stand(Event("produced", DAY, (Proof("piling_photo", "", verified=True),))).proven == -1


def test_a_pause_does_not_move_a_project():
    assert stand(Event("started", DAY), Event("paused", DAY)).reported == RANK["started"]


days = st.dates(date(2020, 1, 1), date(2026, 1, 1))
proofs = st.builds(
    Proof,
    st.sampled_from(["public_report", "contract", "licence", "nonsense"]),
    st.sampled_from("ABC"),
    verified=st.booleans(),
)
events = st.lists(
    st.builds(Event, st.sampled_from([*RANK, "paused"]), days, st.lists(proofs, max_size=3).map(tuple)), max_size=8
)


@given(events, days)
def test_proven_never_passes_reported(claims, as_of):
    found = stand(*claims, as_of=as_of)

    assert found.proven <= found.reported


@given(events, days, days)
def test_time_never_takes_a_stage_away(claims, one, other):
    earlier, later = sorted([one, other])

    assert stand(*claims, as_of=earlier).reported <= stand(*claims, as_of=later).reported


SINGLE = {"signed": "contract", "registered": "licence", "completed": "acceptance", "landed": "land_contract"}
REPORTED = {*SINGLE, "started", "produced"}


@given(events, days)
def test_it_agrees_with_the_definition_written_out(claims, as_of):
    """Second source: the definition as plain set comprehensions, for the kinds that prove a stage alone."""
    reached = {RANK[e.stage] for e in claims if e.stage in RANK and e.by <= as_of}
    proven = {
        RANK[e.stage]
        for e in claims
        if e.by <= as_of
        and any(
            (p.kind == "public_report" and p.grade == "A" and e.stage in REPORTED)
            or (p.verified and SINGLE.get(e.stage) == p.kind)
            for p in e.proofs
        )
    }

    found = stand(*claims, as_of=as_of)
    assert (found.reported, found.proven) == (max(reached, default=-1), max(proven, default=-1))
