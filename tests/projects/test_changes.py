"""A submitted project changes by request and another person's word, on every path, and keeps what stood before."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luodi.audit.models import Entry
from luodi.intake import actions as intake
from luodi.projects import actions
from luodi.projects.models import Amount, ChangeRequest, Project, StageEvent
from tests.core.record import everything, figures_agree, load, project
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
WAN = 1_000_000


@pytest.fixture
def people(account):
    return {"clerk": account("unit_clerk"), "office": account("project_office"), "other": account("project_office")}


@pytest.fixture
def submitted(tmp_path, people):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1000, started="2024-01"), row(2, "乙厂")]))
    return actions.submit(actor=people["clerk"], project=project("甲厂"))


def ask(people, one, reason="合同增资", **given):
    return actions.change(actor=people["clerk"], project=one, given=given, reason=reason)


def amount():
    return Amount.objects.get(project=project("甲厂"), kind="total_investment", withdrawn_at=None).minor


def test_before_it_is_submitted_a_project_changes_at_once(people, submitted):
    assert ask(people, project("乙厂"), total_investment="2.5亿元", planned_started_on="2027年6月") is None

    one = project("乙厂")
    assert one.facts["total_investment"] == ["CNY 25000000000 exact", None]
    assert one.standing.amount_fen == 25_000 * WAN
    assert one.events.get().kind == "planned"
    assert figures_agree()


def test_a_submitted_project_stays_as_it_is_until_somebody_else_says_yes(people, submitted):
    before = everything()

    request = ask(people, submitted, total_investment="1200", started_on="2024-03-05")

    assert everything() == before
    assert request.changes["total_investment"] == [
        "CNY 100000000000 exact".replace("100000000000", "1000000000"),
        "CNY 1200000000 exact",
    ]
    actions.review_change(actor=people["office"], request=request, accept=True, reason="附合同")
    assert amount() == 1200 * WAN
    assert project("甲厂").standing.amount_fen == 1200 * WAN
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.decision_reason) == ("applied", people["office"], "附合同")
    old = Amount.objects.get(project=submitted, withdrawn_at__isnull=False)
    assert (old.minor, old.withdrawn_at) == (1000 * WAN, request.decided_at)
    assert StageEvent.objects.filter(project=submitted, stage="started").count() == 2
    assert figures_agree()


def test_the_log_tells_old_and_new_value_and_who(people, submitted):
    request = ask(people, submitted, total_investment="1200")
    actions.review_change(actor=people["office"], request=request, accept=True, reason="")

    asked, applied = Entry.objects.filter(action__startswith="projects.change.").order_by("id")
    assert (asked.actor, applied.actor) == (people["clerk"], people["office"])
    assert applied.detail["changes"] == {"total_investment": ["CNY 1000000000 exact", "CNY 1200000000 exact"]}


def test_nobody_reviews_the_own_request(people, submitted):
    request = actions.change(actor=people["office"], project=submitted, given={"chain": "食品"}, reason="核对")

    with pytest.raises(PermissionDenied, match="审核人不能是申请人"):
        actions.review_change(actor=people["office"], request=request, accept=True, reason="")
    with pytest.raises(PermissionDenied):
        actions.review_change(actor=people["clerk"], request=request, accept=True, reason="")
    actions.review_change(actor=people["other"], request=request, accept=True, reason="")
    assert project("甲厂").chain == "食品"


def test_a_refusal_needs_a_reason_and_changes_nothing(people, submitted):
    request, before = ask(people, submitted, total_investment="1200"), everything()

    with pytest.raises(ValidationError, match="理由"):
        actions.review_change(actor=people["office"], request=request, accept=False, reason=" ")
    actions.review_change(actor=people["office"], request=request, accept=False, reason="没有合同")
    assert everything() == before
    with pytest.raises(ValidationError, match="已经处理"):
        actions.review_change(actor=people["office"], request=request, accept=True, reason="")


def test_a_request_never_undoes_what_came_in_between(people, submitted):
    first, second = ask(people, submitted, total_investment="1200"), ask(people, submitted, total_investment="900")
    actions.review_change(actor=people["office"], request=second, accept=True, reason="")

    with pytest.raises(ValidationError, match="又变过"):
        actions.review_change(actor=people["office"], request=first, accept=True, reason="")
    assert amount() == 900 * WAN


@pytest.mark.parametrize(
    ("given", "reason", "words"),
    [
        ({"total_investment": "12O0"}, "增资", "总投资"),
        ({"started_on": "2024-02-30"}, "更正", "日历上没有"),
        ({"total_investment": "1000"}, "增资", "没有要改的"),
        ({"chain": "食品"}, " ", "理由"),
        ({}, "增资", "没有要改的"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(people, submitted, given, reason, words):
    with pytest.raises(ValidationError, match=words):
        actions.change(actor=people["clerk"], project=submitted, given=given, reason=reason)
    assert not ChangeRequest.objects.exists()


def test_a_stranger_changes_and_submits_nothing(people, submitted, account):
    stranger = account("unit_clerk", unit="panshan")

    for act in (
        lambda: actions.change(actor=stranger, project=submitted, given={"chain": "食品"}, reason="x"),
        lambda: actions.submit(actor=stranger, project=project("乙厂")),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_who_asked_may_take_it_back(people, submitted):
    request = ask(people, submitted, total_investment="1200")

    with pytest.raises(PermissionDenied, match="只有申请人"):
        actions.withdraw_change(actor=people["office"], request=request)
    actions.withdraw_change(actor=people["clerk"], request=request)
    assert ChangeRequest.objects.get().state == "withdrawn"


def test_a_ledger_asks_too_and_says_so_in_its_batch(people, submitted, tmp_path):
    before = everything()
    path = write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=1500, started="2024-01"), row(2, "丙厂")])

    batch = load(path, actor=people["office"])

    assert (batch.counts["pending"], batch.counts["created"], batch.counts["changed"]) == (1, 1, 0)
    line = batch.rows.get(state="pending")
    assert [problem["code"] for problem in line.problems] == ["locked"]
    assert line.changes == {"total_investment": ["CNY 1000000000 exact", "CNY 1500000000 exact"]}
    request = ChangeRequest.objects.get()
    assert (request.project, request.row, request.requested_by) == (submitted, line, people["office"])
    assert amount() == 1000 * WAN
    assert everything()["projects"][:2] == before["projects"]

    actions.review_change(actor=people["other"], request=request, accept=True, reason="")
    assert amount() == 1500 * WAN
    assert project("甲厂").facts["total_investment"][1] == line.pk
    assert figures_agree()


def test_loading_the_same_again_asks_nothing_twice(people, submitted, tmp_path):
    path = write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=1500)])
    for _ in range(2):
        load(path, actor=people["office"])

    assert ChangeRequest.objects.count() == 1


def test_reverting_a_batch_withdraws_what_it_asked(people, submitted, tmp_path):
    before = everything()
    batch = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=1500)]), actor=people["office"])

    assert intake.revert(actor=people["office"], batch=batch) == []

    assert ChangeRequest.objects.get().state == "withdrawn"
    assert everything() == before


def test_what_was_applied_keeps_its_batch_from_being_reverted(people, submitted, tmp_path):
    batch = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=1500)]), actor=people["office"])
    actions.review_change(actor=people["other"], request=ChangeRequest.objects.get(), accept=True, reason="")

    assert intake.revert(actor=people["office"], batch=batch) == ["甲厂"]


def test_a_batch_that_brought_a_submitted_project_cannot_be_reverted(people, submitted):
    assert intake.revert(actor=people["office"], batch=submitted.created_from.batch) == ["甲厂"]
    assert Project.objects.current().count() == 2


def test_a_ledger_that_repeats_a_submitted_project_asks_nothing(people, submitted, tmp_path):
    batch = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=1000, started="2024-01")]))

    assert (batch.counts["unchanged"], batch.counts["pending"]) == (1, 0)


def test_a_member_moves_into_its_package_when_that_is_accepted(people, submitted):
    request = ask(people, submitted, package="乙厂")
    assert project("甲厂").package is None

    actions.review_change(actor=people["office"], request=request, accept=True, reason="")

    assert project("甲厂").package == project("乙厂")
    assert (project("甲厂").standing.packed, project("乙厂").standing.unpacked) == (0, 0)
    assert figures_agree()


def test_dates_keep_the_words_around_them(people, submitted, tmp_path):
    """What a request holds is what the ledger understood: period, precision, basis."""
    headings = [*HEADINGS]
    path = write(tmp_path / "二.xlsx", [row(1, "甲厂", signed="2023上半年 框架协议")], headings=headings)
    load(path, actor=people["office"])

    actions.review_change(actor=people["other"], request=ChangeRequest.objects.get(), accept=True, reason="")

    event = StageEvent.objects.get(project=submitted, stage="signed")
    assert (event.precision, str(event.starts_on), event.basis) == ("half", "2023-01-01", "框架协议")


@pytest.mark.parametrize(("field", "text"), [("total_investment", "很多"), ("signed_on", "不久以前")])
def test_a_text_that_cannot_be_read_is_refused_and_never_dropped(people, submitted, field, text):
    with pytest.raises(ValidationError, match="看不懂"):
        ask(people, submitted, **{field: text}, remark="核对")
    assert not ChangeRequest.objects.exists()
