"""Reading the register for a ledger: what is known, by which keys, and which facts are held."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from luodi.core.city import Place
from luodi.intake.engine.amounts import Amount
from luodi.intake.engine.parties import parties_in, party_key
from luodi.intake.engine.text import aliases_in, name_key
from luodi.projects.engine.codes import first_in
from luodi.projects.engine.identity import Index, Probe
from luodi.projects.models import Alias, Participation, Project
from luodi.projects.models import Amount as AmountStatement

PARTY_FIELDS = ("investor", "owner")


def load_index(index: Index) -> dict[int, str]:
    """Fill the index with every current project; returns their names."""
    aliases: dict[int, list[str]] = defaultdict(list)
    for project, key in Alias.objects.filter(withdrawn_at=None).values_list("project_id", "key"):
        aliases[project].append(key)
    parties: dict[int, set[str]] = defaultdict(set)
    rows = Participation.objects.filter(withdrawn_at=None).exclude(role=Participation.Role.HOLDER)
    for project, key in rows.values_list("project_id", "party__key"):
        parties[project].add(key)
    renamed = rows.filter(party__aliases__withdrawn_at=None, party__aliases__key__isnull=False)
    for project, key in renamed.values_list("project_id", "party__aliases__key"):
        parties[project].add(key)
    exact = AmountStatement.objects.filter(withdrawn_at=None, kind="total_investment", currency="CNY", bound="exact")
    amounts = dict(exact.order_by("id").values_list("project_id", "minor"))
    names = {}
    current = Project.objects.current().values_list("id", "name", "key", "unit", "project_code")
    for project, name, key, unit, code in current.iterator(chunk_size=5000):
        keys = tuple(dict.fromkeys([key, *aliases.get(project, ())]))
        index.add(project, Probe(keys, frozenset(parties.get(project, ())), unit, amounts.get(project), first_in(code)))
        names[project] = name
    return names


def facts(ids: Iterable[int]) -> dict[int, dict[str, list[Any]]]:
    """Facts held for the given projects: {id: {field: [canonical text, row id]}}."""
    real = [target for target in ids if target > 0]
    return dict(Project.objects.filter(pk__in=real).values_list("id", "facts")) if real else {}


def probe_of(values: Mapping[str, Any], place: Place | None) -> Probe:
    """By what a row's project is known."""
    name = str(values["name"])
    base, others = aliases_in(name)
    names = [name, base, *others, *alias_names(values)]
    amount = values.get("total_investment")
    exact = isinstance(amount, Amount) and amount.currency == "CNY" and amount.bound == "exact"
    return Probe(
        keys=tuple(dict.fromkeys(key_of(text) for text in names if text)),
        parties=frozenset(party_key(p.name) for p in _principals(values)),
        unit=place.unit if place else "",
        amount=amount.minor if exact and isinstance(amount, Amount) else None,
        project_code=first_in(str(values.get("project_code", ""))),
    )


def key_of(name: str) -> str:
    """The name as compared, as long as the record holds it: folding may lengthen a name (㍿ becomes four characters)."""
    return name_key(name)[:300]


def alias_names(values: Mapping[str, Any]) -> list[str]:
    text = str(values.get("alias", ""))
    return [part.strip() for part in text.replace("；", "、").split("、") if part.strip()]


def _principals(values: Mapping[str, Any]) -> list[Any]:
    """Investors and owners, not their shareholders: a holder in common does not make two projects one."""
    return [p for name in PARTY_FIELDS if values.get(name) for p in principals(str(values[name]))]


def party_set(text: str) -> frozenset[tuple[str, str]]:
    """Who takes part with which share: what two party texts have in common when they mean the same."""
    return frozenset((party_key(party.name), str(party.share or "")) for party in parties_in(text))


@lru_cache(maxsize=20_000)
def principals(text: str) -> tuple[Any, ...]:
    """The parties that act. In "甲公司：乙51%、丙49%" that is the company before the colon; otherwise all of them."""
    parties = parties_in(text)
    leading = [party for party in parties if party.share is None]
    return tuple(leading or parties)
