"""Company names taken apart: place, core, legal form, branch. What two names have in common is a question of these parts.

A group and its company, a head office and its branch, 有限 and 股份 are not the same entity unless something else says so.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from luodi.intake.engine.parties import party_key
from luodi.intake.engine.widths import fold

_FORMS = (
    ("股份有限责任公司", "joint_stock"), ("股份有限公司", "joint_stock"), ("集团有限公司", "limited"), ("有限责任公司", "limited"), ("有限公司", "limited"),
    ("集团公司", "group"), ("集团", "group"), ("合伙企业", "partnership"), ("合作社", "cooperative"), ("总公司", "company"),
    ("公司", "company"), ("研究院", "institute"), ("厂", "works"),
)  # fmt: skip
_BRANCH = re.compile(
    r"(?P<head>.+?(?:公司|银行|集团|局|院))(?P<branch>[^公]{0,20}?(?:分公司|分行|支行|分局|分院|分厂|办事处|营业部|分店|项目部))$"
)
_JOINT = re.compile(r"股份有限责任公司$")
_GROUP = re.compile(r"\(集团\)|集团(?=股份有限公司$|有限公司$|有限责任公司$|公司$|$)")
_PLACE = re.compile(
    r"^(?:中国|(?:[\u4e00-\u9fff]{2,3}省)?[\u4e00-\u9fff]{2,3}(?:自治区|市)(?:[\u4e00-\u9fff]{2,3}[区县])?)"
)


class Likeness(StrEnum):
    """What two names say of being one company."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class NameParts:
    """`core` is what is left: the brand and trade, folded. `branch` names the branch, blank for a head office."""

    place: str
    core: str
    form: str
    branch: str
    is_group: bool


def parts(name: str) -> NameParts:
    """Take a name apart. Never fails: what it does not know stays in the core."""
    text = fold(name)
    branch = ""
    if match := _BRANCH.match(text):
        text, branch = match["head"], match["branch"]
    form = next((code for words, code in _FORMS if text.endswith(words)), "")
    is_group = _GROUP.search(text) is not None
    core = party_key(_JOINT.sub("股份有限公司", text))
    core = _GROUP.sub("", core) or core
    found = _PLACE.match(core)
    # 市 and 省 are often left out: 深圳市… and 深圳… are one place.
    place = re.sub(r"[省市]|自治区", "", found[0]) if found and len(found[0]) < len(core) else ""
    rest = core[len(found[0]) :] if place and found else core
    return NameParts(place, rest, form, branch, is_group)


def likeness(a: str, b: str) -> Likeness:
    """Same: nothing but writing differs. Doubtful: one core, but another form, group or branch. Different: another core."""
    one, two = parts(a), parts(b)
    if _whole(one) != _whole(two):
        return Likeness.DIFFERENT
    if _bare(one.branch) != _bare(two.branch):
        return Likeness.DIFFERENT
    forms = {one.form, two.form} - {"", "company"}
    if len(forms) > 1 or one.is_group != two.is_group:
        return Likeness.DOUBTFUL
    return Likeness.SAME


def _bare(branch: str) -> str:
    """深圳市分行 is 深圳分行."""
    return re.sub(r"[省市]|股份有限公司|有限公司", "", branch)


def _whole(name: NameParts) -> str:
    return name.place + name.core


def key(name: str) -> str:
    """The comparison key of a party, as long as the record keeps it."""
    return party_key(name)[:300]
