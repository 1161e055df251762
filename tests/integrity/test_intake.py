"""Intake asks on commit: a new row like a known project is told before it is written, to whom it may be told, and it stays written down."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from luodi.audit.models import Entry
from luodi.intake import actions, likeness
from luodi.intake.models import Batch
from luodi.integrity import known, showing
from luodi.integrity.engine import likeness as engine
from luodi.projects.models import Project
from tests.core.record import load
from tests.integrity.plant import AGAIN, OTHER
from tests.ledger_files import row, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


def received(actor, path):
    return actions.receive(actor=actor, path=path, name=path.name)


def likes(batch, number=3):
    return likeness.likes_in(batch.rows.get(number=number).problems)


def upload(client, path):
    client.post(reverse("intake:upload"), {"file": SimpleUploadedFile(path.name, path.read_bytes())})
    return Batch.objects.first()


def test_a_new_row_like_a_known_project_is_told_in_the_preview_and_stays_with_the_commit(
    register, client, account, tmp_path
):
    client.force_login(account("project_office"))
    batch = upload(client, write(tmp_path / "新.xlsx", [AGAIN, OTHER]))

    ((like,),) = [likes(batch)]
    assert (like.target, like.probability > 0.5) == (register.pk, True)
    assert {"investor", "total_investment"} <= set(like.fields)
    assert likes(batch, 4) == []
    problems = client.get(reverse("intake:batch", args=[batch.pk]) + "?step=problems").content.decode()
    assert "和已有项目相似" in problems
    assert "投资主体相同、总投资相同；概率" in problems
    assert reverse("project", args=[register.pk]) in problems
    changes = client.get(reverse("intake:batch", args=[batch.pk]) + "?step=changes").content.decode()
    assert reverse("project", args=[register.pk]) in changes
    assert (
        "1 行和已有项目相似" in client.get(reverse("intake:batch", args=[batch.pk]) + "?step=commit").content.decode()
    )

    client.post(reverse("intake:commit", args=[batch.pk]))

    batch.refresh_from_db()
    assert (batch.state, batch.counts["created"], batch.counts["alike"]) == ("committed", 2, 1)
    assert likes(batch) == [like], "a warning refuses nothing, and what was asked stays"
    assert Entry.objects.get(action="intake.batch.committed", object_id=str(batch.pk)).detail["counts"]["alike"] == 1


def test_a_row_of_the_same_project_and_a_declared_phase_are_not_asked(register, tmp_path):
    lines = [
        row(
            1,
            "年产五万吨钢结构加工项目",
            investor="杭萧钢构股份有限公司",
            place="盘山县",
            amount=8500,
            started="2025-07-01",
        ),
        row(2, "钢结构加工基地一期", investor="乙公司", place="大洼区", amount=100),
    ]
    batch = actions.load(actor=None, path=write(tmp_path / "一.xlsx", lines), name="一.xlsx")
    assert "alike" not in batch.counts
    second = row(1, "钢结构加工基地二期", investor="乙公司", place="大洼区", amount=100)

    batch = actions.load(actor=None, path=write(tmp_path / "二.xlsx", [second]), name="二.xlsx")

    assert "alike" not in batch.counts


def test_of_another_units_project_a_clerk_learns_that_it_is_there_and_no_more(register, client, account, tmp_path):
    clerk = account("unit_clerk", unit="dawa")
    mine = row(1, "年产五万吨钢结构加工基地", investor="杭萧钢构股份有限公司", place="大洼区", amount=8500)
    client.force_login(clerk)
    batch = upload(client, write(tmp_path / "新.xlsx", [mine]))
    assert [like.target for like in likes(batch)] == [register.pk]

    told = client.get(reverse("intake:batch", args=[batch.pk]) + "?step=problems").content.decode()

    assert "另一单位已有相似的项目" in told
    assert register.name not in told
    assert reverse("project", args=[register.pk]) not in told
    assert "概率" not in told


def test_what_a_reader_may_not_see_is_not_named_as_the_same(register, account):
    like = likeness.Like(register.pk, 0.93, ("investor", "phone"))
    office, department = account("project_office"), account("leader")

    assert likeness.told(office, [like])[register.pk].text == "投资主体相同、联系电话相同；概率 93%"
    assert "联系电话" not in likeness.told(department, [like])[register.pk].text


def test_a_project_withdrawn_since_is_nobodys_likeness(register, account, tmp_path):
    path = write(tmp_path / "新.xlsx", [AGAIN])
    assert likeness.ask([{"name": "钢结构加工基地", "investor": "杭萧钢构股份有限公司", "unit": "panshan", "total_investment": "CNY 8500000000 exact"}])[0]  # fmt: skip
    batch = Batch.objects.get()
    assert actions.revert(actor=None, batch=batch) == []

    again = actions.load(actor=None, path=path, name="新.xlsx")

    assert "alike" not in again.counts
    assert Project.objects.current().count() == 1


def test_a_long_file_says_how_many_rows_it_did_not_ask(register, client, account, tmp_path, monkeypatch):
    monkeypatch.setattr(type(likeness.judges[0]), "most", lambda self: 1)
    client.force_login(account("project_office"))

    batch = upload(client, write(tmp_path / "新.xlsx", [OTHER, AGAIN]))

    assert (batch.counts.get("alike"), batch.counts["unasked"]) == (None, 1)
    page = client.get(reverse("intake:batch", args=[batch.pk]) + "?step=commit").content.decode()
    assert "1 行新增没有逐行问过是否相似" in page


FORM = {
    "name": "钢结构加工基地",
    "unit": "panshan",
    "proposer": "招商局",
    "investor": "杭萧钢构股份有限公司",
    "total_investment": "8500",
}


def test_the_entry_form_asks_once_and_then_builds_and_the_log_knows_that_it_asked(register, client, account):
    client.force_login(account("project_office"))

    asked = client.post(reverse("reserve:idea"), FORM)

    assert asked.status_code == 422
    text = asked.content.decode()
    assert reverse("project", args=[register.pk]) in text
    assert "不是同一个，建立" in text
    assert not Project.objects.filter(name=FORM["name"]).exists()
    made = client.post(reverse("reserve:idea"), {**FORM, "alike_seen": "1"})
    assert made.status_code == 302
    entry = Entry.objects.get(action="reserve.idea.created")
    assert [target for target, _share, _fields in entry.detail["alike"]] == [register.pk]
    # Nothing like it: no question, no trace of one.
    assert (
        client.post(
            reverse("reserve:idea"), {**FORM, "name": "苇海游船", "investor": "", "total_investment": "70"}
        ).status_code
        == 302
    )
    assert "alike" not in Entry.objects.filter(action="reserve.idea.created").order_by("-id")[0].detail


def test_asking_costs_the_same_in_a_small_and_in_a_larger_register(register, tmp_path):
    facts = {
        "name": "钢结构加工基地",
        "investor": "杭萧钢构股份有限公司",
        "unit": "panshan",
        "total_investment": "CNY 8500000000 exact",
    }

    def asked():
        likeness.ask([facts])
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            assert likeness.ask([facts])[0][0].target == register.pk
            took = time.perf_counter() - started
        return len(queries), took

    few, _took = asked()
    crowd = [row(n, f"新{n}号线", investor=f"新{n}号制造有限公司", amount=50 + 13 * n) for n in range(400)]
    load(write(tmp_path / "更多.xlsx", crowd))
    many, took = asked()

    assert few == many <= 4
    assert took < 2, "a slow machine under load; alone it is 0.03 s"


def test_everybody_who_shares_a_value_is_compared_and_nobody_else(register):
    """The second source: every pair looked at one by one."""
    cells = [known.cells_of({n: t for n, (t, _r) in one.facts.items()}) for one in Project.objects.order_by("id")]
    index = engine.known(cells, [str(n) for n in range(len(cells))])

    found = engine.near(index, engine.asked_of(cells))

    columns = [index.values[name].to_list() for name in index.names]
    hubs = [{value for value in column if value and column.count(value) > engine.CROWD} for column in columns]
    wanted = {
        (a, b)
        for a in range(len(cells))
        for b in range(len(cells))
        if any(
            column[a] is not None and column[a] == column[b] and column[a] not in hub
            for column, hub in zip(columns, hubs, strict=True)
        )
    }
    assert set(zip(found.asked.tolist(), found.known.tolist(), strict=True)) == wanted
    investor = index.names.index("investor")
    for n in range(0, len(found.asked), 7):
        a, b = columns[investor][found.asked[n]], columns[investor][found.known[n]]
        assert bool(found.equal[n, investor]) == (a == b and a is not None)


def test_beside_a_question_it_is_said_that_intake_had_asked(register, client, account, tmp_path):
    batch = actions.load(actor=None, path=write(tmp_path / "新.xlsx", [AGAIN]), name="新.xlsx")
    again = Project.objects.get(created_from__batch=batch)
    office = account("project_office")
    client.force_login(office)
    client.post(reverse("reserve:idea"), {**FORM, "name": "钢结构加工基地西区", "alike_seen": "1"})
    idea = Project.objects.get(name="钢结构加工基地西区")

    told = showing.told_at_intake(showing.cards(office, [register.pk, again.pk, idea.pk]))
    alone = showing.told_at_intake(showing.cards(office, [again.pk]))
    beyond = showing.told_at_intake(showing.cards(account("unit_clerk", unit="dawa"), [register.pk, again.pk]))

    assert told[0].startswith(f"钢结构加工基地 {timezone.localdate()} 录入时提示过与 {register.name} 相似（概率 ")
    assert any(sentence.startswith("钢结构加工基地西区") and register.name in sentence for sentence in told)
    # What was not asked about, and what a reader may not see, is not told.
    assert not any(sentence.startswith(register.name) for sentence in told)
    assert alone == beyond == []
