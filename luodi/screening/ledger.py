"""Facts that a project's ledger fields tell: canonical texts in, typed values out. What a field does not tell exactly stays unknown."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from luodi.core.city import City
from luodi.intake.engine.facts import is_stage_field
from luodi.projects.engine.areas import area_in, occupied_in
from luodi.projects.engine.consistency import MU
from luodi.projects.engine.lifecycle import State, state

FEN_IN_WAN = 1_000_000
AMOUNTS = {
    "total_investment": "total_investment",
    "output_wan": "output_value",
    "tax_wan": "tax",
    "paid_in_wan": "paid_in",
    "done_wan": "done_to_date",
}
"""Fact -> ledger field."""
DAYS = ("signed", "registered", "landed", "started", "produced")
MOST_MU = 1e9
"""More land than the country has is a misprint, and so unknown."""
_WORDS = ("name", "content", "kind", "remark", "progress")
_WHOLE = re.compile(r"\d{1,9}")


def facts_of(said: Mapping[str, str], *, city: City, as_of: date) -> dict[str, Any]:
    """Facts from one project's fields, without those that stand in the record only."""
    texts = {name: said.get(name, "") for name in ("name", "unit", "division", "industry_code", "nature", "chain")}
    nature = city.register.nature.get(texts["nature"])
    found: dict[str, Any] = {
        **{name: text or None for name, text in texts.items()},
        "industry_code": texts["industry_code"].strip().lstrip("ABCDEFGHIJKLMNOPQRST") or None,
        "words": "\n".join(said[name] for name in _WORDS if said.get(name)) or None,
        "place": said.get("address") or said.get("place") or None,
        # As the figures count: a nature that nobody stated is investment in fixed assets.
        "is_fixed_assets": nature.fixed_assets if nature else True,
        "land_mu": _land_mu(said),
        "jobs": _jobs(said.get("jobs", "")),
        "is_package": bool(said.get("stated_members")) or None,
        "has_investor": bool(said.get("investor")) or None,
        "has_owner": bool(said.get("owner")) or None,
        "has_credit_code": bool(said.get("credit_code")) or None,
        "is_foreign": _is_foreign(said.get("total_investment", "")),
        "as_of": as_of,
    }
    found |= {fact: exact_wan(said.get(name, "")) for fact, name in AMOUNTS.items()}
    return found | steps(list(claims(said)), city=city, as_of=as_of)


def exact_wan(text: str) -> float | None:
    """An exact amount in CNY, in 万元; whatever is about, at least, or in another currency is not exact."""
    currency, _, rest = text.partition(" ")
    minor, _, bound = rest.partition(" ")
    return int(minor) / FEN_IN_WAN if (currency, bound) == ("CNY", "exact") else None


def _is_foreign(amount: str) -> bool | None:
    return amount.partition(" ")[0] != "CNY" if amount else None


def _land_mu(said: Mapping[str, str]) -> float | None:
    stated = said.get("land_area", "")
    area = area_in(stated, bare_unit="亩") if stated else occupied_in(said.get("remark", ""))
    mu = float(area / MU) if area else MOST_MU
    return round(mu, 4) if mu < MOST_MU else None


def _jobs(text: str) -> int | None:
    digits = text.replace(",", "").removesuffix("人").strip()
    return int(digits) if _WHOLE.fullmatch(digits) else None


Claimed = tuple[str, str, date | None]
"""Stage, actual or planned, last day of its period."""


def claims(said: Mapping[str, str]) -> Iterator[Claimed]:
    """Steps that the stage fields claim."""
    for name, text in said.items():
        if is_stage_field(name) and text:
            for claim in text.split("; "):
                kind, stage, period = claim.split(" ", 2)
                yield stage, kind, date.fromisoformat(period[-10:]) if "/" in period else None


def steps(claimed: list[Claimed], *, city: City, as_of: date) -> dict[str, Any]:
    """Where the project stands by these claims, and the first day of each step that rules ask about."""
    order = {stage.code: stage.order for stage in city.stages}
    done = [(stage, day) for stage, kind, day in claimed if kind == "actual" and (day is None or day <= as_of)]
    found: dict[str, Any] = {"stage_rank": max((order[stage] for stage, _ in done if stage in order), default=-1)}
    turned = state([(stage, day or as_of) for stage, day in done], lifecycle=city.lifecycle, as_of=as_of)
    found |= {"is_paused": turned is State.PAUSED, "is_exited": turned is State.EXITED}
    for stage in DAYS:
        found[f"{stage}_on"] = min((day for name, day in done if name == stage and day), default=None)
    for stage in ("started", "produced"):
        planned = [day for name, kind, day in claimed if (name, kind) == (stage, "planned") and day]
        # The latest word on a plan: earlier ones have slipped.
        found[f"planned_{stage}_on"] = max(planned, default=None)
    return found
