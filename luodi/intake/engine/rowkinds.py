"""What one row of a table is: data, a subtotal, a total, a section title, a footer, a repeated heading, or blank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from luodi.intake.engine.text import clean, fold


class RowKind(StrEnum):
    DATA = "data"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    BLANK = "blank"
    SECTION = "section"
    FOOTER = "footer"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rest of the table tells about a row.

    `serials` are the 0-based positions of the 序号 columns, `headings` the folded words of the head; `spanned`: its
    first cell is merged across columns; `numerals`: 一、二、 number sections, because rows are numbered 1, 2, 3.
    """

    serials: frozenset[int] = frozenset()
    first: int = 0
    headings: frozenset[str] = frozenset()
    spanned: bool = False
    numerals: bool = False
    after_footer: bool = False


SERIAL_HEADINGS = frozenset({"序号", "序", "no", "no.", "行号", "顺序号", "项目序号", "序列"})
_NUMERAL = "一二三四五六七八九十百"
_ARABIC_SERIAL = re.compile(r"\(?(?:no\.?)?\d{1,6}(?:[-.]\d{1,3})*[).、]?")
_CHINESE_SERIAL = re.compile(rf"\(?第?[{_NUMERAL}]{{1,4}}[).、]?")
_TOTAL = re.compile(
    r"(?P<scope>[^:()]{0,12}?)(?P<word>总合计|小计|合计|总计|共计|累计|合共|total)"
    r":?共?(?:\((?P<count>\d+)[个项家]?[^)]*\)|(?P<bare_count>\d+)[个项家][^:]{0,6})?:?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"|[全总本各].{0,4}|以上.{0,4}")
_COUNT_ONLY = re.compile(r"(?P<scope>)(?P<word>共)(?P<count>\d+)[个项家](?:项目)?(?P<bare_count>)")
_SIGNERS = (
    "填报人|填表人|制表人?|审核人?|审批人?|复核人?|(?:单位|部门|主要|分管)?负责人|[分主]管领导|联系人|(?:联系)?电话"
)
_DATES = "填报日期|填报时间|填表日期|填表时间|报送日期|报送时间|制表日期|日期"
_NOTES = (
    r"注\d?|备注\d?|说明\d?|附注|填表说明|填报说明|数据来源|资料来源|盖章|签字|签章|填报单位|填表单位|制表单位|审核单位"
)
_FOOTER = re.compile(rf"(?:{_SIGNERS}|{_DATES}|{_NOTES})(?:\([^)]*\))?:.*|(?:{_SIGNERS}|{_DATES}){{2,}}.*")
_SECTION = re.compile(
    rf"[{_NUMERAL}]{{1,3}}[、.,].+|\([{_NUMERAL}]{{1,3}}\).+|第[{_NUMERAL}\d]{{1,3}}(?:部分|类|批|章|组).*"
)
_COUNTED = re.compile(r".+\(\d+[个项家][^)]*\)")
_LONGEST_SECTION = 60


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) < 20 and not fold(value))


def is_serial(text: str) -> bool:
    """Whether a folded text is a running number: 12, (3), 四、, No.5."""
    return bool(_ARABIC_SERIAL.fullmatch(text) or _CHINESE_SERIAL.fullmatch(text))


def is_section_title(text: str) -> bool:
    """Whether a text is numbered as a section: 一、…, （二）…, 第三部分…."""
    return bool(_SECTION.fullmatch(fold(text)))


def section_level(text: str) -> int:
    """1 for 一、 and unnumbered titles, 2 for （一）."""
    return 2 if fold(text).startswith("(") else 1


def is_column_numbers(values: Sequence[Any]) -> bool:
    """Whether the row numbers the columns: 1 2 3 4, (1)(2)(3), 甲 乙 1 2, 3=4+5."""
    texts = [fold(clean(value)) for value in values if not is_blank(value)]
    numbers = [int(match[1]) for text in texts if (match := re.fullmatch(r"\(?(\d{1,3})\)?(?:=[\d+\-*/().]+)?", text))]
    letters = [text for text in texts if re.fullmatch(r"[甲乙丙丁戊己庚辛壬癸]", text)]
    if len(numbers) + len(letters) < max(3, len(texts)) or len(numbers) < 2:
        return False
    return all(after - before == 1 for before, after in zip(numbers, numbers[1:], strict=False))


def total_label(text: str) -> re.Match[str] | None:
    """Match of a total's label ("小计", "双台子区合 计", "总计（55个）"); groups scope, word, count, bare_count."""
    folded = fold(text)
    return _TOTAL.fullmatch(folded) or _COUNT_ONLY.fullmatch(folded)


def stated_count(text: str) -> int | None:
    """The number of projects that a label states: 55 of "合计（55个）", 17 of "一、石化（17个）"."""
    match = re.search(r"\(?(?:共)?(\d+)[个项家]", fold(text))
    return int(match[1]) if match else None


def classify(values: Sequence[Any], setting: Setting) -> tuple[RowKind, str]:
    """The kind of a row and the words that say so ("" for data and blanks). Raises nothing."""
    filled = [(position, value) for position, value in enumerate(values) if value is not None and value != ""]
    if _is_plainly_data(filled, setting):
        return RowKind.DATA, ""
    cells = [(position, value) for position, value in filled if not is_blank(value)]
    texts = [(position, fold(value)) for position, value in cells if isinstance(value, str)]
    words = [(position, text) for position, text in texts if not is_serial(text)]
    if not words and all(position in setting.serials for position, _ in cells):
        return RowKind.BLANK, ""
    if _is_heading(values, texts, setting):
        return RowKind.HEADING, ""
    serial = next((value for position, value in cells if position in setting.serials), "")
    kind = _total_kind(
        words, is_numbered=isinstance(serial, int | float) or bool(_ARABIC_SERIAL.fullmatch(fold(serial)))
    )
    if kind is None:
        kind = _title_kind(cells, words, serial, setting)
    return (kind, clean(values[words[0][0]])) if kind else (RowKind.DATA, "")


def _is_plainly_data(cells: list[tuple[int, Any]], setting: Setting) -> bool:
    """Nine rows of ten: a number in the 序号 column and several texts, of which the first two are no total's label."""
    numbered = any(position in setting.serials and isinstance(value, int | float) for position, value in cells[:3])
    texts = list(islice((value for _, value in cells if isinstance(value, str) and len(value.strip()) > 1), 3))
    return numbered and len(texts) == 3 and not any(total_label(text) for text in texts[:2])


def _is_heading(values: Sequence[Any], texts: list[tuple[int, str]], setting: Setting) -> bool:
    same = sum(text in setting.headings for _, text in texts)
    return (same >= 2 and same >= 0.6 * len(texts)) or is_column_numbers(values)


def _total_kind(words: list[tuple[int, str]], *, is_numbered: bool) -> RowKind | None:
    """Only the first two texts can be the label: further right, 合计 is part of somebody's remark."""
    for position, text in words[:2]:
        if text.startswith("其中") and position == words[0][0] and len(text) <= 20:
            return RowKind.SUBTOTAL
        match = total_label(text)
        if match is None or (is_numbered and match["scope"]):
            continue
        is_part = match["word"] == "小计" or not _WHOLE.fullmatch(match["scope"]) or position != words[0][0]
        return RowKind.SUBTOTAL if is_part else RowKind.TOTAL
    return None


def _title_kind(
    cells: list[tuple[int, Any]], words: list[tuple[int, str]], serial: Any, setting: Setting
) -> RowKind | None:
    if not words:
        return None
    position, text = words[0]
    only_text = len(words) == 1
    has_numbers = any(not isinstance(value, str) and at not in setting.serials for at, value in cells)
    if _FOOTER.fullmatch(text) and len(words) <= 6 and not has_numbers and not isinstance(serial, int | float):
        return RowKind.FOOTER
    if not only_text:
        return None
    is_alone = len(cells) == 1
    if is_alone and (
        setting.after_footer or (len(text) > _LONGEST_SECTION and (setting.spanned or position <= setting.first))
    ):
        return RowKind.FOOTER
    numbered_by_numeral = setting.numerals and isinstance(serial, str) and bool(_CHINESE_SERIAL.fullmatch(fold(serial)))
    stands_apart = setting.spanned or position in setting.serials or bool(_COUNTED.fullmatch(text))
    if numbered_by_numeral or (is_alone and (stands_apart or _SECTION.fullmatch(text))):
        return RowKind.SUBTOTAL if has_numbers else RowKind.SECTION
    if has_numbers and stands_apart and _SECTION.fullmatch(text):
        return RowKind.SUBTOTAL
    return None
