"""Taking a pool into one's hands: whoever changes what it gives or owes waits here for the others, until their transaction ends."""

from django.core.exceptions import PermissionDenied

from luodi.accounts.models import User
from luodi.factors.models import Pool

LARGEST = 10**15
"""No amount in the book reaches it."""


def hold_pool(actor: User | None, pk: int) -> Pool:
    """The pool, held. Pools are taken before the claims on them, and several in the order of their ids."""
    if not Pool.objects.current().visible_to(actor).filter(pk=pk).exists():
        raise PermissionDenied
    return Pool.objects.select_for_update().get(pk=pk)
