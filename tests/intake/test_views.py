"""The wizard's pages: what each step shows, where a reload lands, who sees what, and that nothing happens twice."""

import io
import re
import threading

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from luodi.audit.models import Entry
from luodi.intake import tasks
from luodi.intake.models import Batch, RememberedMapping
from luodi.jobs.models import Job
from luodi.jobs.worker import KINDS, work
from luodi.projects.models import Project
from tests.core.record import load
from tests.intake.office_ledger import FOOD, STEEL, write_office_ledger
from tests.ledger_files import HEADINGS, row, write

pytestmark = pytest.mark.django_db
GOOD = [row(1, "甲厂", amount=100), row(2, "乙厂", amount=200)]
MIXED = [row(1, "甲厂", amount=100), row(2, "", amount="5O万"), row(3, "丙厂", place="火星区", amount=3)]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    yield
    translation.deactivate()  # a page in English leaves its language to the thread


def upload(client, path, name=""):
    file = SimpleUploadedFile(name or path.name, path.read_bytes())
    response = client.post(reverse("intake:upload"), {"file": file})
    assert response.status_code == 302
    return Batch.objects.get(pk=int(re.search(r"/batches/(\d+)/", response.url)[1]))


def page(client, batch, query="", *, language=""):
    headers = {"Accept-Language": language} if language else {}
    response = client.get(reverse("intake:batch", args=[batch.pk]) + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def post(client, address, batch, data=None):
    return client.post(reverse(f"intake:{address}", args=[batch.pk]), data or {}, follow=True)


def step_of(text):
    return re.sub(r"<[^>]*>", "", re.search(r'<li aria-current="step">(.*?)</li>', text, re.DOTALL)[1]).strip()


def test_an_uploaded_ledger_is_checked_and_writes_nothing_until_it_is_committed(signed_in, tmp_path):
    client = signed_in("project_office")

    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))

    assert (batch.state, batch.name, batch.created_by) == ("checked", "台账.xlsx", client.user)
    assert Project.objects.count() == 0
    assert step_of(page(client, batch)) == "列的对应"


def test_each_step_has_its_address_and_a_reload_lands_on_it(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))

    for step, label in {"mapping": "列的对应", "problems": "核对问题", "changes": "差异", "commit": "入库"}.items():
        assert step_of(page(client, batch, f"?step={step}")) == label
    assert step_of(page(client, batch, "?step=nonsense")) == "列的对应"


def test_the_mapping_shows_headings_samples_certainty_and_where_the_unit_stands(signed_in, tmp_path):
    client = signed_in("project_office")

    text = page(client, upload(client, write_office_ledger(tmp_path / "台账.xlsx")))

    for expected in (
        STEEL,
        FOOD,
        "甲钢管厂",
        "有把握",
        "表头写明",
        "表格上方写明",
        "亿元",
        "工作表“旧表”没有导入",
        "隐藏",
    ):
        assert expected in text, expected
    assert re.search(r'<option value="total_investment" selected>\s*总投资', text)


def test_a_correction_is_checked_again_and_only_it_is_kept(signed_in, tmp_path):
    client = signed_in("project_office")
    headings = ["序号", "事由", *HEADINGS[2:]]
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD, headings=headings))
    assert Batch.objects.get(pk=batch.pk).counts["rows"] == 0
    assert "表头里没有项目名称一列" in page(client, batch)
    sent = {f"0-{column['letter']}": column["field"] for column in batch.sheets[0]["columns"]}

    response = post(client, "mapping", batch, {**sent, "0-B": "name"})

    batch.refresh_from_db()
    assert batch.mapping == {"台账": {"B": "name"}}
    assert batch.counts["created"] == 2
    assert step_of(response.content.decode()) == "核对问题"
    post(client, "commit", batch)
    assert RememberedMapping.objects.get().confirmed_by == client.user
    assert "已记住" in page(client, upload(client, write(tmp_path / "下月.xlsx", GOOD, headings=headings)))


def test_checking_again_without_a_correction_keeps_earlier_ones_and_remembers_nothing(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD))
    post(client, "mapping", batch, {"0-J": ""})

    post(client, "mapping", batch)

    batch.refresh_from_db()
    assert batch.mapping == {"台账": {"J": ""}}
    assert batch.state == "checked"


def test_a_form_cannot_name_a_field_that_does_not_exist(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD))

    post(client, "mapping", batch, {"0-B": "password", "7-B": "name", "0-ZZ": "name"})

    batch.refresh_from_db()
    assert batch.mapping == {}


def test_every_problem_is_listed_with_its_place_and_what_to_do(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", [*MIXED, ["", "合计", "", "", "", 999]]))

    everything, errors, warnings = (
        page(client, batch, f"?step=problems&severity={s}") for s in ("", "error", "warning")
    )

    assert "没有项目名称" in errors
    assert "5O万" in errors
    assert "火星区" not in errors
    assert "火星区" in warnings
    assert "没有项目名称" not in warnings
    assert everything.count('class="problem-') == sum(len(line.problems) for line in batch.rows.all())
    assert "“合计”写的是 999 万元" in everything
    assert "要退回的行 1" in everything
    assert "照常入库的行 1" in everything


def test_problems_can_be_read_sheet_by_sheet(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write_office_ledger(tmp_path / "台账.xlsx", {"B5": "", "E6": "5O亿"}))

    assert f"<option>{FOOD}</option>" in page(client, batch, "?step=problems")
    assert "5O亿" in page(client, batch, f"?step=problems&sheet={STEEL}")
    assert "5O亿" not in page(client, batch, f"?step=problems&sheet={FOOD}")
    assert "5O亿" in page(client, batch, "?step=problems&sheet=没有这张表")


def test_long_lists_come_in_pages_and_say_how_many_there_are(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", [row(n, "", amount=n) for n in range(1, 231)]))

    first, last = (page(client, batch, f"?step=problems&severity=error&page={n}") for n in (1, 99))

    assert "第 1–100 条，共 230 条" in first
    assert "第 201–230 条，共 230 条" in last
    assert first.count('class="problem-error"') == 100
    assert "step=problems&amp;severity=error&amp;sheet=&amp;page=2" in first


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 30, ""])
def test_a_page_number_may_be_anything(signed_in, tmp_path, number):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))

    assert "第 1–1 条" in page(client, batch, f"?step=problems&severity=error&page={number}")


def test_differences_are_told_field_by_field_in_words(signed_in, tmp_path):
    client = signed_in("project_office")
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=100, signed="2023-03-01")]))
    batch = upload(client, write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=250, signed="2023-03-01"), *MIXED[1:]]))

    changed, new, rejected = (page(client, batch, f"?step=changes&state={s}") for s in ("changed", "new", "rejected"))

    assert re.search(r"总投资</dt>\s*<dd>\s*<del[^>]*>100 万元</del>.*?<ins[^>]*>250 万元</ins>", changed, re.DOTALL)
    assert "签约" not in re.search(r"<tbody>.*</tbody>", changed, re.DOTALL)[0]
    assert "丙厂" in new
    assert "没有项目名称" in rejected


def test_a_commit_writes_the_good_rows_once_however_often_it_is_clicked(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))

    first, second = (post(client, "commit", batch) for _ in range(2))

    assert "已于" in first.content.decode()
    assert "不能重复入库" in second.content.decode()
    assert sorted(Project.objects.values_list("name", flat=True)) == ["丙厂", "甲厂"]
    assert step_of(page(client, batch)) == "入库"


def test_the_rejected_rows_can_be_downloaded_mended_and_loaded(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))
    post(client, "commit", batch)

    response = client.get(reverse("intake:rejected", args=[batch.pk]))

    assert "%E5%8F%B0%E8%B4%A6.xlsx" in response.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    book["台账"]["B3"], book["台账"]["F3"] = "乙厂", 50
    book.save(tmp_path / "改好.xlsx")
    assert upload(client, tmp_path / "改好.xlsx").counts["created"] == 1


def test_the_ledger_can_be_exported_and_that_leaves_a_trace(signed_in, tmp_path):
    client = signed_in("project_office")
    path = write(tmp_path / "台账.xlsx", GOOD)
    batch = upload(client, path)
    assert client.get(reverse("intake:export", args=[batch.pk])).status_code == 302, "it is not committed yet"
    post(client, "commit", batch)

    response = client.get(reverse("intake:export", args=[batch.pk]))

    assert response.content == path.read_bytes()
    entry = Entry.objects.get(action="intake.batch.exported")
    assert (entry.actor, entry.detail) == (client.user, {"rows": 2, "changed": 0})


def test_a_batch_without_rejected_rows_has_nothing_to_return(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD))

    assert client.get(reverse("intake:rejected", args=[batch.pk])).url == reverse("intake:batch", args=[batch.pk])


def test_a_revert_undoes_the_batch_or_names_what_keeps_it(signed_in, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "一.xlsx", GOOD))
    post(client, "commit", batch)
    later = load(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=999)]))

    refused = post(client, "revert", batch).content.decode()

    assert "未撤回" in refused
    assert "甲厂" in refused
    for one in (later, batch):
        assert "已整批撤回" in post(client, "revert", one).content.decode()
    assert Project.objects.current().count() == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("报告.xlsx", b"%PDF-1.7 ...", "PDF"),
        ("台账.xlsx", b"", "空"),
        ("../../etc/台账.xls", b"<html><table>", "网页"),
    ],
)
def test_what_is_no_ledger_is_refused_in_words_with_the_next_step(signed_in, tmp_path, name, content, words):
    client = signed_in("project_office")
    path = tmp_path / "x"
    path.write_bytes(content)

    batch = upload(client, path, name)

    text = page(client, batch)
    assert batch.state == "refused"
    assert "/" not in batch.name
    assert words in text
    assert batch.refusal["advice"] in text
    assert reverse("intake:upload") in text


def test_no_file_at_all_is_told_and_makes_no_batch(signed_in):
    client = signed_in("project_office")

    response = client.post(reverse("intake:upload"), {})

    assert "请先选择一个文件" in response.content.decode()
    assert Batch.objects.count() == 0


def test_a_file_that_is_in_the_record_already_is_told(signed_in, tmp_path):
    client = signed_in("project_office")
    path = write(tmp_path / "台账.xlsx", GOOD)
    first = upload(client, path)
    post(client, "commit", first)

    text = page(client, upload(client, path))

    assert "同一个文件已在" in text
    assert reverse("intake:batch", args=[first.pk]) in text


def test_a_clerk_neither_sees_nor_touches_the_batches_of_others(signed_in, account, client, tmp_path):
    own = account("unit_clerk", unit="dawa")
    client.force_login(own)
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD))
    assert batch.unit == "dawa"
    client.force_login(account("unit_clerk", unit="panshan"))

    for address in ("batch", "rejected", "export"):
        assert client.get(reverse(f"intake:{address}", args=[batch.pk])).status_code == 404
    for address in ("mapping", "commit", "revert"):
        assert client.post(reverse(f"intake:{address}", args=[batch.pk])).status_code == 404
    assert "台账.xlsx" not in client.get(reverse("intake:batches")).content.decode()
    client.force_login(account("unit_clerk", unit="dawa"))
    assert "台账.xlsx" in client.get(reverse("intake:batches")).content.decode()
    assert Project.objects.count() == 0


def test_an_auditor_reads_the_batch_and_finds_no_button_that_writes(signed_in, client, account, tmp_path):
    batch = load(write(tmp_path / "台账.xlsx", MIXED))
    client.force_login(account("auditor"))

    text = "".join(page(client, batch, f"?step={step}") for step in ("mapping", "problems", "changes", "commit"))

    assert [words for words in ("重新校验", "确认入库", "整批撤回", '<select name="0-') if words in text] == []
    assert reverse("intake:rejected", args=[batch.pk]) in text


@pytest.fixture
def long_work(monkeypatch):
    """Every file is long work here."""
    monkeypatch.setattr(tasks, "AT_ONCE", 0)
    monkeypatch.setattr("luodi.jobs.worker.DAILY", [])


@pytest.mark.django_db(transaction=True)
def test_long_work_is_queued_once_and_the_page_waits_for_it(signed_in, long_work, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))
    assert batch.state == "uploaded"
    text = page(client, batch)
    assert f'hx-get="{reverse("jobs:progress", args=[batch.job_id])}"' in text

    work(threading.Event(), once=True)

    batch.refresh_from_db()
    assert batch.state == "checked"
    for _ in range(3):
        post(client, "commit", batch)
    assert Job.objects.filter(kind=tasks.COMMIT).count() == 1
    assert step_of(page(client, batch)) == "入库"
    work(threading.Event(), once=True)
    assert Project.objects.count() == 2
    assert "已于" in page(client, batch)


@pytest.mark.django_db(transaction=True)
def test_a_correction_cannot_slip_into_work_that_is_under_way(signed_in, long_work, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD))
    work(threading.Event(), once=True)
    post(client, "commit", batch)

    post(client, "mapping", batch, {"0-B": "remark"})

    batch.refresh_from_db()
    assert batch.mapping == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [tasks.CHECK, tasks.COMMIT])
def test_work_that_fails_says_so_on_the_page_in_the_readers_language(signed_in, long_work, monkeypatch, tmp_path, kind):
    def full(job, progress):
        raise OSError("disk 100% full")

    monkeypatch.setitem(KINDS, kind, full)
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", GOOD))
    work(threading.Event(), once=True)
    if kind == tasks.COMMIT:
        post(client, "commit", batch)
        work(threading.Event(), once=True)

    for language, words in (("zh-hans", "出现意外，未写入任何内容"), ("en", "nothing was written")):
        text = page(client, batch, "?step=commit", language=language)
        assert words in text
        assert "disk 100% full" in text


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_check_can_be_started_again(signed_in, long_work, tmp_path):
    client = signed_in("project_office")
    batch = upload(client, write(tmp_path / "台账.xlsx", MIXED))
    client.post(reverse("jobs:cancel", args=[batch.job_id]))
    assert "上次校验没有完成" in page(client, batch)

    post(client, "mapping", batch)
    work(threading.Event(), once=True)

    batch.refresh_from_db()
    assert batch.state == "checked"


def test_the_pages_are_whole_in_english(signed_in, tmp_path):
    client = signed_in("project_office")
    client.cookies["django_language"] = "en"
    batch = upload(client, write(tmp_path / "ledger.xlsx", MIXED))

    for step, words in {
        "mapping": ["Mapping", "Heading", "Sure", "stated in the heading"],
        "problems": ["Problems", "Rows with warnings only"],
        "changes": ["Differences", "New 2"],
        "commit": ["Commit", "New projects"],
    }.items():
        text = page(client, batch, f"?step={step}")
        assert [word for word in words if word not in text] == []
