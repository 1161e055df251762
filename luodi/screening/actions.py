"""Writes of screening: stating facts, reviewing clauses, exemptions, runs. Rulebooks have their own room, `publishing.py`."""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.core.installation import city, folder
from luodi.evidence.models import Evidence
from luodi.projects.models import Project
from luodi.screening import books, publishing, queries
from luodi.screening.clauses import kinds_in
from luodi.screening.engine.screening import screen
from luodi.screening.facts import facts
from luodi.screening.frames import as_text, read_text, table
from luodi.screening.models import Clause, Declaration, Exemption, Run

LONGEST_EXEMPTION = 366
"""Days. Whoever needs longer asks again: what was an exception must not become the rule."""
MOST_CLAUSES = 50


@transaction.atomic
def declare(
    *, actor: User | None, project: Project, fact: str, value: str, evidence: Evidence | None = None, note: str = ""
) -> Declaration:
    """State a fact that no ledger tells. A new statement withdraws the one before; both stay readable."""
    project = _locked(actor, project, "screening.fact.state")
    book = books.in_force(timezone.localdate())
    known = book.facts.get(fact) if book else None
    if known is None or known.source != "stated":
        raise ValidationError(_("规则集里没有这一项可以填报的事实。"))
    try:
        text = as_text(read_text(known, value))
    except ValueError as error:
        raise ValidationError(
            _("“%(name)s”的值读不懂：%(value)s。") % {"name": known.name, "value": value[:50]}
        ) from error
    if evidence is not None and (evidence.project_id != project.pk or evidence.withdrawn_at is not None):
        raise ValidationError(_("所附材料不是这个项目的。"))
    standing = Declaration.objects.filter(project=project, fact=fact, withdrawn_at=None)
    standing.update(withdrawn_at=timezone.now())
    stated = Declaration.objects.create(
        project=project, fact=fact, value=text[:500], evidence=evidence, note=note.strip()[:300], stated_by=actor
    )
    record(actor, "screening.fact.stated", project, fact=fact, value=stated.value, reason=stated.note)
    return stated


@transaction.atomic
def withdraw_declaration(*, actor: User | None, declaration: Declaration) -> Declaration:
    """Take a statement back: the fact is unknown again."""
    project = _locked(actor, declaration.project, "screening.fact.state")
    declaration = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if declaration.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    declaration.withdrawn_at = timezone.now()
    declaration.save(update_fields=["withdrawn_at"])
    record(actor, "screening.fact.withdrawn", project, fact=declaration.fact, value=declaration.value)
    return declaration


@transaction.atomic
def state_clauses(*, actor: User | None, project: Project, text: str) -> list[Clause]:
    """Enter the incentive clauses of an agreement, one a line; each is held against the fair-competition rules at once."""
    project = _locked(actor, project, "screening.fact.state")
    lines = list(dict.fromkeys(line.strip()[:2000] for line in text.splitlines() if line.strip()))
    known = set(Clause.objects.filter(project=project, withdrawn_at=None).values_list("text", flat=True))
    fresh = [line for line in lines if line not in known]
    if not fresh:
        raise ValidationError(_("没有新的条款；一行写一条。"))
    if len(known) + len(fresh) > MOST_CLAUSES:
        raise ValidationError(_("一个项目最多 %(n)s 条。") % {"n": MOST_CLAUSES})
    made = [Clause.objects.create(project=project, text=line, kinds=kinds_in(line), stated_by=actor) for line in fresh]
    record(actor, "screening.clauses.stated", project, clauses=len(made), asked=sum(bool(one.kinds) for one in made))
    return made


@transaction.atomic
def review_clause(*, actor: User, clause: Clause, verdict: str, reason: str) -> Clause:
    """A named person's word on a clause; never by who entered it."""
    project = _locked(actor, clause.project, "screening.clause.review")
    clause = Clause.objects.select_for_update().get(pk=clause.pk)
    if clause.stated_by_id == actor.pk:
        raise PermissionDenied(_("不能审查自己填报的条款。"))
    if verdict not in (Clause.Verdict.ALLOWED, Clause.Verdict.FORBIDDEN) or not reason.strip():
        raise ValidationError(_("请选择结论并写明依据。"))
    if clause.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    clause.verdict, clause.reason = verdict, reason.strip()[:500]
    clause.decided_by, clause.decided_at = actor, timezone.now()
    clause.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
    record(actor, "screening.clause.reviewed", project, clause=clause.text[:100], verdict=verdict, reason=clause.reason)
    return clause


@transaction.atomic
def withdraw_clause(*, actor: User | None, clause: Clause) -> Clause:
    """The clause left the agreement. It stays readable."""
    project = _locked(actor, clause.project, "screening.fact.state")
    clause = Clause.objects.select_for_update().get(pk=clause.pk)
    if clause.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    clause.withdrawn_at = timezone.now()
    clause.save(update_fields=["withdrawn_at"])
    record(actor, "screening.clause.withdrawn", project, clause=clause.text[:100])
    return clause


@transaction.atomic
def exempt(*, actor: User, project: Project, rules: Sequence[str], reason: str, expires_on: date) -> Exemption:
    """Let a vetoed project on, for rules that veto it now, until a day. The approver cannot report the step themselves."""
    project = _locked(actor, project, "screening.exemption.grant")
    today = timezone.localdate()
    wanted = sorted(set(rules))
    if not reason.strip() or not wanted:
        raise ValidationError(_("请勾选规则并写明批准的理由。"))
    if not today <= expires_on <= today + timedelta(days=LONGEST_EXEMPTION):
        raise ValidationError(_("有效期须在今天之后、%(n)s 天以内。") % {"n": LONGEST_EXEMPTION})
    vetoed = set(queries.vetoes(project.pk, today))
    if strange := [code for code in wanted if code not in vetoed]:
        raise ValidationError(_("这些规则现在没有否决本项目：%(rules)s。") % {"rules": "、".join(strange)})
    given = Exemption.objects.create(
        project=project, rules=wanted, reason=reason.strip(), approved_by=actor, expires_on=expires_on
    )
    detail: dict[str, Any] = {"rules": wanted, "expires_on": expires_on.isoformat(), "reason": given.reason}
    record(actor, "screening.exemption.granted", project, **detail)
    return given


@transaction.atomic
def revoke_exemption(*, actor: User, exemption: Exemption, reason: str) -> Exemption:
    """The rules hold again. That there was an exemption stays visible."""
    project = _locked(actor, exemption.project, "screening.exemption.grant")
    exemption = Exemption.objects.select_for_update().get(pk=exemption.pk)
    if exemption.revoked_at is not None:
        raise ValidationError(_("这一条已经撤销。"))
    if not reason.strip():
        raise ValidationError(_("请写明撤销的理由。"))
    exemption.revoked_by, exemption.revoked_at = actor, timezone.now()
    exemption.revocation = reason.strip()[:500]
    exemption.save(update_fields=["revoked_by", "revoked_at", "revocation"])
    record(actor, "screening.exemption.revoked", project, rules=exemption.rules, reason=exemption.revocation)
    return exemption


@transaction.atomic
def run(*, actor: User | None, as_of: date) -> Run:
    """Screen every project as of a day and freeze facts and results. The same facts under the same rules give the first run back."""
    if actor is not None and not may(actor, "screening.run.take"):
        raise PermissionDenied
    version = books.version_on(as_of) or publishing.keep_city_book(actor)
    book = books.read(version)
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True))
    given = table(book, facts(ids, as_of=as_of))
    screened = screen(book, given, as_of)
    hashes = {"facts_sha256": queries.sha256_of(given), "results_sha256": queries.sha256_of(screened.results)}
    known = Run.objects.filter(as_of=as_of, rulebook=version, **hashes).first()
    if known is not None and known.path.exists():
        return known
    made = known or Run(as_of=as_of, rulebook=version, taken_by=actor, **hashes)
    made.counts = queries.counts_of(screened)
    _write(made, given, screened)
    made.save()
    record(
        actor, "screening.run.taken", made, as_of=as_of.isoformat(), rulebook=str(version), sha256=made.results_sha256
    )
    return made


def _write(made: Run, given: Any, screened: Any) -> None:
    """Both tables or none: written beside, then moved into place."""
    beside = Path(tempfile.mkdtemp(dir=folder("screening")))
    given.write_parquet(beside / "facts.parquet")
    screened.write(beside / "results.parquet")
    head = {"as_of": made.as_of.isoformat(), "city": city().name, "rulebook": screened.book.digest, **made.counts}
    (beside / "manifest.json").write_text(json.dumps(head, ensure_ascii=False, indent=1), encoding="utf-8")
    shutil.rmtree(made.path, ignore_errors=True)
    os.replace(beside, made.path)
    made.path.chmod(0o755)


def _locked(actor: User | None, project: Project, permission: str) -> Project:
    """The project, held until the transaction ends; the console of the server may, people need permission and scope."""
    if actor is not None and not (may(actor, permission) and scope_of(actor).covers(project.unit)):
        raise PermissionDenied
    return Project.objects.current().select_for_update().get(pk=project.pk)
