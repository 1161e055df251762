"""Writes of scans: what a scan asks is kept, what it no longer asks is closed; labels leave with a trace."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.audit.models import Entry
from luodi.integrity import record as tables
from luodi.integrity import stated
from luodi.integrity.asking import Worth, worth_asking
from luodi.integrity.engine.scanning import Scan
from luodi.integrity.models import ScanFinding, ScanRun
from luodi.integrity.settings import integrity_settings
from luodi.jobs.actions import enqueue
from luodi.jobs.models import Job
from luodi.projects.models import Project

SCAN = "integrity.scan"
RULES = "rules"


def scan_record(*, actor: User | None, as_of: date, points: bool = False) -> ScanRun:
    """Scan the record as of a day and keep what it asks. `points`: by the indicators alone. The same record gives the first run back."""
    if actor is not None and not may(actor, "integrity.scan.take"):
        raise PermissionDenied
    from luodi.integrity.engine.ledger import from_frames
    from luodi.integrity.engine.scanning import scan
    from luodi.integrity.engine.shipping import load

    built = tables.frames(as_of)
    if "projects" not in built:
        raise ValidationError(_("截至这一天库里还没有项目，没有可扫描的。"))
    ledger, models = from_frames(built, as_of), load()
    found = scan(ledger, models, points=points)
    # Too few rows to tell whether the model knows their like, or too unlike what it knows.
    sparse = found.by == "points" or found.projects < models.card["drift"]["rows"]
    return keep_scan(actor=actor, as_of=as_of, found=found, sparse=sparse, states=stated.worth(as_of, found.working))


@transaction.atomic
def keep_scan(
    *, actor: User | None, as_of: date, found: Scan, sparse: bool = False, states: Sequence[Worth] = ()
) -> ScanRun:
    """Open, refresh and close findings by what a scan found, and by what the record states. The same findings of a day are one run."""
    if actor is not None and not may(actor, "integrity.scan.take"):
        raise PermissionDenied
    asked = stated.merged({one.key: one.values for one in worth_asking(found, sparse=sparse)}, states)
    digest = hashlib.sha256(
        json.dumps([str(as_of), found.by, asked], ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()
    known = ScanRun.objects.order_by("-as_of", "-id").first()
    same = ScanRun.objects.filter(as_of=as_of).first()
    if same is not None and same.results_sha256 == digest:
        return same
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    run = ScanRun.objects.create(
        as_of=as_of,
        ran_by=actor,
        model=found.by[:60],
        entry=newest,
        results_sha256=digest,
        notes=[note.text("zh") for note in found.notes],
    )
    # A look at the past is kept as a run; what is open today is what the newest day asks.
    is_newest = known is None or as_of >= known.as_of
    opened, closed = _keep(run, asked) if is_newest else (0, 0)
    starts = {scheme: [one.at, one.reason] for scheme, one in integrity_settings().starts(found.working).items()}
    run.counts = {
        "projects": found.projects, "asked": len(asked), "opened": opened, "closed": closed, "sparse": sparse,
        "from": starts,
    }  # fmt: skip
    run.save(update_fields=["counts"])
    record(actor, "integrity.scan.taken", run, as_of=as_of.isoformat(), sha256=digest, opened=opened, closed=closed)
    return run


def _keep(run: ScanRun, asked: Mapping[str, Mapping[str, Any]]) -> tuple[int, int]:
    now, opened = timezone.now(), 0
    projects = set(Project.objects.current().values_list("id", flat=True))
    held = {f"{one.project_id} {one.scheme}": one for one in ScanFinding.objects.select_for_update().order_by("pk")}
    for key, values in asked.items():
        project, _space, scheme = key.partition(" ")
        if int(project) not in projects:
            continue
        told = {
            **values,
            "probability": Decimal(values["probability"]),
            "model": RULES if values["by_rule"] else run.model,
        }
        known = held.get(key)
        if known is None:
            ScanFinding.objects.create(project_id=int(project), scheme=scheme, run=run, **told)
            opened += 1
            continue
        opened += known.closed_at is not None
        if known.closed_at is not None or any(getattr(known, name) != value for name, value in told.items()):
            for name, value in {**told, "run": run, "closed_at": None}.items():
                setattr(known, name, value)
            known.save(update_fields=[*told, "run", "closed_at"])
    gone = [one.pk for key, one in held.items() if key not in asked and one.closed_at is None]
    ScanFinding.objects.filter(pk__in=gone).update(closed_at=now)
    return opened, len(gone)


def ask_for_scan(*, actor: User, as_of: date) -> Job:
    """Let the worker scan."""
    if not may(actor, "integrity.scan.take"):
        raise PermissionDenied
    if as_of > timezone.localdate():
        raise ValidationError(_("截至日不能在今天以后。"))
    return enqueue(actor=actor, kind=SCAN, as_of=as_of.isoformat())


@transaction.atomic
def note_labels(*, actor: User | None, rows: int) -> None:
    """Labels that leave for the training recipe leave a trace."""
    if actor is not None and not may(actor, "integrity.labels.export"):
        raise PermissionDenied
    record(actor, "integrity.labels.exported", rows=rows)


@transaction.atomic
def note_contacts(*, actor: User, case: Any, projects: Sequence[int]) -> None:
    """Who reads personal fields of a case is named in the log."""
    if not may(actor, "integrity.contact.view"):
        raise PermissionDenied
    record(actor, "integrity.contact.read", case, projects=list(projects))
