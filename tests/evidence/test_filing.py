"""Filing documents: checked before they come in, stored once, never opened unchecked, withdrawn and never erased."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from luodi.core.files import path_of
from luodi.evidence import actions, receiving, tasks
from luodi.evidence.models import Evidence, StoredFile, Support
from luodi.evidence.receiving import Paper
from luodi.jobs import worker
from luodi.jobs.models import Job
from luodi.projects import reporting
from luodi.projects.models import StageEvent
from luodi.projects.reporting import Claim
from tests.core.record import figures_agree, load, net_of, project
from tests.evidence import papers
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 6)


@pytest.fixture
def world(account, tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=9000), row(2, "乙厂", place="盘山县")]))
    return SimpleNamespace(
        folder=tmp_path,
        clerk=account("unit_clerk"),
        other=account("unit_clerk", unit="panshan"),
        office=account("project_office"),
    )


def paper(world, kind="piling_photo", name="", **more):
    path = world.folder / (name or f"{kind}.jpg")
    if not path.exists():
        (papers.photo if path.suffix == ".jpg" else papers.contract)(path)
    return Paper(path=path, name=path.name, kind=kind, **{"stage": "started", **more})


def start(world, *given, day=DAY):
    claim = Claim("started", day, day)
    return actions.report(actor=world.clerk, project=project("甲厂"), claim=claim, papers=given)


def accept(world, evidence):
    return actions.verify(actor=world.office, evidence=evidence, accept=True)


def test_a_step_is_proven_when_its_set_is_complete_and_verified(world):
    start(world, paper(world), paper(world, "construction_contract", "合同.pdf"))
    photo, contract = Evidence.objects.order_by("id")
    assert net_of("甲厂") == ""

    accept(world, photo)
    assert net_of("甲厂") == ""
    accept(world, contract)

    assert net_of("甲厂") == "started"
    assert figures_agree()


def test_a_levelling_photo_proves_no_start(world):
    start(world, paper(world, "levelling_photo"), paper(world, "construction_contract", "合同.pdf"))
    for evidence in Evidence.objects.all():
        accept(world, evidence)

    assert net_of("甲厂") == ""


def test_a_photo_without_time_or_place_counts_once_the_filer_states_them(world):
    bare = papers.photo(world.folder / "素.jpg", taken=None, place=None)
    start(world, paper(world, name=bare.name), paper(world, "construction_contract", "合同.pdf"))
    for evidence in Evidence.objects.all():
        accept(world, evidence)
    assert net_of("甲厂") == ""

    again = paper(world, name=bare.name, taken_on=DAY, place="三号地块西侧")
    stated = actions.add(actor=world.clerk, project=project("甲厂"), paper=again)
    assert (stated.is_stated, stated.taken_at.date(), stated.place) == (True, DAY, "三号地块西侧")
    accept(world, stated)

    assert net_of("甲厂") == "started"


def test_a_file_is_stored_once_and_speaks_for_several_steps(world):
    first = actions.add(
        actor=world.clerk, project=project("甲厂"), paper=paper(world, "acceptance", "验收.pdf", stage="completed")
    )
    second = actions.add(
        actor=world.clerk, project=project("甲厂"), paper=paper(world, "acceptance", "验收.pdf", stage="produced")
    )

    assert first.file == second.file
    assert StoredFile.objects.count() == 1
    assert path_of(first.sha256).read_bytes() == (world.folder / "验收.pdf").read_bytes()
    event = start(world)
    actions.link(actor=world.clerk, evidence=first, event=event)
    actions.link(actor=world.clerk, evidence=first, event=event)
    assert Support.objects.filter(evidence=first, event=event).count() == 1


def test_what_is_filed_ahead_speaks_for_the_claim_once_it_is_made(world):
    ahead = actions.add(actor=world.clerk, project=project("甲厂"), paper=paper(world))
    assert ahead.supports.count() == 0

    by_hand = reporting.report_step(actor=world.clerk, project=project("甲厂"), claim=Claim("started", DAY, DAY))
    load(write(world.folder / "二.xlsx", [row(1, "甲厂", amount=9000, started="2024-05-07")]))

    assert set(ahead.supports.values_list("event", flat=True)) == {
        by_hand.pk,
        StageEvent.objects.exclude(row=None).get(stage="started").pk,
    }


def test_a_refused_file_leaves_nothing_behind(world):
    bad = papers.scripted(world.folder / "脚本.pdf")

    with pytest.raises(ValidationError, match="脚本或自动动作"):
        start(world, paper(world), paper(world, "construction_contract", bad.name))

    assert not StageEvent.objects.exists()
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_large_file_stays_shut_until_the_worker_has_checked_it(world, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE", 10)
    start(world, paper(world), paper(world, "construction_contract", "合同.pdf"))
    photo = Evidence.objects.order_by("id").first()
    assert photo.file.state == "quarantined"
    with pytest.raises(ValidationError, match="未通过检查"):
        accept(world, photo)

    for job in Job.objects.filter(kind=actions.CHECK).order_by("id"):
        worker.run(job)

    photo.refresh_from_db()
    assert (photo.file.state, timezone.localtime(photo.taken_at).hour, round(photo.latitude, 2)) == ("clean", 9, 40.99)
    for evidence in Evidence.objects.all():
        accept(world, evidence)
    assert net_of("甲厂") == "started"
    assert figures_agree()


def test_a_large_file_that_fails_its_check_is_refused_for_good(world, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE", 10)
    bad = papers.scripted(world.folder / "脚本.pdf")
    evidence = actions.add(actor=world.clerk, project=project("甲厂"), paper=paper(world, "contract", bad.name))

    job = Job.objects.get(kind=actions.CHECK)
    assert "未通过检查" in tasks.check(job, worker.Progress(job)).text
    tasks.check(job, worker.Progress(job))

    evidence.refresh_from_db()
    assert (evidence.file.state, "脚本" in evidence.file.refusal) == ("refused", True)
    with pytest.raises(ValidationError, match="脚本"):
        actions.add(actor=world.clerk, project=project("甲厂"), paper=paper(world, "contract", bad.name))


def test_a_name_cannot_leave_its_folder_or_hide_its_ending(world):
    names = ["../../etc/passwd.jpg", "C:\\temp\\桩.jpg", "桩\u202egpj.exe.jpg", "桩\x00.jpg", "长" * 400 + ".jpg"]

    cleaned = [receiving.clean_name(name) for name in names]

    assert cleaned[:4] == ["passwd.jpg", "桩.jpg", "桩gpj.exe.jpg", "桩.jpg"]
    assert len(cleaned[4]) == 200
    assert cleaned[4].endswith(".jpg")


@pytest.mark.parametrize("kind", ["", "public_report", "nonsense"])
def test_only_documents_of_the_citys_list_are_filed(world, kind):
    with pytest.raises(ValidationError):
        actions.add(actor=world.clerk, project=project("甲厂"), paper=paper(world, kind, "桩.jpg"))


def test_another_document_instead_needs_a_reason(world):
    with pytest.raises(ValidationError, match="理由"):
        actions.add(
            actor=world.clerk, project=project("甲厂"), paper=paper(world, "design", "设计.pdf", replaces="filing")
        )


def test_strangers_and_readers_file_nothing(world, account):
    for person in (world.other, account("leader"), account("auditor")):
        with pytest.raises(PermissionDenied):
            actions.add(actor=person, project=project("甲厂"), paper=paper(world))
    evidence = actions.add(actor=world.clerk, project=project("甲厂"), paper=paper(world))
    with pytest.raises(PermissionDenied):
        actions.withdraw(actor=world.other, evidence=evidence, reason="不是我的")


def test_a_withdrawn_document_proves_nothing_and_stays_readable(world):
    start(world, paper(world), paper(world, "construction_contract", "合同.pdf"))
    for evidence in Evidence.objects.all():
        accept(world, evidence)
    photo = Evidence.objects.get(kind="piling_photo")

    actions.withdraw(actor=world.clerk, evidence=photo, reason="拍错了地块")

    assert net_of("甲厂") == ""
    photo.refresh_from_db()
    assert (photo.withdrawal, photo.withdrawn_by, photo.file.path.exists()) == ("拍错了地块", world.clerk, True)
    with pytest.raises(ValidationError):
        actions.withdraw(actor=world.clerk, evidence=photo, reason="再来")
    assert figures_agree()
