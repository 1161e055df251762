"""What every random draw shares: a seed committed to by its hash, kept beside the database, drawn with once, published, repeatable.

A draw's model has `seed_sha256`, `seed`, `size`, `population`, `committed_by`, `drawn_at`. Permission, who is drawn from, the rows of the sample and
the entry in the log are the action's own.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import folder
from luodi.evidence.engine.sampling import commitment, drawn

LARGEST = 500


def committed(model: type[Any], *, actor: User | None, size: int) -> Any:
    """A new draw whose seed nobody learns before it is made, the database neither."""
    seed = secrets.token_hex(32)
    draw = model.objects.create(seed_sha256=commitment(seed), size=size, committed_by=actor)
    _seed_file(draw).write_text(seed, encoding="ascii")
    return draw


def revealed(draw: Any, population: Sequence[int]) -> tuple[Any, list[int]]:
    """The draw with its seed published, and its sample of the population. A draw is made once."""
    draw = type(draw).objects.select_for_update().get(pk=draw.pk)
    if draw.drawn_at is not None:
        raise ValidationError(_("这一次已经抽过。"))
    if not _seed_file(draw).exists():
        raise ValidationError(_("种子文件不在这台服务器上，请重新公布种子指纹再抽。"))
    draw.seed = _seed_file(draw).read_text(encoding="ascii")
    draw.population, draw.drawn_at = list(population), timezone.now()
    draw.save(update_fields=["seed", "population", "drawn_at"])
    return draw, drawn(draw.seed, draw.population, draw.size)


def agrees(draw: Any, sample: Sequence[int]) -> bool:
    """Whether a published draw is what its seed gives, and the seed the one that was committed to. Anybody can do the same by hand."""
    same = sorted(sample) == drawn(draw.seed, draw.population, draw.size)
    return same and commitment(draw.seed) == draw.seed_sha256


def _seed_file(draw: Any) -> Path:
    # The hash keeps the seeds of several kinds of draws apart.
    return folder("seeds") / f"{draw.pk}-{draw.seed_sha256[:16]}"
