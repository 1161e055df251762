"""From the record to what the engines and other parts ask for."""

from collections.abc import Sequence

from django.db.models import FilteredRelation, Q

from luodi.chains.models import ChainWord
from luodi.intake.engine.text import fold
from luodi.projects.models import Project

MANY = 2000
"""More ids than this are not put into a query: all rows are read instead."""


def words() -> dict[str, str]:
    """Chain by the word that ledgers use, as compared."""
    return dict(ChainWord.objects.filter(withdrawn_at=None).values_list("key", "chain__code"))


def roles_of(project_ids: Sequence[int] | None) -> dict[int, tuple[str, str, str]]:
    """Chain, node and role of projects (None = all), in two queries. Node and role are blank for whom only the ledger's word names a chain.

    A project on several nodes is told by the first that gives it a role; one without a chain is not in the answer.
    """
    rows = Project.objects.current()
    if project_ids is not None and len(project_ids) <= MANY:
        rows = rows.filter(pk__in=project_ids)
    wanted = None if project_ids is None else set(project_ids)
    held = FilteredRelation("chain_holders", condition=Q(chain_holders__withdrawn_at=None))
    columns = ("pk", "chain", "held__chain__code", "held__node", "held__role")
    placed, known = rows.annotate(held=held).order_by("pk", "held__id").values_list(*columns), words()
    found: dict[int, tuple[str, str, str]] = {}
    for project, word, chain, node, role in placed:
        if wanted is not None and project not in wanted:
            continue
        if chain and (project not in found or (role and not found[project][2])):
            found[project] = (chain, node, role)
        elif not chain and fold(word) in known:
            found[project] = (known[fold(word)], "", "")
    return found
