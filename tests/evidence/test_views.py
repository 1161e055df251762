"""Pages of evidence: who sees what, what a form does, and that files are only ever saved, never run."""

import io
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from luodi.audit.models import Entry
from luodi.evidence import actions
from luodi.evidence.models import Draw, Evidence
from luodi.projects.models import StageEvent
from tests.core.record import load, net_of, project
from tests.evidence import papers
from tests.evidence.test_filing import paper, start
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 6)


@pytest.fixture
def world(account, tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    rows = [row(1, "甲厂", amount=9000, signed="2022-03-01"), row(2, "乙厂", place="盘山县")]
    load(write(tmp_path / "台账.xlsx", rows))
    return SimpleNamespace(folder=tmp_path, clerk=account("unit_clerk"), office=account("project_office"))


def upload(path):
    return SimpleUploadedFile(path.name, path.read_bytes())


def post(client, world, name="甲厂", **fields):
    address = reverse("evidence:report", args=[project(name).pk])
    return client.post(address, {"stage": "started", "first": "2024-05-06", "kind": "actual", **fields}, follow=True)


def test_a_clerk_reports_a_step_with_its_files_in_one_form(client, world):
    client.force_login(world.clerk)
    photo = upload(papers.photo(world.folder / "桩.jpg"))

    answer = post(client, world, **{"file-piling": photo})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "已报送“开工”。还缺：施工合同。" in text
    assert StageEvent.objects.get(stage="started").filed_by == world.clerk
    assert Evidence.objects.get().kind == "piling_photo"


def test_an_odd_order_comes_back_with_the_question_and_what_was_typed(client, world):
    client.force_login(world.clerk)

    answer = post(client, world, first="2020-01-01", basis="一号桩")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "应在它之前的“签约”记在 2022-03-01，比这一步晚" in text
    assert "一号桩" in text
    assert not StageEvent.objects.filter(stage="started").exists()
    assert post(client, world, first="2020-01-01", reason="先开工后补签").status_code == 200


def test_documents_alone_need_no_second_claim(client, world):
    client.force_login(world.clerk)
    post(client, world)
    contract = upload(papers.contract(world.folder / "合同.pdf"))

    post(client, world, first="", **{"file-works_contract": contract})

    assert StageEvent.objects.filter(stage="started").count() == 1
    assert Evidence.objects.get().supports.get().event.stage == "started"


def test_a_refused_file_is_told_and_nothing_is_reported(client, world):
    client.force_login(world.clerk)
    bad = upload(papers.scripted(world.folder / "脚本.pdf"))

    answer = post(client, world, **{"file-works_contract": bad})

    assert "PDF 里带有脚本或自动动作" in answer.content.decode()
    assert not StageEvent.objects.filter(stage="started").exists()


@pytest.fixture
def filed(world):
    secret = papers.contract(world.folder / "合同.pdf", "桩基专业分包合同")
    assert secret.exists()
    start(world, paper(world), paper(world, "construction_contract", "合同.pdf"))
    return Evidence.objects.order_by("id")


ADDRESSES = ("evidence:piece", "evidence:file", "evidence:preview")


@pytest.mark.parametrize("role", ["unit_clerk", "department"])
def test_another_units_documents_are_not_found_in_any_way(client, account, filed, role):
    client.force_login(account(role, unit="panshan" if role == "unit_clerk" else "housing"))
    photo = filed.first()

    assert [client.get(reverse(name, args=[photo.pk])).status_code for name in ADDRESSES] == [404, 404, 404]
    assert client.post(reverse("evidence:say", args=[photo.pk]), {"word": "accept"}).status_code == 404
    assert client.get(reverse("evidence:report", args=[photo.project_id])).status_code in {403, 404}
    for query in ("?waits=all", "?waits=all&q=甲厂", "?waits=all&q=桩基专业分包合同"):
        assert client.get(reverse("evidence:queue") + query).context["rows"] == []


def test_a_file_is_saved_under_its_name_never_shown_and_leaves_a_trace(client, world, filed):
    client.force_login(world.office)
    contract = filed.last()

    answer = client.get(reverse("evidence:file", args=[contract.pk]))

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == (world.folder / "合同.pdf").read_bytes()
    assert Entry.objects.order_by("id").last().action == "evidence.file.downloaded"


def test_a_preview_is_a_picture_of_ours_without_its_place(client, world, filed):
    client.force_login(world.office)

    answer = client.get(reverse("evidence:preview", args=[filed.first().pk]))

    image = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (image.format, len(image.getexif())) == ("JPEG", 0)
    assert client.get(reverse("evidence:preview", args=[filed.last().pk])).status_code == 404


def test_the_queue_says_what_waits_for_whom_and_finds_words_inside_files(client, world, filed):
    client.force_login(world.office)
    photo, contract = filed
    queue = reverse("evidence:queue")

    def listed(query):
        rows = client.get(f"{queue}?{query}").context["rows"]
        return [one["item"] for one in rows]

    assert listed("") == [photo, contract]
    assert listed("q=桩基专业分包合同") == [contract]
    assert listed("kind=piling_photo") == [photo]
    actions.ask(actor=world.office, evidence=photo, question="几号桩？")
    assert (listed(""), listed("waits=filer")) == ([contract], [photo])
    actions.answer(actor=world.clerk, evidence=photo, text="一号桩")
    assert listed("") == [photo, contract]
    actions.verify(actor=world.office, evidence=photo, accept=True)
    actions.verify(actor=world.office, evidence=contract, accept=False, reason="缺盖章页")
    assert (listed(""), listed("waits=accepted"), listed("waits=rejected")) == ([], [photo], [contract])
    client.force_login(world.clerk)
    assert listed("waits=all") == [photo, contract]
    assert client.get(f"{queue}?mine=1").status_code == 200


def test_one_page_takes_every_word_and_says_what_it_refuses(client, world, filed):
    photo = filed.first()
    address = reverse("evidence:say", args=[photo.pk])

    def say(person, word, reason=""):
        client.force_login(person)
        return client.post(address, {"word": word, "reason": reason}, follow=True).content.decode()

    assert "您没有这项操作的权限" in say(world.clerk, "accept")
    assert "退回佐证须写明理由" in say(world.office, "reject")
    assert "已向填报单位询问" in say(world.office, "ask", "几号桩？")
    assert "材料回到核实队列" in say(world.clerk, "answer", "一号桩")
    assert "佐证已核实" in say(world.office, "accept")
    assert "没有这项操作" in say(world.office, "paint")
    assert "材料已撤回" in say(world.clerk, "withdraw", "拍错了")
    text = client.get(reverse("evidence:piece", args=[photo.pk])).content.decode()
    assert [word in text for word in ("几号桩？", "一号桩", "拍错了")] == [True, True, True]


def test_pages_ask_few_questions_of_the_database_however_long_the_queue(
    client, world, filed, django_assert_max_num_queries
):
    for n in range(30):
        Evidence.objects.create(project=project("甲厂"), kind="contract", title=f"合同 {n}", filed_by=world.clerk)
    client.force_login(world.office)

    page = reverse("project", args=[project("甲厂").pk])
    client.get(page)  # the first request of a session also notes that it is alive

    with django_assert_max_num_queries(12):
        client.get(reverse("evidence:queue"))
    with django_assert_max_num_queries(16):
        client.get(reverse("evidence:piece", args=[filed.first().pk]))
    with django_assert_max_num_queries(18):
        client.get(page)


def test_a_pause_shows_on_the_page_and_ends_there(client, world):
    client.force_login(world.clerk)
    address = reverse("turn", args=[project("甲厂").pk])
    terms = {"day": "2024-05-06", "ground": "funds", "plan": "增资后复工", "review_on": "2024-06-30"}

    text = client.post(address, {"turn": "pause", **terms}, follow=True).content.decode()
    assert all(word in text for word in ("已记为停工", "资金不到位", "增资后复工", "复查已过期", "不计入“在推进”"))
    text = client.post(
        address, {"turn": "resume", "day": "2024-07-01", "reason": "资金到位"}, follow=True
    ).content.decode()
    assert "已记为复工" in text
    assert "复查已过期" not in text
    assert "没有这项操作" in client.post(address, {"turn": "fly"}, follow=True).content.decode()
    assert (
        "您没有这项操作的权限"
        in client.post(
            address, {"turn": "leave", "day": "2024-07-01", "ground": "given_up", "reason": "来函"}, follow=True
        ).content.decode()
    )
    assert net_of("甲厂") == ""


def test_a_draw_is_made_in_two_steps_on_its_page(client, world, filed):
    for one in filed:
        actions.verify(actor=world.office, evidence=one, accept=True)
    client.force_login(world.office)

    client.post(reverse("evidence:commit_seed"), {"size": "1"})
    text = client.get(reverse("evidence:rechecks")).content.decode()
    assert "抽取并公布种子" in text
    client.post(reverse("evidence:draw_sample", args=[Draw.objects.get().pk]))
    assert "从 2 份中抽取" in client.get(reverse("evidence:rechecks")).content.decode()
    client.force_login(world.clerk)
    assert client.post(reverse("evidence:commit_seed"), {"size": "1"}).status_code == 403
