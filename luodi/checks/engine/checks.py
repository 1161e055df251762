"""What a check is: a number, its words in both languages, why it is asked, and one small function over a dossier."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from luodi.checks.engine.dossier import Document, Dossier


class State(StrEnum):
    """The closed vocabulary of results."""

    CONSISTENT = "consistent"  # 一致
    MISSING = "missing"  # 缺失
    EXPIRED = "expired"  # 过期
    CONTRADICTORY = "contradictory"  # 矛盾
    PENDING = "pending"  # 待核
    UNMEASURABLE = "unmeasurable"  # 尚不可测
    REVIEW = "review"  # 需人工复核


ASKING = frozenset({State.MISSING, State.EXPIRED, State.CONTRADICTORY, State.REVIEW})
"""Results that ask the unit for a word."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found. `values` fill the check's sentence; `documents` are those it rests on; `lacks` names what it would need."""

    state: State
    values: Mapping[str, str]
    documents: tuple[int, ...] = ()
    lacks: str = ""


Settings = Mapping[str, int]
Run = Callable[[Dossier, Settings], Iterator[Result]]


@dataclass(frozen=True, slots=True)
class Check:
    """`says` is the sentence of a result that asks, with the result's values in braces; `example` is that sentence filled in, as a test runs it."""

    code: str
    title: str
    title_en: str
    says: str
    says_en: str
    why: str
    source: str
    run: Run


CHECKS: dict[str, Check] = {}


def check(
    code: str, title: str, title_en: str, *, says: str, says_en: str, why: str, source: str
) -> Callable[[Run], Run]:
    """Enter a rule into the catalogue. A code is given once and never used again."""

    def enter(run: Run) -> Run:
        if code in CHECKS:
            raise ValueError(f"check {code} exists")
        CHECKS[code] = Check(code, title, title_en, says, says_en, why, source, run)
        return run

    return enter


def fits(*documents: Document, **values: Any) -> Result:
    return _result(State.CONSISTENT, documents, values)


def differs(*documents: Document, **values: Any) -> Result:
    return _result(State.CONTRADICTORY, documents, values)


def review(*documents: Document, **values: Any) -> Result:
    """A person should look: it may be right."""
    return _result(State.REVIEW, documents, values)


def expired(*documents: Document, **values: Any) -> Result:
    return _result(State.EXPIRED, documents, values)


def missing(*documents: Document, **values: Any) -> Result:
    return _result(State.MISSING, documents, values)


def lacking(what: str, *documents: Document) -> Result:
    """Not to be told yet, for want of `what`, a key of `LACKS`."""
    return Result(State.UNMEASURABLE, {}, tuple(document.id for document in documents), what)


LACKS = {
    "party": ("票面单位", "the party on the document"),
    "counterparty": ("对方单位", "the other party"),
    "issued_on": ("票面日期", "the date on the document"),
    "valid_until": ("有效期", "the validity"),
    "amount": ("票面金额", "the amount on the document"),
    "area": ("用地面积", "the land area"),
    "owner": ("建设单位或投资主体", "the owner or investor"),
    "total": ("总投资", "the total investment"),
    "done": ("累计完成投资", "the investment done to date"),
    "paid": ("到位资金", "the funds paid in"),
    "started": ("开工时间", "the day of the start"),
    "completed": ("竣工时间", "the day of completion"),
    "produced": ("投产时间", "the day of production"),
    "planned": ("计划投产或竣工时间", "the planned end"),
    "progress": ("形象进度", "the progress"),
    "capital": ("注册资本", "the registered capital"),
    "camera": ("拍摄时间", "the time of the photo"),
    "place": ("拍摄地点或项目地点", "the place of the photo or of the project"),
    "shares": ("持股比例", "the shares"),
    "members": ("子项目金额", "the members' amounts"),
    "output": ("年产值", "the yearly output"),
    "number": ("文号", "the number of the document"),
}


def _result(state: State, documents: tuple[Document, ...], values: dict[str, Any]) -> Result:
    return Result(state, {name: str(value) for name, value in values.items()}, tuple(one.id for one in documents))


def wan(fen: int | Decimal) -> str:
    """An amount in 万元, as people write it."""
    value = Decimal(fen) / 1_000_000
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """Exact; rounded only where it is shown."""
    return Decimal(part) * 100 / Decimal(whole)


def run_all(
    dossier: Dossier, settings: Mapping[str, Settings], off: frozenset[str] = frozenset()
) -> Iterator[tuple[Check, Result]]:
    """Every result of every check that the city has not switched off. What fits rests on its papers: while nobody has verified them, it is pending."""
    unverified = {document.id for document in dossier.documents if not document.is_verified}
    for code, one in CHECKS.items():
        if code in off:
            continue
        for result in one.run(dossier, settings.get(code, {})):
            if result.state == State.CONSISTENT and unverified & set(result.documents):
                result = replace(result, state=State.PENDING)
            yield one, result
