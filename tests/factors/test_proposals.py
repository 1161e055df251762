"""From the record to a plan and back: what is asked, what is kept, who may adopt it, what a later plan moves."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from luodi.factors import demanding, planning, reserving, supplying, tasks
from luodi.factors.answering import answer, days_of
from luodi.factors.asking import WhatIf, ask
from luodi.factors.models import Plan, PlanStep
from luodi.factors.plans import documents_of, in_force
from luodi.factors.statements import Need, Tranche, WorkTerms
from luodi.jobs import beside
from luodi.jobs.models import Job
from luodi.jobs.worker import Progress
from luodi.projects import reporting
from tests.factors.conftest import DAY
from tests.factors.problems import judged

AS_OF = date(2026, 1, 5)
PATIENCE = 5
"""Seconds that a plan may take; what is proven best ends sooner. Two were too few on a machine that does other things as well."""


def need(book, project, factor, amount):
    return demanding.state_demand(actor=book.office, project=project, need=Need(factor, amount, "可研"))


@pytest.fixture
def short(book):
    """Power for two of three until 2027."""
    for project in (book.a, book.b, book.c):
        need(book, project, "power", 500)
        need(book, project, "cod", 10)
    return book


def computed(book, **terms):
    plan = planning.ask_plan(actor=book.office, name="排期", as_of=AS_OF, seconds=PATIENCE, **terms)
    job = Job.objects.get(pk=plan.job)
    tasks.compute_plan(job, Progress(job))
    return Plan.objects.get(pk=plan.pk)


def adopted(book, account, plan):
    return planning.adopt(actor=account("project_office"), plan=plan, reason="会议纪要")


def test_the_question_is_valid_and_its_answer_is_judged_valid_by_the_published_checker(short, tmp_path):
    asked = ask(AS_OF)
    found = answer(asked, None, 1.0, 1, lambda now: None, bool, iter(range(10**6)).__next__, iterations=80)

    assert {way.name for way in asked.ways.values()} == {"甲厂", "乙厂", "丙厂"}
    assert asked.left_out["done"] == 1
    assert judged(found.documents["problem"], found.documents["plan"], tmp_path) is None


def test_a_need_that_nobody_stated_is_estimated_by_the_norm_of_the_chain_and_marked(book):
    from luodi.factors.needing import needs, ways

    found, _left = ways([book.a.pk, book.c.pk], AS_OF)
    told = {(way.name, one.factor.code): one for way in found for one in needs(found)[way.project]}

    # 10 亿元 × 2.5 t/a for chemicals, 2 亿元 × 1.0 for the rest; kept in hundredths of a tonne.
    assert (told["甲厂", "cod"].amount, told["甲厂", "cod"].basis) == (2500, "estimated")
    assert told["丙厂", "cod"].amount == 200
    assert ("甲厂", "forest") not in told


def test_who_waits_is_told_for_which_pool_and_until_when(short):
    plan = computed(short)

    assert plan.state == "found"
    assert plan.bound <= plan.waiting
    waiting = [line for line in plan.lines.select_related("pool") if line.waits_days]
    assert [line.pool for line in waiting] == [short.power] * len(waiting)
    assert waiting
    for line in waiting:
        assert line.free_on + timedelta(line.waits_days) == line.ends_on
        assert line.reasons[-1][:2] == ["connect", short.power.pk]


def test_the_heavier_project_does_not_wait_for_the_lighter(short):
    waits = {line.project.name: line.waits_days for line in computed(short).lines.select_related("project")}

    assert waits["甲厂"] <= waits["丙厂"]


def test_what_is_promised_for_later_is_waited_for_and_taken_by_nobody_else(short):
    held = reserving.hold(
        actor=None, project=short.c, pool=short.power, claim=reserving.Claim(500, date(2029, 1, 1), "申请")
    )
    reserving.promise(actor=None, reservation=held, from_on=date(2029, 1, 1), basis="批复")

    line = computed(short).lines.get(project=short.c)

    assert line.ends_on >= date(2029, 1, 1)
    assert line.reasons[-1][4] == "promise"


@pytest.fixture
def crews(short):
    """Two crews for three projects that need two each; the lightest has them promised for its civil works, ninety weeks long."""
    pool = supplying.open_pool(actor=short.office, factor="crew", unit="dawa")
    supplying.supply(actor=short.office, pool=pool, tranche=Tranche(2, DAY, "住建局函"))
    for project in (short.a, short.b, short.c):
        need(short, project, "crew", 2)
    claim = reserving.Claim(2, CREWS[0], "合同", CREWS[1])
    held = reserving.hold(actor=None, project=short.c, pool=pool, claim=claim)
    reserving.promise(actor=None, reservation=held, from_on=CREWS[0], basis="合同")
    return short


CREWS = date(2026, 6, 1), date(2028, 2, 20)


def test_crews_that_are_promised_to_one_are_lent_to_nobody_else_meanwhile(crews, tmp_path):
    plan = computed(crews)
    documents = documents_of(plan)
    starts = {key: documents["plan"]["starts"][f"p{getattr(crews, key).pk}"]["civil"] for key in "abc"}
    weeks = {
        key: next(s["duration"] for p in documents["problem"]["projects"] if p["id"] == f"p{getattr(crews, key).pk}" for s in p["stages"] if s["id"] == "civil")
        for key in "abc"
    }  # fmt: skip
    first, last = ((day - AS_OF).days // 7 for day in CREWS)

    assert judged(documents["problem"], documents["plan"], tmp_path) is None
    assert first <= starts["c"] <= starts["c"] + weeks["c"] <= last + 1
    for other in "ab":
        assert starts[other] >= last or starts[other] + weeks[other] <= first
    waiting = {line.project: line for line in plan.lines.select_related("project", "pool")}
    assert waiting[crews.a].pool.factor == "crew"


def test_a_claim_of_crews_that_is_over_binds_nobody(crews):
    asked = ask(CREWS[1] + timedelta(days=9))

    assert [one["id"] for one in asked.document["factors"] if one["id"].startswith("crew")] == ["crew@dawa"]


def test_what_never_fits_is_left_out_and_named_and_the_others_are_planned(short):
    need(short, short.a, "cod", 10_000)

    plan = computed(short)

    assert plan.unfit == [[short.a.pk, "", short.cod.pk]]
    assert {line.project for line in plan.lines.select_related("project")} == {short.b, short.c}


def test_who_loses_least_weight_for_what_it_asks_is_left_out_first(short):
    supplying.withdraw_supply(actor=None, supply=short.power.supplies.order_by("from_on")[1], reason="取消")

    # 1,000 for three that ask 500 each: the two larger investments stay.
    assert [way.name for way, _factor in ask(AS_OF).unfit] == ["丙厂"]


def test_a_giant_that_arrives_pushes_nobody_out_of_the_plan_in_force(short, account):
    adopted(short, account, computed(short))
    giant = [["巨型项目", "dawa", 30_000_000_000_000, "化工"]]

    assert [way.name for way, _factor in ask(AS_OF, WhatIf.of({"arriving": giant})).unfit] == ["巨型项目"]


def test_where_nothing_can_be_planned_the_reason_is_kept(short):
    plan = planning.ask_plan(actor=short.office, name="排期", as_of=date(2019, 1, 1), seconds=1)
    job = Job.objects.get(pk=plan.job)
    for one in (short.a, short.b, short.c):
        reporting.leave(actor=short.office, project=one, ground="given_up", day=AS_OF, reason="放弃")

    with pytest.raises(ValidationError):
        tasks.compute_plan(job, Progress(job))

    plan.refresh_from_db()
    assert plan.state == "failed"
    assert "没有要排的项目" in plan.trouble


def test_adopting_needs_another_person_and_a_book_that_has_not_changed(short, account):
    plan, other = computed(short), account("project_office")

    with pytest.raises(ValidationError, match="不能是提出"):
        planning.adopt(actor=short.office, plan=plan, reason="会议纪要")
    need(short, short.a, "steam", 10)
    with pytest.raises(ValidationError, match="变过"):
        planning.adopt(actor=other, plan=plan, reason="会议纪要")
    again = computed(short)
    planning.adopt(actor=other, plan=again, reason="会议纪要")

    assert in_force() == again
    assert PlanStep.objects.filter(line__plan=again).count() == 3 * 8
    assert set(again.lines.values_list("project__name", flat=True)) == {"甲厂", "乙厂", "丙厂"}


def test_a_plan_made_beside_another_that_was_adopted_since_has_to_be_made_anew(short, account):
    one, other = computed(short), computed(short)
    adopted(short, account, one)

    with pytest.raises(ValidationError, match="采纳过另一份"):
        adopted(short, account, other)


def test_a_plan_with_something_supposed_is_compared_and_never_adopted(short, account):
    tranche = short.power.supplies.order_by("from_on")[1]
    plain = computed(short)
    late = computed(short, change={"later": {str(tranche.pk): 26}})

    assert late.waiting >= plain.waiting
    with pytest.raises(ValidationError, match="只供比较"):
        adopted(short, account, late)


def test_a_giant_that_is_supposed_to_arrive_is_planned_beside_the_others(short):
    supplying.supply(actor=None, pool=short.cod, tranche=Tranche(10**6, DAY, "总量确认"))
    supplying.supply(actor=None, pool=short.power, tranche=Tranche(10**6, date(2028, 1, 3), "供电公司函"))

    plan = computed(short, change={"arriving": [["巨型项目", "dawa", 1_000_000_000_000, "化工"]]})

    assert plan.lines.get(project=None).name == "巨型项目"
    assert plan.lines.count() == 4


def test_a_shortage_is_seen_a_work_added_the_plan_made_anew_moves_only_whom_it_helps(short, account):
    before = computed(short)
    adopted(short, account, before)
    late = set(before.lines.filter(waits_days__gt=0).values_list("project__name", flat=True))
    terms = WorkTerms("二号变电站", 1000, 140, DAY, "会议纪要", 80_000_000_00)
    work = supplying.propose_work(actor=short.office, pool=short.power, terms=terms)

    after = computed(short)
    adopted(short, account, after)

    assert late
    assert after.base == before
    assert after.waiting < before.waiting
    assert after.works.get().work == work
    assert after.works.get().starts_on is not None
    moved = {line.project.name: line.moved_days for line in after.lines.select_related("project")}
    assert {name for name, days in moved.items() if days} == late
    assert all(days <= 0 for days in moved.values())
    before.refresh_from_db()
    assert before.state == "superseded"


def test_an_adopted_end_that_moves_later_is_a_slip_and_slips_add_up(short, account):
    adopted(short, account, computed(short))
    slips = []
    for weeks in (26, 52):
        tranche = short.power.supplies.filter(withdrawn_at=None).order_by("from_on").last()
        day = tranche.from_on + timedelta(weeks=weeks)
        supplying.postpone_supply(actor=short.office, supply=tranche, from_on=day, reason="设备迟到")
        plan = computed(short)
        adopted(short, account, plan)
        slips.append(max(plan.lines.values_list("slips", flat=True)))

    assert slips == [1, 2]


def test_a_later_question_starts_from_the_plan_in_force_on_its_new_grid(short, account):
    adopted(short, account, computed(short))
    kept = days_of(documents_of(in_force()))

    asked = ask(AS_OF + timedelta(weeks=8))
    found = answer(
        asked, documents_of(in_force()), 1.0, 1, lambda now: None, bool, iter(range(10**6)).__next__, iterations=80
    )

    ends = days_of(found.documents)
    still = [name for name in ends if ends[name][0] == kept[name][0]]
    assert len(still) >= 1
    assert all(line["moved_days"] is not None for line in found.lines)


def test_a_what_if_is_understood_or_refused(book):
    assert WhatIf.of({"later": {"3": 2}, "cancelled": [4]}) == WhatIf({3: 2}, frozenset({4}))
    with pytest.raises(ValidationError):
        planning.ask_plan(actor=book.office, name="排期", as_of=timezone.localdate(), change={"later": {"x": "y"}})


def test_asked_to_stop_it_keeps_the_best_so_far(short):
    plan = planning.ask_plan(actor=short.office, name="排期", as_of=AS_OF, seconds=3000)
    job = Job.objects.get(pk=plan.job)
    beside.ask_to_stop(job.pk)

    tasks.compute_plan(job, Progress(job))

    plan.refresh_from_db()
    assert (plan.state, plan.lines.count()) == ("found", 3)


def test_a_worker_that_takes_a_finished_plan_up_again_changes_nothing(short):
    plan = computed(short)

    job = Job.objects.get(pk=plan.job)
    assert tasks.compute_plan(job, Progress(job)).text == "这份排期已经有结果"
    assert plan.lines.count() == 3
