"""Parties in a cell: one company, several, or a company with its shareholders and their shares."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from luodi.intake.engine.widths import drop_zero_width, fold, halfwidth


@dataclass(frozen=True, slots=True)
class PartyText:
    """One party as it was written. `share` is in percent (51 for 51%); `note` is the bracket behind the name."""

    name: str
    share: Decimal | None = None
    note: str = ""


_NOBODY = frozenset(
    ("", "/", "-", "--", "无", "暂无", "待定", "未定", "未公开", "未披露", "不详", "n/a", "na", "none", "保密")
)
_MARK = re.compile(
    r"[、;+\n]"
    r"|,(?!\s*(?:Ltd|Inc|LLC|L\.L\.C|Corp|PLC|S\.A|Limited)\b)"
    r"|/(?!S\b)"  # the Danish A/S is one company
    r"|(?<=公司)\s+(?=\S)|(?<=集团)\s+(?!有限|股份|公司)(?=\S)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:投资方|投资人|投资主体|投资企业|股东|业主|建设单位|项目单位|企业名称|甲方|乙方|合作方)(?:构成|名称)?"
)
# 51% may stand behind the name, in a bracket, or before the name.
_HOLDS = r"(?:持股比例|持股|占股|占比|股权|股比|出资|控股|占)?\s*:?\s*"
_SHARE = re.compile(rf"[(,]?\s*{_HOLDS}(?P<share>\d{{1,3}}(?:\.\d+)?)\s*%\s*(?:股权|股份)?\s*\)?$")
_SHARE_FIRST = re.compile(r"^(?P<share>\d{1,3}(?:\.\d+)?)\s*%\s*")
_TAIL_BRACKET = re.compile(r"^(?P<name>.+?)\s*\((?P<note>[^()]*)\)$", re.DOTALL)
# These brackets belong to the legal name.
_NAME_BRACKET = re.compile(r"(?:有限|普通|特殊普通)合伙|集团|股份|普通合伙企业|个人独资")
_FORM_END = re.compile(r"(?:公司|集团|厂|研究院|合作社|中心|企业|政府|委员会)$")
_REMARK = re.compile(r"\d{4}|成立|注册|拟|筹|待|暂|原|曾用|控股|全资|持股|代表|牵头|联合体")


@lru_cache(maxsize=16384)
def parties_in(text: str) -> tuple[PartyText, ...]:
    """The parties that a cell names, in their order; () when it names none.

    "公司：股东甲51%、股东乙49%" gives the company (no share) and then its holders. Nothing is split inside brackets.
    """
    shown = drop_zero_width(text).strip()
    if fold(shown).strip("()") in _NOBODY:
        return ()
    parties: list[PartyText] = []
    for piece in _split(shown):
        head, _, tail = _colon(piece)
        parties += [party for part in (head, tail) if (party := _party(part))]
    return tuple(dict.fromkeys(parties))


def _split(text: str) -> list[str]:
    """Pieces between separators that stand outside brackets."""
    half = halfwidth(text)
    pieces, start = [], 0
    for match in _MARK.finditer(half):
        if match.start() < start or _depth(half, match.start()):
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def _depth(half: str, position: int) -> int:
    return max(0, half.count("(", 0, position) - half.count(")", 0, position))


def _colon(piece: str) -> tuple[str, str, str]:
    """Company, colon, holder; a label such as 投资方： before the colon is not a company."""
    at = halfwidth(piece).find(":")
    if at < 0 or _depth(halfwidth(piece), at):
        return "", "", piece
    head, tail = piece[:at].strip(), piece[at + 1 :]
    return ("" if _LABEL.fullmatch(head) else head), ":", tail


def _party(piece: str) -> PartyText | None:
    name, share = _take_share(piece.strip())
    name, note = _take_note(name)
    if share is None:  # the share stood before the note: 甲公司51%（2022年成立）
        name, share = _take_share(name)
    name = name.strip(" 　：:，,、")
    return PartyText(name, share, note) if name else None


def _take_share(text: str) -> tuple[str, Decimal | None]:
    half = halfwidth(text)
    match = _SHARE.search(half)
    if match and match.start():
        return text[: match.start()].strip(), _percent(match)
    match = _SHARE_FIRST.match(half)
    if match and match.end() < len(text):
        return text[match.end() :].strip(), _percent(match)
    return text, None


def _percent(match: re.Match[str]) -> Decimal | None:
    share = Decimal(match["share"])
    return share if share <= 100 else None


def _take_note(text: str) -> tuple[str, str]:
    """A bracket at the end is a note behind a whole company name, or when it reads like a remark (2022年成立)."""
    half = halfwidth(text)
    match = _TAIL_BRACKET.match(half)
    if not match or _NAME_BRACKET.fullmatch(match["note"].strip()):
        return text, ""
    if _FORM_END.search(match["name"]) or _REMARK.search(match["note"]):
        return text[: match.end("name")].strip(), text[match.start("note") : match.end("note")].strip()
    return text, ""


_GROUP = re.compile(r"\((?:集团|股份|有限合伙|普通合伙)\)")
# A branch (分公司) or subsidiary (子公司) is another entity than its head office: its form stays.
_FORM_TAIL = re.compile(
    r"(?<=.)(?:股份有限公司|有限责任公司|集团有限公司|集团公司|总公司|有限公司|(?<![分子])公司|集团|"
    r"co\.?,?ltd\.?|limited|ltd\.?|inc\.?|corporation|corp\.?|llc|gmbh|plc)$"
)
_FORM_HEAD = re.compile(r"^(?:集团公司|总公司|股份有限公司|有限责任公司|有限公司)(?=.)")


@lru_cache(maxsize=65536)
def party_key(name: str) -> str:
    """Comparison key of a company: folded, legal forms at either end dropped (分公司 kept). Never "" for a name."""
    folded = fold(name)
    key = _GROUP.sub("", folded) or folded
    while True:
        shorter = _FORM_HEAD.sub("", _FORM_TAIL.sub("", key))
        if shorter == key:
            break
        key = shorter
    return re.sub(r"[\W_]", "", key) or folded or name
