"""What the record tells the rules: exact or unknown, as of a day, and the same for a project as it will be."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from luodi.core.installation import city
from luodi.evidence.models import Evidence, Judgement
from luodi.organizations.models import Capital
from luodi.projects import reporting
from luodi.projects.gates import Move
from luodi.projects.models import Participation
from luodi.projects.reporting import Claim
from luodi.screening import actions, ledger
from luodi.screening.facts import facts, facts_of_moves
from luodi.screening.models import Declaration
from luodi.screening.parks import park_in
from tests.core.record import load, project
from tests.ledger_files import HEADINGS, row, write

TODAY = timezone.localdate()


def told(**said):
    return ledger.facts_of(said, city=city(), as_of=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "wan"),
    [
        ("CNY 837000000000000 exact", 837_000_000.0),
        ("CNY 10000 at_least", None),
        ("CNY 10000 about", None),
        ("USD 320000000 exact", None),
        ("", None),
    ],
)
def test_only_an_exact_amount_in_the_citys_money_is_known(text, wan):
    assert told(total_investment=text)["total_investment"] == wan


def test_land_is_in_mu_whatever_it_was_written_in():
    assert told(land_area="163")["land_mu"] == 163
    assert told(land_area="8.9平方公里")["land_mu"] == pytest.approx(13350)
    assert told(remark="占地约1.7公顷")["land_mu"] == pytest.approx(25.5)
    assert told(remark="建面2万m²")["land_mu"] is None


def test_steps_have_their_first_day_and_plans_their_latest():
    said = told(
        signed_on="actual signed 2019-02-22/2019-02-22; actual signed 2023-03-26/2023-03-26",
        planned_produced_on="planned produced 2024-01-01/2024-12-31; planned produced 2026-01-01/2026-12-31",
        started_on="actual started 2027-01-01/2027-01-01",
    )

    assert said["signed_on"] == date(2019, 2, 22)
    assert said["planned_produced_on"] == date(2026, 12, 31)
    assert said["started_on"] is None, "it lies after the day"
    assert said["stage_rank"] == city().stage["signed"].order


@example({"land_area": "1" + "0" * 24})
@example({"land_area": "9" * 39 + "亩", "jobs": "9" * 9})
@given(st.dictionaries(st.sampled_from(["jobs", "land_area", "remark", "content", "kind"]), st.text(max_size=40)))
def test_no_text_breaks_it(said):
    found = told(**said)

    assert found["jobs"] is None or found["jobs"] >= 0
    assert found["land_mu"] is None or 0 <= found["land_mu"] < ledger.MOST_MU


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("盘锦辽滨沿海经济技术开发区", "PJ-LB"),
        ("辽东湾新区", "PJ-LB"),
        ("大洼临港经济开发区", "PJ-LG"),
        ("精细化工产业开发区", "PJ-JXHG"),
        ("双台子区", None),
        ("", None),
    ],
)
def test_a_park_is_known_by_its_words(text, code):
    assert park_in(text) == code


@pytest.fixture
def world(db, tmp_path, account):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", investor="甲公司", amount=1000, signed="2025-03-01")]))
    return project("甲厂"), account("unit_clerk", unit="dawa"), account("project_office")


def now(one, **clock):
    return facts([one.pk], **{"as_of": TODAY, **clock})[one.pk]


def test_the_record_adds_what_no_ledger_says(world):
    one, clerk, _ = world
    company = Participation.objects.get(project=one).party
    Capital.objects.create(party=company, minor=300_000_000, paid_minor=0, stated_on=date(2025, 1, 1), source="执照")
    licence = Evidence.objects.create(project=one, kind="licence", title="执照", filed_by=clerk)

    assert now(one).evidence == frozenset()
    Judgement.objects.create(evidence=licence, verdict="accepted")
    found = now(one)

    assert found.evidence == {"licence"}
    assert (found.values["capital_wan"], found.values["capital_paid_wan"]) == (300, 0)
    assert (found.values["has_investor"], found.values["doubts_open"]) == (True, 0)


def test_the_past_knows_no_later_step(world):
    one, clerk, _ = world
    reporting.report_step(actor=clerk, project=one, claim=Claim("registered", TODAY, TODAY))

    assert now(one).values["registered_on"] == TODAY
    assert now(one, as_of=TODAY - timedelta(days=1)).values["registered_on"] is None
    assert now(one, as_of=date(2025, 2, 1)).values["stage_rank"] == -1


def test_a_project_as_it_will_be_has_the_step_and_everything_it_has_already(world):
    one, clerk, _ = world
    actions.declare(actor=clerk, project=one, fact="energy_tce", value="12,000")

    (will,) = facts_of_moves([Move({"started": TODAY}, one.pk, {"name": "甲厂"})], as_of=TODAY)

    assert will.values["stage_rank"] == city().stage["started"].order
    assert (will.values["started_on"], will.values["energy_tce"]) == (TODAY, "12000")


@pytest.mark.parametrize(
    ("fact", "value", "kept"),
    [
        ("energy_tce", "12,000", "12000"),
        ("red_line_overlap", "否", "false"),
        ("construction_permit_on", "2026-03-01", "2026-03-01"),
        ("catalogue_class", "encouraged", "encouraged"),
    ],
)
def test_a_statement_is_kept_in_one_form(world, fact, value, kept):
    one, clerk, _ = world

    assert actions.declare(actor=clerk, project=one, fact=fact, value=value).value == kept


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("energy_tce", "很多"),
        ("energy_tce", "1e999"),
        ("red_line_overlap", "也许"),
        ("construction_permit_on", "三月"),
        ("catalogue_class", "好"),
        ("total_investment", "100"),
        ("no_such_fact", "1"),
    ],
)
def test_what_is_no_such_value_is_refused_and_nothing_kept(world, fact, value):
    one, clerk, _ = world

    with pytest.raises(ValidationError):
        actions.declare(actor=clerk, project=one, fact=fact, value=value)
    assert not Declaration.objects.exists()


def test_a_new_statement_takes_the_place_of_the_old_which_stays(world):
    one, clerk, _ = world
    actions.declare(actor=clerk, project=one, fact="energy_tce", value="12000")
    actions.declare(actor=clerk, project=one, fact="energy_tce", value="900")

    assert now(one).values["energy_tce"] == "900"
    assert Declaration.objects.count() == 2


def test_another_units_clerk_states_nothing(world, account):
    with pytest.raises(PermissionDenied):
        actions.declare(actor=account("unit_clerk", unit="panshan"), project=world[0], fact="energy_tce", value="1")


def test_facts_take_the_same_queries_for_one_and_for_many(db, tmp_path, django_assert_max_num_queries):
    load(write(tmp_path / "多.xlsx", [row(n, f"第{n}厂", amount=n) for n in range(1, 41)], headings=HEADINGS))
    ids = [project(f"第{n}厂").pk for n in range(1, 41)]

    with django_assert_max_num_queries(22):
        assert len(facts(ids, as_of=TODAY)) == 40
