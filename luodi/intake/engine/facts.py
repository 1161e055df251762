"""The canonical text of a ledger field: two cells that mean the same give the same text, whatever way they were written."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from luodi.intake.engine.amounts import Amount
from luodi.intake.engine.dates import Claim
from luodi.intake.engine.units import format_minor

AMOUNT_FIELDS = frozenset(
    {"total_investment", "plan_this_year", "done_this_year", "done_to_date", "paid_in", "output_value", "tax"}
)
STAGES = {
    "idea": "谋划", "packaged": "包装", "reserve": "储备", "negotiated": "洽谈", "signed": "签约", "registered": "注册",
    "landed": "落地", "started": "开工", "in_statistics": "入统", "completed": "竣工", "produced": "投产",
    "full_capacity": "达产",
}  # fmt: skip
_STAGE_OF_FIELD = {"negotiated": "negotiating"}
UNDATED = "?"


def is_stage_field(field: str) -> bool:
    """Whether the field holds the dates of a stage, planned or actual, or the words of the status column."""
    return field.endswith("_on") or field == "status"


@cache
def stage_of(field: str) -> str:
    """Stage code of a date field: `planned_started_on` and `started_on` are both about `started`."""
    stem = field.removeprefix("planned_").removesuffix("_on")
    return _STAGE_OF_FIELD.get(stem, stem)


def amount_fact(amount: Amount) -> str:
    return f"{amount.currency} {amount.minor} {amount.bound}"


def claims_fact(claims: Iterable[Claim], stage: str) -> str:
    """Claims in order, without the words around them: those are kept with the event, they are not the claim."""
    return "; ".join(f"{claim.kind} {claim.stage or stage} {_period(claim)}" for claim in claims)


def _period(claim: Claim) -> str:
    return f"{claim.period.start}/{claim.period.end}" if claim.period else UNDATED


def facts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Canonical text of every field that the row states; a blank cell states nothing."""
    facts = {}
    for field, value in values.items():
        if isinstance(value, str):
            facts[field] = value
        elif isinstance(value, Amount):
            facts[field] = amount_fact(value)
        elif isinstance(value, tuple):
            facts[field] = claims_fact(value, stage_of(field))
        else:
            facts[field] = str(value)
    return facts


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The understood values as JSON: amounts in minor units with currency and bound, claims with their days."""
    return {field: _plain(value, stage_of(field)) for field, value in values.items()}


def _plain(value: Any, stage: str) -> Any:
    if isinstance(value, Amount):
        yuan = format_minor(value.minor, "元")
        return {
            "minor": value.minor,
            "currency": value.currency,
            "bound": str(value.bound),
            "amount": yuan.replace(",", ""),
        }
    if isinstance(value, tuple):
        return [
            {
                "stage": claim.stage or stage,
                "kind": claim.kind,
                "start": str(claim.period.start) if claim.period else None,
                "end": str(claim.period.end) if claim.period else None,
                "precision": claim.period.precision if claim.period else None,
                "basis": claim.basis,
            }
            for claim in value
        ]
    return value


_BOUNDS = {"exact": "", "at_least": "≥ ", "at_most": "≤ ", "about": "约 "}
_CURRENCIES = {"USD": "万美元", "GBP": "万英镑", "EUR": "万欧元", "HKD": "万港元", "JPY": "万日元", "KRW": "万韩元"}


def show(field: str, fact: str, *, stage_names: Mapping[str, str], unit: str = "万元") -> str:
    """A canonical text for people: "8,370,000 万元", "签约 2019-02-22"."""
    if field in AMOUNT_FIELDS and fact.count(" ") == 2:
        currency, minor, bound = fact.split(" ")
        name = unit if currency == "CNY" else _CURRENCIES.get(currency, currency)
        return f"{_BOUNDS[bound]}{format_minor(int(minor), name)} {name}"
    if is_stage_field(field) and fact:
        return "；".join(_show_claim(claim, stage_names) for claim in fact.split("; "))
    return fact


def amount_words(minor: int, currency: str, bound: str) -> str:
    """An amount in words that read back as the same: "≥15000万元", "3200万英镑"."""
    unit = "万元" if currency == "CNY" else _CURRENCIES[currency]
    return f"{_BOUNDS[bound].strip()}{format_minor(minor, unit).replace(',', '')}{unit}"


def _show_claim(claim: str, stage_names: Mapping[str, str]) -> str:
    kind, stage, period = claim.split(" ", 2)
    days = "未写日期" if period == UNDATED else " 至 ".join(dict.fromkeys(period.split("/")))
    return f"{'计划' if kind == 'planned' else ''}{stage_names.get(stage, stage)} {days}"
