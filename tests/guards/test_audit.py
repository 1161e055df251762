"""Every action has a row here: what it leaves in the log, and whom it refuses. An action without a row fails."""

import importlib
import inspect
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from luodi.accounts.models import User
from luodi.audit.bundles import verify_here
from luodi.audit.models import Entry
from luodi.chains.engine.gaps import Gap
from luodi.chains.engine.tables import EdgeLine, HolderLine, NodeLine, Tables
from luodi.chains.models import Chain, ChainEdition, ChainTotal
from luodi.checks.models import Answer, Finding, Particular
from luodi.contribution.actions import Said
from luodi.contribution.models import Delivery
from luodi.evidence import receiving
from luodi.evidence.engine.reader import Read
from luodi.evidence.models import Evidence, Judgement
from luodi.evidence.receiving import Paper
from luodi.intake import actions as intake
from luodi.jobs.models import Job
from luodi.organizations.models import Capital, Party
from luodi.projects.models import DoubtfulPair, Project
from luodi.projects.reporting import Claim
from luodi.reserve.actions import Bulk
from luodi.screening import books
from luodi.screening.engine.documents import digest
from luodi.screening.models import Clause, Rulebook
from luodi.snapshots.models import Snapshot
from tests.core.record import load, project
from tests.evidence import papers
from tests.ledger_files import row, write

TODAY = date(2024, 12, 31)
SPAN = {"from_on": None, "to_on": None, "source": "年报"}


ROOMS = (
    "actions",
    "reporting",
    "rechecking",
    "dictionary",
    "targeting",
    "publishing",
)
"""Modules of a part that hold its actions."""


def _rooms(part):
    return [room for room in ROOMS if Path(f"luodi/{part}/{room}.py").exists()]


def act(action, /, **arguments):
    part, _, function = action.partition(".")
    modules = [importlib.import_module(f"luodi.{part}.{room}") for room in _rooms(part)]
    return getattr(next(module for module in modules if hasattr(module, function)), function)(**arguments)


def _exclude(world, actor):
    return act("projects.exclude_from_net", actor=actor, project=world.project, ground="fake", reason="虚假")


def _include(world, actor):
    _exclude(world, world.office)
    return act("projects.include_in_net", actor=actor, project=world.project, reason="撤销")


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


def _asked(submitted, clerk):
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


NODE = NodeLine("B1", "乙烯", unit="万吨", supply=Decimal(1), demand=Decimal(3))
GAP = Gap("short", "B1", Decimal(2), "万吨")
LATER = date(2099, 12, 31)


def _edition(world, actor):
    given = {"title": "十二条产业链", "stated_count": 12}
    return act("chains.state_edition", actor=actor, code="2022", year=2022, given=given, reason="市政府文件")


def _name(world, actor, code="fine"):
    given = {"name": "精细化工", "major": "pending"}
    return act("chains.state_name", actor=actor, edition=world.edition, code=code, given=given, reason="公开件")


def _withdraw_name(world, actor):
    return act("chains.withdraw_name", actor=actor, name=_name(world, actor), reason="写错")


def _node(world, actor):
    return act("chains.state_node", actor=actor, chain=world.chain, line=NODE, reason="年报")


def _edge(world, actor):
    _node(world, actor)
    act("chains.state_node", actor=actor, chain=world.chain, line=NodeLine("C1", "聚乙烯"), reason="年报")
    return act("chains.state_edge", actor=actor, chain=world.chain, line=EdgeLine("B1", "C1"), reason="年报")


def _place(world, actor):
    _node(world, actor)
    line = HolderLine("B1", "enterprise", "乙公司", Decimal(1))
    return act("chains.place", actor=actor, chain=world.chain, line=line, reason="年报")


def _total(world, actor):
    given = {"value": Decimal("667.4"), "unit": "万吨", "source": "统计局"}
    return act("chains.state_total", actor=actor, chain=world.chain, measure="surplus", given=given, reason="公开")


def _take_back(world, actor):
    total = ChainTotal.objects.create(chain=world.chain, measure="surplus", value=1, year=2023, source="年报")
    return act("chains.withdraw", actor=actor, statement=total, reason="写错")


def _load_map(world, actor):
    return act("chains.load_map", actor=actor, chain=world.chain, tables=Tables((NODE,)), reason="表")


def _target(world, actor):
    act("chains.state_node", actor=world.office, chain=world.chain, line=NODE, reason="年报")
    terms = {"gap": GAP, "what": "引乙烯下游", "quantity": Decimal(2), "due_on": LATER}
    return act("chains.set_target", actor=actor, chain=world.chain, **terms)


def _close(world, actor):
    return act("chains.close_target", actor=actor, target=_target(world, world.office), reason="已补上")


def _task(world, actor):
    terms = {"what": "去对接", "unit": "dawa", "due_on": LATER}
    return act("chains.assign_task", actor=actor, target=_target(world, world.office), **terms)


def _finish(world, actor):
    return act("chains.finish_task", actor=actor, task=_task(world, world.office), result="已签约")


def _candidate(world, actor):
    terms = {"project": world.project, "capacity": Decimal(1), "reason": "产品对口"}
    return act("chains.confirm_candidate", actor=actor, target=_target(world, world.office), **terms)


def _withdraw_candidate(world, actor):
    candidate = _candidate(world, world.office)
    return act("chains.withdraw_candidate", actor=actor, candidate=candidate, reason="不对口")


_SET = ["chains.node.stated", "chains.target.set"]

CHAINS = {
    "chains.seed": (lambda w, a: act("chains.seed", actor=a), ["chains.dictionary.seeded"]),
    "chains.state_edition": (_edition, ["chains.edition.stated"]),
    "chains.state_name": (_name, ["chains.name.stated"]),
    "chains.withdraw_name": (_withdraw_name, ["chains.name.stated", "chains.name.withdrawn"]),
    "chains.state_word": (
        lambda w, a: act("chains.state_word", actor=a, word="精化", chain=w.chain, reason="同义"),
        ["chains.word.stated"],
    ),
    "chains.state_node": (_node, ["chains.node.stated"]),
    "chains.state_edge": (_edge, ["chains.node.stated", "chains.node.stated", "chains.edge.stated"]),
    "chains.place": (_place, ["chains.node.stated", "chains.holder.placed"]),
    "chains.state_total": (_total, ["chains.total.stated"]),
    "chains.withdraw": (_take_back, ["chains.total.withdrawn"]),
    "chains.load_map": (_load_map, ["chains.map.loaded"]),
    "chains.note_export": (
        lambda w, a: act("chains.note_export", actor=a, chain=w.chain, rows=1),
        ["chains.map.exported"],
    ),
    "chains.set_target": (_target, _SET),
    "chains.close_target": (_close, [*_SET, "chains.target.closed"]),
    "chains.assign_task": (_task, [*_SET, "chains.task.assigned"]),
    "chains.finish_task": (_finish, [*_SET, "chains.task.assigned", "chains.task.finished"]),
    "chains.confirm_candidate": (_candidate, [*_SET, "chains.candidate.confirmed"]),
    "chains.withdraw_candidate": (
        _withdraw_candidate,
        [*_SET, "chains.candidate.confirmed", "chains.candidate.withdrawn"],
    ),
}


SOON = timezone.localdate() + timedelta(days=30)


def _declared(world, actor, **given):
    terms = {"fact": "catalogue_class", "value": "eliminated"} | given
    return act("screening.declare", actor=actor, project=world.project, **terms)


def _withdraw_declaration(world, actor):
    return act("screening.withdraw_declaration", actor=actor, declaration=_declared(world, world.office))


def _clauses(world, actor):
    return act("screening.state_clauses", actor=actor, project=world.project, text="增值税地方留成全额返还")


def _review_clause(world, actor):
    clause = Clause.objects.create(project=world.project, text="增值税地方留成全额返还", kinds=["C01"])
    return act("screening.review_clause", actor=actor, clause=clause, verdict="forbidden", reason="第十条")


def _withdraw_clause(world, actor):
    (clause,) = _clauses(world, world.office)
    return act("screening.withdraw_clause", actor=actor, clause=clause)


def _exempt(world, actor):
    _declared(world, world.office)
    terms = {"rules": ["G207"], "reason": "常务会", "expires_on": SOON}
    return act("screening.exempt", actor=actor, project=world.project, **terms)


def _revoke_exemption(world, actor):
    return act("screening.revoke_exemption", actor=actor, exemption=_exempt(world, world.office), reason="到期")


def _book(**given):
    document = books.document_of_city()
    head = {"document": document, "sha256": digest(document), "state": "published", "valid_from": TODAY}
    return Rulebook.objects.create(title="初版", **(head | given))


def _copy(world, actor):
    return act("screening.copy", actor=actor, base=_book(), reason="收紧")


def _change_entry(world, actor):
    terms = {"part": "rules", "code": "G207", "values": {"name": "目录"}}
    return act("screening.change_entry", actor=actor, draft=_copy(world, actor), **terms)


def _upload(world, actor):
    draft = _copy(world, actor)
    return act("screening.upload", actor=actor, draft=draft, document={**draft.document, "title": "新版"})


def _publish(world, actor):
    draft = _book(state="draft", valid_from=None, author=world.clerk)
    return act("screening.publish", actor=actor, draft=draft, valid_from=timezone.localdate(), reason="同意")


_STATED, _BOOK = "screening.fact.stated", ["screening.rulebook.copied"]
SCREENING = {
    "screening.declare": (_declared, [_STATED]),
    "screening.withdraw_declaration": (_withdraw_declaration, [_STATED, "screening.fact.withdrawn"]),
    "screening.state_clauses": (_clauses, ["screening.clauses.stated"]),
    "screening.review_clause": (_review_clause, ["screening.clause.reviewed"]),
    "screening.withdraw_clause": (_withdraw_clause, ["screening.clauses.stated", "screening.clause.withdrawn"]),
    "screening.exempt": (_exempt, [_STATED, "screening.exemption.granted"]),
    "screening.revoke_exemption": (
        _revoke_exemption,
        [_STATED, "screening.exemption.granted", "screening.exemption.revoked"],
    ),
    "screening.run": (
        lambda w, a: act("screening.run", actor=a, as_of=TODAY),
        ["screening.rulebook.installed", "screening.run.taken"],
    ),
    "screening.keep_city_book": (
        lambda w, a: act("screening.keep_city_book", actor=a),
        ["screening.rulebook.installed"],
    ),
    "screening.copy": (_copy, _BOOK),
    "screening.change_entry": (_change_entry, [*_BOOK, "screening.rulebook.changed"]),
    "screening.upload": (_upload, [*_BOOK, "screening.rulebook.changed"]),
    "screening.drop": (
        lambda w, a: act("screening.drop", actor=a, draft=_copy(w, a), reason="不改了"),
        [*_BOOK, "screening.rulebook.dropped"],
    ),
    "screening.publish": (_publish, ["screening.rulebook.published"]),
}


SAID = Said(measure="jobs", value="120", source="投资协议第五条", year="2024")


def _delivered(world):
    terms = {"measure": "jobs", "value": 120, "unit": "人", "year": 2024, "source": "月报", "said_by": world.clerk}
    return Delivery.objects.create(project=world.project, **terms)


def _verify_delivery(world, actor):
    terms = {"accept": True, "note": "核对社保名册"}
    return act("contribution.verify_delivery", actor=actor, delivery=_delivered(world), **terms)


def _idea(actor):
    terms = {"name": "谋划项目", "unit": "dawa", "proposer": "招商局", "given": {}}
    return act("reserve.new_idea", actor=actor, **terms)


def _leave_key(world, actor):
    act("reserve.enter_key", actor=actor, project=world.project, reason="省重点")
    return act("reserve.leave_key", actor=actor, project=world.project, reason="已投产")


def _move(world, actor):
    return act("reserve.move", actor=actor, project=_idea(actor), stage="packaged", day=timezone.localdate())


def _bulk(world, actor):
    bulk = Bulk("key", "in", "省重点", TODAY)
    return act("reserve.apply_bulk", actor=actor, projects_=[world.project, world.submitted], bulk=bulk)


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
    "contribution.state_ends": (
        lambda w, a: act("contribution.state_ends", actor=a, project=w.project, ends=["industry"], reason="化工"),
        ["contribution.ends.stated"],
    ),
    "contribution.state_many": (
        lambda w, a: act("contribution.state_many", actor=a, wanted={w.project: ["city"]}, reason="道路"),
        ["contribution.ends.stated"],
    ),
    "contribution.state_promise": (
        lambda w, a: act("contribution.state_promise", actor=a, project=w.project, said=SAID),
        ["contribution.promise.stated"],
    ),
    "contribution.state_delivery": (
        lambda w, a: act("contribution.state_delivery", actor=a, project=w.project, said=SAID),
        ["contribution.delivery.stated"],
    ),
    "contribution.verify_delivery": (_verify_delivery, ["contribution.delivery.accepted"]),
    "contribution.withdraw": (
        lambda w, a: act("contribution.withdraw", actor=a, statement=_delivered(w), reason="填错"),
        ["contribution.statement.withdrawn"],
    ),
    "contribution.note_export": (
        lambda w, a: act("contribution.note_export", actor=a, query="", rows=1),
        ["contribution.table.exported"],
    ),
    "reserve.new_idea": (lambda w, a: _idea(a), ["reserve.idea.created"]),
    "reserve.tick": (
        lambda w, a: act("reserve.tick", actor=a, project=w.project, item="land", verdict="no", note="未供地"),
        ["reserve.packaging.ticked"],
    ),
    "reserve.state_readiness": (
        lambda w, a: act("reserve.state_readiness", actor=a, project=w.project, ready_on=date(2099, 1, 1), note="计划"),
        ["reserve.readiness.stated"],
    ),
    "reserve.enter_key": (
        lambda w, a: act("reserve.enter_key", actor=a, project=w.project, reason="省重点"),
        ["reserve.key.entered"],
    ),
    "reserve.leave_key": (_leave_key, ["reserve.key.entered", "reserve.key.left"]),
    "reserve.move": (_move, ["reserve.idea.created", "projects.stage.reported"]),
    "reserve.apply_bulk": (_bulk, ["reserve.key.entered", "reserve.key.entered"]),
    "reserve.note_export": (
        lambda w, a: act("reserve.note_export", actor=a, query="", rows=1),
        ["reserve.board.exported"],
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
    "snapshots.take": (lambda w, a: act("snapshots.take", actor=a, as_of=TODAY), ["snapshots.snapshot.taken"]),
}


def _account(verb, **given):
    return lambda w, a: act(f"accounts.{verb}", actor=a, account=w.clerk, **given)


# The same for what administrators do about accounts, and what people do about their own.
ACCOUNTS = {
    "accounts.create": (
        lambda w, a: act(
            "accounts.create", actor=a, username="sun", name="孙", title="", unit="dawa", role="unit_clerk"
        ),
        ["accounts.account.created"],
    ),
    "accounts.describe": (_account("describe", name="周", title="科长"), ["accounts.account.described"]),
    "accounts.grant": (_account("grant", role="leader", unit=""), ["accounts.account.granted"]),
    "accounts.disable": (_account("disable", reason="调离"), ["accounts.account.disabled"]),
    "accounts.enable": (_account("enable"), ["accounts.account.enabled"]),
    "accounts.reset_password": (_account("reset_password"), ["accounts.password.reset"]),
    "accounts.revoke_sessions": (_account("revoke_sessions"), ["accounts.session.revoked"]),
    "accounts.unlock": (_account("unlock"), ["accounts.account.unlocked"]),
    "accounts.drop_factor": (_account("drop_factor"), ["accounts.factor.dropped"]),
}
OWN = {
    "accounts.change_password": (
        lambda w: act("accounts.change_password", actor=w.clerk, old="x" * 12, new="Shuo-4-hua-suan-shu"),
        "accounts.password.changed",
    ),
    "accounts.note_sign_in": (
        lambda w: act("accounts.note_sign_in", account=w.clerk, method="password"),
        "accounts.session.opened",
    ),
    "accounts.note_factor": (
        lambda w: act("accounts.note_factor", account=w.clerk, change="added"),
        "accounts.factor.added",
    ),
    "accounts.note_link": (
        lambda w: act("accounts.note_link", account=w.clerk, provider="city", uid="1"),
        "accounts.identity.linked",
    ),
    "accounts.note_refusal": (lambda w: act("accounts.note_refusal", tried="wang"), "accounts.session.refused"),
}
# Neither writes what anybody decides by: a name, a stored file, a display preference, an account of the installation.
SILENT = {"evidence.agrees", "audit.actor_name", "accounts.choose_money_unit", "accounts.ensure_account"}
WRITING = {
    "contribution",
    "reserve",
    "chains",
    "screening",
    "checks",
    "evidence",
    "intake",
    "organizations",
    "projects",
    "snapshots",
}
REFUSING = [name for name in ACTIONS if name.split(".")[0] in WRITING and ".note_" not in name]


@pytest.fixture
def world(db, account, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    path = write(tmp_path / "台账.xlsx", [row(1, "甲厂", started="2020", source="http://www.panjin.gov.cn/a")])
    committed = load(path)
    load(write(tmp_path / "乙.xlsx", [row(1, "乙厂")]))
    submitted = project("乙厂")
    return SimpleNamespace(
        path=path,
        office=account("project_office"),
        submitted=submitted,
        asked=_asked(submitted, account("unit_clerk")),
        party=Party.objects.create(name="甲公司", key="甲"),
        surveyor=account("department"),
        administrator=account("administrator"),
        clerk=User.objects.create_user("clerk", password="x" * 12, role="unit_clerk", unit="dawa", first_name="周"),
        committed=committed,
        waiting=intake.receive(actor=None, path=path, name="又.xlsx"),
        project=project("甲厂"),
        evidence=Evidence.objects.get(),
        paper=Paper(papers.contract(tmp_path / "合同.pdf"), "合同.pdf", "contract", "signed"),
        job=Job.objects.create(kind="snapshots.standings"),
        chain=Chain.objects.create(code="fine", name="精细化工"),
        edition=ChainEdition.objects.create(code="2020", year=2020, title="旧版"),
    )


def public_actions():
    for part in sorted(path.parent.name for path in Path("luodi").glob("*/apps.py")):
        for room in _rooms(part):
            module = importlib.import_module(f"luodi.{part}.{room}")
            for name, member in inspect.getmembers(module, inspect.isfunction):
                if not name.startswith("_") and inspect.unwrap(member).__module__ == module.__name__:
                    yield f"{part}.{name}"


def test_every_public_action_has_a_row():
    assert set(public_actions()) == ACTIONS.keys() | ACCOUNTS.keys() | OWN.keys() | SILENT


@pytest.mark.parametrize("name", ACTIONS | ACCOUNTS)
def test_an_action_leaves_exactly_its_entry(world, name):
    before = Entry.objects.count()
    perform, expected = (ACTIONS | ACCOUNTS)[name]
    actor = world.administrator if name in ACCOUNTS else world.office

    perform(world, actor)

    left = list(Entry.objects.order_by("id")[before:])
    assert [entry.action for entry in left] == expected
    assert {entry.actor for entry in left} == {actor}
    # What it wrote is in its seal: nothing changed past the log, nothing after the entry.
    assert verify_here().findings == []


@pytest.mark.parametrize("name", OWN)
def test_what_people_do_at_the_door_leaves_exactly_its_entry(world, name):
    before = Entry.objects.count()
    perform, expected = OWN[name]

    perform(world)

    assert [entry.action for entry in Entry.objects.order_by("id")[before:]] == [expected]
    assert verify_here().findings == []


@pytest.mark.parametrize("role", ["leader", "auditor", "project_office", "unit_clerk", "department", ""])
@pytest.mark.parametrize("name", ACCOUNTS)
def test_who_is_no_administrator_decides_about_nobodys_account(world, account, role, name):
    actor = account(role)
    before = Entry.objects.count()

    with pytest.raises(PermissionDenied):
        ACCOUNTS[name][0](world, actor)

    assert Entry.objects.count() == before


@pytest.mark.parametrize("role", ["leader", "auditor", "administrator"])
@pytest.mark.parametrize("name", REFUSING)
def test_who_only_reads_is_refused_and_nothing_is_written(world, account, role, name):
    reader = account(role)
    before = Entry.objects.filter(actor=reader).count(), Project.objects.count(), Snapshot.objects.count()

    with pytest.raises(PermissionDenied):
        ACTIONS[name][0](world, reader)

    assert (Entry.objects.filter(actor=reader).count(), Project.objects.count(), Snapshot.objects.count()) == before
