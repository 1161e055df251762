"""Intake's question, answered: which known projects a new row resembles, and what of that a reader may be told."""

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import Fields, fields_of
from luodi.intake.likeness import Like, Told
from luodi.intake.words import field_name
from luodi.integrity import known
from luodi.integrity.settings import integrity_settings
from luodi.projects.models import Project

MOST = 3
"""Known projects told of for one row."""
SAYS = ("investor", "owner", "credit_code", "total_investment", "address", "phone")
"""Fields that a sentence names; that two rows are of one unit says little."""


class Alike:
    """Answers `luodi.intake.likeness`."""

    def most(self) -> int:
        return integrity_settings().intake_most

    def ask(self, rows: Sequence[Mapping[str, str]]) -> Sequence[Sequence[Like]]:
        from luodi.integrity.engine import likeness

        indexes = known.indexes()
        if not indexes:
            return [()] * len(rows)
        asked = likeness.ask(indexes, [known.cells_of(row) for row in rows], least=integrity_settings().intake_from)
        # What was withdrawn since the index was made is nobody's likeness; a member is no twin of its package.
        held = _current({int(one.id) for some in asked for one in some})

        def is_other(pk: int, row: Mapping[str, str]) -> bool:
            return pk in held and held[pk] != row.get("package")

        return [
            [Like(int(one.id), one.probability, one.agree) for one in some if is_other(int(one.id), row)][:MOST]
            for row, some in zip(rows, asked, strict=True)
        ]

    def told(self, reader: User, likes: Iterable[Like]) -> dict[int, Told]:
        some = list(likes)
        wanted = {like.target for like in some}
        seen = {
            one.pk: one
            for one in Project.objects.current().visible_to(reader).filter(pk__in=wanted).only("name", "unit")
        }
        hidden = _current(wanted - seen.keys())
        found = {like.target: _told(like, seen[like.target], reader) for like in some if like.target in seen}
        strange = Told(_("另一单位已有相似的项目，内容不向您开放；请与项目办核对。"))
        return found | dict.fromkeys(hidden, strange)


def _current(ids: Iterable[int]) -> dict[int, str]:
    """Names of those that stand."""
    wanted = set(ids)
    return dict(Project.objects.current().filter(pk__in=wanted).values_list("id", "name")) if wanted else {}


def _told(like: Like, project: Project, reader: User) -> Told:
    agree = _agree(like.fields, fields_of(reader, project.unit))
    same = _("、").join(agree) if agree else _("几项内容相近")
    return Told(_("%(same)s；概率 %(share)s") % {"same": same, "share": f"{like.probability:.0%}"}, project.name, reverse("project", args=[project.pk]))  # fmt: skip


def _agree(fields: Sequence[str], sees: Fields) -> list[str]:
    said = [_("%(field)s相同") % {"field": field_name(name).lower()} for name in SAYS if name in fields and sees[name]]
    return [*([_("名称相近")] if {"name", "product"} & set(fields) else []), *said]
