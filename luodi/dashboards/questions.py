"""What a project's own statements leave open: findings on its page. Each is a question to the unit, never a verdict."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from luodi.accounts.policy import Fields
from luodi.core.installation import city
from luodi.projects.engine import areas, consistency
from luodi.projects.engine.consistency import WAN, Finding
from luodi.projects.models import Participation, Project, StageEvent

RESTS_ON = ("total_investment", "land_area", "remark", "paid_in", "progress_percent")
"""Fields that the findings tell of: who may not see all of them sees no finding."""


def findings(project: Project, sees: Fields) -> list[Finding]:
    """Everything that does not fit, or that a person should look at."""
    if not sees.all(RESTS_ON):
        return []
    today, limits = timezone.localdate(), city().register.thresholds
    amount = exact_amount(project)
    actual = _actual(project)
    signed, contact = actual.get("signed"), actual.get("negotiating")
    told = _text(project, "remark"), _text(project, "progress")
    found = [
        *_of_amount(project, amount, told),
        consistency.lapsed(
            signed=signed or consistency.first_heard("；".join(told)),
            started=_reached(project, "started"),
            exited="exited" in actual,
            today=today,
            years=limits.lapsed_years,
        ),
        consistency.frame_only(
            is_framework=project.nature == "framework",
            has_contract=any(e.kind == "contract" and e.withdrawn_at is None for e in project.evidence.all()),
            signed=signed is not None,
        ),
        _members(project, amount),
    ]
    if amount and signed and contact:
        days, floor = limits.quick_signing_days, limits.quick_signing_floor
        quick = consistency.quick_signing(
            first_contact=contact, signed=signed, amount_fen=amount, days=days, floor_wan=floor
        )
        found.append(quick)
    last = max((one for one in project.progress.all() if not one.withdrawn_at), key=_said, default=None)
    if last is not None:
        found.append(consistency.over_full(last.percent, last.basis))
    return consistency.kept(found)


def _of_amount(project: Project, amount: int | None, told: Sequence[str]) -> list[Finding | None]:
    """What an exact total in CNY makes questionable."""
    if not amount:
        return []
    limits = city().register.thresholds
    area = areas.area_in(_text(project, "land_area"), bare_unit="亩") or areas.occupied_in(told[0])
    per_mu = consistency.intensity(amount_fen=amount, area_m2=area) if area else None
    found = [consistency.intensity_outlier(per_mu, limit=limits.intensity_max)]
    minimum = limits.capital_ratio_min
    found += [
        consistency.thin_capital(capital_fen=capital, amount_fen=amount, minimum_percent=minimum)
        for capital in _capital(project)
    ]
    claims = [claim for text in told if (claim := consistency.share_told(text))]
    found += [
        consistency.share_claim(done_fen=done, total_fen=amount, claimed_percent=percent) for done, percent in claims
    ]
    return found


def _members(project: Project, amount: int | None) -> Finding | None:
    """A package whose members state another sum than it does."""
    stated = [fen for member in project.members.all() if (fen := exact_amount(member)) is not None]
    if not stated or amount is None:
        return None
    parts = [Decimal(fen) / WAN for fen in stated]
    found = consistency.does_not_add_up("打包项目与子项目", parts, Decimal(amount) / WAN, "万元")
    # Less than the whole may only mean that not every member is listed; more contradicts it.
    return replace(found, severity=consistency.REVIEW) if found and sum(stated) < amount else found


def exact_amount(project: Project) -> int | None:
    """The latest exact total in CNY, in 分."""
    live = [item for item in project.amounts.all() if item.withdrawn_at is None and item.kind == "total_investment"]
    last = max(live, key=lambda item: item.pk, default=None)
    exact = last is not None and (last.currency, last.bound) == ("CNY", "exact")
    return last.minor if exact and last is not None else None


def _capital(project: Project) -> list[int]:
    """Registered capital in CNY of those who build or invest, as last stated."""
    acting = [p for p in project.participations.all() if not p.withdrawn_at and p.role != Participation.Role.HOLDER]
    found: dict[int, int | None] = {p.party_id: getattr(p, "capital_fen", None) for p in acting}
    return [fen for fen in found.values() if fen is not None]


def _actual(project: Project) -> dict[str, date]:
    """The first day by which each stage has certainly happened."""
    found: dict[str, date] = {}
    for event in project.events.all():
        day = event.ends_on or event.known_on
        if event.withdrawn_at is None and event.kind == StageEvent.Kind.ACTUAL and day:
            found[event.stage] = min(day, found.get(event.stage, day))
    return found


def _reached(project: Project, stage: str) -> bool:
    standing = getattr(project, "standing", None)
    return standing is not None and standing.reported >= city().stage[stage].order


def _text(project: Project, name: str) -> str:
    return str(project.facts.get(name, [""])[0])


def _said(statement: Any) -> Any:
    return statement.stated_on, statement.pk
