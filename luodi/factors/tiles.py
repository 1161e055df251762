"""One factor as a tile: its small multiple and the numbers beside it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from luodi.factors import words
from luodi.factors.drawing import small_multiple
from luodi.factors.models import Pool
from luodi.factors.panorama import Panorama


def link_of(pools: Sequence[Pool]) -> str:
    """To the pool; where there are several, to the factor's."""
    if len(pools) == 1:
        return reverse("factors:pool", args=[pools[0].pk])
    return reverse("factors:factor", args=[pools[0].factor])


def tile(found: Panorama) -> dict[str, Any]:
    factor, now, short = found.factor, found.now, found.short
    return {
        "code": factor.code,
        "name": words.factor_name(factor.code),
        "unit": words.unit_of(factor),
        "lent": factor.lent,
        "url": link_of(found.pools),
        "picture": small_multiple(found),
        "left": words.number(factor, now.granted - now.claimed),
        "granted": words.number(factor, now.granted),
        "short_on": short.day if short else None,
        "lacks": words.amount(factor, short.needed - short.granted) if short else "",
        "waiting": len(found.waiting),
        "pools": len(found.pools),
    }
