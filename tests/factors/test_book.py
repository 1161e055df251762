"""The book: what is promised is there, whatever order people press in; and what ends gives back exactly what it took."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luodi.audit.bundles import verify_here
from luodi.factors import demanding, reserving, supplying
from luodi.factors.engine.balance import at, first_shortage
from luodi.factors.models import Posting, Reservation, Supply
from luodi.factors.queries import balances, unbalanced
from luodi.factors.reserving import Claim, NotEnough
from luodi.factors.statements import Need, Tranche, WorkTerms
from luodi.intake import actions as intake
from luodi.projects import reporting
from tests.core.record import load, project
from tests.factors.conftest import DAY
from tests.ledger_files import row, write

LATER = date(2028, 1, 3)


def hold(book, project, amount, day=DAY, pool=None):
    return reserving.hold(actor=book.office, project=project, pool=pool or book.power, claim=Claim(amount, day, "申请"))


def promised(book, project, amount, day=DAY):
    held = hold(book, project, amount, day)
    return reserving.promise(actor=book.office, reservation=held, from_on=day, basis="批复")


def left(pool, day):
    return at(balances([pool.pk], timezone.localdate())[pool.pk], day).left


def test_what_is_held_is_not_there_for_others(book):
    hold(book, book.a, 700)

    with pytest.raises(NotEnough) as refused:
        hold(book, book.b, 400)

    assert "余 3.00 MVA" in refused.value.messages[0]
    assert "最早 2028-01-03 够用" in refused.value.messages[0]
    assert left(book.power, DAY) == 300


def test_what_is_promised_for_next_year_is_not_given_away_this_year(book):
    promised(book, book.a, 1900, LATER)

    with pytest.raises(NotEnough):
        hold(book, book.b, 200, DAY)
    assert hold(book, book.c, 100, DAY).pk


def test_a_promise_for_a_tranche_that_nobody_gives_says_so(book):
    with pytest.raises(NotEnough, match="须增加供给或准备工程"):
        hold(book, book.a, 2001, LATER)


def test_a_hold_that_has_run_out_counts_no_more_and_cannot_be_promised(book, settings):
    held = hold(book, book.a, 1000)
    Reservation.objects.filter(pk=held.pk).update(expires_on=timezone.localdate() - timedelta(1))

    assert hold(book, book.b, 900).pk
    with pytest.raises(ValidationError, match="到期"):
        reserving.promise(actor=book.office, reservation=held, from_on=DAY, basis="批复")
    assert reserving.expire_holds(actor=None, today=timezone.localdate()) == 1
    assert reserving.expire_holds(actor=None, today=timezone.localdate()) == 0
    assert unbalanced() == []


def test_promise_on_another_day_moves_the_claim_only_where_it_fits(book):
    held, other = hold(book, book.a, 900, LATER), promised(book, book.b, 800)

    with pytest.raises(NotEnough):
        reserving.promise(actor=book.office, reservation=held, from_on=DAY, basis="批复")
    reserving.release(actor=book.office, reservation=other, reason="不要了")
    moved = reserving.promise(actor=book.office, reservation=held, from_on=DAY, basis="批复")

    assert (moved.state, moved.from_on, moved.expires_on) == ("promised", DAY, None)
    assert left(book.power, DAY) == 100
    assert unbalanced() == []


def test_a_transfer_leaves_no_moment_in_which_somebody_else_could_take_it(book):
    given_ = promised(book, book.a, 1000)

    to_b = reserving.transfer(actor=book.office, reservation=given_, to=book.b, reason="会议纪要")

    given_.refresh_from_db()
    assert (given_.state, to_b.state, to_b.project, to_b.origin) == ("moved", "promised", book.b, given_)
    assert left(book.power, DAY) == 0
    assert unbalanced() == []
    assert verify_here().findings == []


def test_a_project_that_leaves_gives_back_what_was_promised_in_the_same_entry(book):
    given_ = promised(book, book.a, 1000)

    reporting.leave(actor=book.office, project=book.a, ground="given_up", day=timezone.localdate(), reason="协议到期")

    given_.refresh_from_db()
    assert (given_.state, given_.ending) == ("released", "项目已退出")
    assert left(book.power, DAY) == 1000
    assert unbalanced() == []
    assert verify_here().findings == []
    with pytest.raises(ValidationError, match="已退出"):
        hold(book, book.a, 1)


def test_a_project_that_leaves_by_a_ledger_gives_back_as_well(book, tmp_path):
    given_ = promised(book, book.a, 1000)
    headings = ["项目名称", "状态"]

    load(write(tmp_path / "退出.xlsx", [["甲厂", "签约后终止"]], headings=headings), book.office)

    given_.refresh_from_db()
    assert given_.state == "released"
    assert unbalanced() == []
    assert verify_here().findings == []


def test_a_project_that_is_taken_back_with_its_batch_gives_back_as_well(book, tmp_path):
    batch = load(write(tmp_path / "新.xlsx", [row(1, "新厂", amount=10_000, signed="2025-06-01")]), book.office)
    held = hold(book, project("新厂"), 1000)

    intake.revert(actor=book.office, batch=batch)

    held.refresh_from_db()
    assert held.state == "released"
    assert left(book.power, DAY) == 1000
    assert verify_here().findings == []


def test_a_hold_that_has_run_out_cannot_be_transferred(book):
    held = hold(book, book.a, 1000)
    Reservation.objects.filter(pk=held.pk).update(expires_on=timezone.localdate() - timedelta(1))

    with pytest.raises(ValidationError, match="到期"):
        reserving.transfer(actor=book.office, reservation=held, to=book.b, reason="会议纪要")


def test_a_claim_is_for_the_step_that_the_project_said(book):
    need = Need("power", 500, "可研", step="commission")
    demanding.state_demand(actor=book.office, project=book.a, need=need)

    assert hold(book, book.a, 500).step == "commission"
    assert hold(book, book.b, 100).step == "connect"
    claim = Claim(1, DAY, "申请", step="no such step")
    with pytest.raises(ValidationError, match="步骤"):
        reserving.hold(actor=book.office, project=book.b, pool=book.power, claim=claim)


def test_a_tranche_under_a_promise_can_neither_go_nor_come_later(book):
    promised(book, book.a, 800)
    first = book.power.supplies.order_by("from_on")[0]

    with pytest.raises(ValidationError, match=r"差 8\.00 MVA"):
        supplying.withdraw_supply(actor=book.office, supply=first, reason="重复")
    with pytest.raises(ValidationError, match="先调剂或释放"):
        supplying.postpone_supply(actor=book.office, supply=first, from_on=LATER, reason="延期")
    second = book.power.supplies.order_by("from_on")[1]
    supplying.withdraw_supply(actor=book.office, supply=second, reason="重复")

    assert left(book.power, LATER) == 200
    assert unbalanced() == []


def test_a_finished_work_is_a_tranche_and_only_then(book):
    terms = WorkTerms("二号变电站", 600, 400, DAY, "会议纪要", 50_000_000_00, {book.cod.pk: 5})
    work = supplying.propose_work(actor=book.office, pool=book.power, terms=terms)
    assert left(book.power, date(2029, 1, 1)) == 2000

    supplying.start_work(actor=book.office, work=work, day=DAY, basis="开工令")
    said = supplying.finish_work(actor=book.office, work=work, day=date(2026, 11, 1), basis="验收单")

    assert (said.amount, said.mark, said.work) == (600, "confirmed", work)
    assert left(book.power, date(2026, 11, 1)) == 1600
    with pytest.raises(ValidationError, match="建成"):
        supplying.cancel_work(actor=book.office, work=work, reason="不做")


def test_crews_come_back_and_can_be_promised_again(book):
    crew = supplying.open_pool(actor=book.office, factor="crew", unit="")
    supplying.supply(actor=book.office, pool=crew, tranche=Tranche(4, DAY, "名册"))

    def lend(project, first, last):
        claim = Claim(3, first, "合同", until_on=last)
        return reserving.hold(actor=book.office, project=project, pool=crew, claim=claim)

    lend(book.a, DAY, date(2026, 6, 30))
    with pytest.raises(NotEnough, match="最早 2026-07-01"):
        lend(book.b, date(2026, 6, 30), date(2026, 9, 1))
    assert lend(book.b, date(2026, 7, 1), date(2026, 9, 1)).pk
    with pytest.raises(ValidationError, match="用到哪一天"):
        hold(book, book.c, 1, pool=crew)


def test_a_clerk_holds_for_their_own_and_only_the_office_that_gives_promises(book, account):
    claim = Claim(10, DAY, "申请")
    held = reserving.hold(actor=book.clerk, project=book.a, pool=book.power, claim=claim)

    with pytest.raises(PermissionDenied):
        reserving.promise(actor=book.clerk, reservation=held, from_on=DAY, basis="批复")
    with pytest.raises(PermissionDenied):
        reserving.hold(actor=account("unit_clerk", unit="panshan"), project=book.a, pool=book.power, claim=claim)
    given_ = reserving.promise(actor=book.office, reservation=held, from_on=DAY, basis="批复")
    with pytest.raises(PermissionDenied):
        reserving.release(actor=book.clerk, reservation=given_, reason="不要")


def test_a_later_word_on_a_need_withdraws_the_earlier(book):
    for amount in (100, 120):
        demanding.state_demand(actor=book.clerk, project=book.a, need=Need("power", amount, "可研第 12 页"))

    live = book.a.demands.filter(withdrawn_at=None).get()
    assert (live.amount, live.step, book.a.demands.count()) == (120, "connect", 2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(1, 900), st.booleans()), max_size=12))
def test_whatever_people_do_the_ledger_balances_and_nothing_is_promised_twice(book, moves):
    projects = [book.a, book.b, book.c]
    for kind, who, amount, later in moves:
        live = list(Reservation.objects.filter(state__in=("held", "promised")).order_by("pk"))
        one = live[amount % len(live)] if live else None
        try:
            if kind <= 1:
                hold(book, projects[who], amount, LATER if later else DAY)
            elif kind == 2 and one:
                reserving.promise(actor=None, reservation=one, from_on=LATER if later else DAY, basis="批复")
            elif kind == 3 and one:
                reserving.release(actor=None, reservation=one, reason="退")
            elif kind == 4 and one:
                reserving.transfer(actor=None, reservation=one, to=projects[who], reason="调")
            elif kind == 5:
                tranche = Supply.objects.filter(withdrawn_at=None, pool=book.power).order_by("pk").last()
                supplying.postpone_supply(actor=None, supply=tranche, from_on=LATER if later else DAY, reason="改")
        except ValidationError:
            pass
    today = timezone.localdate()

    assert unbalanced() == []
    assert first_shortage(balances([book.power.pk], today)[book.power.pk], DAY) is None
    ended = Reservation.objects.exclude(state__in=Reservation.LIVE)
    for one in ended:
        assert sum(Posting.objects.filter(reservation=one).values_list("amount", flat=True)) == 0
