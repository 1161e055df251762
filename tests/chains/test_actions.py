"""What is stated stays readable, whoever may not is refused, and what cannot be is refused in words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.audit.models import Entry
from luodi.chains import actions, dictionary, targeting
from luodi.chains.engine.gaps import Gap
from luodi.chains.engine.tables import EdgeLine, HolderLine, NodeLine, Tables
from luodi.chains.landing import measured, probabilities, probability_of
from luodi.chains.matching import progress, proposals
from luodi.chains.models import Chain, ChainEdge, ChainHolder, ChainNode
from luodi.chains.queries import chart, roles_of, unmatched
from luodi.core.installation import city
from luodi.snapshots.models import Standing
from tests.chains.conftest import EDGES, HOLDERS, NODES
from tests.core.record import project

D = Decimal
LATER = date(2099, 12, 31)


def test_an_edit_is_a_version_with_year_author_and_reason(world):
    line = NodeLine("A", "原料", supply=D(120), demand=D(40))
    actions.state_node(actor=world.office, chain=world.chain, line=line, reason="2027 年报", year=2027)

    said = ChainNode.objects.filter(chain=world.chain, code="A").order_by("id")
    assert [(one.supply, one.withdrawn_at is None, one.year, one.reason) for one in said] == [
        (D(100), False, timezone.localdate().year, "年报"),
        (D(120), True, 2027, "2027 年报"),
    ]
    assert said[1].said_by == world.office
    before = Entry.objects.count()
    actions.state_node(actor=world.office, chain=world.chain, line=line, reason="再说一遍")
    assert Entry.objects.count() == before
    with pytest.raises(ValidationError, match="理由"):
        actions.state_node(actor=world.office, chain=world.chain, line=line, reason=" ")


def test_loading_the_same_map_again_changes_nothing(world):
    before = Entry.objects.count()

    counts = actions.load_map(actor=world.office, chain=world.chain, tables=Tables(NODES, EDGES, HOLDERS), reason="又")

    assert counts == {
        "nodes": {"new": 0, "changed": 0, "same": 4},
        "edges": {"new": 0, "changed": 0, "same": 2},
        "holders": {"new": 0, "changed": 0, "same": 2},
    }
    assert Entry.objects.count() == before


def test_a_map_that_cannot_stand_is_not_written_at_all(world):
    wrong = Tables((NodeLine("Z", "新的"),), (EdgeLine("Z", "没有"),), ())

    with pytest.raises(ValidationError, match="没有编号"):
        actions.load_map(actor=world.office, chain=world.chain, tables=wrong, reason="试")
    assert not ChainNode.objects.filter(code="Z").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (NodeLine("", "无编号"), "编号"),
        (NodeLine("X 1", "空格"), "编号"),
        (NodeLine("X", "行业", industries=("9999",)), "行业代码"),
        (NodeLine("X", "负数", supply=D(-1)), "零或正数"),
        (NodeLine("X", "太大", supply=D(10) ** 12), "零或正数"),
    ],
)
def test_what_cannot_be_a_node_is_refused_in_words(world, line, words):
    with pytest.raises(ValidationError, match=words):
        actions.state_node(actor=world.office, chain=world.chain, line=line, reason="试")


def test_a_role_needs_its_reason_and_an_edge_two_ends(world):
    call = {"actor": world.office, "chain": world.chain, "reason": "试"}
    with pytest.raises(ValidationError, match="为什么"):
        actions.place(line=HolderLine("B", "enterprise", "丙", role="head"), **call)
    with pytest.raises(ValidationError, match="没有角色"):
        actions.place(line=HolderLine("B", "enterprise", "丙", role="king", role_reason="x"), **call)
    with pytest.raises(ValidationError, match="供给自己"):
        actions.state_edge(line=EdgeLine("B", "B"), **call)
    with pytest.raises(ValidationError, match="大于零"):
        actions.state_edge(line=EdgeLine("A", "C", D(0)), **call)
    with pytest.raises(ValidationError, match="项目库里没有"):
        actions.place(line=HolderLine("B", "project", "没有这个厂"), **call)


def test_a_node_goes_when_nothing_hangs_on_it(world):
    node = ChainNode.objects.get(chain=world.chain, code="C", withdrawn_at=None)
    with pytest.raises(ValidationError, match="上下游"):
        actions.withdraw(actor=world.office, statement=node, reason="不做了")
    edge = ChainEdge.objects.get(feeds_to="C", withdrawn_at=None)
    actions.withdraw(actor=world.office, statement=edge, reason="不做了")
    actions.withdraw(actor=world.office, statement=node, reason="不做了")

    assert "C" not in chart(world.chain).node
    with pytest.raises(ValidationError, match="已经撤回"):
        actions.withdraw(actor=world.office, statement=node, reason="再撤")


def test_a_chains_office_writes_on_its_own_chain_only(world):
    own, other = world.account("department", unit="resources"), world.account("department", unit="housing")
    Chain.objects.filter(pk=world.chain.pk).update(office="resources")
    call = {"chain": world.chain, "line": NodeLine("N", "新环节"), "reason": "专班"}

    actions.state_node(actor=own, **call)
    with pytest.raises(PermissionDenied):
        actions.state_node(actor=other, **call)
    with pytest.raises(PermissionDenied):
        actions.state_node(actor=world.account("unit_clerk"), **call)
    # It places what it can reach: a project that nobody put into its hands it does not find.
    with pytest.raises(ValidationError, match="项目库里没有"):
        actions.place(actor=own, chain=world.chain, line=HolderLine("N", "project", "甲厂"), reason="专班")
    with pytest.raises(PermissionDenied):
        dictionary.seed(actor=own)


def test_words_are_matched_and_taken_back_never_guessed(world):
    dictionary.state_word(actor=world.office, word="精细化工", chain=world.chain, reason="同名")
    assert [(one.word, one.projects) for one in unmatched(world.office)] == [("奇怪的词", 1)]
    dictionary.state_word(actor=world.office, word=" 奇怪 的词", chain=world.chain, reason="问过填报人")
    assert unmatched(world.office) == []
    assert roles_of(None)[project("乙厂").pk] == ("fine", "", "")
    dictionary.state_word(actor=world.office, word="奇怪的词", chain=None, reason="弄错了")
    assert project("乙厂").pk not in roles_of(None)
    with pytest.raises(ValidationError, match="没有对应"):
        dictionary.state_word(actor=world.office, word="奇怪的词", chain=None, reason="再撤")


def take(world, **given):
    gap = Gap("short", "B", D(20), "万吨")
    terms = {"what": "引中间体", "quantity": D(20), "due_on": LATER, "industries": ("2614",)}
    return targeting.set_target(actor=world.office, chain=world.chain, gap=gap, **(terms | given))


def test_a_target_bears_the_mark_of_its_node_and_ends_with_a_reason(world):
    actions.state_node(actor=world.office, chain=world.chain, line=NodeLine("B", "中间体", mark="demo"), reason="演示")
    target = take(world)

    assert target.mark == "demo"
    assert target.basis["amount"] == "20"
    for bad in ({"due_on": timezone.localdate()}, {"quantity": D(0)}, {"what": " "}, {"industries": ("9999",)}):
        with pytest.raises(ValidationError):
            take(world, **bad)
    with pytest.raises(ValidationError, match="理由"):
        targeting.close_target(actor=world.office, target=target, reason="")
    targeting.close_target(actor=world.office, target=target, reason="已补上")
    with pytest.raises(ValidationError, match="已经结束"):
        targeting.close_target(actor=world.office, target=target, reason="再来")


def test_a_task_is_finished_by_whose_it_is(world):
    today = timezone.localdate()
    clerk, stranger = world.account("unit_clerk", unit="dawa"), world.account("unit_clerk", unit="panshan")
    colleague = world.account("unit_clerk", unit="dawa")
    terms = {"actor": world.office, "target": take(world), "what": "去对接", "unit": "dawa"}
    task = targeting.assign_task(**terms, due_on=today, person=clerk)

    for nobody in (stranger, colleague, world.account("leader"), world.account("department")):
        with pytest.raises(PermissionDenied):
            targeting.finish_task(actor=nobody, task=task, result="办了")
    with pytest.raises(ValidationError, match="结果"):
        targeting.finish_task(actor=clerk, task=task, result=" ")
    targeting.finish_task(actor=clerk, task=task, result="已签意向")
    with pytest.raises(ValidationError, match="已经办结"):
        targeting.finish_task(actor=clerk, task=task, result="再办")
    with pytest.raises(ValidationError, match="不在承办单位"):
        targeting.assign_task(**terms, due_on=today, person=stranger)
    with pytest.raises(ValidationError, match="已经过去"):
        targeting.assign_task(**terms, due_on=today - timedelta(days=1))
    with pytest.raises(ValidationError, match="承办单位"):
        targeting.assign_task(**{**terms, "unit": "nowhere"}, due_on=today)


def test_a_candidate_is_proposed_with_why_and_counts_by_what_is_proven(world):
    target = take(world)
    found = proposals(target, "中间体", world.office)
    assert [(one.project.name, one.why, one.capacity) for one in found] == [("甲厂", ("node",), D(20))]

    terms = {"target": target, "project": world.project, "capacity": D(20), "reason": "对口"}
    made = targeting.confirm_candidate(actor=world.office, **terms)
    with pytest.raises(ValidationError, match="候选"):
        targeting.confirm_candidate(actor=world.office, **terms)
    assert proposals(target, "中间体", world.office) == []

    def told():
        done = progress([type(made).objects.select_related("project__standing").get(pk=made.pk)])
        return done.confirmed, done.reported, done.proven, done.net, done.share(target.quantity)

    assert told() == (20, 0, 0, 0, 0)
    rank = city().stage["produced"].order
    Standing.objects.filter(project=world.project).update(reported=rank, proven=rank)
    assert told() == (20, 20, 20, 0, 100)
    Standing.objects.filter(project=world.project).update(state="exited")
    assert told() == (20, 0, 0, 0, 0)
    Standing.objects.filter(project=world.project).update(state="active")
    targeting.withdraw_candidate(actor=world.office, candidate=made, reason="不对口")
    assert [one.project.name for one in proposals(target, "中间体", world.office)] == ["甲厂"]


def test_who_cannot_reach_a_project_cannot_confirm_it(world):
    office = world.account("department", unit="resources")
    Chain.objects.filter(pk=world.chain.pk).update(office="resources")
    target = take(world)

    assert proposals(target, "中间体", office) == []
    with pytest.raises(PermissionDenied):
        targeting.confirm_candidate(actor=office, target=target, project=world.project, capacity=None, reason="对口")


def test_probabilities_are_the_citys_until_somebody_measured_them(world):
    ranks = {stage.code: stage.order for stage in city().stages}
    assert probabilities([world.project.pk]) == {world.project.pk: D("0.60")}
    assert probability_of(ranks["started"], ranks["started"], "active") == D("0.80")
    assert probability_of(ranks["started"], -1, "paused") == D("0.30")
    assert probability_of(ranks["started"], -1, "exited") == 0
    assert probability_of(-1, -1, "active") is None
    measured.append(lambda ids: {one: D("0.9") for one in ids})
    try:
        assert probabilities([world.project.pk]) == {world.project.pk: D("0.9")}
    finally:
        measured.pop()


def test_a_project_that_produces_by_proof_is_supply_and_no_longer_a_hope(world):
    actions.state_node(actor=world.office, chain=world.chain, line=NodeLine("B", "中间体", demand=D(30)), reason="清空")
    assert chart(world.chain).analysis.balances["B"].supply == 10
    rank = city().stage["produced"].order
    Standing.objects.filter(project=world.project).update(reported=rank, proven=rank, net=rank)

    own = chart(world.chain).analysis.balances["B"]
    assert (own.supply, own.expected) == (30, 0)


def test_a_project_that_left_the_register_leaves_the_map(world):
    type(world.project).objects.filter(pk=world.project.pk).update(withdrawn_at=timezone.now())

    assert [holder.party.name for holder in chart(world.chain).held("B")] == ["老厂有限公司"]
    assert ChainHolder.objects.filter(withdrawn_at=None).count() == 2
