"""Text of one cell: cleaning, the form in which things are compared, aliases, and codes.

`clean` makes a cell readable without changing what was written; `fold`, `name_key` and `party_key` make keys for
comparing and are never shown. Parties (shareholders, owners) are read in `parties.py` and offered here as well.
"""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from luodi.intake.engine.parties import PartyText, parties_in, party_key
from luodi.intake.engine.widths import fold, halfwidth

__all__ = [
    "PartyText",
    "aliases_in",
    "clean",
    "credit_code_problem",
    "damaged_number",
    "fold",
    "halfwidth",
    "is_same_as_above",
    "name_key",
    "parties_in",
    "party_key",
]

_EXCEL_DIGITS = 15  # Excel keeps 15 significant digits; what a float carries beyond them is noise

# Punctuation goes, except between two digits: 2.5kt/a must not become 25kt/a.
_KEY_NOISE = re.compile(r"(?<=\d)([.~/:+-])(?=\d)|[\W_]")
_KEY_TAIL = re.compile(r"(?<=.)(?:项目|工程)+$")


def clean(value: object) -> str:
    """A cell as text: None -> "", 5.0 -> "5", a day -> ISO, a bool -> 是/否; a time other than midnight is kept."""
    if isinstance(value, str):
        return value.strip(" \t\r\n\u3000\u00a0\u200b\ufeff")
    if value is None or value != value:  # NaN is the only value that differs from itself
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _clean_float(value)
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _clean_float(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    shown = format(value, f".{_EXCEL_DIGITS}g")
    return format(Decimal(shown), "f") if "e" in shown else shown


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Comparison key of a project name: no punctuation, no trailing 项目/工程. Never "" for a non-empty name."""
    folded = fold(name)
    key = _KEY_NOISE.sub(r"\1", folded)
    return _KEY_TAIL.sub("", key) or folded or name


# --- aliases --------------------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]+)[”\"」』》]")
_ALIAS_VERB = re.compile(r"称|又名|曾用名|原名|别名|简称|作|亦名|更名")
_ALIAS_PLAIN = re.compile(
    r"(?:又名|曾用名|原名|别名|简称|又称|亦称|俗称|原称|曾称)[为是]?[：:]?\s*(?P<alias>[^“”\"「」『』《》]{2,40})$"
)
_ABBREVIATION = re.compile(r"(?![IVX]+$)[A-Za-z][A-Za-z0-9-]{1,9}")
_PROPER_NAME = re.compile(r"(?!.*(?:期|个|合资|扩建|改建|新建|续建|子项))[\u4e00-\u9fffA-Za-z]{2,10}")
_PIECE_MARK = re.compile(r"[；;，,]")


def aliases_in(name: str) -> tuple[str, tuple[str, ...]]:
    """Base name and the other names its brackets give. Phase and product words in brackets stay in the base.

    A bracket gives aliases only when it says so (又名…, 年鉴作“…”), with a short proper name before it (华锦阿美；…),
    or when it is a Latin abbreviation: then the name written with it is the alias.
    """
    aliases: list[str] = []
    base = _BRACKET.sub(lambda match: _without_aliases(match, aliases), name)
    with_abbreviation = base
    base = _BRACKET.sub(lambda match: "" if _ABBREVIATION.fullmatch(match[1].strip()) else match[0], base)
    base = base.strip()
    if not base:
        return name.strip(), ()
    if base != with_abbreviation.strip():
        aliases.insert(0, with_abbreviation.strip())
    return base, tuple(dict.fromkeys(alias for alias in aliases if alias != base))


def _without_aliases(match: re.Match[str], aliases: list[str]) -> str:
    """The bracket without the pieces that give aliases (added to the list); as it was when it gives none."""
    pieces = [piece.strip() for piece in _PIECE_MARK.split(match[1])]
    found = [_piece_aliases(piece) for piece in pieces]
    if not any(found):
        return match[0]
    first = next(i for i, names in enumerate(found) if names)
    kept = pieces[:first]
    if kept and "；" in match[1].replace(";", "；") and _PROPER_NAME.fullmatch(kept[0]):
        aliases.append(kept.pop(0))
    for names in found:
        aliases.extend(names)
    return f"（{'；'.join(kept)}）" if kept else ""


def _piece_aliases(piece: str) -> list[str]:
    if _ALIAS_VERB.search(_QUOTED.sub("", piece)) and (quoted := _QUOTED.findall(piece)):
        return [text.strip() for text in quoted]
    plain = _ALIAS_PLAIN.match(piece)
    return [plain["alias"].strip()] if plain else []


# --- "the same as above" --------------------------------------------------------------------------------------------

_DITTO_MARKS = frozenset('〃″"”＂〞') | {"''", "“”", '""', "〃〃"}
# Only these may follow: 同上海电气 and 同上年 begin with the same two characters and mean something else.
_DITTO = re.compile(
    r"同\s*上(?:(?:项目|企业|公司|单位)(?=$|[\W_]|[一二三四五六七八九十\d]+期)|(?=$|[\W_]|第?[一二三四五六七八九十\d]+(?:期|标|号|阶段)))"
)


def is_same_as_above(text: str) -> str | None:
    """What follows 同上 or a ditto mark ("" when nothing does); None when the cell does not point above."""
    shown = text.strip().strip("（()）").strip() if text.strip()[:1] in "（(" else text.strip()
    if shown in _DITTO_MARKS:
        return ""
    match = _DITTO.match(shown)
    return shown[match.end() :].lstrip(" ：:，,、。.　") if match else None


# --- codes ----------------------------------------------------------------------------------------------------------

_CODE_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I O S V Z
_CODE_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, over 0-9A-Z
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d{2,3}")


def damaged_number(value: object) -> bool:
    """True when a code was turned into a number by Excel and lost its last digits (1.91E+18, or a float from 1e15)."""
    if isinstance(value, float):
        return abs(value) >= 1e15
    return isinstance(value, str) and bool(_SCIENTIFIC.fullmatch(halfwidth(value).strip()))


def credit_code_problem(code: str) -> str | None:
    """What is wrong with a 统一社会信用代码, in Chinese; None when it is empty or sound.

    A failing check digit is worth a warning only: early pilot codes fail it and are legal.
    """
    text = unicodedata.normalize("NFKC", clean(code)).upper().replace(" ", "").replace("-", "")
    if not text:
        return None
    if damaged_number(text):
        return "代码已被Excel改成科学计数法，末尾数字已丢失，请按营业执照重新录入（单元格设为文本）"
    if len(text) == 15 and text.isdigit():
        return "这是15位的旧营业执照注册号，请改填18位统一社会信用代码"
    if len(text) != 18:
        return f"统一社会信用代码应为18位，实际为{len(text)}位"
    wrong = sorted(set(text) - set(_CODE_CHARS))
    if wrong:
        return f"统一社会信用代码含有不允许的字符“{''.join(wrong)}”（不使用I、O、S、V、Z）"
    if not text[2:8].isdigit():
        return "统一社会信用代码第3至8位应为行政区划数字"
    return _check_digit_problem(text)


def _check_digit_problem(text: str) -> str | None:
    total = sum(_CODE_CHARS.index(char) * weight for char, weight in zip(text, _CODE_WEIGHTS, strict=False))
    expected = _CODE_CHARS[(31 - total % 31) % 31]
    if text[17] != expected:
        return f"统一社会信用代码校验位应为“{expected}”，实际为“{text[17]}”，请核对营业执照"
    body = 11 - sum(int(char, 36) * weight for char, weight in zip(text[8:16], _BODY_WEIGHTS, strict=True)) % 11
    expected = {10: "X", 11: "0"}.get(body, str(body))
    if text[16] != expected:
        return f"统一社会信用代码中组织机构代码的校验位应为“{expected}”，实际为“{text[16]}”，请核对营业执照"
    return None
