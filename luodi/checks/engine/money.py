"""Amounts against each other: what was approved, contracted, paid and done; and progress against all of it."""

from collections.abc import Iterator
from decimal import Decimal

from luodi.checks.engine.checks import Result, Settings, check, differs, fits, lacking, percent, review, wan
from luodi.checks.engine.dossier import Dossier
from luodi.intake.engine.parties import party_key
from luodi.projects.engine import consistency

STATISTICS = "统计入库审核常见错误 https://360docs.net/doc/a615406421.html"
OURS = "本系统，待核"


def _at_most(part: int | None, whole: int | None, lacks: tuple[str, str]) -> Iterator[Result]:
    """The first may not exceed the second."""
    if part is None or whole is None:
        yield lacking(lacks[0] if part is None else lacks[1])
    elif part <= whole:
        yield fits()
    else:
        yield differs(one=wan(part), other=wan(whole))


@check(
    "M01", "批文总投资与填报总投资", "Approved and reported total",
    says="批文总投资 {one} 万元，填报 {other} 万元，相差 {percent}%", says_en="Approved total {one}, reported {other} (10,000 CNY): {percent} % apart",
    why="两个总额只有一个是真的", source=STATISTICS,
)  # fmt: skip
def approved_total(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.of("project_filing", "feasibility"):
        if document.amount_fen is None:
            yield lacking("amount", document)
        elif not dossier.total:
            yield lacking("total", document)
        else:
            apart = percent(abs(document.amount_fen - dossier.total), dossier.total)
            values = {"one": wan(document.amount_fen), "other": wan(dossier.total), "percent": f"{apart:.1f}"}
            yield fits(document) if apart <= settings.get("percent", 1) else differs(document, **values)


@check(
    "M02", "施工合同不超过总投资", "Works contract within the total",
    says="施工合同合计 {one} 万元，超过总投资 {other} 万元", says_en="Works contracts of {one}, total {other} (10,000 CNY)",
    why="总投资包含施工", source=OURS,
)  # fmt: skip
def contracts_within_total(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    contracts = [one for one in dossier.of("construction_contract") if one.amount_fen is not None]
    if not contracts:
        return
    if dossier.total is None:
        yield lacking("total", *contracts)
        return
    added = sum(one.amount_fen or 0 for one in contracts)
    over = added > dossier.total
    yield differs(*contracts, one=wan(added), other=wan(dossier.total)) if over else fits(*contracts)


@check(
    "M03", "累计完成不超过总投资", "Done within the total",
    says="累计完成 {one} 万元，超过总投资 {other} 万元", says_en="Done {one}, total {other} (10,000 CNY)",
    why="超概或单位写错", source=OURS,
)  # fmt: skip
def done_within_total(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if "done_to_date" in dossier.amounts:
        yield from _at_most(dossier.amounts["done_to_date"], dossier.total, ("done", "total"))


@check(
    "M04", "本年完成不超过累计完成", "This year within to date",
    says="本年完成 {one} 万元，超过累计完成 {other} 万元", says_en="Done this year {one}, to date {other} (10,000 CNY)",
    why="累计包含本年", source=OURS,
)  # fmt: skip
def year_within_total(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if "done_this_year" in dossier.amounts:
        yield from _at_most(dossier.amounts["done_this_year"], dossier.amounts.get("done_to_date"), ("done", "done"))


@check(
    "M05", "到位资金不超过总投资", "Paid in within the total",
    says="到位资金 {one} 万元，超过总投资 {other} 万元", says_en="Paid in {one}, total {other} (10,000 CNY)",
    why="到位率可以超过 100%，但须说明（黑龙江 115%）", source="https://meipian.cn/3p0bj89d",
)  # fmt: skip
def paid_within_total(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if "paid_in" in dossier.amounts:
        yield from _at_most(dossier.amounts["paid_in"], dossier.total, ("paid", "total"))


@check(
    "M06", "到位资金有没有凭证", "Paid in, with slips",
    says="填报到位 {one} 万元，凭证合计 {other} 万元，少 {gap} 万元", says_en="{one} reported, slips for {other}: {gap} short (10,000 CNY)",
    why="虚报到位资金", source="乌拉特前旗审计做法 https://www.bynesrmtzx.cn/content/202408/01/c353001.html",
)  # fmt: skip
def paid_with_slips(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    paid, slips = dossier.amounts.get("paid_in"), list(dossier.of("bank_slip"))
    if paid is None or not slips:
        return
    if any(slip.amount_fen is None for slip in slips):
        yield lacking("amount", *slips)
        return
    shown = sum(slip.amount_fen or 0 for slip in slips)
    yield differs(*slips, one=wan(paid), other=wan(shown), gap=wan(paid - shown)) if shown < paid else fits(*slips)


@check(
    "M07", "形象进度与完成投资", "Progress and investment",
    says="形象进度 {one}%，完成投资只占总投资 {other}%，相差 {gap} 个百分点", says_en="Progress {one} %, investment {other} % of the total: {gap} points apart",
    why="进度是说的，投资是花的", source="公开报道整理",
)  # fmt: skip
def progress_and_investment(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if not dossier.progress:
        return
    done, total, latest = dossier.amounts.get("done_to_date"), dossier.total, dossier.progress[-1]
    if done is None or not total:
        yield lacking("done" if done is None else "total")
        return
    share = percent(done, total)
    gap = abs(latest.percent - share)
    values = {"one": f"{latest.percent.normalize():f}", "other": f"{share:.1f}", "gap": f"{gap:.1f}"}
    yield fits() if gap <= settings.get("points", 30) else review(**values)


@check(
    "M08", "有进度没有投资", "Progress without investment",
    says="形象进度 {one}%，累计完成投资为 0", says_en="Progress {one} %, no investment done",
    why="走过场：举行了仪式，没有花钱", source="公开报道整理",
)  # fmt: skip
def progress_without_investment(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if not dossier.progress or dossier.progress[-1].percent <= 0:
        return
    done = dossier.amounts.get("done_to_date")
    if done is None:
        yield lacking("done")
    else:
        yield differs(one=f"{dossier.progress[-1].percent.normalize():f}") if done == 0 else fits()


@check(
    "M09", "进度与序时", "Progress and schedule",
    says="按工期应完成 {plan}%，填报 {claim}%，相差 {gap} 个百分点", says_en="{plan} % by the schedule, {claim} % claimed: {gap} points apart",
    why="计划 20%、填报 60%，不是计划错了就是填报错了", source="银川 2025-03 https://m.qlbk.net/news/3Ww4l7bw75.html",
)  # fmt: skip
def progress_and_schedule(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if not dossier.progress:
        return
    latest, begin = dossier.progress[-1], dossier.happened("started")
    end = dossier.planned("completed") or dossier.planned("produced")
    if begin is None or end is None or end.last <= begin.first:
        yield lacking("started" if begin is None else "planned")
        return
    elapsed = (latest.day - begin.first).days
    plan = min(Decimal(100), max(Decimal(0), percent(elapsed, (end.last - begin.first).days)))
    gap = abs(latest.percent - plan)
    values = {"plan": f"{plan:.0f}", "claim": f"{latest.percent.normalize():f}", "gap": f"{gap:.0f}"}
    yield fits() if gap <= settings.get("points", 30) else review(**values)


@check(
    "M10", "完成投资有没有开工", "Investment with a start",
    says="累计完成 {one} 万元，没有开工记录", says_en="{one} (10,000 CNY) done, no start on record",
    why="没有开工就有投资，可能是购地款，也可能是虚报", source=OURS,
)  # fmt: skip
def investment_with_start(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    done = dossier.amounts.get("done_to_date")
    if done:
        yield fits() if dossier.happened("started") else review(one=wan(done))


@check(
    "M11", "注册资本与总投资", "Capital and total",
    says="注册资本 {one} 万元，只占总投资 {other} 万元的 {percent}%", says_en="Capital of {one} for {other} (10,000 CNY): {percent} %",
    why="3000 万元的公司建 158 亿元的项目（0.19%）", source="公开报道整理：假央企",
)  # fmt: skip
def capital_and_total(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if dossier.capital_fen is None or not dossier.total:
        yield lacking("capital" if dossier.capital_fen is None else "total")
        return
    minimum = settings.get("percent", 5)
    found = consistency.thin_capital(capital_fen=dossier.capital_fen, amount_fen=dossier.total, minimum_percent=minimum)
    values = {"one": wan(dossier.capital_fen), "other": wan(dossier.total)}
    yield review(**values, percent=found.numbers["percent"]) if found else fits()


@check(
    "M12", "实缴资本与总投资", "Paid-in capital and total",
    says="实缴 {one} 万元，只占总投资的 {percent}%", says_en="Capital paid in: {one} (10,000 CNY), {percent} % of the total",
    why="认缴不等于到位", source="公开报道整理：假央企",
)  # fmt: skip
def paid_capital(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if dossier.capital_paid_fen is None or not dossier.total:
        return
    share = percent(dossier.capital_paid_fen, dossier.total)
    values = {"one": wan(dossier.capital_paid_fen), "percent": f"{share:.2f}"}
    yield fits() if share >= settings.get("percent", 1) else review(**values)


@check(
    "M13", "投资强度", "Investment per mu",
    says="每亩 {one} 万元，超出 {low}–{high} 万元", says_en="{one} (10,000 CNY) per mu, outside {low} to {high}",
    why="90 亿元建在 107.55 亩上是每亩 8368 万元：单位或面积写错", source="公开报道整理（实测 135–627 万元/亩）",
)  # fmt: skip
def intensity(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if not dossier.land_m2:
        yield lacking("area")
        return
    if not dossier.total:
        yield lacking("total")
        return
    value = consistency.intensity(amount_fen=dossier.total, area_m2=dossier.land_m2) or Decimal(0)
    low, high = settings.get("low", 50), settings.get("high", 1000)
    yield fits() if low <= value <= high else review(one=f"{value:,.0f}", low=low, high=f"{high:,}")


@check(
    "M14", "土地合同面积与填报面积", "Contracted and reported land",
    says="土地合同 {one} 平方米，填报 {other} 平方米", says_en="Land contract {one} m², reported {other} m²",
    why="同一投资、不同面积，是审计查出过的手法", source="亭湖审计局 http://topbestnft.com/oldweb/n4/n20/n524/c28439/content.html",
)  # fmt: skip
def land_area(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.of("land_contract"):
        if document.area_m2 is None or not dossier.land_m2:
            yield lacking("area", document)
            continue
        apart = percent(abs(document.area_m2 - dossier.land_m2), dossier.land_m2)
        values = {"one": f"{document.area_m2:,.0f}", "other": f"{dossier.land_m2:,.0f}"}
        yield fits(document) if apart <= settings.get("percent", 10) else differs(document, **values)


@check(
    "M15", "子项目与打包项目的金额", "Members and their package",
    says="子项目合计 {sum} 万元，打包项目 {stated} 万元，差 {difference} 万元",
    says_en="Members add up to {sum}, the package has {stated}: {difference} apart (10,000 CNY)",
    why="超过总额必有一头写错；不足可能是还有没列出的子项目", source="公开报道整理",
)  # fmt: skip
def members_and_package(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    known = [Decimal(amount) / consistency.WAN for _, amount in dossier.members if amount is not None]
    if not dossier.members:
        return
    if not known or dossier.total is None:
        yield lacking("members" if not known else "total")
        return
    stated = Decimal(dossier.total) / consistency.WAN
    found = consistency.does_not_add_up("", known, stated, "万元")
    if found is None:
        yield fits()
    else:
        yield differs(**found.numbers) if sum(known) > stated else review(**found.numbers)


@check(
    "M16", "持股比例合计", "Shares add up",
    says="股东持股合计 {one}%", says_en="The holders' shares add up to {one} %",
    why="合计应为 100%", source=OURS,
)  # fmt: skip
def shares(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    stated: dict[str, Decimal] = {}
    for party in dossier.parties:
        if party.share is not None:
            stated[party_key(party.name)] = party.share
    if not stated:
        return
    added = sum(stated.values(), Decimal(0))
    if added > 100:
        yield differs(one=f"{added.normalize():f}")
    elif added < 100:
        yield lacking("shares")
    else:
        yield fits()


@check(
    "M17", "年税收不超过年产值", "Tax within output",
    says="年税收 {one} 万元，超过年产值 {other} 万元", says_en="Tax of {one}, output of {other} (10,000 CNY)",
    why="承诺的数填错了列或单位", source=OURS,
)  # fmt: skip
def tax_within_output(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if "tax" in dossier.amounts:
        yield from _at_most(dossier.amounts["tax"], dossier.amounts.get("output_value"), ("output", "output"))


@check(
    "M18", "人均投资", "Investment per job",
    says="{jobs} 人，人均投资 {one} 万元，超出 {high} 万元", says_en="{jobs} jobs, {one} (10,000 CNY) each, more than {high}",
    why="就业人数少写了位数，或总投资多写了位数", source=OURS,
)  # fmt: skip
def per_job(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    if not dossier.jobs or not dossier.total:
        return
    each, high = Decimal(dossier.total) / 1_000_000 / dossier.jobs, settings.get("high", 10_000)
    yield fits() if each <= high else review(jobs=f"{dossier.jobs:,}", one=f"{each:,.0f}", high=f"{high:,}")
