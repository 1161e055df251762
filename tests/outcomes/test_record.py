"""The table of spells is what the standings say day by day, and the exported file gives the page's numbers."""

from datetime import date, datetime, time, timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from luodi.core.installation import city
from luodi.outcomes.commands import outcomes
from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.spells import read_spells
from luodi.outcomes.record import AMOUNT, LISTED, Question, table
from luodi.outcomes.writing import written
from luodi.projects.actions import exclude_from_net
from luodi.projects.models import StageEvent
from luodi.projects.reporting import leave
from luodi.snapshots import queries
from luodi.snapshots.clock import Clock
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, load
from tests.dashboards.conftest import loaded, one, register

__all__ = ["loaded", "register"]
pytestmark = pytest.mark.django_db
GOV = "http://www.panjin.gov.cn/"


@pytest.fixture
def published():
    for name in PUBLISHED:
        load(LEDGERS / name)


def lines(standing="net", event="started", day=None, known_at=None, **more):
    asked = Clock(day or timezone.localdate(), known_at)
    return {line.project: line for line in table(asked, Question(event, standing, **more)).lines}


def first_day(project, rank, side, until):
    """Second source: the standings of every day on which anything of the project came to pass, in order."""
    rows = StageEvent.objects.filter(project=project, withdrawn_at=None, kind="actual")
    days = {event.ends_on or event.known_on or timezone.localdate(event.recorded_at) for event in rows}
    for day in sorted(days):
        found = queries.standings([project], as_of=day).get(project)
        if day <= until and found and getattr(found, side) >= rank:
            return day
    return None


@pytest.mark.parametrize("side", ["reported", "proven"])
@pytest.mark.parametrize("event", ["registered", "started", "produced"])
def test_an_end_is_the_first_day_on_which_the_standing_says_so(published, side, event):
    day = date(2025, 6, 30)
    found = lines(side, event, day)
    rank = city().stage[event].order

    assert len(found) > 10
    for project, line in found.items():
        by = first_day(project, rank, side, day)
        end = line.spell.end
        assert (end.on if end else None) == (max(by, line.spell.entered) if by else None), project


def test_who_enters_is_who_has_a_dated_signing_by_the_day_and_no_listed_members(published):
    day = date(2024, 12, 31)
    signed = StageEvent.objects.filter(stage="signed", kind="actual", withdrawn_at=None, ends_on__lte=day)
    first = {}
    for event in signed:
        first[event.project_id] = min(event.ends_on, first.get(event.project_id, date.max))
    shells = {e.project.package_id for e in signed.select_related("project")} - {None}

    found = lines("reported", day=day)
    assert {project: line.spell.entered for project, line in found.items()} == {
        project: entered for project, entered in first.items() if project not in shells
    }


def test_a_project_told_later_is_followed_from_the_day_it_was_told(published):
    listed, watched = lines(history=LISTED), lines()
    assert all(line.observed_from is None for line in listed.values())
    assert any(line.observed_from for line in watched.values())
    for line in watched.values():
        assert line.observed_from is None or line.observed_from > line.spell.entered


def test_a_ledger_that_names_exits_is_no_list_of_survivors(loaded):
    loaded()
    before = lines()[one("兴隆台空壳项目").pk]
    assert before.observed_from is not None
    event = StageEvent.objects.get(project=one("兴隆台空壳项目"), stage="signed")
    StageEvent.objects.create(project=event.project, stage="exited", kind="actual", row=event.row, ends_on=date(2021, 1, 1))  # fmt: skip
    from luodi.outcomes import record  # the log did not move with a bare insert, so what was kept is let go

    record._known.cache_clear()
    record._whole.cache_clear()

    after = lines(event="landed")[one("兴隆台空壳项目").pk]
    # What was history when it was told is no late report, or it would be taken for years of delay.
    assert after.recorded_on is None
    assert (after.observed_from, after.spell.end.outcome, after.spell.end.on) == (None, "exited", date(2021, 1, 1))


def test_a_period_stays_a_period_and_a_step_without_a_day_lies_before_the_ledger(register):
    park = lines("reported", "started")
    # 大洼产业园 is a shell of a member that signed: its member stands for it.
    assert one("大洼产业园").pk not in park
    assert park[one("大洼产业园一期工程").pk].spell.end.on == date(2023, 3, 1)
    vague = table(Clock(timezone.localdate()), Question("started", "reported"))
    assert vague.told["no_entry_day"] == 2  # 双台子粮库 and 大洼食品厂 never said when they signed


def test_a_confirmed_fake_signed_and_never_lands(register):
    fake = one("兴隆台空壳项目").pk
    assert lines("reported")[fake].spell.end is None
    end = lines("net")[fake].spell.end
    assert (end.outcome, end.on) == ("excluded", date(2020, 2, 2))
    before = timezone.now() - timedelta(days=1)
    assert fake not in lines("net", known_at=before)  # nothing was known yet


def test_a_duplicate_counts_nowhere_in_net_figures(register, account):
    twice = one("@双台子炼化改造")
    exclude_from_net(actor=account("project_office"), project=twice, ground="duplicate", reason="同一项目报了两次")
    assert twice.pk in lines("reported")
    assert twice.pk not in lines("net")


def test_splits_share_one_unit_in_net_figures_only(loaded):
    head = ("S0", "园区", "", "", "甲", "大洼区", "新材料", "90000", "2024-01-10", "", "", "", "", GOV)
    parts = [
        (f"S{n}", f"园区之{n}", "", "园区", "甲", "大洼区", "新材料", "30000", "2024-01-10", "", "", "", "", GOV)
        for n in (1, 2, 3)
    ]
    loaded([head, *parts])

    assert [line.weight for line in lines("net").values()] == [pytest.approx(1 / 3)] * 3
    assert [line.weight for line in lines("reported").values()] == [1.0] * 3
    assert sum(line.weight for line in lines("net", weight=AMOUNT).values()) == 90000


def test_an_exit_competes_and_a_step_after_it_does_not_count(register, account):
    gone = one("@双台子炼化改造")
    leave(actor=account("project_office"), project=gone, day=date(2022, 5, 1), ground="given_up", reason="企业放弃投资")
    end = lines("reported", "landed")[gone.pk].spell.end
    assert (end.outcome, end.on) == ("exited", date(2022, 5, 1))
    # Registered before it left: that had come first.
    assert lines("reported", "registered")[gone.pk].spell.end.outcome == "registered"
    yesterday = timezone.now() - timedelta(days=1)
    assert lines("reported", "landed", known_at=yesterday) == {}


def test_looking_back_no_end_is_late(published):
    day = date(2023, 12, 31)
    assert all(line.recorded_on is None for line in lines("reported", day=day, history=LISTED).values())
    assert lines("reported", day=day, known_at=timezone.make_aware(datetime.combine(day, time.max))) == {}


@pytest.mark.parametrize("standing", ["reported", "proven", "net"])
def test_the_exported_file_gives_the_same_estimates(published, tmp_path, standing):
    day = date(2025, 12, 31)
    made = table(Clock(day), Question("started", standing, history=LISTED))
    path = tmp_path / "table.csv"
    path.write_bytes(written(made))

    for by in ((), ("unit",), ("chain",), ("year",)):
        ours = estimate(cut(made.spells(), "started", day, by), [360, 720])
        assert ours == estimate(cut(read_spells(path), "started", day, by), [360, 720])
    assert ours[0].n


def test_the_command_writes_the_table(published, tmp_path):
    done = CliRunner().invoke(
        outcomes, ["spells", "--event", "started", "--as-of", "2025-12-31", "--history", "listed"]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].startswith("id,entered_on,ended_on,outcome,recorded_on,weight")
    refused = CliRunner().invoke(outcomes, ["spells", "--event", "signed", "--as-of", "2025-12-31"])
    assert refused.exit_code == 2
