"""What a project's own words leave open: shares that do not follow from amounts, signings that never began, frames instead of contracts.

The arithmetic is the register's (`projects/engine/consistency.py`), so that an acceptance case and a lamp say the same.
"""

from collections.abc import Iterator
from decimal import Decimal

from luodi.checks.engine.checks import Result, Settings, check, fits, review
from luodi.checks.engine.dossier import Dossier
from luodi.projects.engine import consistency

PUBLISHED = "公开报道整理"


@check(
    "S01", "自称完成的比例", "The share that is claimed",
    says="自称完成 {claimed}% 以上，按所说金额只有 {actual}%，至少要 {needed} 万元",
    says_en="More than {claimed} % claimed, {actual} % by the amount told; {needed} (10,000 CNY) would be needed",
    why="“已投 80 多亿元，占 173 亿元的 50% 以上”：80/173 = 46.2%", source=f"{PUBLISHED}-5",
)  # fmt: skip
def share_claim(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for text in dossier.told:
        told = consistency.share_told(text)
        if told is None or not dossier.total:
            continue
        done, claimed = told
        found = consistency.share_claim(done_fen=done, total_fen=dossier.total, claimed_percent=claimed)
        if found is None:
            yield fits()
        else:
            numbers = found.numbers
            yield review(claimed=claimed, actual=numbers["actual_percent"], needed=numbers["needed_wan"])


@check(
    "S02", "签约多年没有开工", "Signed long ago, not begun",
    says="{day} 前签约、申报或见报，至今 {years} 年没有开工", says_en="Signed, applied for or in the papers by {day}, {years} years without a start",
    why="签而未落（忠旺辽阳 300 亿元 2011 年见报）", source=f"{PUBLISHED}-15",
)  # fmt: skip
def lapsed(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if dossier.heard_on is None:
        return
    found = consistency.lapsed(
        signed=dossier.heard_on,
        started=dossier.is_started,
        exited=dossier.is_exited,
        today=dossier.today,
        years=settings.get("years", 2),
    )
    yield review(day=dossier.heard_on, **found.numbers) if found else fits()


@check(
    "S03", "接洽到签约的天数", "From contact to signing",
    says="从接洽到签约只有 {days} 天，总投资 {total} 万元", says_en="{days} days from contact to signing, for {total} (10,000 CNY)",
    why="158 亿元的项目 28 天就签（假央企）", source=f"{PUBLISHED}-14",
)  # fmt: skip
def quick_signing(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    contact, signed = dossier.happened("negotiating"), dossier.happened("signed")
    if contact is None or signed is None or not dossier.total:
        return
    limits = {"days": settings.get("days", 60), "floor_wan": settings.get("floor", 100_000)}
    found = consistency.quick_signing(
        first_contact=contact.last, signed=signed.last, amount_fen=dossier.total, **limits
    )
    yield review(**found.numbers, total=f"{Decimal(dossier.total) / consistency.WAN:,.0f}") if found else fits()


@check(
    "S04", "只有框架协议", "A framework only",
    says="{day} 签约，项目性质是框架协议，没有具体项目的合同", says_en="Signed on {day} as a framework agreement, with no contract for a project",
    why="中粮 200 亿元、假央企都只有框架", source=f"{PUBLISHED}-14",
)  # fmt: skip
def frame_only(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    signed = dossier.happened("signed")
    if signed is None or dossier.nature != "framework":
        return
    found = consistency.frame_only(is_framework=True, has_contract=any(dossier.of("contract")), signed=True)
    yield review(day=signed.last) if found else fits()


@check(
    "S05", "进度超过 100%", "Progress beyond 100 %",
    says="进度 {percent}%（{basis}）超过 100%", says_en="Progress of {percent} % ({basis})",
    why="分母是计划数，或含计划以外的部分；照实留着，但要说明", source=f"{PUBLISHED}-17",
)  # fmt: skip
def over_full(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if not dossier.progress:
        return
    latest = dossier.progress[-1]
    found = consistency.over_full(latest.percent, latest.basis)
    yield review(**found.numbers, basis=latest.basis or "—") if found else fits()
