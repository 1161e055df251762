"""Writes on rulebooks: copy one, change the copy, try it, and have a second person publish it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit import sequencing
from luodi.audit.actions import record
from luodi.screening import books
from luodi.screening.engine.cases import run_cases
from luodi.screening.engine.documents import diff, digest, from_document, to_document
from luodi.screening.engine.problems import RulebookRefused
from luodi.screening.models import Rulebook


@transaction.atomic
def keep_city_book(actor: User | None) -> Rulebook:
    """Put the rulebook of the city's folder into the record as its first version; where there is one already, that one."""
    if actor is not None:
        _permit(actor, "screening.run.take")
    first = Rulebook.objects.filter(state=Rulebook.State.PUBLISHED).order_by("id").first()
    if first is not None:
        return first
    document = books.document_of_city()
    kept = Rulebook.objects.create(
        title=document["title"][:120],
        document=document,
        sha256=digest(document),
        state=Rulebook.State.PUBLISHED,
        valid_from=date.fromisoformat(document["valid_from"]),
        author=None,
        published_at=timezone.now(),
        reason=_("本市资料中的初始规则集"),
    )
    record(actor, "screening.rulebook.installed", kept, sha256=kept.sha256)
    return kept


@transaction.atomic
def copy(*, actor: User, base: Rulebook, reason: str) -> Rulebook:
    """A draft that starts as a copy. Raises `ValidationError` without a reason."""
    _permit(actor, "screening.rulebook.edit")
    if not reason.strip():
        raise ValidationError(_("请写明为什么要改规则。"))
    draft = Rulebook.objects.create(
        title=base.title,
        based_on=base,
        document=base.document,
        sha256=base.sha256,
        author=actor,
        reason=reason.strip()[:500],
    )
    record(actor, "screening.rulebook.copied", draft, base=str(base), reason=draft.reason)
    return draft


@transaction.atomic
def change_entry(
    *,
    actor: User,
    draft: Rulebook,
    part: str,
    code: str,
    values: Mapping[str, Any],
    cases: Sequence[Mapping[str, Any]] | None = None,
) -> Rulebook:
    """Set fields of one rule or parameter of one's own draft, and the rule's cases. Nothing is stored that could not be run.

    Raises `ValidationError` with every problem, in the words of the rulebook's reader.
    """
    draft = _own(actor, draft)
    if part not in ("rules", "parameters"):
        raise ValidationError(_("只能改规则和参数。"))
    document = {
        **draft.document,
        part: {**draft.document[part], code: {**draft.document[part].get(code, {}), **values}},
    }
    if cases is not None:
        others = [case for case in document["cases"] if case["rule"] != code]
        document["cases"] = [*others, *({**case, "rule": code} for case in cases)]
    return _store(actor, draft, document, changed=f"{part} {code}")


@transaction.atomic
def upload(*, actor: User, draft: Rulebook, document: Mapping[str, Any]) -> Rulebook:
    """Replace one's own draft whole, for who writes rules in files."""
    return _store(actor, _own(actor, draft), document, changed="document")


def _store(actor: User, draft: Rulebook, document: Mapping[str, Any], *, changed: str) -> Rulebook:
    try:
        book = from_document(document)
    except RulebookRefused as refused:
        raise ValidationError([str(problem) for problem in refused.problems]) from refused
    before = draft.document
    draft.document = to_document(book)
    draft.title, draft.sha256 = book.title[:120], digest(draft.document)
    draft.save(update_fields=["document", "title", "sha256"])
    changes = [f"{one.part} {one.code} {one.field}".strip() for one in diff(before, draft.document)]
    record(actor, "screening.rulebook.changed", draft, changed=changed, changes=changes[:50], sha256=draft.sha256)
    return draft


@transaction.atomic
def drop(*, actor: User, draft: Rulebook, reason: str) -> Rulebook:
    """Give a draft up. It stays readable."""
    draft = _own(actor, draft)
    draft.state = Rulebook.State.DROPPED
    draft.save(update_fields=["state"])
    record(actor, "screening.rulebook.dropped", draft, reason=reason.strip()[:500])
    return draft


@transaction.atomic
def publish(*, actor: User, draft: Rulebook, valid_from: date, reason: str) -> Rulebook:
    """A second person makes a draft the city's rules from a day on. Every case that officials wrote must come out as they said.

    The entry in the log carries digest and changes; its tree head is signed at once.
    """
    _permit(actor, "screening.rulebook.publish")
    draft = Rulebook.objects.select_for_update(of=("self",)).select_related("based_on").get(pk=draft.pk)
    if draft.state != Rulebook.State.DRAFT:
        raise ValidationError(_("这一版不是草稿。"))
    if draft.author_id == actor.pk:
        raise PermissionDenied(_("规则须由起草人以外的人发布。"))
    if not reason.strip():
        raise ValidationError(_("请写明发布的意见。"))
    # Yesterday's verdicts were given under yesterday's rules; nobody changes them afterwards.
    if valid_from < timezone.localdate():
        raise ValidationError(_("生效日不能早于今天。"))
    latest = Rulebook.objects.filter(state=Rulebook.State.PUBLISHED).order_by("-valid_from", "-id").first()
    if latest is not None and draft.based_on_id != latest.pk:
        raise ValidationError(_("起草以后又发布了新版（%(version)s），请在新版上重新修改。") % {"version": latest})
    if failed := [one for one in run_cases(from_document(draft.document)) if not one.agrees]:
        raise ValidationError([f"{one.case.rule} {one.case.name}：{'；'.join(one.differs)}" for one in failed[:10]])
    draft.state, draft.valid_from = Rulebook.State.PUBLISHED, valid_from
    draft.approver, draft.published_at = actor, timezone.now()
    draft.save(update_fields=["state", "valid_from", "approver", "published_at"])
    changes = (
        [f"{one.part} {one.code} {one.field}".strip() for one in diff(latest.document, draft.document)]
        if latest
        else []
    )
    detail: dict[str, Any] = {
        "valid_from": valid_from.isoformat(),
        "sha256": draft.sha256,
        "changes": changes,
        "reason": reason.strip(),
    }
    record(actor, "screening.rulebook.published", draft, **detail)
    transaction.on_commit(sequencing.publish)
    return draft


def _permit(actor: User, permission: str) -> None:
    if not may(actor, permission):
        raise PermissionDenied


def _own(actor: User, draft: Rulebook) -> Rulebook:
    """A draft is changed by its author alone, so that who publishes it has read another's work."""
    _permit(actor, "screening.rulebook.edit")
    draft = Rulebook.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.state != Rulebook.State.DRAFT:
        raise ValidationError(_("这一版不是草稿，请先复制一份再改。"))
    if draft.author_id != actor.pk:
        raise PermissionDenied(_("只有起草人能改这份草稿。"))
    return draft
