"""Freezing the record as of a day into hashed Parquet tables."""

import hashlib
import json
import os
import shutil
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.core.installation import city, folder
from luodi.snapshots import frames, queries
from luodi.snapshots.engine.figures import figures
from luodi.snapshots.models import Snapshot
from luodi.snapshots.report import report


@transaction.atomic
def take(*, actor: User | None, as_of: date, known_at: datetime | None = None) -> Snapshot:
    """Write the tables of the day and enter the snapshot. Taking it again from the same record gives the same hash, and the first one back."""
    if actor is not None and not may(actor, "snapshots.snapshot.take"):
        raise PermissionDenied
    built = frames.build(as_of, known_at)
    contents = {name: _content_hash(frame) for name, frame in built.items()}
    of = [contents, city().fingerprint, str(as_of), *([known_at.isoformat()] if known_at else [])]
    whole = hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()
    known = Snapshot.objects.filter(sha256=whole).first()
    if known is not None and known.path.exists():
        return known
    manifest = {
        "schema": "luodi.snapshot/1",
        "as_of": as_of.isoformat(),
        **({"known_at": known_at.isoformat()} if known_at else {}),
        "city": city().name,
        "city_fingerprint": city().fingerprint,
        "definition": city().definition,
        "sha256": whole,
        "tables": {name: {"rows": frame.height, "sha256": contents[name]} for name, frame in built.items()},
        **_figures(built["projects"], as_of),
    }
    snapshot = known or Snapshot(as_of=as_of, taken_by=actor, sha256=whole, taken_at=timezone.now())
    snapshot.definition, snapshot.manifest = city().definition["version"], manifest
    _write(snapshot.path, built, manifest)
    snapshot.save()
    record(actor, "snapshots.snapshot.taken", snapshot, as_of=as_of.isoformat(), sha256=whole)
    return snapshot


def _figures(projects: Any, as_of: date) -> dict[str, Any]:
    """The three figures of the day, whole and by reporting unit: what later days are compared with."""
    cells = frames.cells(projects)
    by_unit = queries.figures_by(cells, "unit")
    return {
        "figures": report(figures(cells, city=city()), as_of=as_of),
        "figures_by_unit": {unit: report(found, as_of=as_of) for unit, found in by_unit.items()},
    }


def _content_hash(frame: Any) -> str:
    """Hash of the rows as CSV: it does not change with the version of the Parquet writer."""
    return hashlib.sha256(frame.write_csv(None).encode()).hexdigest()


def _write(path: Path, built: dict[str, Any], manifest: dict[str, Any]) -> None:
    """All tables or none: written beside, then moved into place."""
    beside = Path(tempfile.mkdtemp(dir=folder("snapshots")))
    for name, frame in built.items():
        frame.write_parquet(beside / f"{name}.parquet")
    (beside / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    shutil.rmtree(path, ignore_errors=True)
    os.replace(beside, path)
    path.chmod(0o755)
