"""Days against each other: a permit comes before what it permits, a photo on the day that it shows."""

from collections.abc import Iterator
from datetime import timedelta

from luodi.checks.engine.checks import Result, Settings, check, differs, fits, lacking, review
from luodi.checks.engine.dossier import Dossier

BEFORE_START = "先批后建；节能审查须在开工前取得 http://m.liankelianmeng.com/c/9/report_36712.html"
OURS = "本系统，待核"


def _before_the_start(dossier: Dossier, kind: str) -> Iterator[Result]:
    """The permit is dated on or before the last day on which the start may have been."""
    started = dossier.happened("started")
    for document in dossier.of(kind):
        if document.issued_on is None:
            yield lacking("issued_on", document)
        elif started is None:
            yield lacking("started", document)
        elif document.issued_on <= started.last:
            yield fits(document)
        else:
            yield differs(document, one=document.issued_on, other=started.last)


_SAYS = "{one} 才取得，开工在 {other} 及以前"
_SAYS_EN = "Issued on {one}, the start was on or before {other}"


@check("T01", "施工许可早于开工", "Construction permit before the start", says="施工许可 " + _SAYS, says_en=_SAYS_EN, why="未批先建", source=BEFORE_START)  # fmt: skip
def construction_permit(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    yield from _before_the_start(dossier, "construction_permit")


@check("T02", "环评批复早于开工", "Environmental approval before the start", says="环评批复 " + _SAYS, says_en=_SAYS_EN, why="未批先建", source=BEFORE_START)  # fmt: skip
def environmental_approval(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    yield from _before_the_start(dossier, "environmental_approval")


@check("T03", "规划许可早于开工", "Planning permit before the start", says="规划许可 " + _SAYS, says_en=_SAYS_EN, why="未批先建", source=BEFORE_START)  # fmt: skip
def planning_permit(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    yield from _before_the_start(dossier, "planning_permit")


@check("T04", "土地合同早于开工", "Land before the start", says="土地合同 " + _SAYS, says_en=_SAYS_EN, why="没有地就开工，日期或手续有误", source=OURS)  # fmt: skip
def land_contract(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    yield from _before_the_start(dossier, "land_contract")


@check("T05", "立项批文早于开工", "Approval before the start", says="立项批文 " + _SAYS, says_en=_SAYS_EN, why="未批先建", source=BEFORE_START)  # fmt: skip
def project_filing(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    yield from _before_the_start(dossier, "project_filing")


@check(
    "T06", "竣工验收晚于开工", "Acceptance after the start",
    says="竣工验收 {one} 早于开工 {other}", says_en="Accepted on {one}, started on {other}",
    why="没开工就验收", source=OURS,
)  # fmt: skip
def acceptance_after_start(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    started = dossier.happened("started")
    for document in dossier.of("acceptance"):
        if document.issued_on is None:
            yield lacking("issued_on", document)
        elif started is None:
            yield lacking("started", document)
        elif document.issued_on >= started.first:
            yield fits(document)
        else:
            yield differs(document, one=document.issued_on, other=started.first)


@check(
    "T07", "首张发票与投产时间", "First invoice and production",
    says="首张发票 {one}，与所报投产时间 {other} 相差 {days} 天", says_en="First invoice of {one}, production reported for {other}: {days} days apart",
    why="投产与第一张销售发票应当相近", source=OURS,
)  # fmt: skip
def invoice_near_production(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    produced, allowed = dossier.happened("produced"), settings.get("days", 180)
    for document in dossier.of("first_invoice"):
        if document.issued_on is None:
            yield lacking("issued_on", document)
        elif produced is None:
            yield lacking("produced", document)
        else:
            days = max((produced.first - document.issued_on).days, (document.issued_on - produced.last).days, 0)
            values = {"one": document.issued_on, "other": produced.last, "days": days}
            yield fits(document) if days <= allowed else review(document, **values)


@check(
    "T08", "照片拍摄日与所报时间", "Photo taken on the day claimed",
    says="照片摄于 {one}，所报{stage}时间是 {other}", says_en="Photo of {one}, {stage} reported for {other}",
    why="拿旧照片报新进度", source="云南龙陵照片要素 https://zghypx.com/html/zwgkxzbm....info179258135.html",
)  # fmt: skip
def photo_day(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    before, after = timedelta(days=settings.get("before", 3)), timedelta(days=settings.get("after", 31))
    for document in dossier.documents:
        step = dossier.happened(document.stage)
        if not document.kind.endswith("_photo") or step is None:
            continue
        if document.taken_on is None:
            yield lacking("camera", document)
        elif step.first - before <= document.taken_on <= step.last + after:
            yield fits(document)
        else:
            yield differs(document, one=document.taken_on, other=_period(step.first, step.last), stage=document.stage)


@check(
    "T09", "照片拍摄地与项目地点", "Photo taken at the site",
    says="照片摄于距项目所在地中心 {km} 公里处，超出 {allowed} 公里", says_en="Taken {km} km from the centre of the project's area, {allowed} km at most",
    why="拿别处的照片充数", source="云南龙陵照片要素 https://zghypx.com/html/zwgkxzbm....info179258135.html",
)  # fmt: skip
def photo_place(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    for document in dossier.documents:
        if not document.kind.endswith("_photo"):
            continue
        if document.km_off is None or document.km_allowed is None:
            yield lacking("place", document)
        elif document.km_off <= document.km_allowed:
            yield fits(document)
        else:
            yield differs(document, km=f"{document.km_off:.1f}", allowed=f"{document.km_allowed:.1f}")


@check(
    "T10", "从开工到计划完成的时长", "A sane duration",
    says="从 {one} 到 {other} 共 {months} 个月，超出 {limit} 个月", says_en="From {one} to {other}: {months} months, more than {limit}",
    why="他国平台公布过 48,576 个月的工期而无人察觉", source="DREAM Integrity & Outcome Lens 2026-08-24",
)  # fmt: skip
def duration(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    begin = dossier.happened("started") or dossier.planned("started")
    end = dossier.planned("produced") or dossier.planned("completed") or dossier.happened("produced")
    if begin is None or end is None:
        yield lacking("started" if begin is None else "planned")
        return
    months = (end.last.year - begin.first.year) * 12 + end.last.month - begin.first.month
    limit = settings.get("months", 120)
    values = {"one": begin.first, "other": end.last, "months": f"{months:,}", "limit": limit}
    if months <= limit:
        yield fits()
    else:
        # Some works do take sixteen years (辽河储气库群, 2019 to 2035): only what no works take is a contradiction.
        yield differs(**values) if months > settings.get("absurd", 600) else review(**values)


@check(
    "T13", "计划完成晚于开工", "Planned end after the start",
    says="计划 {other} 完成，却在 {one} 才开工", says_en="Planned to end on {other}, started on {one}",
    why="计划没有随实际改，或日期填错", source=OURS,
)  # fmt: skip
def end_after_start(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    begin, end = dossier.happened("started"), dossier.planned("completed") or dossier.planned("produced")
    if begin is None or end is None or begin.is_rough:
        return
    yield review(one=begin.first, other=end.last) if end.last < begin.first else fits()


@check(
    "T11", "注册早于投产", "Registered before production",
    says="{one} 投产，{other} 才注册", says_en="In production on {one}, registered on {other}",
    why="真实项目也有（宝来 2020-08-15 注册、2020-09-01 投产），请说明", source="公开报道整理",
)  # fmt: skip
def registered_before_production(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    registered, produced = dossier.happened("registered"), dossier.happened("produced")
    if registered is None or produced is None:
        return
    late = registered.first > produced.last
    yield review(one=produced.last, other=registered.first) if late else fits()


@check(
    "T12", "材料日期与所报时间", "Paper dated when the step is claimed",
    says="{title}日期 {one}，所报时间是 {other}", says_en="{title} dated {one}, the step is reported for {other}",
    why="执照、验收的日期就是注册、竣工的日期", source=OURS,
)  # fmt: skip
def dated_as_claimed(dossier: Dossier, settings: Settings) -> Iterator[Result]:
    allowed = timedelta(days=settings.get("days", 31))
    for kind, stage in (("licence", "registered"), ("acceptance", "completed"), ("contract", "signed")):
        step = dossier.happened(stage)
        for document in dossier.of(kind):
            if step is None:
                continue
            if document.issued_on is None:
                yield lacking("issued_on", document)
            elif step.first - allowed <= document.issued_on <= step.last + allowed:
                yield fits(document)
            else:
                yield differs(
                    document, title=document.title or kind, one=document.issued_on, other=_period(step.first, step.last)
                )


def _period(first: object, last: object) -> str:
    return str(first) if first == last else f"{first} 至 {last}"
