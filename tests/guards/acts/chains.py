"""Acts on chains, their maps and targets."""

from datetime import date
from decimal import Decimal

from luodi.chains.engine.gaps import Gap
from luodi.chains.engine.tables import EdgeLine, HolderLine, NodeLine, Tables
from luodi.chains.models import ChainTotal
from tests.guards.acts import act

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
