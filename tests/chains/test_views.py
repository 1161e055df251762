"""The pages: what each reader sees, what a stranger's project gives away, forms that write, and how much they ask of the database."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luodi.chains import dictionary, targeting, workbooks
from luodi.chains.engine.gaps import Gap
from luodi.chains.engine.tables import NodeLine, Tables
from luodi.chains.models import (
    Chain,
    ChainCandidate,
    ChainEdge,
    ChainHolder,
    ChainNode,
    ChainTarget,
    ChainTask,
    ChainWord,
)
from luodi.chains.queries import chart
from tests.chains.conftest import D

pytestmark = pytest.mark.django_db
MAP = "/chains/map/fine/"


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_an_empty_city_offers_the_next_step(signed_in):
    assert "从本市文件载入" in page(signed_in("project_office"), "/chains/")
    client = signed_in("project_office")
    client.post("/chains/seed/")
    told = page(client, "/chains/")
    assert "待核（9 条名称未公开）" in told
    assert "待核（17 条名称未公开）" in told
    assert "其中重点 3" in told
    assert "这条链还没有链图" in page(client, "/chains/map/energy-equipment/")


def test_who_only_reads_is_offered_no_form(world, signed_in):
    for role in ("leader", "auditor", "department"):
        client = signed_in(role)
        for address in ("/chains/", MAP, MAP + "nodes/B/", MAP + "gaps/", "/chains/words/", "/chains/targets/"):
            assert 'action="/chains/' not in page(client, address), (role, address)
    assert signed_in("administrator").get(MAP).status_code == 403
    assert 'action="/chains/' in page(signed_in("project_office"), MAP + "nodes/B/")


def test_the_map_is_drawn_and_listed_with_word_and_shape(world, signed_in):
    told = page(signed_in("leader"), MAP)

    assert told.count('class="box box-') == 4
    for state, word in (
        ("surplus", "富余 36 万吨"),
        ("short", "不足"),
        ("missing", "缺失 5 万吨"),
        ("unknown", "尚不可测"),
    ):
        assert f'href="#i-{state}"' in told
        assert word in told
    assert "style=" not in told
    assert "还缺" not in told.split("<table")[0] or "本地供给" in told


def test_a_strangers_project_is_told_by_its_capacity_only(world, signed_in):
    for address in (MAP, MAP + "nodes/B/", MAP + "nodes/B/panel/", MAP + "gaps/"):
        assert "甲厂" not in page(signed_in("unit_clerk", unit="panshan"), address), address
    told = page(signed_in("unit_clerk", unit="panshan"), MAP + "nodes/B/")
    assert "其他单位的项目" in told
    assert "20 万吨" in told
    assert "产品对口" not in told
    assert "甲厂" in page(signed_in("unit_clerk", unit="dawa"), MAP + "nodes/B/")


def test_nobody_learns_by_name_which_strangers_project_answers_a_target(world, signed_in, account):
    target = targeting.set_target(
        actor=world.office,
        chain=world.chain,
        gap=Gap("short", "B", D(20), "万吨"),
        what="引中间体",
        quantity=D(20),
        due_on=timezone.localdate() + timedelta(days=900),
    )
    terms = {"target": target, "project": world.project, "capacity": D(12), "reason": "与大洼谈过"}
    targeting.confirm_candidate(actor=world.office, **terms)

    told = page(signed_in("unit_clerk", unit="panshan"), f"/chains/targets/{target.pk}/")
    assert "12 万吨" in told
    assert "甲厂" not in told
    assert "与大洼谈过" not in told
    assert "甲厂" in page(signed_in("unit_clerk", unit="dawa"), f"/chains/targets/{target.pk}/")


def test_a_project_page_tells_where_it_stands(world, signed_in):
    client = signed_in("unit_clerk", unit="dawa")
    told = page(client, f"/chains/projects/{world.project.pk}/")
    assert "=中间体" in told
    assert "精细化工强弱项" in told
    assert "产品对口" in told
    assert f'hx-get="/chains/projects/{world.project.pk}/"' in page(client, f"/projects/{world.project.pk}/")
    stranger = signed_in("unit_clerk", unit="panshan")
    assert stranger.get(f"/chains/projects/{world.project.pk}/").status_code == 404


def test_the_office_builds_a_map_from_the_forms(world, signed_in):
    client = signed_in("project_office")
    given = {"code": "N1", "name": "新环节", "unit": "吨", "supply": "1,200.5", "demand": "", "reason": "新增"}
    assert client.post(MAP + "nodes/", given).url == MAP + "nodes/N1/"
    node = ChainNode.objects.get(code="N1")
    assert (node.supply, node.demand, node.unit) == (D("1200.5"), None, "吨")
    edge = {"feeds_from": "C", "feeds_to": "N1", "ratio": "0.8", "reason": "工艺", "at": "C"}
    assert client.post(MAP + "edges/", edge).url == MAP + "nodes/C/"
    holder = {"node": "N1", "kind": "enterprise", "name": "新厂有限公司", "capacity": "3", "role": "head", "role_reason": "龙头", "reason": "放上"}  # fmt: skip
    client.post(MAP + "holders/", {**holder, "is_head": "yes"})
    held = ChainHolder.objects.get(node="N1")
    assert (str(held.party), held.is_head, held.role_reason) == ("新厂有限公司", True, "龙头")
    wrong = page(client, MAP + "nodes/") and client.post(MAP + "nodes/", {**given, "supply": "很多"}).content.decode()
    assert "本地供给：不是数字" in wrong
    assert 'value="很多"' in wrong
    made = ChainEdge.objects.get(feeds_to="N1")
    client.post(f"/chains/withdraw/edge/{made.pk}/", {"reason": "不对", "at": "C"})
    made.refresh_from_db()
    assert made.withdrawn_at is not None
    total = {"measure": "surplus", "value": "36", "unit": "万吨", "source": "统计局", "reason": "公开"}
    client.post(MAP + "totals/", total)
    assert "链图合计一致" in page(client, MAP)


def test_a_workbook_comes_in_whole_or_not_at_all(world, signed_in):
    client = signed_in("project_office")
    content = workbooks.write(chart(world.chain), world.office)

    def send(data, name="图.xlsx"):
        file = SimpleUploadedFile(name, data)
        return client.post(MAP + "workbook/", {"file": file}, follow=True).content.decode()

    assert "新增 0，变更 0，无变化 8" in send(content)
    assert "另一条产业链" not in send(content)
    Chain.objects.create(code="other", name="别的")
    other = client.post(
        "/chains/map/other/workbook/", {"file": SimpleUploadedFile("图.xlsx", content)}
    ).content.decode()
    assert "这张表写的是另一条产业链" in other
    assert not ChainNode.objects.filter(chain__code="other").exists()
    assert "note-error" in send(b"no workbook")
    answer = client.get(MAP + "export/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content[:2] == b"PK"


def test_a_gap_becomes_a_target_a_task_and_an_answer(world, signed_in):
    client = signed_in("project_office")
    form = page(client, MAP + "nodes/C/target/")
    assert "引进产品" in form
    today = timezone.localdate()
    given = {"gap": "missing", "what": "引产品项目", "quantity": "5", "due_on": (today + timedelta(days=400)).isoformat(), "industries": "2614"}  # fmt: skip
    assert "日期写成" in client.post(MAP + "nodes/C/target/", {**given, "due_on": "明年"}).content.decode()
    client.post(MAP + "nodes/C/target/", given)
    target = ChainTarget.objects.get()
    address = f"/chains/targets/{target.pk}/"
    client.post(address + "tasks/", {"what": "对接", "unit": "dawa", "due_on": today.isoformat()})
    ChainTask.objects.update(due_on=today - timedelta(days=3))
    assert "已逾期 3 天" in page(client, address)
    assert "逾期 1" in page(client, "/chains/targets/")
    client.post(address + "candidates/", {"project": world.project.pk, "capacity": "4", "reason": "对口"})
    assert ChainCandidate.objects.get().capacity == 4
    assert "甲厂" in page(client, address)

    clerk = signed_in("unit_clerk", unit="dawa")
    assert "引产品项目" in page(clerk, "/chains/targets/?mine=1")
    clerk.post(f"/chains/tasks/{ChainTask.objects.get().pk}/finish/", {"result": "签了意向"})
    assert "逾期 3 天办结" in page(clerk, address)
    assert clerk.post(address + "close/", {"reason": "x"}).status_code == 403
    client = signed_in("project_office")
    client.post(address + "close/", {"reason": "已补上"})
    assert "引产品项目" not in page(client, "/chains/targets/")
    assert "引产品项目" in page(client, "/chains/targets/?closed=1")


def test_words_are_matched_from_the_page(world, signed_in):
    client = signed_in("project_office")
    assert "奇怪的词" in page(client, "/chains/words/")
    client.post("/chains/words/match/", {"word": "奇怪的词", "chain": "fine", "reason": "问过"})
    assert ChainWord.objects.get(word="奇怪的词").chain == world.chain
    client.post("/chains/words/match/", {"word": "奇怪的词", "chain": "", "reason": "弄错"})
    assert not ChainWord.objects.filter(word="奇怪的词", withdrawn_at=None).exists()
    # A clerk is told of the words of their own projects only.
    assert "奇怪的词" not in page(signed_in("unit_clerk", unit="panshan"), "/chains/words/")


def test_an_edition_is_revised_and_its_history_stays(db, signed_in):
    client = signed_in("project_office")
    dictionary.seed(actor=None)
    given = {"code": "2025", "year": "2025", "title": "新十二条", "kind": "chains", "mark": "confirmed", "stated_count": "12", "reason": "市政府文件"}  # fmt: skip
    assert client.post("/chains/editions/", given).url == "/chains/editions/2025/"
    chain = {"code": "fine-chemicals", "name": "精细化工", "major": "yes", "mark": "confirmed", "reason": "文件附件"}
    client.post("/chains/editions/2025/names/", chain)
    client.post("/chains/editions/2025/", {**given, "stated_count": "13", "reason": "增一条"})
    told = page(client, "/chains/editions/2025/")
    assert "待核（12 条名称未公开）" in told
    assert "市政府文件" in told
    assert "增一条" in told
    assert "应是整数" in client.post("/chains/editions/2025/", {**given, "year": "x"}).content.decode()
    assert "<form" not in page(signed_in("leader"), "/chains/editions/2025/").split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("address", "budget"),
    [
        ("/chains/", 9),
        ("/chains/words/", 8),
        (MAP, 14),
        (MAP + "gaps/", 12),
        (MAP + "nodes/B/panel/", 12),
        (MAP + "nodes/B/", 13),
        ("/chains/targets/", 9),
    ],
)
def test_a_page_asks_a_fixed_number_of_questions(world, signed_in, address, budget):
    client = signed_in("unit_clerk", unit="dawa")
    with CaptureQueriesContext(connection) as few:
        page(client, address)
    lines = tuple(NodeLine(f"Z{n}", f"环节{n}", supply=D(n), demand=D(3)) for n in range(40))
    from luodi.chains import actions

    actions.load_map(actor=world.office, chain=world.chain, tables=Tables(lines), reason="多")
    with CaptureQueriesContext(connection) as many:
        page(client, address)

    assert len(many) <= len(few) <= budget, [query["sql"][:120] for query in few]


def test_everything_reads_in_english(world, signed_in):
    client = signed_in("leader")
    client.post("/language/", {"language": "en"})
    told = page(client, MAP)
    for word in ("Surplus", "Missing", "Look here first", "All nodes"):
        assert word in told
    gaps = page(client, MAP + "gaps/")
    assert "leaves unprocessed" in gaps
    assert "Only 老厂有限公司" in gaps
