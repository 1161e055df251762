"""What a column holds, guessed from its heading and its cells: each kind is cleaned and compared in its own way."""

import re
from collections.abc import Sequence
from enum import StrEnum

_SEEN = 2_000


class Kind(StrEnum):
    """`CODE` must agree nearly sign by sign; `NAME` is short and mistyped; `TEXT` is a bag of words."""

    NAME = "name"
    COMPANY = "company"
    CODE = "code"
    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    TEXT = "text"
    ADDRESS = "address"


WORDY = (Kind.TEXT, Kind.ADDRESS, Kind.COMPANY)
"""Compared by their words and runs of signs, not letter by letter."""

_HEADINGS = (
    (Kind.PHONE, re.compile(r"phone|mobile|\btel\b|telephone|\bfax\b|电话|手机|传真", re.IGNORECASE)),
    (Kind.EMAIL, re.compile(r"e-?mail|邮箱", re.IGNORECASE)),
    (Kind.ADDRESS, re.compile(r"addr|street(?!_?n)|地址|住址|地点|住所", re.IGNORECASE)),
    (Kind.COMPANY, re.compile(r"公司|企业|单位|证券简称|投资方|主体名|甲方|乙方|供应商|客户|采购人", re.IGNORECASE)),
    (Kind.NUMBER, re.compile(r"price|amount|cost|length|duration|金额|投资额|价|面积|产值", re.IGNORECASE)),
    (Kind.CODE, re.compile(r"zip|post_?code|\bssn\b|_id$|^id$|number$|代码|编号|邮编|信用代码", re.IGNORECASE)),
)
_DATE = re.compile(
    r"(?:1[89]|20)\d\d[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:0?[1-9]|[12]\d|3[01])日?(?:[ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:1[89]|20)\d\d"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:\.0)?")
_NUMBER = re.compile(r"[-+]?[$¥€£]?\s*\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?\s*(?:usd|元|万元|亿元)?", re.IGNORECASE)
_PLAIN = re.compile(r"\d+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,20}")
_EMAIL = re.compile(r"\S+@\S+")
_FIRM = re.compile(r"公司|集团|银行|合作社|事务所|研究院|(?:厂|中心|支行|分行)$")
_CJK = re.compile(r"[\u3400-\u9fff]")
_SIGNS = re.compile(r"[A-Za-z0-9\-]*\d[A-Za-z0-9\-]*")


def guess(heading: str, cells: Sequence[str]) -> Kind:
    """The kind of a column; `cells` are its values without blanks, of both tables together."""
    step = max(1, len(cells) // _SEEN)
    seen = list(cells[::step])[:_SEEN]
    if not seen:
        return Kind.NAME
    by_cells = _by_cells(seen)
    hint = next((kind for kind, pattern in _HEADINGS if pattern.search(heading)), None)
    if by_cells in (Kind.DATE, Kind.EMAIL, Kind.COMPANY):
        return by_cells
    if hint is Kind.NUMBER:
        return hint if _share(_NUMBER, seen) > 0.8 else by_cells
    if hint in (Kind.PHONE, Kind.CODE):
        return hint if _share(re.compile(r".*\d.*"), seen) > 0.6 else by_cells
    if hint is Kind.COMPANY:
        return hint if _share(re.compile(r".*[\u3400-\u9fff].*"), seen) > 0.5 else by_cells
    if hint is Kind.ADDRESS and by_cells in (Kind.NAME, Kind.TEXT):
        return hint
    return by_cells


def _by_cells(seen: list[str]) -> Kind:
    for kind, pattern in ((Kind.EMAIL, _EMAIL), (Kind.YEAR, _YEAR), (Kind.DATE, _DATE)):
        if _share(pattern, seen) >= 0.8:
            return kind
    if _share(_PLAIN, seen) >= 0.9:
        return Kind.CODE
    if _share(_NUMBER, seen) >= 0.9:
        return Kind.NUMBER
    if _share(_PHONE, seen) >= 0.9:
        return Kind.PHONE
    if sum(bool(_FIRM.search(cell)) for cell in seen) >= 0.3 * len(seen):
        return Kind.COMPANY
    if _share(_SIGNS, seen) >= 0.9:
        return Kind.CODE
    return Kind.TEXT if _wordy(seen) else Kind.NAME


def _wordy(seen: list[str]) -> bool:
    words = sum(len(cell.split()) for cell in seen) / len(seen)
    chinese = sum(len(_CJK.findall(cell)) for cell in seen) / len(seen)
    return words >= 3.5 or chinese >= 12


def _share(pattern: re.Pattern[str], seen: list[str]) -> float:
    return sum(pattern.fullmatch(cell.strip()) is not None for cell in seen) / len(seen)
