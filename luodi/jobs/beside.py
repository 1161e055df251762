"""What has to pass while a job's own transaction holds the database: how far it is, and the wish that it stop.

SQLite has one writer, and nobody sees into another's transaction anyway; so both go through small files in the data
folder, which the site and its workers share already.
"""

from pathlib import Path

from luodi.core.installation import folder


def tell(job: int, done: int, total: int) -> None:
    """Note how far the job is, in one step, so that nobody reads half a note."""
    note = _file(job, "progress")
    fresh = note.with_suffix(".fresh")
    fresh.write_text(f"{done} {total}")
    fresh.replace(note)


def told(job: int) -> tuple[int, int] | None:
    """What was noted last, or None."""
    try:
        done, total = _file(job, "progress").read_text().split()
    except FileNotFoundError:
        return None
    return int(done), int(total)


def ask_to_stop(job: int) -> None:
    """Ask a job to stop at its next step."""
    _file(job, "stop").touch()


def is_asked_to_stop(job: int) -> bool:
    return _file(job, "stop").exists()


def forget(job: int) -> None:
    """The job is over."""
    for name in ("progress", "stop"):
        _file(job, name).unlink(missing_ok=True)


def _file(job: int, name: str) -> Path:
    return folder("jobs") / f"{job}.{name}"
