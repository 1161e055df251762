"""What a plan says of a project, in sentences: which factor holds which step, until when, and what ends the waiting."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luodi.factors import words
from luodi.factors.models import PlanLine, Pool, Work

Names = Mapping[int, str]


def names_in(lines: Iterable[PlanLine]) -> tuple[Names, Names]:
    """Pools and works that the reasons of these lines name; two queries."""
    links = [link for line in lines for link in line.reasons]
    pools = Pool.objects.in_bulk({link[1] for link in links if link[1]})
    works = Work.objects.in_bulk({link[5] for link in links if link[5]})
    return {pk: words.pool_name(pool) for pk, pool in pools.items()}, {pk: work.name for pk, work in works.items()}


def line_words(line: PlanLine, names: tuple[Names, Names] | None = None) -> list[str]:
    """One sentence for each link of the chain that holds a project; empty when nothing does."""
    pools, works = names or names_in([line])
    return [_sentence(*link, pools=pools, works=works) for link in line.reasons]


def _sentence(step: str, pool: int, days: int, until: str, how: str, work: int, *, pools: Names, works: Names) -> str:
    told = {
        "step": words.step_name(step),
        "pool": pools.get(pool, _("已承诺的要素")),
        "days": days,
        "until": date.fromisoformat(until),
        "how": works.get(work) or words.HOW.get(how, how),
    }
    said = ngettext(
        "%(step)s等 %(pool)s %(days)s 天，到 %(until)s（%(how)s）", "%(step)s等 %(pool)s %(days)s 天，到 %(until)s（%(how)s）", days
    )  # fmt: skip
    return said % told
