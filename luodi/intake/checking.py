"""One run over one file: read, map, understand, compare with the record, count. The same run serves check and commit."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.intake import likeness
from luodi.intake.engine.facts import plain
from luodi.intake.engine.ledgers import Ledger, read_ledger
from luodi.intake.engine.mapping import Vocabulary, read_vocabulary
from luodi.intake.engine.problems import WARNING
from luodi.intake.models import Batch, RememberedMapping, Row
from luodi.intake.target import Resolved, Session, target

CHUNK = 1000

_COUNT = {
    "new": "created",
    "changed": "changed",
    "unchanged": "unchanged",
    "rejected": "rejected",
    "pending": "pending",
}


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Rows make no cycles, and looking for them among a million living objects took a fifth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@lru_cache(maxsize=4)
def _vocabulary(path: Path) -> Vocabulary:
    return read_vocabulary(path)


def mapping_of(batch: Batch) -> dict[str, dict[str, str]]:
    """The columns as a batch understood them, whatever the city's words or remembered mappings say by now: {sheet: {letter: field}}."""
    fields: dict[str, dict[str, str]] = {}
    for table in batch.sheets:
        own = {column["letter"]: column["field"] for column in table.get("columns", [])}
        known = fields.setdefault(table["sheet"], own)
        # Two tables below each other may use one letter for two things: there the headings decide again.
        fields[table["sheet"]] = {letter: name for letter, name in known.items() if own.get(letter, name) == name}
    return {sheet: {**own, **batch.mapping.get(sheet, {})} for sheet, own in fields.items()}


class Run:
    """Reads the file at once (raises `Refusal`); rows come in chunks, so a ledger of any length needs the same memory."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        actor: User | None,
        unit: str | None,
        corrections: Mapping[str, Mapping[str, str]],
        writing: bool,
    ) -> None:
        self.counts = {
            "created": 0,
            "changed": 0,
            "unchanged": 0,
            "rejected": 0,
            "pending": 0,
            "warnings": 0,
            "rows": 0,
        }
        self._actor, self._unit, self._writing = actor, unit, writing
        self._session: Session | None = None
        self._asked = 0
        self.ledger: Ledger = read_ledger(
            path,
            name=name,
            vocabulary=_vocabulary(city().folder / "ledgers" / "headings.toml"),
            city=city(),
            remembered=dict(RememberedMapping.objects.values_list("heading_key", "fields")),
            corrections=corrections,
        )
        self.sheets: list[dict[str, Any]] = []

    @property
    def session(self) -> Session:
        if self._session is None:
            self.open_session()
        assert self._session is not None  # noqa: S101 - opened one line above
        return self._session

    def open_session(self) -> None:
        """Load what the record knows. A commit opens it inside its transaction, so that nobody changes it in between."""
        self._session = target().session(actor=self._actor, unit=self._unit, writing=self._writing)

    def chunks(self, progress: Callable[[int, int, str], None] | None = None) -> Iterator[list[Resolved]]:
        """Every data row of every sheet, resolved, a chunk at a time."""
        total = self.ledger.row_estimate
        rows = self.ledger.rows()
        with _rare_collections():
            while chunk := list(islice(rows, CHUNK)):
                resolved = self.session.resolve(chunk)
                self._ask(resolved)
                self._count(resolved)
                if progress:
                    progress(self.counts["rows"], total, "")
                yield resolved
        self.sheets = self.ledger.report()
        self.counts["warnings"] += sum(len(sheet["totals_wrong"]) for sheet in self.sheets)

    def _ask(self, resolved: list[Resolved]) -> None:
        """Whether rows that would be new projects resemble known ones; of a long file the first, and how many were left is said."""
        new = [item for item in resolved if item.state == Row.State.NEW]
        some = new[: max(0, likeness.most() - self._asked)]
        self._asked += len(some)
        for item, likes in zip(some, likeness.ask([item.facts for item in some]), strict=True):
            if likes:
                item.problems.append(likeness.warning(likes))
                self.counts["alike"] = self.counts.get("alike", 0) + 1
        if len(new) > len(some) and likeness.most():
            self.counts["unasked"] = self.counts.get("unasked", 0) + len(new) - len(some)

    def _count(self, resolved: list[Resolved]) -> None:
        for item in resolved:
            self.counts["rows"] += 1
            self.counts[_COUNT[str(item.state)]] += 1
            self.counts["warnings"] += sum(problem.severity == WARNING for problem in item.problems)

    @property
    def has_errors(self) -> bool:
        return bool(self.counts["rejected"])

    def heading_fields(self) -> dict[str, dict[str, str]]:
        """Fields by heading, per set of headings: what a remembered mapping is."""
        return self.ledger.heading_fields()


def row_as_dict(item: Resolved) -> dict[str, Any]:
    """One row for scripts: where it is, what was understood, what would happen, what is wrong."""
    row = item.row
    codes = {name: item.facts[name] for name in ("unit", "division", "unit_text") if name in item.facts}
    return {
        "sheet": row.sheet,
        "row": row.number,
        "name": item.label,
        "state": str(item.state),
        "project": item.target_id if item.target_id and item.target_id > 0 else None,
        "fields": {**plain(row.values), **codes},
        "changes": {name: list(pair) for name, pair in item.changes.items()},
        "problems": [{"sheet": row.sheet, "row": row.number, **problem.as_dict()} for problem in item.problems],
    }
