"""Rules change by a copy, a trial, and a second person; every past verdict stays as it was."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.audit.models import Entry, Head
from luodi.projects import reporting
from luodi.projects.gates import Refused
from luodi.projects.reporting import Claim
from luodi.screening import actions, books, publishing, queries
from luodi.screening.engine.documents import diff, digest
from luodi.screening.engine.rulebook import Verdict
from luodi.screening.models import Rulebook, Run
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def world(tmp_path, account):
    """Three projects, screened today, and two people of the office."""
    rows = [row(1, "甲厂", amount=100_000), row(2, "乙厂", amount=50_000), row(3, "丙厂")]
    load(write(tmp_path / "台账.xlsx", rows))
    actions.declare(actor=None, project=project("甲厂"), fact="catalogue_class", value="allowed")
    return account("project_office"), account("project_office"), actions.run(actor=None, as_of=TODAY)


def draft(author, **values):
    """A copy in which rule G207 lets only the encouraged pass."""
    copied = publishing.copy(actor=author, base=Rulebook.objects.get(state="published"), reason="收紧目录")
    wanted = {"holds": "catalogue_class = 'encouraged'"} | values
    return publishing.change_entry(actor=author, draft=copied, part="rules", code="G207", values=wanted)


def settle_cases(author, copied):
    """Cases that the new rule contradicts are the author's to change as well: publishing waits for them."""
    cases = [case for case in copied.document["cases"] if case["rule"] != "G207"]
    return publishing.upload(actor=author, draft=copied, document={**copied.document, "cases": cases})


def test_the_citys_own_book_is_kept_once_with_its_digest(world):
    kept = Rulebook.objects.get()

    assert (kept.state, kept.author, digest(kept.document)) == ("published", None, kept.sha256)
    assert publishing.keep_city_book(None) == kept
    assert Entry.objects.get(action="screening.rulebook.installed").detail["sha256"] == kept.sha256


def test_a_copy_changes_nothing_until_it_is_published(world):
    author, *_ = world
    copied = draft(author)

    assert [(one.part, one.code, one.field) for one in diff(copied.based_on.document, copied.document)] == [
        ("rules", "G207", "holds")
    ]
    assert books.in_force(TODAY).rules["G207"].holds == "catalogue_class IN ('encouraged', 'allowed')"


def test_simulation_names_who_would_change_before_anything_is_published(world):
    author, _, run = world

    found = queries.simulate(books.read(draft(author)), run)

    changed = found.changed.to_dicts()
    assert [(row["id"], row["verdict_before"], row["verdict_after"]) for row in changed] == [
        (project("甲厂").pk, int(Verdict.UNDEFINED), int(Verdict.FAIL))
    ]
    assert (found.total, found.verdicts) == (3, 1)


def test_a_second_person_publishes_and_the_rule_holds_from_its_day(world, django_capture_on_commit_callbacks):
    author, other, _ = world
    copied = settle_cases(author, draft(author))
    heads = Head.objects.count()

    with pytest.raises(PermissionDenied, match="起草人以外"):
        publishing.publish(actor=author, draft=copied, valid_from=TODAY, reason="可以")
    with django_capture_on_commit_callbacks(execute=True):
        published = publishing.publish(actor=other, draft=copied, valid_from=TODAY, reason="市政府第3次常务会")

    assert books.version_on(TODAY) == published
    assert (published.author, published.approver) == (author, other)
    told = Entry.objects.get(action="screening.rulebook.published")
    assert "rules G207 holds" in told.detail["changes"]
    assert told.detail["sha256"] == published.sha256
    assert Head.objects.count() > heads, "the log's head is signed when rules change"
    with pytest.raises(Refused, match="G207"):
        reporting.report_step(actor=other, project=project("甲厂"), claim=Claim("signed", TODAY, TODAY))


def test_rules_of_tomorrow_do_not_hold_today(world):
    author, other, _ = world
    publishing.publish(actor=other, draft=settle_cases(author, draft(author)), valid_from=TOMORROW, reason="可以")

    assert books.in_force(TODAY).rules["G207"].holds != books.in_force(TOMORROW).rules["G207"].holds
    reporting.report_step(actor=other, project=project("甲厂"), claim=Claim("signed", TODAY, TODAY))


def test_a_past_run_comes_out_the_same_after_rules_and_facts_have_changed(world):
    author, other, run = world
    publishing.publish(actor=other, draft=settle_cases(author, draft(author)), valid_from=TODAY, reason="可以")
    actions.declare(actor=other, project=project("乙厂"), fact="catalogue_class", value="eliminated")

    again = actions.run(actor=other, as_of=TODAY)

    assert again.results_sha256 != run.results_sha256
    assert queries.replay(run).is_same
    assert queries.replay(again).is_same


def test_a_run_that_was_tampered_with_does_not_replay(world):
    *_, run = world
    frame = queries.frozen_facts(run)
    frame.with_columns(frame["total_investment"] * 2).write_parquet(run.path / "facts.parquet")

    assert not queries.replay(run).is_same
    assert list(queries.untrue()) == [f"screening run {run.pk} is not what was sealed"]
    (run.path / "facts.parquet").write_bytes(b"PAR1")
    assert "cannot be read" in next(queries.untrue())


def test_the_same_facts_under_the_same_rules_are_one_run(world):
    *_, run = world

    assert actions.run(actor=None, as_of=TODAY) == run
    assert Run.objects.count() == 1


def test_a_case_that_an_official_wrote_holds_the_publication_back(world):
    author, other, _ = world

    with pytest.raises(ValidationError, match="G207"):
        publishing.publish(
            actor=other, draft=draft(author, holds="catalogue_class = 'eliminated'"), valid_from=TODAY, reason="可以"
        )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"holds": "catalog_class = 'allowed'"}, "catalogue_class"),
        ({"holds": "catalogue_class = 5"}, "不能用"),
        ({"holds": "(SELECT 1)"}, "不能用"),
        ({"holds": ""}, "空"),
        ({"valid_from": "明天"}, "值不对"),
    ],
)
def test_what_could_not_run_is_refused_in_words_and_the_draft_stays(world, values, said):
    author, *_ = world
    before = draft(author)

    with pytest.raises(ValidationError, match=said):
        publishing.change_entry(actor=author, draft=before, part="rules", code="G207", values=values)
    assert Rulebook.objects.get(pk=before.pk).sha256 == before.sha256


def test_only_its_author_changes_a_draft_and_nobody_a_published_one(world):
    author, other, _ = world
    copied = draft(author)

    with pytest.raises(PermissionDenied):
        publishing.change_entry(actor=other, draft=copied, part="rules", code="G207", values={"name": "x"})
    with pytest.raises(ValidationError, match="不是草稿"):
        publishing.change_entry(actor=author, draft=copied.based_on, part="rules", code="G207", values={"name": "x"})


def test_two_drafts_of_one_base_do_not_undo_each_other(world):
    author, other, _ = world
    first, second = settle_cases(author, draft(author)), settle_cases(author, draft(author))
    publishing.publish(actor=other, draft=first, valid_from=TODAY, reason="可以")

    with pytest.raises(ValidationError, match="新版"):
        publishing.publish(actor=other, draft=second, valid_from=TODAY, reason="可以")


def test_rules_are_not_made_for_yesterday(world):
    author, other, _ = world

    with pytest.raises(ValidationError, match="不能早于今天"):
        publishing.publish(
            actor=other, draft=settle_cases(author, draft(author)), valid_from=date(2024, 1, 1), reason="可以"
        )


def test_a_dropped_draft_is_readable_and_dead(world):
    author, other, _ = world
    gone = publishing.drop(actor=author, draft=draft(author), reason="不改了")

    with pytest.raises(ValidationError, match="不是草稿"):
        publishing.publish(actor=other, draft=gone, valid_from=TODAY, reason="可以")
    assert books.read(gone).rules["G207"].holds == "catalogue_class = 'encouraged'"
