"""Facts of many projects as the table that the engine takes: a column a fact, in the type that the rulebook gives it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from luodi.screening.engine.columns import dtype
from luodi.screening.engine.nodes import Kind
from luodi.screening.engine.rulebook import Fact, Rulebook
from luodi.screening.facts import Known


def table(book: Rulebook, known: Mapping[Any, Known] | Sequence[Known]) -> Any:
    """A Polars frame with `id`, the facts that any project has, and `evidence_<kind>`; ids are keys, or places in a list."""
    import polars as pl

    rows = dict(enumerate(known)) if isinstance(known, Sequence) else known
    # Of a hundred facts a ledger tells twenty: a column that is not there is unknown for all.
    told = {code for one in rows.values() for code, value in one.values.items() if value is not None}
    seen = {kind for one in rows.values() for kind in one.evidence}
    columns: dict[str, Any] = {"id": pl.Series(list(rows), dtype=pl.Int64)}
    for fact in book.facts.values():
        if fact.code in told and fact.source != "derived" and fact.code != "as_of":
            values = [typed(fact, one.values.get(fact.code)) for one in rows.values()]
            columns[fact.code] = pl.Series(values, dtype=dtype(fact.type))
    for kind in book.evidence_kinds:
        if kind in seen:
            columns[f"evidence_{kind}"] = pl.Series([kind in one.evidence for one in rows.values()], dtype=pl.Boolean)
    return pl.DataFrame(columns)


def typed(fact: Fact, value: Any) -> Any:
    """A value in the fact's type. What people stated comes as text; a text that has become unreadable is unknown."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or fact.type is Kind.TEXT:
        return float(value) if fact.type is Kind.NUMBER else value
    try:
        return read_text(fact, value)
    except ValueError:
        return None


def read_text(fact: Fact, text: str) -> Any:
    """What a person typed for a fact. Raises ValueError when it is not of the fact's type or not in its list."""
    text = text.strip()
    if fact.type is Kind.NUMBER:
        number = float(text.replace(",", "").replace("，", ""))
        if not abs(number) < 1e15:
            raise ValueError(text)
        return number
    if fact.type is Kind.BOOLEAN:
        answer = {"true": True, "false": False, "是": True, "否": False}.get(text.lower())
        if answer is None:
            raise ValueError(text)
        return answer
    if fact.type is Kind.DATE:
        return date.fromisoformat(text)
    if fact.values and text not in fact.values:
        raise ValueError(text)
    return text


def as_text(value: Any) -> str:
    """The canonical text of a stated value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return value.isoformat() if isinstance(value, date) else str(value)
