"""One factor as a tile: its small multiple and the numbers beside it."""

from typing import Any

from django.urls import reverse

from luodi.factors import words
from luodi.factors.drawing import small_multiple
from luodi.factors.panorama import Panorama


def tile(found: Panorama) -> dict[str, Any]:
    factor, now, short = found.factor, found.now, found.short
    own = found.pools[0]
    return {
        "code": factor.code,
        "name": words.factor_name(factor.code),
        "unit": words.unit_of(factor),
        "lent": factor.lent,
        "url": reverse("factors:pool", args=[own.pk])
        if len(found.pools) == 1
        else reverse("factors:factor", args=[factor.code]),
        "picture": small_multiple(found),
        "left": words.number(factor, now.granted - now.claimed),
        "granted": words.number(factor, now.granted),
        "short_on": short.day if short else None,
        "lacks": words.amount(factor, short.needed - short.granted) if short else "",
        "waiting": len({need.project for need, _lacking in found.competing}),
        "pools": len(found.pools),
    }
