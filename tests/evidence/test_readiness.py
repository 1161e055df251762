"""What is missing and whether it is proven: one weighing, and a second source that tries every document for every item."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.core.city import load
from luodi.evidence.engine.readiness import ItemState, Proof, weigh

CITY = load(Path("cities/panjin"))
YI = 10_000_000_000


def proof(kind, *, verified=True, grade="", time=True, place=True, replaces=""):
    return Proof(kind, grade, verified, time, place, replaces)


def look(stage, *proofs, fen=None, purchase=False):
    return weigh(stage, frozenset(proofs), city=CITY, amount_fen=fen, purchase=purchase)


def missing(stage, *proofs, **size):
    return [one.item.code for one in look(stage, *proofs, **size).nearest.missing]


def test_a_start_needs_piling_with_time_and_place_and_the_contract():
    assert missing("started") == ["piling", "works_contract"]
    assert missing("started", proof("piling_photo")) == ["works_contract"]
    assert missing("started", proof("piling_photo", place=False), proof("construction_contract")) == ["piling"]
    assert look("started", proof("piling_photo"), proof("construction_contract")).is_proven


@pytest.mark.parametrize("kind", ["levelling_photo", "site_photo", "equipment_photo"])
def test_no_other_photo_is_a_start(kind):
    assert not look("started", proof(kind), proof("construction_contract")).is_filed


def test_what_is_filed_but_not_verified_waits():
    found = look("started", proof("piling_photo", verified=False), proof("construction_contract"))

    assert (found.is_filed, found.is_proven) == (True, False)
    assert [one.state for one in found.nearest.items if one.item.is_mandatory] == [ItemState.WAITING, ItemState.MET]


def test_a_report_of_a_public_body_is_enough_and_one_of_a_lower_grade_is_nothing():
    assert look("started", proof("public_report", grade="A", verified=False)).is_proven
    assert not look("started", proof("public_report", grade="B", verified=True)).is_filed


@pytest.mark.parametrize("kind", ["construction_permit", "design", "feasibility"])
def test_above_100_million_the_filing_may_be_replaced_when_that_is_said(kind):
    common = [proof("content_statement"), proof("construction_contract"), proof("site_photo")]

    assert missing("in_statistics", *common, fen=YI) == ["filing"]
    assert missing("in_statistics", *common, proof(kind), fen=YI) == ["filing"]
    assert look("in_statistics", *common, proof(kind, replaces="filing"), fen=YI).is_proven
    # Below that the filing has no substitute.
    assert missing("in_statistics", *common, proof(kind, replaces="filing"), fen=YI - 1) == ["filing"]


def test_each_size_names_who_checks_it():
    levels = [look("in_statistics", fen=fen).sets[0].set.level for fen in (YI // 20, YI, 10 * YI)]

    assert levels == ["县区统计部门", "报省统计局审核", "报国家统计局审核"]
    assert look("in_statistics", fen=YI // 20 - 1).sets == ()


def test_a_purchase_needs_all_three_of_its_papers():
    three = [proof("purchase_contract"), proof("bank_slip"), proof("equipment_photo")]

    assert look("in_statistics", *three, fen=YI, purchase=True).is_proven
    for one in three:
        assert not look("in_statistics", *(set(three) - {one}), fen=YI, purchase=True).is_proven
    assert not look("in_statistics", *three, fen=YI).is_filed


def test_a_stage_without_a_set_is_never_proven():
    assert look("negotiating", proof("contract")).nearest is None
    assert not look("negotiating", proof("contract")).is_proven


kinds = st.sampled_from(sorted(CITY.evidence_kind))
items = st.sampled_from(sorted({item.code for one in CITY.proof.sets for item in one.items}) + [""])
proofs = st.builds(Proof, kinds, st.sampled_from("AB"), st.booleans(), st.booleans(), st.booleans(), items)
sizes = st.none() | st.sampled_from([YI // 20 - 1, YI // 20, YI - 1, YI, 10 * YI - 1, 10 * YI])


@given(st.sampled_from(sorted(CITY.stage)), st.frozensets(proofs, max_size=8), sizes, st.booleans())
def test_it_agrees_with_trying_every_document_for_every_item(stage, given_proofs, fen, purchase):
    """Second source: nested loops over the city's lists as they are written."""
    proven = False
    for one in CITY.proof.sets:
        size = 5_000_000 * 100 if fen is None else fen
        in_class = (one.floor is None or one.floor <= size) and (one.below is None or size < one.below)
        if stage not in one.stages or not in_class or one.purchase not in {None, purchase}:
            continue
        proven |= all(any(_does(item, each) for each in given_proofs) for item in one.items if item.need == "mandatory")

    assert look(stage, *given_proofs, fen=fen, purchase=purchase).is_proven == proven


def _does(item, one):
    right = one.kind in item.kinds or (one.kind in item.replaced_by and one.replaces == item.code)
    facts = ("time" not in item.facts or one.has_time) and ("place" not in item.facts or one.has_place)
    return right and facts and (one.grade == "A" if one.kind == "public_report" else one.verified)


@given(st.sampled_from(sorted(CITY.stage)), st.frozensets(proofs, max_size=6), proofs)
def test_more_evidence_never_takes_a_proof_away(stage, some, one):
    before, after = look(stage, *some), look(stage, *some, one)

    assert before.is_proven <= after.is_proven
    assert before.is_filed <= after.is_filed


@given(st.sampled_from(sorted(CITY.stage)), st.frozensets(proofs, max_size=6))
def test_nothing_is_proven_by_what_nobody_verified_but_public_reports(stage, some):
    unverified = frozenset(replace(one, verified=False) for one in some if one.kind != "public_report")

    assert not look(stage, *unverified).is_proven
