"""Acts on rulebooks, facts, clauses, exemptions and runs."""

from datetime import timedelta

from django.utils import timezone

from luodi.screening import books
from luodi.screening.engine.documents import digest
from luodi.screening.models import Clause, Rulebook
from tests.guards.acts import TODAY, act

SOON = timezone.localdate() + timedelta(days=30)


def _declared(world, actor, **given):
    terms = {"fact": "catalogue_class", "value": "eliminated"} | given
    return act("screening.declare", actor=actor, project=world.project, **terms)


def _withdraw_declaration(world, actor):
    return act("screening.withdraw_declaration", actor=actor, declaration=_declared(world, world.office))


def _clauses(world, actor):
    return act("screening.state_clauses", actor=actor, project=world.project, text="增值税地方留成全额返还")


def _review_clause(world, actor):
    clause = Clause.objects.create(project=world.project, text="增值税地方留成全额返还", kinds=["C01"])
    return act("screening.review_clause", actor=actor, clause=clause, verdict="forbidden", reason="第十条")


def _withdraw_clause(world, actor):
    (clause,) = _clauses(world, world.office)
    return act("screening.withdraw_clause", actor=actor, clause=clause)


def _exempt(world, actor):
    _declared(world, world.office)
    terms = {"rules": ["G207"], "reason": "常务会", "expires_on": SOON}
    return act("screening.exempt", actor=actor, project=world.project, **terms)


def _revoke_exemption(world, actor):
    return act("screening.revoke_exemption", actor=actor, exemption=_exempt(world, world.office), reason="到期")


def _book(**given):
    document = books.document_of_city()
    head = {"document": document, "sha256": digest(document), "state": "published", "valid_from": TODAY}
    return Rulebook.objects.create(title="初版", **(head | given))


def _copy(world, actor):
    return act("screening.copy", actor=actor, base=_book(), reason="收紧")


def _change_entry(world, actor):
    terms = {"part": "rules", "code": "G207", "values": {"name": "目录"}}
    return act("screening.change_entry", actor=actor, draft=_copy(world, actor), **terms)


def _upload(world, actor):
    draft = _copy(world, actor)
    return act("screening.upload", actor=actor, draft=draft, document={**draft.document, "title": "新版"})


def _publish(world, actor):
    draft = _book(state="draft", valid_from=None, author=world.clerk)
    return act("screening.publish", actor=actor, draft=draft, valid_from=timezone.localdate(), reason="同意")


_STATED, _BOOK = "screening.fact.stated", ["screening.rulebook.copied"]
SCREENING = {
    "screening.declare": (_declared, [_STATED]),
    "screening.withdraw_declaration": (_withdraw_declaration, [_STATED, "screening.fact.withdrawn"]),
    "screening.state_clauses": (_clauses, ["screening.clauses.stated"]),
    "screening.review_clause": (_review_clause, ["screening.clause.reviewed"]),
    "screening.withdraw_clause": (_withdraw_clause, ["screening.clauses.stated", "screening.clause.withdrawn"]),
    "screening.exempt": (_exempt, [_STATED, "screening.exemption.granted"]),
    "screening.revoke_exemption": (
        _revoke_exemption,
        [_STATED, "screening.exemption.granted", "screening.exemption.revoked"],
    ),
    "screening.run": (
        lambda w, a: act("screening.run", actor=a, as_of=TODAY),
        ["screening.rulebook.installed", "screening.run.taken"],
    ),
    "screening.keep_city_book": (
        lambda w, a: act("screening.keep_city_book", actor=a),
        ["screening.rulebook.installed"],
    ),
    "screening.copy": (_copy, _BOOK),
    "screening.change_entry": (_change_entry, [*_BOOK, "screening.rulebook.changed"]),
    "screening.upload": (_upload, [*_BOOK, "screening.rulebook.changed"]),
    "screening.drop": (
        lambda w, a: act("screening.drop", actor=a, draft=_copy(w, a), reason="不改了"),
        [*_BOOK, "screening.rulebook.dropped"],
    ),
    "screening.publish": (_publish, ["screening.rulebook.published"]),
}
