"""Projects of the register that may answer a target: by node, by industry, by words. A proposal each; a person confirms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from luodi.accounts.models import User
from luodi.chains.models import ChainCandidate, ChainHolder, ChainTarget
from luodi.chains.settings import chain_settings
from luodi.core.installation import city
from luodi.projects.models import Project

MOST = 30
NODE, INDUSTRY, WORD = "node", "industry", "word"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A project and why it is proposed; `capacity` when the map knows it."""

    project: Project
    why: tuple[str, ...]
    capacity: Decimal | None


def proposals(target: ChainTarget, name: str, user: User) -> list[Proposal]:
    """Within reach, the best founded first; those that are candidates already are left out."""
    taken = target.candidates.filter(withdrawn_at=None).values_list("project_id", flat=True)
    seen = Project.objects.current().visible_to(user).exclude(pk__in=taken).exclude(standing__state="exited")
    held = ChainHolder.objects.filter(chain=target.chain, node=target.node, withdrawn_at=None, project__isnull=False)
    capacities = dict(held.values_list("project_id", "capacity"))
    codes = industry_prefixes(target.industries)
    by_industry, by_word = Q(), Q()
    for code in codes:
        by_industry |= Q(industry_code__startswith=code) | Q(industry_code__regex=rf"^[A-T]{code}")
    for word in {name, target.what}:
        if len(word) >= 2:
            by_word |= Q(name__icontains=word)
    asked = Q(pk__in=list(capacities)) | by_industry | by_word
    found = []
    for project in seen.filter(asked).select_related("standing").order_by("-pk")[: MOST * 3]:
        why = _why(project, capacities, codes, (name, target.what))
        found.append(Proposal(project, why, capacities.get(project.pk)))
    order = (NODE, INDUSTRY, WORD)
    found.sort(key=lambda one: ([order.index(why) for why in one.why] or [9], one.project.pk))
    return found[:MOST]


def industry_prefixes(codes: Sequence[str]) -> list[str]:
    """Digits of GB/T 4754 codes; anything else is left out, so that it cannot widen the search."""
    bare = [code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in codes]
    return [code for code in bare if code.isascii() and code.isdigit()]


def _why(
    project: Project, capacities: Mapping[int, Decimal | None], codes: Sequence[str], words: Sequence[str]
) -> tuple[str, ...]:
    bare = project.industry_code.lstrip("ABCDEFGHIJKLMNOPQRST")
    found = [NODE] if project.pk in capacities else []
    if bare and any(bare.startswith(code) for code in codes):
        found.append(INDUSTRY)
    if any(word and word in project.name for word in words):
        found.append(WORD)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Progress:
    """What candidates bring to a target: in all, reported, proven, net; `unknown` of them nobody said how much."""

    confirmed: Decimal
    reported: Decimal
    proven: Decimal
    net: Decimal
    unknown: int

    def share(self, quantity: Decimal | None) -> int | None:
        """Proven capacity in percent of what was asked for, at most 100; None when that is not known."""
        return None if not quantity else min(int(self.proven * 100 / quantity), 100)


def progress(candidates: Sequence[ChainCandidate]) -> Progress:
    """Capacity counts once its project has come as far as the city asks: as reported, as proven, net of what a person took out."""
    rank = city().stage[chain_settings().answers_at].order
    sums = {"confirmed": Decimal(0), "reported": Decimal(0), "proven": Decimal(0), "net": Decimal(0)}
    unknown = 0
    for one in candidates:
        if one.capacity is None:
            unknown += 1
            continue
        sums["confirmed"] += one.capacity
        standing = getattr(one.project, "standing", None)
        if standing is None or standing.state == "exited" or one.project.withdrawn_at is not None:
            continue
        for side in ("reported", "proven", "net"):
            if getattr(standing, side) >= rank:
                sums[side] += one.capacity
    return Progress(**sums, unknown=unknown)
