"""A question, the unit's word, a named person's verdict, its effect on net, the appeal: and every figure back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.audit.bundles import verify_here
from luodi.evidence.actions import verify
from luodi.evidence.models import Evidence
from luodi.evidence.receiving import Paper
from luodi.integrity import deciding, hearing, queries
from luodi.integrity.models import Case, Effect, Ruling, ScanFinding
from luodi.integrity.settings import due
from luodi.projects.actions import exclude_from_net, include_in_net
from luodi.projects.models import NetDecision, Project
from luodi.snapshots import queries as snapshots
from tests.core.record import figures_agree, ranks
from tests.evidence import papers
from tests.integrity.asked import ledger, scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(tmp_path, settings, account):
    """The ledger, proven, scanned; and four people who have nothing to do with each other."""
    settings.DATA_DIR = tmp_path

    class World:
        ids = ledger(tmp_path)
        office, decider, second = (account("project_office", username=name) for name in ("办一", "办二", "办三"))
        clerk, stranger = account("unit_clerk", unit="dawa"), account("unit_clerk", unit="panshan")

    for one in Evidence.objects.all():
        verify(actor=World.office, evidence=one, accept=True)
    scanned(World.ids)
    return World


def opened(city, scheme="split", some=slice(0, 3)):
    return hearing.open_case(actor=city.office, scheme=scheme, projects=city.ids[some], question="请说明")


def confirmed(city, scheme="split", some=slice(0, 3), **terms):
    case = opened(city, scheme, some)
    hearing.answer(actor=city.clerk, case=case, text="是一项工程分期填报")
    return case, deciding.rule(actor=city.decider, case=case, verdict="confirmed", reason="同一环评", **terms)


def figures():
    return snapshots.figures_as_of(timezone.localdate())


def net(stage="started"):
    one = figures().reached[stage].net
    return {c: (one.counted(c).projects, one.counted(c).amount_fen // 1_000_000) for c in ("packaged", "unpacked")}


def test_a_case_is_put_to_the_unit_with_a_term_in_working_days(city):
    case = opened(city)

    assert (case.unit, case.state, case.origin) == ("dawa", "open", "finding")
    assert case.due_on == due("answer", timezone.localdate())
    assert str(case.share) == "0.9300"
    with pytest.raises(ValidationError, match="正在核查"):
        opened(city, some=slice(1, 3))


@pytest.mark.parametrize(
    ("scheme", "some", "said"), [("split", slice(0, 1), "至少要选两个"), ("fake", slice(0, 2), "只问一个"), ("x", slice(0, 1), "请选择")]
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(city, scheme, some, said):
    with pytest.raises(ValidationError, match=said):
        opened(city, scheme, some)


def test_the_answer_turns_it_yellow_and_its_paper_is_filed(city, tmp_path):
    case = opened(city)
    paper = Paper(papers.contract(tmp_path / "环评.pdf"), "环评.pdf", "other")

    hearing.answer(
        actor=city.clerk, case=case, text="共用一个环评", papers=[(Project.objects.get(pk=city.ids[1]), paper)]
    )

    case.refresh_from_db()
    assert (case.state, case.due_on) == ("answered", due("rule", timezone.localdate()))
    held = case.answers.get().papers.get().evidence
    assert (held.project_id, held.title) == (city.ids[1], "环评.pdf")
    finding = ScanFinding.objects.get(project=city.ids[0], scheme="split")
    assert queries.standing(finding, case).colour == "yellow"
    assert verify_here().findings == []


def test_another_units_clerk_neither_sees_nor_answers(city):
    case = opened(city)

    assert list(Case.objects.visible_to(city.clerk)) == [case]
    assert list(Case.objects.visible_to(city.stranger)) == []
    with pytest.raises(PermissionDenied):
        hearing.answer(actor=city.stranger, case=case, text="不是我")


def test_nobody_rules_who_opened_answered_or_reported(city, account):
    case = opened(city)
    with pytest.raises(PermissionDenied, match="立件人"):
        deciding.rule(actor=city.office, case=case, verdict="explained", reason="x")
    hearing.answer(actor=city.second, case=case, text="代单位说明")
    with pytest.raises(PermissionDenied, match="说明人"):
        deciding.rule(actor=city.second, case=case, verdict="explained", reason="x")
    Project.objects.filter(pk=city.ids[2]).update(submitted_by=city.decider)
    with pytest.raises(PermissionDenied, match="您填报"):
        deciding.rule(actor=city.decider, case=case, verdict="explained", reason="x")


def test_nobody_is_judged_unheard_before_the_term_is_over(city):
    case = opened(city)
    with pytest.raises(ValidationError, match="期限未到"):
        deciding.rule(actor=city.decider, case=case, verdict="confirmed", reason="x")

    Case.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    deciding.rule(actor=city.decider, case=case, verdict="confirmed", reason="逾期未说明")

    assert Case.objects.get(pk=case.pk).verdict == "confirmed"


def test_a_confirmed_split_counts_once_in_net_and_the_appeal_gives_every_figure_back(city):
    before, stood = figures(), ranks()
    assert net() == {"packaged": (5, 198000), "unpacked": (5, 198000)}

    case, ruling = confirmed(city)

    assert net() == {"packaged": (3, 198000), "unpacked": (3, 198000)}
    assert (figures().total.reported, figures().total.proven) == (before.total.reported, before.total.proven)
    assert figures_agree()
    assert ruling.effects.get().undertaking.parts.count() == 3

    hearing.appeal(actor=city.clerk, case=case, text="三项各有环评")
    assert net()["packaged"] == (3, 198000)
    with pytest.raises(PermissionDenied, match="原核定人"):
        deciding.rule_appeal(actor=city.decider, case=case, uphold=False, reason="x")
    deciding.rule_appeal(actor=city.second, case=case, uphold=False, reason="核对三份环评")

    assert figures() == before
    assert ranks() == stood
    assert figures_agree()
    case.refresh_from_db()
    assert (case.state, case.verdict) == ("closed", "explained")
    finding = ScanFinding.objects.get(project=city.ids[0], scheme="split")
    assert queries.standing(finding, case).colour == "yellow"
    assert verify_here().findings == []


def test_a_confirmed_fake_leaves_net_and_nothing_else(city):
    before = figures()

    case = hearing.open_case(actor=city.office, scheme="fake", projects=[city.ids[5]], question="请说明")
    hearing.answer(actor=city.stranger, case=case, text="还在谈")
    deciding.rule(actor=city.decider, case=case, verdict="confirmed", reason="无公司无资金")

    assert NetDecision.objects.get(revoked_at=None).ground == "fake"
    assert figures().total.net.packaged.projects == before.total.net.packaged.projects - 1
    assert figures().total.reported == before.total.reported


def test_of_a_duplicate_the_first_signed_stays_unless_another_is_chosen(city):
    case, _ruling = confirmed(city, "dup", slice(3, 5))
    assert NetDecision.objects.get(revoked_at=None).project_id == city.ids[4]

    hearing.appeal(actor=city.clerk, case=case, text="两处海域")
    deciding.rule_appeal(actor=city.second, case=case, uphold=False, reason="两处")
    assert not NetDecision.objects.filter(revoked_at=None).exists()

    confirmed(city, "dup", slice(3, 5), stays=city.ids[4])
    assert NetDecision.objects.get(revoked_at=None).project_id == city.ids[3]


def test_confirmed_motion_is_marked_and_changes_no_figure(city):
    before = figures()

    case = hearing.open_case(actor=city.office, scheme="motion", projects=[city.ids[5]], question="请说明")
    hearing.answer(actor=city.stranger, case=case, text="按月填报")
    deciding.rule(actor=city.decider, case=case, verdict="confirmed", reason="月报一字未改")

    assert figures() == before
    assert not Effect.objects.exists()


def test_an_undone_ruling_leaves_alone_what_others_decided_before_and_after(city):
    """Excluded by hand before the case: the ruling adds nothing, so undoing it takes nothing away."""
    later = Project.objects.get(pk=city.ids[4])
    exclude_from_net(actor=city.office, project=later, ground="duplicate", reason="早已认定")
    case, ruling = confirmed(city, "dup", slice(3, 5))
    assert not ruling.effects.exists()

    hearing.appeal(actor=city.clerk, case=case, text="两处海域")
    deciding.rule_appeal(actor=city.second, case=case, uphold=False, reason="两处")

    assert NetDecision.objects.get(revoked_at=None).reason == "早已认定"
    include_in_net(actor=city.office, project=later, reason="重审")


def test_an_upheld_appeal_leaves_everything_and_ends_the_case(city):
    case, _ruling = confirmed(city)
    hearing.appeal(actor=city.clerk, case=case, text="三项")
    was = figures()

    deciding.rule_appeal(actor=city.second, case=case, uphold=True, reason="维持")

    assert figures() == was
    case.refresh_from_db()
    assert (case.state, case.verdict, case.due_on) == ("closed", "confirmed", None)


def test_an_appeal_comes_within_its_term_and_only_on_what_was_confirmed(city):
    case, _ruling = confirmed(city)
    Case.objects.filter(pk=case.pk).update(due_on=date(2020, 1, 1))
    with pytest.raises(ValidationError, match="期限已过"):
        hearing.appeal(actor=city.clerk, case=case, text="晚了")

    explained = opened(city, "motion", slice(5, 6))
    deciding.rule(actor=city.decider, case=explained, verdict="explained", reason="有照片")
    with pytest.raises(ValidationError, match="已终结"):
        hearing.appeal(actor=city.stranger, case=explained, text="x")


def test_a_visit_is_between_the_opening_and_today(city, tmp_path):
    case = opened(city)
    seen = hearing.Seen(timezone.localdate(), "项目办二人", "三处在同一围墙内")
    photo = Paper(papers.photo(tmp_path / "现场.jpg"), "现场.jpg", "site_photo")

    made = hearing.visit(
        actor=city.decider, case=case, seen=seen, photos=[(Project.objects.get(pk=city.ids[0]), photo)]
    )

    assert made.photos.get().evidence.kind == "site_photo"
    with pytest.raises(ValidationError, match="踏勘日期"):
        hearing.visit(actor=city.decider, case=case, seen=hearing.Seen(date(2020, 1, 1), "二人", "x"))


def test_verdicts_become_labels_for_the_recipe(city):
    case, _ruling = confirmed(city)
    explained = opened(city, "motion", slice(5, 6))
    deciding.rule(actor=city.decider, case=explained, verdict="explained", reason="有照片")
    open_one = opened(city, "dup", slice(3, 5))
    deciding.rule(actor=city.decider, case=open_one, verdict="insufficient", reason="查不清")

    rows = {(project, scheme): label for project, scheme, label, *_rest in queries.labels()}

    assert rows == {**{(one, "split"): 1 for one in city.ids[:3]}, (city.ids[5], "motion"): 0}
    hearing.appeal(actor=city.clerk, case=case, text="复核")
    assert all(scheme != "split" for _project, scheme, *_rest in queries.labels())
    assert Ruling.objects.count() == 3
