"""Bulk edit: what is chosen, as a diff, before anything is written."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.evidence.forms import day
from luodi.intake.words import rank_name, stage_name
from luodi.projects.models import Project
from luodi.projects.steps import oddities
from luodi.reserve import words
from luodi.reserve.actions import MOST, Bulk
from luodi.reserve.queries import key_projects
from luodi.reserve.settings import reserve_settings


def chosen(user: User, post: Any) -> list[Project]:
    """The projects whose boxes were ticked and that the person reaches, in their order."""
    ids = [
        int(text)
        for text in post.getlist("project")[: MOST + 1]
        if text.isascii() and text.isdigit() and len(text) < 19
    ]
    return list(Project.objects.current().visible_to(user).filter(pk__in=ids).select_related("standing").order_by("id"))


def read(post: Any) -> Bulk:
    """What is to be changed. Raises `ValidationError` where it is nothing that the board knows."""
    kind = post.get("kind", "")
    value = post.get(kind, "").replace("\0", "").strip()[:80] if kind in words.CHANGES else ""
    if (
        not value
        or (kind == "stage" and value not in reserve_settings().board)
        or (kind == "key" and value not in {"in", "out"})
    ):
        raise ValidationError(_("请选择要改什么、改成什么。"))
    when = day(post["day"]) if post.get("day", "").strip() else timezone.localdate()
    return Bulk(kind, value, post.get("reason", "").strip()[:300], when)


def preview(user: User, projects: Sequence[Project], bulk: Bulk) -> list[dict[str, Any]]:
    """One line a project: before, after, and what stands in the way as far as it can be told before trying."""
    keys = set(key_projects().filter(project__in=projects).values_list("project_id", flat=True))
    scope = scope_of(user)
    found = []
    for project in projects:
        before, after, problem = _line(project, bulk, project.pk in keys)
        if not scope.covers(project.unit):
            problem = _("不在您的填报范围。")
        found.append({"project": project, "before": before, "after": after, "problem": problem})
    return found


def _line(project: Project, bulk: Bulk, is_key: bool) -> tuple[str, str, str]:
    if bulk.kind == "stage":
        return _stage_line(project, bulk)
    if bulk.kind == "chain":
        before = project.chain or _("未写明")
        same = _("没有变化。") if project.chain == bulk.value else ""
        # A submitted project changes by request and review only, here as everywhere.
        after = (
            bulk.value
            if project.submitted_at is None
            else _("%(value)s（已报送，转为变更申请）") % {"value": bulk.value}
        )
        return before, after, same or ("" if bulk.reason else _("请写明变更的理由。"))
    inside, outside = _("在重点库"), _("不在重点库")
    wanted = bulk.value == "in"
    problem = _("没有变化。") if wanted == is_key else ("" if bulk.reason else _("请写明理由。"))
    return (inside if is_key else outside), (inside if wanted else outside), problem


def _stage_line(project: Project, bulk: Bulk) -> tuple[str, str, str]:
    rank, wanted = project.standing.reported, city().stage[bulk.value].order
    before, after = rank_name(rank) or "—", stage_name(bulk.value)
    if rank == wanted:
        return before, after, _("没有变化。")
    if rank > wanted:
        return before, after, "" if bulk.reason else _("往回移是撤回阶段，请写明理由。")
    odd = [one for one in oddities(project, bulk.value, bulk.day, bulk.day) if one.asks_reason]
    return before, after, _("与已有记录的先后不符，请写明理由。") if odd and not bulk.reason else ""
