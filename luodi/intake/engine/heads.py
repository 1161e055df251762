"""Heading rows: which rows are a table's head, and what each column is called after groups and merges are resolved."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from luodi.intake.engine.amounts import Unit, unit_in
from luodi.intake.engine.rowkinds import is_blank, is_column_numbers, is_section_title, total_label
from luodi.intake.engine.text import clean, fold
from luodi.intake.engine.workbooks import Merge, Sheet, column_letter

_LONGEST_HEADING = 60
_MOST_ROWS = 4
_CAPTION = re.compile(
    r"[:：]|^附[件表]|^表\s*\d|\d{4}年.*[表账]|一览表|汇总表|台账|清单|明细表|统计表|情况表|续表|^第.{1,5}页"
)
_NOT_GROUP = re.compile(r"^(?:填报|填表|报送|上报)|^单位$|^\(?[万亿]?元\)?$|\d+年\d+月|^\(.*\)$")
_LONGEST_LONE_GROUP = 10
_BARE_UNIT = re.compile(
    r"\(?(?:[百千万亿]{0,2}(?:美|港|欧|日|英)?(?:元|镑)|亩|公顷|平方米|平方公里|m²|㎡|人|个|家|%|年月|日期)\)?"
)
_CJK_GAP = re.compile(r"(?<=[^\x00-\xff])\s+|\s+(?=[^\x00-\xff])")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: 1-based index, Excel's letter, the words of its head from the top down, the unit they name.

    `heading` is the path joined by "/"; a column that has data but no heading has an empty path.
    """

    index: int
    letter: str
    path: tuple[str, ...]
    heading: str
    unit: Unit | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Rows of a table's head. `caption_top` is the first row of the titles above; `signature` tells repeated heads."""

    top: int
    bottom: int
    caption_top: int
    signature: frozenset[str]


def text_of(value: Any) -> str:
    """A heading or caption as one line: line breaks gone, and the blanks inside "项 目 名 称"."""
    return _CJK_GAP.sub(lambda gap: "  " if len(gap[0]) > 3 else "", " ".join(clean(value).splitlines()))


def find_heads(sheet: Sheet, *, known: Callable[[str], bool]) -> list[Head]:
    """Every row block that is a head, repeated ones included, top to bottom."""
    heads: list[Head] = []
    free_from = sheet.first_row
    for number, row in sheet.numbered():
        if number < free_from or not _is_head(row, known, strict=bool(heads)):
            continue
        top = _top(sheet, number, free_from)
        bottom = _bottom(sheet, top, number, known)
        signature = frozenset(fold(clean(v)) for n in range(top, bottom + 1) for v in sheet.row(n) if not is_blank(v))
        while bottom < sheet.last_row and is_column_numbers(sheet.row(bottom + 1)):
            bottom += 1
        heads.append(Head(top, bottom, _caption_top(sheet, top, free_from), signature))
        free_from = bottom + 1
    return heads


def _is_head(row: Sequence[Any], known: Callable[[str], bool], *, strict: bool) -> bool:
    """Two known words, a third of all; below a first table, where data may hold such words too, three of five."""
    cells = 0
    hits = set()
    for value in row:
        if value == "" or value is None:
            continue
        if not isinstance(value, str):
            if _is_year(value):
                continue
            return False
        text = fold(value)
        if not text:
            continue
        cells += 1
        if len(text) <= _LONGEST_HEADING and known(text_of(value)):
            hits.add(text)
    least, share = (3, 0.6) if strict else (2, 0.34)
    return len(hits) >= least and len(hits) >= share * cells


def _is_year(value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and 1990 <= value <= 2060 and value == int(value)
    )


def _words(row: Sequence[Any]) -> list[tuple[int, str]]:
    return [(position, text_of(value)) for position, value in enumerate(row) if not is_blank(value)]


def _is_label_row(row: Sequence[Any], *, captions: bool = False) -> bool:
    """Short words only: no number or day, nor, unless a merge says that the head goes on, a caption with a colon."""
    if any(isinstance(value, date | float | int) and not _is_year(value) for value in row):
        return False
    words = _words(row)
    return bool(words) and all(
        len(text) <= _LONGEST_HEADING and (captions or not _CAPTION.search(text)) for _, text in words
    )


def _top(sheet: Sheet, number: int, lowest: int) -> int:
    """The head's first row: up along merges that end in the head, and over rows of group names above it."""
    top = min(
        [m.top for m in sheet.merges if m.top < number <= m.bottom and m.bottom - m.top < _MOST_ROWS], default=number
    )
    top = max(top, lowest)
    while top > lowest and number - top < _MOST_ROWS - 1 and _is_group_row(sheet, top - 1):
        top -= 1
    return top


def _is_group_row(sheet: Sheet, number: int) -> bool:
    row = sheet.row(number)
    words = _words(row)
    if not _is_label_row(row) or is_column_numbers(row) or any(is_section_title(t) or total_label(t) for _, t in words):
        return False
    if any(_NOT_GROUP.search(fold(text)) for _, text in words):
        return False
    if len(words) >= 2:
        return True
    position, text = words[0]
    below = len(_words(sheet.row(number + 1)))
    # A single word is a group when it is merged over some of the columns only; over all of them it is a title.
    return len(text) <= _LONGEST_LONE_GROUP and 1 < _span(sheet.merges, number, position + 1) < below


def _span(merges: Sequence[Merge], row: int, column: int) -> int:
    return next((m.right - m.left + 1 for m in merges if m.top <= row <= m.bottom and m.left == column), 1)


def _bottom(sheet: Sheet, top: int, number: int, known: Callable[[str], bool]) -> int:
    """The head's last row: down along merges that begin in the head, and over rows of leaf headings under groups."""
    bottom = number
    while bottom - top < _MOST_ROWS - 1 and bottom < sheet.last_row:
        merged = [m.bottom for m in sheet.merges if top <= m.top <= bottom < m.bottom and m.bottom - top < _MOST_ROWS]
        if len(merged) >= 2 and _is_label_row(sheet.row(bottom + 1), captions=True):
            bottom = max(bottom + 1, min(merged))
        elif _continues(sheet, top, bottom, known):
            bottom += 1
        else:
            break
    return bottom


def _continues(sheet: Sheet, top: int, bottom: int, known: Callable[[str], bool]) -> bool:
    """Whether the next row holds leaf headings: words only below blanks or below a group, or units in brackets."""
    row = sheet.row(bottom + 1)
    words = _words(row)
    if not words or not _is_label_row(row) or is_column_numbers(row):
        return False
    if all(_BARE_UNIT.fullmatch(fold(text)) for _, text in words):
        return True
    above = sheet.row(bottom)
    if any(not _may_have_leaf(above, position) for position, _ in words):
        return False
    hits = sum(known(text) for _, text in words)
    return (
        hits >= 1
        and hits * 3 >= len(words)
        and len(words) < len(_words(above)) + len(words)
        and not total_label(words[0][1])
    )


def _may_have_leaf(above: Sequence[Any], position: int) -> bool:
    """A leaf stands under a blank, or under a word whose right neighbour is blank (a group whose merge was lost)."""
    if is_blank(above[position]):
        return True
    return position + 1 < len(above) and is_blank(above[position + 1])


def _caption_top(sheet: Sheet, top: int, lowest: int) -> int:
    """Titles and captions go up to the last row that belongs to the table above."""
    number = top
    while number > lowest:
        row = sheet.row(number - 1)
        words = _words(row)
        is_caption = len(words) <= 3 or all(_CAPTION.search(text) for _, text in words)
        if lowest > sheet.first_row:  # below another table only what is clearly a title may be taken from it
            is_caption = not words or (
                len(words) <= 3 and any(_CAPTION.search(text) for _, text in words) or len(words) == 1
            )
            is_caption = is_caption and not any(
                total_label(text) or re.match(r"填报人|审核|制表|注[:：]|备注", text) for _, text in words
            )
        if not is_caption:
            break
        number -= 1
    while number < top and all(is_blank(value) for value in sheet.row(number)):
        number += 1
    return number


def columns_of(sheet: Sheet, head: Head, last_row: int) -> tuple[Column, ...]:
    """The columns under a head, left to right, those with data but without a heading included."""
    grid = _resolved(sheet, head)
    used = {position for row in grid for position, text in enumerate(row) if text}
    unnamed = set(range(sheet.width)) - used
    for number in range(head.bottom + 1, last_row + 1):
        if not unnamed:
            break
        row = sheet.row(number)
        found = {position for position in unnamed if not is_blank(row[position])}
        used |= found
        unnamed -= found
    return tuple(_column(position, [row[position] for row in grid]) for position in sorted(used))


def _resolved(sheet: Sheet, head: Head) -> list[list[str]]:
    """The head as a grid of texts with every merged or lost group name written into each of its columns."""
    grid = [[text_of(value) for value in sheet.row(number)] for number in range(head.top, head.bottom + 1)]
    grid = [
        row
        for row, number in zip(grid, range(head.top, head.bottom + 1), strict=True)
        if not is_column_numbers(sheet.row(number))
    ]
    merged: set[tuple[int, int]] = set()
    for merge in sheet.merges:
        if not head.top <= merge.top < head.top + len(grid) or merge.left > sheet.width:
            continue
        text = grid[merge.top - head.top][merge.left - 1]
        for number in range(merge.top, min(merge.bottom, head.top + len(grid) - 1) + 1):
            for position in range(merge.left - 1, min(merge.right, sheet.width)):
                grid[number - head.top][position] = text
                merged.add((number - head.top, position))
    for level in range(len(grid) - 1):
        _spread(grid, level, merged)
    return grid


def _spread(grid: list[list[str]], level: int, merged: set[tuple[int, int]]) -> None:
    """Carry a group name to the right over blanks that have a leaf below, as far as its own parent goes."""
    row = grid[level]
    for position in range(1, len(row)):
        if row[position] or (level, position) in merged:
            continue
        left_is_group = row[position - 1] and any(
            lower[position - 1] not in ("", row[position - 1]) for lower in grid[level + 1 :]
        )
        has_leaf = any(lower[position] for lower in grid[level + 1 :])
        same_parent = level == 0 or grid[level - 1][position] in ("", grid[level - 1][position - 1])
        if left_is_group and has_leaf and same_parent and (level, position - 1) not in merged:
            row[position] = row[position - 1]


def _column(position: int, texts: Sequence[str]) -> Column:
    words = tuple(dict.fromkeys(text for text in texts if text))
    path = tuple(text for text in words if not _BARE_UNIT.fullmatch(fold(text)) or len(words) == 1)
    unit = next((unit for text in reversed(words) if (unit := unit_in(text))), None)
    return Column(position + 1, column_letter(position + 1), path, "/".join(path), unit, words)
