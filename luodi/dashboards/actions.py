"""What people do with lists: keep a view under a name, and take rows out of the system."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.audit.actions import record
from luodi.dashboards.models import SavedView


@transaction.atomic
def save_view(*, actor: User, name: str, query: str) -> SavedView:
    """Keep a list's query under a name of one's own; the same name again replaces it. Raises `ValidationError` without a name."""
    name = name.strip()[:60]
    if not name:
        raise ValidationError(_("请给这个视图起个名字。"))
    if len(query) > 1000:
        raise ValidationError(_("筛选条件太长，存不下。"))
    view, _made = SavedView.objects.update_or_create(owner=actor, name=name, defaults={"query": query})
    record(actor, "dashboards.view.saved", view, query=query)
    return view


@transaction.atomic
def delete_view(*, actor: User, view: SavedView) -> None:
    """Only one's own; the caller read it through `visible_to`."""
    record(actor, "dashboards.view.deleted", view, query=view.query)
    view.delete()


@transaction.atomic
def note_export(*, actor: User, query: str, rows: int, total: int) -> None:
    """Rows that leave the system leave a trace."""
    record(actor, "dashboards.list.exported", query=query, rows=rows, total=total)
