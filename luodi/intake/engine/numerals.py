"""Chinese numerals (二十五亿, 伍仟万, 百亿) and the magnitudes that follow Arabic ones (3千万, 1.2万亿)."""

from functools import lru_cache

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

# Cheques and contracts use the long forms, Taiwan and Hong Kong the traditional ones: one for one, so lengths stay.
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億圆圓參貳陸兩", "一二三四五六七八九十百千万亿元元三二六两")

NUMERAL = "零〇○一二两三四五六七八九十百千万亿"
MAGNITUDE = r"(?:[十百千]?万亿|[十百千]?亿|[十百千]?万|[百千])"


def plain_numerals(text: str) -> str:
    """Long and traditional numerals (伍仟萬圆) in the everyday form (五千万元), one character for one."""
    return text.translate(_PLAIN)


def chinese_integer(text: str) -> int | None:
    """Value of a run of Chinese numerals; 百亿 and 亿 count as 一百亿 and 一亿. None when the run is not a number."""
    if not text or any(char not in _DIGITS and char not in _SMALL and char not in _LARGE for char in text):
        return None
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) <= 18 else None
    total, section, digit = 0, 0, None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[char]
            digit = None
        else:
            section += digit or 0
            total = _carry(total, section, _LARGE[char])
            section, digit = 0, None
    return total + section + (digit or 0)


def _carry(total: int, section: int, large: int) -> int:
    """Add a section that ends in 万 or 亿: 亿 multiplies everything before it (三万亿), 万 only its own section."""
    if large == _LARGE["亿"] and total:
        return (total + section) * large
    return total + (section or 1) * large


@lru_cache(maxsize=64)
def magnitude(word: str) -> int:
    """Factor of a magnitude word: 万 -> 10_000, 千万 -> 10_000_000, 万亿 -> 10**12; "" -> 1."""
    factor = 1
    for char in word:
        factor *= _SMALL.get(char) or _LARGE[char]
    return factor
