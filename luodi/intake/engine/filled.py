"""A table that people fill in and send back: columns known by name in either language, every problem told with Excel's row and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from luodi.intake.engine.text import clean, fold
from luodi.intake.engine.workbooks import column_letter


class SheetLike(Protocol):
    """What `workbooks.open_workbook` gives for a sheet."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> Sequence[Sequence[Any]]: ...
    @property
    def first_row(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Column:
    """A field with its names; `read` turns the cell's text into the value or raises `ValueError` with what is wrong."""

    field: str
    name: str
    name_en: str
    read: Callable[[str], Any]
    needed: bool = False
    width: int = 14


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong in one cell, with Excel's own row and column."""

    sheet: str
    row: int
    column: str
    message: str
    value: str = ""


def head(cells: Sequence[Any], columns: Sequence[Column]) -> dict[str, int]:
    """Places of the columns by their names, in the row that has all that are needed; else nothing."""
    texts = [fold(clean(cell)) for cell in cells]
    places = {}
    for column in columns:
        names = {fold(column.name), fold(column.name_en)}
        place = next((index for index, text in enumerate(texts) if text in names), None)
        if place is not None:
            places[column.field] = place
        elif column.needed:
            return {}
    return places


def texts_of(cells: Sequence[Any], columns: Sequence[Column], places: Mapping[str, int]) -> dict[str, str]:
    """The cells of one row as text, by field."""
    return {column.field: clean(cells[places[column.field]]) for column in columns if column.field in places}


def values_of(
    sheet: str, number: int, texts: Mapping[str, str], columns: Sequence[Column], places: Mapping[str, int]
) -> tuple[dict[str, Any], list[LineProblem]]:
    """What a row says, and what is wrong with it."""
    values: dict[str, Any] = {}
    problems = []
    for column in columns:
        if column.field not in places:
            continue
        text = texts[column.field]
        # A leading ' keeps a formula a word in what we give out; it is no part of it.
        text = text[1:] if text.startswith("'") else text
        try:
            if column.needed and not text:
                raise ValueError("这一格不能空")
            values[column.field] = column.read(text)
        except ValueError as error:
            letter = column_letter(places[column.field] + 1)
            problems.append(LineProblem(sheet, number, letter, str(error), text))
    return values, problems


def choice(words: Mapping[str, Sequence[str]], default: str | None) -> Callable[[str], str]:
    """A reader of one of these words, in any of their spellings; None as default: it must be one of them."""
    by_word = {fold(word): code for code, spelled in words.items() for word in (code, *spelled)}

    def read(text: str) -> str:
        if not text and default is not None:
            return default
        if fold(text) not in by_word:
            raise ValueError("不在可填的范围内")
        return by_word[fold(text)]

    return read
