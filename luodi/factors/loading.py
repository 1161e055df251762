"""Taking over a workbook of the book: all of it in one transaction, or nothing; loaded again it changes nothing."""

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.factors import demanding, supplying, writing
from luodi.factors.engine.sheets import NEEDS, SUPPLIES, WORKS, Parsed, Row
from luodi.factors.locking import hold_pool
from luodi.factors.models import LIVE, Mark, Pool, Supply, Work
from luodi.factors.settings import factor_settings
from luodi.factors.statements import Need, Tranche, WorkTerms
from luodi.factors.workbooks import FEN, live_demands
from luodi.projects.models import Project

NEW, MOVED, SAME = "new", "moved", "same"


@transaction.atomic
def load_book(*, actor: User | None, parsed: Parsed, reason: str) -> dict[str, int]:
    """Returns how many lines were new, moved to another day, or the same. Raises `ValidationError` that names the line."""
    if parsed.problems:
        raise ValidationError(_("还有 %(n)s 处要改，整表没有写入。") % {"n": len(parsed.problems)})
    _allowed(actor, parsed)
    done: Counter[str] = Counter()
    for table, put in ((SUPPLIES, _supply), (WORKS, _work), (NEEDS, _need)):
        context = _known(table, parsed)
        for row in parsed.rows[table]:
            try:
                done[put(actor, row, reason, context)] += 1
            except ValidationError as error:
                where = _("工作表“%(sheet)s”第 %(row)s 行：") % {"sheet": row.sheet, "row": row.number}
                raise ValidationError(where + "；".join(error.messages)) from error
    counts = {state: done[state] for state in (NEW, MOVED, SAME)}
    if done[NEW] or done[MOVED]:
        record(actor, "factors.book.loaded", counts=counts, reason=reason.strip()[:300])
    return counts


def _allowed(actor: User | None, parsed: Parsed) -> None:
    if actor is None:
        return
    wanted = {supplying.WRITE} if parsed.rows[SUPPLIES] or parsed.rows[WORKS] else set()
    wanted |= {demanding.WRITE} if parsed.rows[NEEDS] else set()
    if not all(may(actor, one) for one in wanted or {supplying.WRITE}):
        raise PermissionDenied(_("供给和工程由要素部门写，需求由填报单位写；请只留您能写的工作表。"))


def _known(table: str, parsed: Parsed) -> Any:
    rows = parsed.rows[table]
    if table == SUPPLIES:
        return (
            Supply.objects.filter(LIVE)
            .select_related("pool")
            .in_bulk([row.values["record"] for row in rows if row.values["record"]])
        )
    if table == NEEDS:
        return live_demands({row.values["project"] for row in rows})
    return None


def _pool(actor: User | None, row: Row) -> Pool:
    """The pool of a line, set up when there is none."""
    named = {"factor": row.values["factor"], "unit": row.values["unit"] or "", "label": row.values["label"] or ""}
    found = Pool.objects.current().filter(**named).first()
    if found is None:
        return writing.opened(actor, **named, demo=row.values["mark"] == Mark.DEMO)
    return hold_pool(actor, found.pk)


def _supply(actor: User | None, row: Row, reason: str, known: dict[int, Supply]) -> str:
    said = row.values
    if said["record"]:
        held = known[said["record"]]
        if held.from_on == said["from_on"]:
            return SAME
        hold_pool(actor, held.pool_id)
        writing.postponed(actor, held, said["from_on"], reason)
        return MOVED
    pool = _pool(actor, row)
    tranche = Tranche(
        pool.kind_of.whole(said["amount"]), said["from_on"], said["source"], said["until_on"], said["mark"]
    )
    told = {
        "amount": tranche.amount,
        "from_on": tranche.from_on,
        "until_on": tranche.until_on,
        "source": tranche.source,
    }
    if pool.supplies.filter(LIVE, **told).exists():
        return SAME
    writing.supplied(actor, pool, tranche)
    return NEW


def _work(actor: User | None, row: Row, _reason: str, _known: None) -> str:
    said = row.values
    if said["record"]:
        return SAME
    pool = _pool(actor, row)
    cost = None if said["cost"] is None else int(said["cost"] * FEN)
    told = {
        "name": said["name"],
        "adds": pool.kind_of.whole(said["adds"]),
        "days": said["days"],
        "earliest_on": said["earliest_on"],
    }
    if Work.objects.filter(LIVE, pool=pool, **told).exists():
        return SAME
    writing.proposed(actor, pool, WorkTerms(**told, source=said["source"], cost_fen=cost, mark=said["mark"]))
    return NEW


def _need(actor: User | None, row: Row, _reason: str, known: Any) -> str:
    said, factor = row.values, factor_settings().factor[row.values["factor"]]
    step, amount = said["step"] or factor.step, factor.whole(said["amount"])
    held = known.get((said["project"], factor.code, step))
    told = (amount, said["basis"], said["need_on"], said["source"])
    if held and (held.amount, held.basis, held.need_on, held.source) == told:
        return SAME
    project = Project.objects.current().visible_to(actor).select_for_update().get(pk=said["project"])
    writing.needed(actor, project, Need(factor.code, amount, said["source"], step, said["basis"], said["need_on"]))
    return NEW


@transaction.atomic
def note_export(*, actor: User, rows: int) -> None:
    """Enter in the log who took the book away."""
    if not may(actor, "factors.book.view"):
        raise PermissionDenied
    record(actor, "factors.book.exported", rows=rows)
