"""Full-width and half-width: two normal forms that every reader of cells starts from.

`halfwidth` keeps the length, so that a position found in it is a position in the text as it was written (labels and
notes are cut from the original). `fold` is stronger and is only for comparing.
"""

import re
import unicodedata
from functools import lru_cache

# People and input methods produce all of these for one and the same sign.
_DASHES = "‐‑‒–—―−﹣－⁃"
_TILDES = "～〜∼˜"
_QUOTES = "“”„‟«»「」『』《》〈〉＂″〝〞‘’‚‛＇`´"
_OPENING, _CLOSING = "【〔［〖｛[{〘", "】〕］〗｝]}〙"

_ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00]")
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\x0b\x0c\r"


def _half_table() -> dict[int, str]:
    table = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    table |= {ord(char): "-" for char in _DASHES} | {ord(char): "~" for char in _TILDES}
    table |= {ord(char): "(" for char in _OPENING} | {ord(char): ")" for char in _CLOSING}
    table |= {ord(char): " " for char in _SPACES}
    return table | {ord("￥"): "¥", ord("％"): "%", ord("＄"): "$", ord("￡"): "£", ord("．"): ".", ord("﹪"): "%"}


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict(_half_table())
    table |= {ord(char): '"' for char in _QUOTES + "'"}
    return table | {code: None for code in (*map(ord, _SPACES), 0x20, 0x0A, 0x85, 0x2028, 0x2029)}


_HALF = _half_table()
_FOLD = _fold_table()


def drop_zero_width(text: str) -> str:
    """The text without characters that take no room (and that people paste without knowing)."""
    return text if text.isascii() and "\x00" not in text else _ZERO_WIDTH.sub("", text)


def halfwidth(text: str) -> str:
    """Full-width letters, digits, brackets, dashes and spaces made ASCII, one for one: the length does not change."""
    return text.translate(_HALF)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The form for comparing: NFKC, no white space, case folded, one kind of dash, quote and bracket. Idempotent."""
    # Case folding can undo the normal form, hence the second round.
    folded = unicodedata.normalize("NFKC", drop_zero_width(text)).translate(_FOLD).casefold()
    return drop_zero_width(unicodedata.normalize("NFKC", folded)).translate(_FOLD)
