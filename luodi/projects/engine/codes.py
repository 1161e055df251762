"""投资项目统一代码, of both generations: by shape, by the days of its generation, by division. A strong key for matching, never *the* key.

2016 to 2020: `YYYY-区划6-行业2-属性2-流水6`. From 2020-11 (发改投资〔2020〕1439号, GB/T 40058-2021):
`YYMM-地区6-部门2-类型2-随机5＋校验1`. The check digit's rule (§4.7 of the standard) is not published in what we hold, so it is
not guessed. What is wrong with a code is worth a warning with its reason, never a refusal.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from luodi.intake.engine.widths import halfwidth

FIRST_YEAR, LAST_YEAR = 2016, 2020
SWITCHED_ON = date(2020, 11, 1)
"""From here codes of the new generation were given; provinces switched in batches until 2021."""

_SHAPE = re.compile(r"(\d{4})-?(\d{6})-?(\d{2})-?(\d{2})-?(\d{6})")
_SEPARATORS = re.compile(r"[、，,；;\s/|]+")


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A code as read. `text` in the official form with its four hyphens; `generation` 2016, 2020 or 0 when the time segment fits neither."""

    text: str
    generation: int = 0
    given_in: date | None = None
    division: str = ""
    problems: tuple[str, ...] = ()


def codes_in(text: str) -> list[str]:
    """The codes that one cell names; a project may hold several (re-filed, several studies)."""
    return list(dict.fromkeys(part for part in _SEPARATORS.split(halfwidth(text).strip()) if part))


def first_in(text: str) -> str:
    """The first code of a cell in its official form: by it two ledgers meet, whether they write hyphens or not."""
    for code in codes_in(text):
        match = _SHAPE.fullmatch(code)
        return "-".join(match.groups()) if match else code[:24]
    return ""


def read(text: str, *, today: date, knows_division: Callable[[str, date], bool]) -> ProjectCode:
    """Read one code. `knows_division(code, day)`: whether GB/T 2260 had it, or anything of it, on that day."""
    shown = halfwidth(text).strip().replace("—", "-").replace("－", "-")
    match = _SHAPE.fullmatch(shown)
    if match is None:
        return ProjectCode(shown[:40], problems=(_shape_problem(shown),))
    time, division, *_rest = match.groups()
    generation, given_in = _generation(time)
    problems = []
    if generation == 0:
        problems.append(f"时间段“{time}”既不是 2016—2020 年，也不是 2020 年 11 月以后的年月")
    elif given_in and given_in > today:
        problems.append(f"时间段“{time}”还没有到")
    if not knows_division(division, given_in or today):
        problems.append(f"地区段“{division}”不在 {(given_in or today).year} 年的行政区划代码里")
    return ProjectCode("-".join(match.groups()), generation, given_in, division, tuple(problems))


def _generation(time: str) -> tuple[int, date | None]:
    """By the window of the time segment: 2016…2020 is a year, 2011…2099 with a month is year and month.

    2016 to 2020 are no months (…16 to …20), so the two never meet.
    """
    if FIRST_YEAR <= int(time) <= LAST_YEAR:
        return 2016, date(int(time), 12, 31)
    year, month = 2000 + int(time[:2]), int(time[2:])
    if 1 <= month <= 12 and date(year, month, 1) >= SWITCHED_ON:
        return 2020, date(year, month, 1)
    return 0, None


def _shape_problem(text: str) -> str:
    digits = sum(char.isdigit() for char in text)
    if not text.replace("-", "").isdigit():
        return "项目代码只有数字和连字符，这里有别的字符"
    return f"项目代码应为 20 位数字（连四个连字符 24 位），实际 {digits} 位数字"
