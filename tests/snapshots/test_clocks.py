"""Two clocks: what had happened by a day, as it was known at a moment. A replay of the log of statements is the second source."""

import random
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.actions import verify
from luodi.evidence.models import Evidence, Judgement, Support
from luodi.intake import actions as intake
from luodi.projects import reporting
from luodi.projects.actions import exclude_from_net, include_in_net
from luodi.projects.models import Amount, NetDecision, Project, StageEvent
from luodi.projects.reporting import Claim
from luodi.snapshots import actions, queries
from luodi.snapshots.engine.figures import SIDES
from tests.core.record import figures_agree, load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)
GOV = "http://www.panjin.gov.cn/"


def counts(as_of=TODAY, known_at=None):
    """Projects by stage and side, and the amount of all."""
    found = queries.figures_as_of(as_of, known_at)
    by_stage = {
        (stage, side): three.side(side).packaged.projects for stage, three in found.reached.items() for side in SIDES
    }
    states = {state: three.reported.packaged.projects for state, three in found.states.items()}
    return (
        by_stage
        | states
        | {"fen": found.total.reported.packaged.amount_fen, "projects": found.total.reported.packaged.projects}
    )


def now():
    return timezone.now()


def test_a_past_days_proven_figure_is_not_changed_by_a_later_verdict(tmp_path, account):
    office = account("project_office")
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2020", source=GOV)]))
    before = now()
    assert counts()[("started", "proven")] == 1

    verify(actor=office, evidence=Evidence.objects.get(), accept=False, reason="网页说的是另一家")

    assert counts()[("started", "proven")] == 0
    assert counts(known_at=before)[("started", "proven")] == 1
    assert counts(date(2019, 12, 31), before)[("started", "proven")] == 0


def test_what_a_reverted_batch_had_replaced_did_not_stand_meanwhile(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1000, started="2020-03-01")]))
    first = now()
    batch = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=5000, started="2023-03-01")]))
    second = now()
    intake.revert(actor=None, batch=batch)

    by_2021 = date(2021, 1, 1)
    assert [counts(by_2021, at)[("started", "reported")] for at in (first, second, None)] == [1, 0, 1]
    assert [counts(by_2021, at)["fen"] for at in (first, second, None)] == [10**9, 5 * 10**9, 10**9]


def test_a_snapshot_of_what_was_known_is_the_one_that_was_taken_then(tmp_path, account):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1000, started="2020-03-01", source=GOV)]))
    then, at = actions.take(actor=None, as_of=TODAY), now()
    load(write(tmp_path / "二.xlsx", [row(2, "乙厂", started="2021"), row(1, "甲厂", amount=1000, signed="2019")]))
    verify(actor=account("project_office"), evidence=Evidence.objects.get(), accept=False, reason="另一家")

    again = actions.take(actor=None, as_of=TODAY, known_at=at)

    assert again.manifest["tables"] == then.manifest["tables"]
    assert {**again.manifest["figures"], "known_at": None} == then.manifest["figures"]
    assert again.sha256 != actions.take(actor=None, as_of=TODAY).sha256


def replay(as_of, known_at):
    """Second source: every statement read one by one and played in the order of its moments, with nothing but dictionaries."""
    stands, judged = {}, {}
    for moment, what, key, said in sorted(_moves(), key=lambda move: move[0]):
        if moment > known_at:
            break
        if what == "say":
            stands[key] = said
        elif what == "unsay":
            stands.pop(key, None)
        elif said in {"accepted", "rejected"}:
            judged[key] = said
    return _counted(stands, judged, as_of)


def _moves():
    """Every move of the log: moment, what, about what, said what."""
    for event in StageEvent.objects.filter(kind="actual"):
        by = event.ends_on or event.known_on or timezone.localtime(event.recorded_at).date()
        said = (event.project_id, event.stage, by)
        yield from _life("event", event, event.recorded_at, event.withdrawn_at, said)
    for support in Support.objects.select_related("evidence"):
        piece = support.evidence
        said = (support.event_id, piece.pk, piece.kind, piece.grade)
        yield from _life("support", support, max(piece.recorded_at, support.recorded_at), piece.withdrawn_at, said)
    for one in NetDecision.objects.all():
        yield from _life("out", one, one.decided_at, one.revoked_at, (one.project_id,))
    for one in Project.objects.all():
        yield from _life("project", one, one.created_at, one.withdrawn_at, ())
    for one in Judgement.objects.order_by("id"):
        yield one.said_at, "judge", one.evidence_id, one.verdict


def _life(kind, one, began, ended, said):
    yield began, "say", (kind, one.pk), said
    if ended:
        yield ended, "unsay", (kind, one.pk), said


def _counted(stands, judged, as_of):
    rank = {stage.code: stage.order for stage in city().stages}
    reported, proven = {}, {}
    shown = {}
    for (kind, _), said in stands.items():
        if kind == "support":
            shown.setdefault(said[0], []).append(said[1:])
    for (kind, pk), said in stands.items():
        if kind != "event" or said[1] not in rank or said[2] > as_of:
            continue
        owner, stage, _ = said
        reported[owner] = max(reported.get(owner, -1), rank[stage])
        for piece, sort, grade in shown.get(pk, ()):
            good = (sort == "public_report" and grade == "A" and judged.get(piece) != "rejected") or (
                sort == "licence" and stage == "registered" and judged.get(piece) == "accepted"
            )
            if good:
                proven[owner] = max(proven.get(owner, -1), rank[stage])
    known = [pk for kind, pk in stands if kind == "project"]
    out = {said[0] for (kind, _), said in stands.items() if kind == "out"}
    found = {}
    for code, order in rank.items():
        found[(code, "reported")] = sum(reported.get(pk, -1) >= order for pk in known)
        found[(code, "proven")] = sum(proven.get(pk, -1) >= order for pk in known)
        found[(code, "net")] = sum(proven.get(pk, -1) >= order for pk in known if pk not in out)
    return found | {"projects": len(known)}


STAGES = ("signed", "registered", "started", "completed")


def _do_something(pick, people, tmp_path, n):
    """One random action of a random person."""
    clerk, office, other = people
    one = pick.choice(list(Project.objects.order_by("id")))
    match pick.randrange(7):
        case 0:
            lines = [row(1, f"第{pick.randrange(9)}厂", started=f"20{pick.randrange(18, 25)}", source=f"{GOV}{n}")]
            load(write(tmp_path / f"{n}.xlsx", lines), office)
        case 1 | 2:
            day = date(2018, 1, 1) + timedelta(days=pick.randrange(3000))
            claim = Claim(pick.choice(STAGES), day, day, reason="随机")
            event = reporting.report_step(actor=clerk, project=one, claim=claim)
            kind = pick.choice(["licence", "other"])
            piece = Evidence.objects.create(project=one, kind=kind, title="件", filed_by=clerk)
            Support.objects.create(evidence=piece, event=event)
        case 3:
            mine = list(StageEvent.objects.filter(row=None, withdrawn_at=None).order_by("id"))
            if mine:
                reporting.withdraw_step(actor=clerk, event=pick.choice(mine), reason="报错")
        case 4 | 5:
            piece = pick.choice(list(Evidence.objects.order_by("id")))
            verify(actor=other, evidence=piece, accept=pick.random() < 0.6, reason="看过")
        case 6:
            stands = NetDecision.objects.filter(project=one, revoked_at=None).exists()
            if stands:
                include_in_net(actor=office, project=one, reason="查清")
            else:
                exclude_from_net(actor=office, project=one, ground="fake", reason="虚假")


@pytest.mark.parametrize("seed", range(4))
def test_figures_of_any_two_clocks_are_those_of_a_replay(tmp_path, account, seed):
    pick = random.Random(seed)
    people = account("unit_clerk"), account("project_office"), account("project_office", unit="")
    load(
        write(tmp_path / "始.xlsx", [row(n, f"第{n}厂", signed="2019", source=f"{GOV}s{n}") for n in range(6)]),
        people[1],
    )
    moments = [now()]
    for n in range(30):
        _do_something(pick, people, tmp_path, n)
        moments.append(now())

    for moment in pick.sample(moments, 12):
        as_of = date(2017, 1, 1) + timedelta(days=pick.randrange(3500))
        found, replayed = counts(as_of, moment), replay(as_of, moment)
        assert {key: found[key] for key in replayed} == replayed, (as_of, moment)
    assert figures_agree()


def test_amounts_are_those_that_were_stated_by_then(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1000)]))
    first = now()
    load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=5000)]))

    assert Amount.objects.count() == 2
    assert (counts(known_at=first)["fen"], counts()["fen"]) == (10**9, 5 * 10**9)
    long_ago = datetime(2020, 1, 1, tzinfo=timezone.get_current_timezone())
    assert counts(known_at=long_ago)["projects"] == 0


def test_the_same_project_is_paused_only_for_who_knows_it(tmp_path, account):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", signed="2019")]))
    before, office = now(), account("project_office")
    terms = {"ground": "funds", "plan": "增资", "review_on": date(2024, 6, 1)}
    reporting.pause(actor=office, project=project("甲厂"), day=date(2024, 5, 1), **terms)

    assert (counts()["paused"], counts(known_at=before)["paused"], counts(date(2024, 4, 30))["paused"]) == (1, 0, 0)
