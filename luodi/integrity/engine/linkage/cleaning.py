"""Cells in the form in which they are compared. Every step works on distinct values, so that a million rows cost little."""

import re
import unicodedata
from typing import Any

from luodi.integrity.engine.linkage.companies import company_key
from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.scripts import simplified

_NOT_WORD = r"[^\p{L}\p{N}]+"
_EASTERN = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def clean(values: Any, kind: Kind) -> Any:
    """A Polars column of distinct text, cleaned for its kind; null where nothing is left."""
    import polars as pl

    text = values.str.normalize("NFKC").str.to_lowercase()
    if text.str.contains(r"[\x{3400}-\x{9fff}]").any():
        text = pl.Series(text.name, [simplified(one) for one in text.to_list()])
    out = _CLEANERS[kind](text)
    return out.set(out == "", None)


def _words(text: Any) -> Any:
    """Accents off, a model number in one piece (pslx-350h is pslx350h), everything but letters and digits a space."""
    import polars as pl

    if text.str.contains(r"[\x{00c0}-\x{024f}]").any():
        text = pl.Series(text.name, [_plain(one) for one in text.to_list()])
    text = text.str.replace_all(r"['’`]", "")
    text = text.str.replace_all(r"([a-z0-9])[-.]([a-z]*[0-9])", "$1$2")
    return text.str.replace_all(_NOT_WORD, " ").str.strip_chars()


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _signs(text: Any) -> Any:
    return text.str.replace_all(_NOT_WORD, "")


def _digits(text: Any) -> Any:
    """Of a phone the last eleven digits: a country's prefix is written by some and left out by others."""
    digits = text.str.replace_all(r"[^0-9]", "")
    return digits.str.replace(r"^(?:0086|86)(1[0-9]{10})$", "$1").str.replace(r"^1([2-9][0-9]{9})$", "$1")


def _number(text: Any) -> Any:
    return text.str.replace_all(r"[^0-9.eE+-]", "").str.strip_chars("-.e")


def _date(text: Any) -> Any:
    import polars as pl

    return pl.Series(text.name, [None if one is None else _day(one) for one in text.to_list()], dtype=pl.String)


def _day(text: str) -> str:
    """Eight digits, year first. Day before month, unless the month says otherwise, in the order day-month-year."""
    if match := _EASTERN.fullmatch(text):
        first, second, year = match.groups()
        day, month = (first, second) if int(second) <= 12 else (second, first)
        return f"{year}{month:0>2}{day:0>2}"
    parts = re.findall(r"\d+", text)
    if len(parts) >= 3 and len(parts[0]) == 4:
        return f"{parts[0]}{parts[1]:0>2}{parts[2]:0>2}"[:8]
    return "".join(parts)[:8]


def _company(text: Any) -> Any:
    import polars as pl

    keys = [None if one is None else company_key(one) for one in text.to_list()]
    return pl.Series(text.name, keys, dtype=pl.String)


def _email(text: Any) -> Any:
    return text.str.replace_all(r"\s+", "")


_CLEANERS = {
    Kind.NAME: _words,
    Kind.TEXT: _words,
    Kind.ADDRESS: _words,
    Kind.CODE: _signs,
    Kind.PHONE: _digits,
    Kind.EMAIL: _email,
    Kind.NUMBER: _number,
    Kind.YEAR: _number,
    Kind.DATE: _date,
    Kind.COMPANY: _company,
}
