"""Acts on ideas, the board and contributions."""

from datetime import date

from django.utils import timezone

from luodi.contribution.actions import Said
from luodi.contribution.models import Delivery
from luodi.reserve.actions import Bulk
from tests.guards.acts import TODAY, act

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


PLANNING = {
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
}
