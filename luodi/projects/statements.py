"""The statements of ledger rows: parties, aliases, amounts and stage events. Appended; what they replace is withdrawn."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from luodi.core.rows import insert_rows, reserve_ids
from luodi.intake.engine.amounts import Amount
from luodi.intake.engine.facts import AMOUNT_FIELDS, is_stage_field, stage_of
from luodi.intake.engine.parties import parties_in, party_key
from luodi.intake.engine.text import aliases_in
from luodi.intake.target import Resolved
from luodi.organizations.models import Party, PartyAlias
from luodi.projects import particulars, register
from luodi.projects.models import Alias, Participation, StageEvent
from luodi.projects.models import Amount as AmountStatement

Pairs = Sequence[tuple[Resolved, int | None]]
"""Rows that say something new, each with the id of its stored intake row; a person's own change has none."""


def withdraw_replaced(changed: Pairs, now: datetime) -> None:
    """A corrected field withdraws what it said before; the old statement stays readable."""
    by_field: dict[str, list[int]] = defaultdict(list)
    for item, _ in changed:
        for name, (before, _) in item.changes.items():
            if before:
                by_field[name].append(item.target_id or 0)
    for name, projects in by_field.items():
        if name in register.PARTY_FIELDS:
            _withdraw_holders(name, projects, now)
        for model, lookup in (
            (StageEvent, {"field": name}),
            (AmountStatement, {"kind": name}),
            (Participation, {"role": name}),
        ):
            model.objects.filter(project__in=projects, withdrawn_at=None, **lookup).update(withdrawn_at=now)
        if replaced := particulars.REPLACED.get(name):
            replaced.objects.filter(project__in=projects, withdrawn_at=None).update(withdrawn_at=now)


def _withdraw_holders(role: str, projects: Sequence[int], now: datetime) -> None:
    """Shareholders go with the company that they were stated for, which is to say with its row."""
    live = Participation.objects.filter(project__in=projects, withdrawn_at=None)
    rows = set(live.filter(role=role).values_list("row_id", flat=True))
    live.filter(role=Participation.Role.HOLDER, row__in=rows).update(withdrawn_at=now)


def write_parties(pairs: Pairs, now: datetime) -> None:
    """Investors and owners with their shareholders; a company is made once, under its comparison key."""
    stated = [(item, row_id, role, party) for item, row_id in pairs for role, party in _parties(item)]
    codes = {item.target_id: str(item.row.values.get("credit_code", "")) for item, _ in pairs}
    ids = _party_ids({_key(party.name): party.name for *_, party in stated})
    rows = []
    for item, row_id, role, party in stated:
        share = party.share if party.share is None or abs(party.share) < 1000 else None
        rows.append(
            [
                item.target_id,
                ids[_key(party.name)],
                role,
                None if share is None else f"{share:.4f}",
                party.note[:200],
                row_id,
                now,
            ]
        )
    insert_rows(Participation, ["project_id", "party_id", "role", "share", "note", "row_id", "recorded_at"], rows)
    for item, _, role, party in stated:
        code = codes.get(item.target_id, "")
        if code and role != Participation.Role.HOLDER and len(code) <= 18:
            Party.objects.filter(pk=ids[_key(party.name)], credit_code="").update(credit_code=code)


def _parties(item: Resolved) -> Iterator[tuple[str, Any]]:
    for role in register.PARTY_FIELDS:
        if role not in item.changes:
            continue
        text = str(item.row.values[role])
        acting = {party.name for party in register.principals(text)}
        seen = set()
        for party in parties_in(text):
            if party.name not in seen:
                seen.add(party.name)
                yield (role if party.name in acting else Participation.Role.HOLDER), party


def _key(name: str) -> str:
    """The comparison key as the record holds it: a paragraph in a party column must meet itself again."""
    return party_key(name)[:300]


def _party_ids(names: dict[str, str]) -> dict[str, int]:
    """Ids by key; unknown parties are made."""
    known = dict(Party.objects.filter(key__in=names).values_list("key", "id"))
    # A former or short name leads to the party that bears it, unless somebody bears it today.
    former = PartyAlias.objects.filter(key__in=names.keys() - known.keys(), withdrawn_at=None)
    known |= dict(former.order_by("-id").values_list("key", "party_id"))
    missing = [(key, name) for key, name in names.items() if key not in known]
    ids = reserve_ids(Party, len(missing)) if missing else ()
    insert_rows(
        Party,
        ["id", "name", "key", "credit_code"],
        [[i, n[:300], k, ""] for i, (k, n) in zip(ids, missing, strict=True)],
    )
    return known | {key: i for i, (key, _) in zip(ids, missing, strict=True)}


def write_aliases(pairs: Pairs, now: datetime) -> None:
    """Names in brackets, the alias column, and the row's own name where it differs from the register's."""
    rows = []
    for item, row_id in pairs:
        if "name" not in item.changes and "alias" not in item.changes:
            continue
        name = str(item.row.values["name"])
        base, others = aliases_in(name)
        names = {register.key_of(text): text for text in (base, *others, *register.alias_names(item.row.values))}
        names.pop(register.key_of(name), None)
        rows += [[item.target_id, text[:300], key, row_id, now] for key, text in names.items()]
    insert_rows(Alias, ["project_id", "name", "key", "row_id", "recorded_at"], rows)


def write_amounts(pairs: Pairs, now: datetime) -> None:
    """One statement an amount field, in its own currency."""
    rows = []
    for item, row_id in pairs:
        for name in AMOUNT_FIELDS & item.changes.keys():
            amount = item.row.values[name]
            if isinstance(amount, Amount):
                text = item.row.texts.get("amount_text") if name == "total_investment" else None
                text = text or item.row.texts.get(name, "")
                rows.append(
                    [
                        item.target_id,
                        name,
                        amount.minor,
                        amount.currency,
                        str(amount.bound),
                        text[:300],
                        item.row.stated_on,
                        row_id,
                        now,
                    ]
                )
    columns = ["project_id", "kind", "minor", "currency", "bound", "text", "stated_on", "row_id", "recorded_at"]
    insert_rows(AmountStatement, columns, rows)


def write_events(pairs: Pairs, now: datetime) -> dict[int | None, list[int]]:
    """Every claim of every changed stage field; returns the ids of the actual ones by row."""
    claims = [
        (item, row_id, name, claim)
        for item, row_id in pairs
        for name in item.changes
        if is_stage_field(name)
        for claim in item.row.values[name]
    ]
    actual: dict[int | None, list[int]] = defaultdict(list)
    rows = []
    for event_id, (item, row_id, name, claim) in zip(reserve_ids(StageEvent, len(claims)), claims, strict=True):
        period = claim.period
        days = (period.start, period.end, period.precision) if period else (None, None, "")
        text = item.row.texts.get(name, "")[:500]
        stage = claim.stage or stage_of(name)
        said_on = item.row.stated_on
        rows.append(
            [event_id, item.target_id, stage, claim.kind, name, *days, said_on, claim.basis[:300], text, row_id, now]
        )
        if claim.kind == StageEvent.Kind.ACTUAL:
            actual[row_id].append(event_id)
    columns = [
        "id",
        "project_id",
        "stage",
        "kind",
        "field",
        "starts_on",
        "ends_on",
        "precision",
        "known_on",
        "basis",
        "text",
        "row_id",
        "recorded_at",
    ]
    insert_rows(StageEvent, columns, rows)
    return actual
