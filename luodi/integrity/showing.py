"""What pages show of projects side by side: what is the same stands out, what a reader may not see is not there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of
from luodi.audit.models import Entry
from luodi.core.templatetags.money import money
from luodi.intake.likeness import likes_in
from luodi.intake.words import field_name, rank_name, unit_name
from luodi.integrity import words
from luodi.integrity.models import ScanFinding
from luodi.integrity.queries import standing
from luodi.projects.models import Participation, Project, StageEvent

SEEN_THROUGH = ("investor", "owner", "total_investment", "progress", "done_to_date", "paid_in", "evidence")
"""Fields that sentences tell of: who may not see them sees no questions."""
FACTS = ("credit_code", "place", "address", "land_area")
PERSONAL = ("contact", "phone")


def permit(user: User, unit: str | None = None) -> None:
    """Refuse who may not see what sentences tell of: a page of all rows is forbidden, one of a row is not found."""
    if fields_of(user, unit).all(SEEN_THROUGH):
        return
    if unit is None:
        raise PermissionDenied
    raise Http404


@dataclass(slots=True)
class Card:
    """One project of several; `url` blank = it lies beyond the reader's reach, and nothing else of it is told."""

    project: int
    name: str
    unit: str = ""
    url: str = ""
    cells: dict[str, str] = field(default_factory=dict)


def cards(user: User, ids: Sequence[int], *, personal: bool = False) -> list[Card]:
    """In the order given. `personal`: contacts as well, for who was let see them; the caller leaves the trace."""
    found = Project.objects.visible_to(user).filter(pk__in=ids).select_related("standing")
    held = {one.pk: one for one in found}
    parties, signed = _parties(held), _signed(held)
    made = []
    for pk in ids:
        one = held.get(pk)
        if one is None:
            made.append(Card(pk, _("另一单位的项目")))
            continue
        cells = _cells(user, one, parties.get(pk, {}), signed.get(pk, ""))
        if personal and fields_of(user, one.unit).all(PERSONAL):
            cells |= {field_name(name): _fact(one, name) for name in PERSONAL}
        made.append(Card(pk, one.name, unit_name(one.unit), reverse("project", args=[pk]), cells))
    return made


def _cells(user: User, one: Project, parties: Mapping[str, str], signed: str) -> dict[str, str]:
    sees = fields_of(user, one.unit)
    stands = getattr(one, "standing", None)
    fen = stands.amount_fen if stands else None
    told: dict[str, tuple[str, str]] = {
        "investor": (field_name("investor"), parties.get("investor", "")),
        "owner": (field_name("owner"), parties.get("owner", "")),
        "total_investment": (_("总投资（%(unit)s）") % {"unit": _(user.money_unit)}, money(fen, user.money_unit)),
        "signed_on": (field_name("signed_on"), signed),
        "stage": (_("上报到"), rank_name(stands.reported if stands else None)),
        **{name: (field_name(name), _fact(one, name)) for name in FACTS},
    }
    cells = {label: text for name, (label, text) in told.items() if sees[name]}
    if sees["stage"]:
        cells[_("佐证到")] = rank_name(stands.proven if stands else None)
    return cells


def _fact(one: Project, name: str) -> str:
    return str(one.facts[name][0]) if name in one.facts else getattr(one, name, "") or ""


def _parties(projects: Iterable[int]) -> dict[int, dict[str, str]]:
    rows = Participation.objects.filter(project__in=projects, withdrawn_at=None).exclude(role="holder").order_by("id")
    found: dict[int, dict[str, str]] = {}
    for project, role, name in rows.values_list("project_id", "role", "party__name"):
        held = found.setdefault(project, {})
        held[role] = f"{held[role]}、{name}" if role in held else name
    return found


def _signed(projects: Iterable[int]) -> dict[int, str]:
    rows = StageEvent.objects.filter(project__in=projects, stage="signed", kind="actual", withdrawn_at=None)
    found: dict[int, list[str]] = {}
    for project, day in rows.exclude(ends_on=None).order_by("ends_on").values_list("project_id", "ends_on"):
        found.setdefault(project, []).append(str(day))
    return {project: "、".join(dict.fromkeys(days)) for project, days in found.items()}


def told_at_intake(shown: Sequence[Card]) -> list[str]:
    """Of the projects side by side within reach: who was entered although intake had said that it resembles another of them."""
    names = {card.project: card.name for card in shown if card.url}
    rows = Project.objects.filter(pk__in=names).exclude(created_from=None)
    asked = [
        (pk, made, [(like.target, like.probability) for like in likes_in(problems)])
        for pk, made, problems in rows.values_list("id", "created_at", "created_from__problems")
    ]
    ideas = Entry.objects.filter(object_type=Project._meta.label_lower, object_id__in=names, detail__has_key="alike")
    asked += [
        (pk, at, [(target, share) for target, share, _fields in detail["alike"]])
        for pk, at, detail in ideas.values_list("object_id", "at", "detail")
    ]
    return [
        _("%(one)s %(day)s 录入时提示过与 %(other)s 相似（概率 %(share)s），仍作为新项目录入")
        % {"one": names[pk], "other": names[other], "day": timezone.localdate(at), "share": f"{share:.0%}"}
        for pk, at, likes in sorted(asked, key=lambda one: (one[1], one[0]))
        for other, share in likes
        if other in names
    ]


def table(shown: Sequence[Card]) -> list[dict[str, Any]]:
    """Rows of the comparison: label, a cell a project, and whether the known ones all say the same."""
    labels = list(dict.fromkeys(label for card in shown for label in card.cells))
    rows: list[dict[str, Any]] = []
    for label in labels:
        texts = [card.cells.get(label, "") for card in shown]
        known = [text for text in texts if text and text != "—"]
        same = len(known) > 1 and len(set(known)) == 1 and label not in (_("上报到"), _("佐证到"))
        rows.append({"label": label, "texts": texts, "same": same})
    return [row for row in rows if any(text and text != "—" for text in row["texts"])]


def lines(user: User, findings: Sequence[ScanFinding], cases: Mapping[tuple[int, str], Any]) -> list[dict[str, Any]]:
    """Questions as a list shows them."""
    ids: set[int] = set()
    for asked in findings:
        ids |= words.others_in(asked.sentences)
    seen = Project.objects.current().visible_to(user).filter(pk__in=ids)
    names = dict(seen.values_list("id", "name")) if ids else {}
    made = []
    for one in findings:
        stands = standing(one, cases.get((one.project_id, one.scheme)))
        badge, word = ("wait", str(_("记录写明"))) if one.by_rule else words.band(float(one.probability))
        made.append({
            "finding": one, "scheme": words.SCHEMES[one.scheme], "unit": unit_name(one.project.unit),
            "badge": badge, "band": word, "share": "" if one.by_rule else f"{one.probability:.0%}",
            "sentences": words.sentences(one.sentences, names), "colour": stands.colour,
            "state": words.state_word(stands, closed=one.closed_at is not None), "case": stands.case,
            "url": reverse("integrity:case", args=[stands.case.pk]) if stands.case else reverse("integrity:finding", args=[one.pk]),
        })  # fmt: skip
    return made
