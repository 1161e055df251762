"""What every page shows: city, navigation, units, the stamp of the data."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.queries import home_of
from luodi.audit.models import LogState
from luodi.core.installation import city
from luodi.dashboards.navigation import navigation

VERSION = "0.3.0"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor for all templates."""
    here, user = city(), getattr(request, "user", None)
    return {
        "city_name": here.name_en if get_language() == "en" else here.name,
        "nav": navigation(request) if isinstance(user, User) else [],
        "home_url": home_of(user) if isinstance(user, User) else "/",
        "money_unit": user.money_unit if isinstance(user, User) else "万元",
        "demo_mode": settings.DEMO_MODE,
        "data_stamp": _("数据时点 %(at)s · 口径 %(definition)s")
        % {"at": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "definition": here.definition["version"]},
        "version": VERSION,
        "log_head": log_head() if isinstance(user, User) else "",
    }


def log_head() -> str:
    """How many leaves the log has and the beginning of its root, as a footer shows it; blank before the first."""
    state = LogState.objects.first()
    return f"{state.size}:{state.root[:16]}" if state else ""
