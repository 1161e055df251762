"""Acts on projects, evidence, checks, parties and ledgers; with those of the other rooms, every act that has an entry."""

from datetime import date
from decimal import Decimal

import pytest

from luodi.checks.models import Answer, Finding, Particular
from luodi.evidence import receiving
from luodi.evidence.engine.reader import Read
from luodi.evidence.models import Evidence, Judgement
from luodi.organizations.models import Capital
from luodi.projects.models import DoubtfulPair
from luodi.projects.reporting import Claim
from tests.guards.acts import TODAY, act
from tests.guards.acts.chains import CHAINS
from tests.guards.acts.factors import FACTORS
from tests.guards.acts.integrity import INTEGRITY
from tests.guards.acts.planning import PLANNING
from tests.guards.acts.screening import SCREENING

SPAN = {"from_on": None, "to_on": None, "source": "年报"}


def _exclude(world, actor):
    return act("projects.exclude_from_net", actor=actor, project=world.project, ground="fake", reason="虚假")


def _include(world, actor):
    _exclude(world, world.office)
    return act("projects.include_in_net", actor=actor, project=world.project, reason="撤销")


def _unite(world, actor):
    ids = [world.project.pk, world.submitted.pk]
    return act("projects.unite", actor=actor, projects=ids, reason="同一宗地、同一环评")


def _dissolve(world, actor):
    united = _unite(world, world.office)
    return act("projects.dissolve", actor=actor, undertaking=united, reason="复核为两项工程")


def _assign(world, actor):
    return act("projects.assign", actor=actor, project=world.project, person=world.surveyor, reason="核用地")


def _unassign(world, actor):
    return act("projects.unassign", actor=actor, assignment=_assign(world, world.office))


CLAIM = Claim(stage="registered", first=TODAY, last=TODAY)


def _withdraw_step(world, actor):
    event = act("projects.report_step", actor=actor, project=world.project, claim=CLAIM)
    return act("projects.withdraw_step", actor=actor, event=event, reason="报错项目")


def _pause(world, actor):
    terms = {"ground": "funds", "plan": "增资后复工", "review_on": date(2025, 1, 31)}
    return act("projects.pause", actor=actor, project=world.project, day=TODAY, **terms)


def _resume(world, actor):
    _pause(world, actor)
    return act("projects.resume", actor=actor, project=world.project, day=date(2025, 1, 31), reason="资金到位")


def _leave(world, actor):
    terms = {"ground": "given_up", "day": TODAY, "reason": "企业来函"}
    return act("projects.leave", actor=actor, project=world.project, **terms)


def _reenter(world, actor):
    _leave(world, actor)
    return act("projects.reenter", actor=actor, project=world.project, day=TODAY, reason="重新签约")


def _add(world, actor):
    return act("evidence.add", actor=actor, project=world.project, paper=world.paper)


def _link(world, actor):
    evidence = _add(world, actor)
    return act("evidence.link", actor=actor, evidence=evidence, event=world.project.events.get())


def _withdraw(world, actor):
    return act("evidence.withdraw", actor=actor, evidence=_add(world, actor), reason="传错了")


def _draw(world, actor):
    Judgement.objects.create(evidence=world.evidence, verdict="accepted")
    return act("evidence.draw_sample", actor=actor, draw=act("evidence.commit_seed", actor=actor, size=1))


def _recheck(world, actor):
    recheck = _draw(world, actor).rechecks.get()
    return act("evidence.record_recheck", actor=actor, recheck=recheck, upheld=True, reason="看过原件")


def _settle(world, actor):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receiving, "AT_ONCE", 0)
        file = _add(world, actor).file
    return act("evidence.settle", actor=actor, file=file, found=Read("pdf"))


def _withdraw_change(world, actor):
    given = {"chain": "食品"}
    asked = act("projects.change", actor=actor, project=world.submitted, given=given, reason="核对")
    return act("projects.withdraw_change", actor=actor, request=asked)


def asked(submitted, clerk):
    """A request that waits for somebody else's word."""
    act("projects.submit", actor=clerk, project=submitted)
    return act("projects.change", actor=clerk, project=submitted, given={"total_investment": "50"}, reason="增资")


def _decide_pair(world, actor):
    pair = DoubtfulPair.objects.create(project=world.project, why="名称相近")
    return act("projects.decide_pair", actor=actor, pair=pair, verdict="different", reason="地块不同")


def _withdraw_statement(world, actor):
    stated = Capital.objects.create(party=world.party, minor=1, stated_on=TODAY, source="执照")
    arguments = {"kind": "capital", "statement": stated, "reason": "录错"}
    return act("organizations.withdraw_statement", actor=actor, **arguments)


def _delete_view(world, actor):
    view = act("dashboards.save_view", actor=actor, name="新", query="q=1")
    return act("dashboards.delete_view", actor=actor, view=view)


def _particulars(world, actor):
    filing = Evidence.objects.create(project=world.project, kind="licence", title="营业执照")
    return act("checks.state_particulars", actor=actor, evidence=filing, given={"party": "乙公司"})


def _answer(world, actor):
    early = Evidence.objects.create(project=world.project, kind="acceptance", title="验收")
    act("checks.state_particulars", actor=actor, evidence=early, given={"issued_on": "2019-01-01"})
    terms = {"check_code": "T06", "subject": str(early.pk), "text": "日期写错"}
    return act("checks.answer", actor=actor, project=world.project, **terms)


def _weigh(world, actor):
    finding = Finding.objects.create(project=world.project, check_code="T06", state="contradictory")
    Answer.objects.create(finding=finding, kind="answered", text="日期写错", said_by=world.clerk)
    return act("checks.weigh", actor=actor, finding=finding, take=True, text="")


def _note(world, actor):
    early = Evidence.objects.create(project=world.project, kind="acceptance", title="验收")
    Particular.objects.create(evidence=early, name="issued_on", value="2019-01-01")
    return act("checks.note", actor=actor, projects=[world.project.pk])


# What is done, and the entries that it leaves, in their order; the last is its own, those before are of what it needs.
ACTIONS = {
    "audit.record": (
        lambda w, a: act("audit.record", actor=a, action="intake.batch.received"),
        ["intake.batch.received"],
    ),
    "dashboards.save_view": (
        lambda w, a: act("dashboards.save_view", actor=a, name="新", query="q=1"),
        ["dashboards.view.saved"],
    ),
    "dashboards.delete_view": (_delete_view, ["dashboards.view.saved", "dashboards.view.deleted"]),
    "dashboards.note_export": (
        lambda w, a: act("dashboards.note_export", actor=a, query="", rows=1, total=1),
        ["dashboards.list.exported"],
    ),
    "outcomes.note_export": (
        lambda w, a: act("outcomes.note_export", actor=a, what="page", query="", rows=1),
        ["outcomes.page.exported"],
    ),
    "formation.note_export": (
        lambda w, a: act("formation.note_export", actor=a, what="table", query="", rows=1),
        ["formation.table.exported"],
    ),
    "evidence.verify": (
        lambda w, a: act("evidence.verify", actor=a, evidence=w.evidence, accept=True),
        ["evidence.evidence.accepted"],
    ),
    "evidence.ask": (
        lambda w, a: act("evidence.ask", actor=a, evidence=w.evidence, question="哪一期？"),
        ["evidence.evidence.asked"],
    ),
    "evidence.answer": (
        lambda w, a: act("evidence.answer", actor=a, evidence=w.evidence, text="一期"),
        ["evidence.evidence.answered"],
    ),
    "evidence.add": (
        lambda w, a: act("evidence.add", actor=a, project=w.project, paper=w.paper),
        ["evidence.evidence.filed"],
    ),
    "evidence.report": (
        lambda w, a: act("evidence.report", actor=a, project=w.project, claim=CLAIM, papers=[w.paper]),
        ["projects.stage.reported", "evidence.evidence.filed"],
    ),
    "evidence.note_download": (
        lambda w, a: act("evidence.note_download", actor=a, evidence=w.evidence),
        ["evidence.file.downloaded"],
    ),
    "evidence.commit_seed": (
        lambda w, a: act("evidence.commit_seed", actor=a, size=1),
        ["evidence.draw.committed"],
    ),
    "evidence.draw_sample": (_draw, ["evidence.draw.committed", "evidence.draw.drawn"]),
    "evidence.record_recheck": (
        _recheck,
        ["evidence.draw.committed", "evidence.draw.drawn", "evidence.recheck.upheld"],
    ),
    "evidence.link": (_link, ["evidence.evidence.filed", "evidence.evidence.linked"]),
    "evidence.withdraw": (_withdraw, ["evidence.evidence.filed", "evidence.evidence.withdrawn"]),
    "evidence.settle": (_settle, ["evidence.evidence.filed", "jobs.job.queued", "evidence.file.clean"]),
    "checks.state_particulars": (_particulars, ["checks.particulars.stated"]),
    "checks.answer": (_answer, ["checks.particulars.stated", "checks.finding.answered"]),
    "checks.weigh": (_weigh, ["checks.finding.taken"]),
    "checks.note": (_note, ["checks.findings.kept"]),
    "intake.receive": (
        lambda w, a: act("intake.receive", actor=a, path=w.path, name="新.xlsx"),
        ["intake.batch.received"],
    ),
    "intake.correct_mapping": (
        lambda w, a: act("intake.correct_mapping", actor=a, batch=w.waiting, mapping={"台账": {"D": "place"}}),
        ["intake.mapping.corrected"],
    ),
    "intake.check": (lambda w, a: act("intake.check", actor=a, batch=w.waiting), ["intake.batch.checked"]),
    "intake.commit": (lambda w, a: act("intake.commit", actor=a, batch=w.waiting), ["intake.batch.committed"]),
    "intake.load": (
        lambda w, a: act("intake.load", actor=a, path=w.path, name="新.xlsx"),
        ["intake.batch.received", "intake.batch.committed"],
    ),
    "intake.note_export": (
        lambda w, a: act("intake.note_export", actor=a, batch=w.committed, rows=1, changed=0),
        ["intake.batch.exported"],
    ),
    "intake.revert": (lambda w, a: act("intake.revert", actor=a, batch=w.committed), ["intake.batch.reverted"]),
    "jobs.enqueue": (lambda w, a: act("jobs.enqueue", actor=a, kind="snapshots.standings"), ["jobs.job.queued"]),
    "jobs.cancel": (lambda w, a: act("jobs.cancel", actor=a, job=w.job), ["jobs.job.cancelled"]),
    "projects.exclude_from_net": (_exclude, ["projects.net.excluded"]),
    "projects.include_in_net": (_include, ["projects.net.excluded", "projects.net.included"]),
    "projects.unite": (_unite, ["projects.undertaking.united"]),
    "projects.dissolve": (_dissolve, ["projects.undertaking.united", "projects.undertaking.dissolved"]),
    "projects.assign": (_assign, ["projects.project.assigned"]),
    "projects.unassign": (_unassign, ["projects.project.assigned", "projects.project.unassigned"]),
    "projects.report_step": (
        lambda w, a: act("projects.report_step", actor=a, project=w.project, claim=CLAIM),
        ["projects.stage.reported"],
    ),
    "projects.withdraw_step": (_withdraw_step, ["projects.stage.reported", "projects.stage.withdrawn"]),
    "projects.pause": (_pause, ["projects.state.paused"]),
    "projects.resume": (_resume, ["projects.state.paused", "projects.state.resumed"]),
    "projects.leave": (_leave, ["projects.state.exited"]),
    "projects.reenter": (_reenter, ["projects.state.exited", "projects.state.reentered"]),
    "projects.submit": (
        lambda w, a: act("projects.submit", actor=a, project=w.project),
        ["projects.project.submitted"],
    ),
    "projects.change": (
        lambda w, a: act("projects.change", actor=a, project=w.project, given={"chain": "食品"}, reason="核对"),
        ["projects.project.changed"],
    ),
    "projects.review_change": (
        lambda w, a: act("projects.review_change", actor=a, request=w.asked, accept=True, reason=""),
        ["projects.change.applied"],
    ),
    "projects.withdraw_change": (_withdraw_change, ["projects.change.requested", "projects.change.withdrawn"]),
    "projects.state_progress": (
        lambda w, a: act(
            "projects.state_progress",
            actor=a,
            project=w.project,
            percent=Decimal(8),
            basis="施工",
            stated_on=TODAY,
        ),
        ["projects.progress.stated"],
    ),
    "projects.raise_doubt": (
        lambda w, a: act("projects.raise_doubt", actor=a, project=w.project, other=w.submitted, why="名称相近"),
        ["projects.pair.raised"],
    ),
    "projects.decide_pair": (_decide_pair, ["projects.pair.decided"]),
    "projects.enter_rate": (
        lambda w, a: act(
            "projects.enter_rate", actor=a, currency="USD", rate=Decimal("6.9"), rated_on=TODAY, source="中间价"
        ),
        ["projects.rate.entered"],
    ),
    "organizations.state_alias": (
        lambda w, a: act("organizations.state_alias", actor=a, party=w.party, name="旧名", kind="former", **SPAN),
        ["organizations.alias.stated"],
    ),
    "organizations.state_share": (
        lambda w, a: act(
            "organizations.state_share", actor=a, party=w.party, holder="乙集团", share=Decimal(51), **SPAN
        ),
        ["organizations.share.stated"],
    ),
    "organizations.state_capital": (
        lambda w, a: act(
            "organizations.state_capital",
            actor=a,
            party=w.party,
            minor=100,
            currency="CNY",
            paid_minor=None,
            stated_on=TODAY,
            source="执照",
        ),
        ["organizations.capital.stated"],
    ),
    "organizations.state_controller": (
        lambda w, a: act(
            "organizations.state_controller",
            actor=a,
            party=w.party,
            name="某人",
            basis="",
            stated_on=TODAY,
            source="年报",
        ),
        ["organizations.controller.stated"],
    ),
    "organizations.withdraw_statement": (_withdraw_statement, ["organizations.statement.withdrawn"]),
    **CHAINS,
    **SCREENING,
    **INTEGRITY,
    **FACTORS,
    **PLANNING,
    "snapshots.take": (lambda w, a: act("snapshots.take", actor=a, as_of=TODAY), ["snapshots.snapshot.taken"]),
}
