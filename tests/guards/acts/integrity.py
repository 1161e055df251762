"""Acts on what scans ask, on cases and on random looks."""

from datetime import timedelta

from django.utils import timezone

from luodi.accounts.models import User
from luodi.integrity.engine.evidence import Said
from luodi.integrity.engine.scanning import Finding, Scan
from luodi.integrity.hearing import Seen
from luodi.integrity.models import Case, CaseProject
from tests.guards.acts import TODAY, act


def _scan(world, actor):
    said = Said({"zh": "签约 700 天没有一笔资金到账", "en": "Not one payment in 700 days"}, ("F09",))
    found = Scan((Finding(str(world.project.pk), "fake", 0.8, "", (said,)),), (), 1, "t1", (), {"fake": 0.5})
    return act("integrity.keep_scan", actor=actor, as_of=TODAY, found=found)


def _open(world, actor):
    terms = {"scheme": "split", "projects": [world.project.pk, world.submitted.pk], "question": "请说明"}
    return act("integrity.open_case", actor=actor, **terms)


def _held(world, **changes):
    """A case that somebody else opened, on a project that the actor did not report."""
    opener = User.objects.filter(username="opener").first() or User.objects.create_user(
        "opener", password="x" * 12, role="project_office", first_name="立"
    )
    told = {"scheme": "split", "unit": "dawa", "question": "请说明", "opened_by": opener, **changes}
    case = Case.objects.create(**told)
    for one in (world.project, world.submitted):
        CaseProject.objects.create(case=case, project=one)
    return case


def _answer(world, actor):
    return act("integrity.answer", actor=actor, case=_held(world), text="是两项工程")


def _visit(world, actor):
    seen = Seen(timezone.localdate(), "二人", "看到围挡")
    return act("integrity.visit", actor=actor, case=_held(world), seen=seen)


def _rule(world, actor):
    case = _held(world, due_on=timezone.localdate() - timedelta(days=1))
    return act("integrity.rule", actor=actor, case=case, verdict="explained", reason="材料齐")


def _ruled(world):
    return _held(world, state="ruled", verdict="confirmed", due_on=timezone.localdate() + timedelta(days=9))


def _appeal(world, actor):
    return act("integrity.appeal", actor=actor, case=_ruled(world), text="两项工程，两份环评")


def _rule_appeal(world, actor):
    case = _held(world, state="appealed", verdict="confirmed")
    return act("integrity.rule_appeal", actor=actor, case=case, uphold=False, reason="核对无误")


def _contacts(world, actor):
    return act("integrity.note_contacts", actor=actor, case=_held(world), projects=[world.project.pk])


def _draw(world, actor):
    return act("integrity.draw_sample", actor=actor, draw=_commit(world, actor))


def _commit(world, actor):
    return act("integrity.commit_seed", actor=actor, size=2)


def _look(world, actor):
    sampled = _draw(world, actor).sampled.order_by("id").first()
    return act("integrity.look", actor=actor, sampled=sampled, scheme="", reason="看过现场")


INTEGRITY = {
    "integrity.keep_scan": (_scan, ["integrity.scan.taken"]),
    "integrity.ask_for_scan": (
        lambda w, a: act("integrity.ask_for_scan", actor=a, as_of=TODAY),
        ["jobs.job.queued"],
    ),
    "integrity.scan_record": (
        lambda w, a: act("integrity.scan_record", actor=a, as_of=timezone.localdate()),
        ["integrity.scan.taken"],
    ),
    "integrity.note_labels": (
        lambda w, a: act("integrity.note_labels", actor=a, rows=1),
        ["integrity.labels.exported"],
    ),
    "integrity.note_contacts": (_contacts, ["integrity.contact.read"]),
    "integrity.open_case": (_open, ["integrity.case.opened"]),
    "integrity.answer": (_answer, ["integrity.case.answered"]),
    "integrity.visit": (_visit, ["integrity.case.visited"]),
    "integrity.appeal": (_appeal, ["integrity.case.appealed"]),
    "integrity.rule": (_rule, ["integrity.case.explained"]),
    "integrity.rule_appeal": (_rule_appeal, ["integrity.case.overturned"]),
    "integrity.commit_seed": (_commit, ["integrity.sample.committed"]),
    "integrity.draw_sample": (_draw, ["integrity.sample.committed", "integrity.sample.drawn"]),
    "integrity.look": (
        _look,
        ["integrity.sample.committed", "integrity.sample.drawn", "integrity.sample.nothing"],
    ),
}
