"""How a page says what became of an action."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _


def tell(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Run an action and say how it went; what it refuses is said in its own words. Returns whether it was done."""
    try:
        messages.success(request, act())
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error) or _("您没有这项操作的权限。"))
    else:
        return True
    return False
