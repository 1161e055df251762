"""Company names without what every company has: the legal form at either end, in Chinese and in western languages.

A branch is another entity than its head office and 集团 another than its company: both words stay. 市, 省 and 县 after a place go.
"""

import re
from functools import lru_cache

from luodi.intake.engine.parties import party_key

_WESTERN = re.compile(
    r"(?<=\w)[\s,]+(?:co|company|corp|corporation|inc|incorporated|limited|ltd|llc|llp|lp|plc|gmbh|ag|kg|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|pty|"
    r"pte|kk|holdings?)\.?$"
)
_WESTERN_HEAD = re.compile(r"^(?:pt|cv|the)\.?\s+(?=\w)")
_INNER = re.compile(
    r"(?:股份)?有限(?:责任)?公司(?=.*(?:公司|支行|分行|分社|营业部|办事处|分理处|中心|部)$)|股份有限(?=.+行$)"
)
_FORM = re.compile(r"(?<=..)(?:股份有限责任公司|股份有限|有限责任|有限|股份|控股)$")
_PLACE = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:市|省|县|自治区|特别行政区)(?=[\u4e00-\u9fff]{2})")
_BRACKET = re.compile(r"[((](?:简称|原名?|曾用名|以下)[^))]*[))]")
# 智晨科技(盘锦)有限公司 and 盘锦智晨科技有限公司 are written for one another; (集团) and forms of partnership are no places.
_PLACE_BEHIND = re.compile(r"^([^()]+)\((?!集团|股份|有限|普通|特殊|控股|筹)([\u4e00-\u9fff]{2,4})\)(.*)$")
_BANKS = {"工行": "工商银行", "农行": "农业银行", "建行": "建设银行", "交行": "交通银行", "招行": "招商银行"}
_BANK = re.compile(r"^(?:中国)?([工农建交招]行)(?=.{2})")
_CHINA = re.compile(r"^中国(?=(?:工商|农业|建设|光大|民生|邮政|邮储|进出口)|.*银行)")


@lru_cache(maxsize=200_000)
def company_key(name: str) -> str:
    """A name in small letters and simplified signs, cut down to what tells it from others; never "" for a name."""
    text = _BRACKET.sub("", name).strip()
    if re.search(r"[\u3400-\u9fff]", text):
        text = _PLACE_BEHIND.sub(r"\2\1\3", text.replace("（", "(").replace("）", ")"))
        text = _BANK.sub(lambda found: _BANKS[found[1]], _INNER.sub("", text))
        key = party_key(text)
        for pattern in (_FORM, _PLACE, _CHINA):
            key = pattern.sub("", key) or key
        return key
    while True:
        shorter = _WESTERN_HEAD.sub("", _WESTERN.sub("", text.strip(" .,")))
        if shorter == text:
            break
        text = shorter
    return re.sub(r"[^\w]+", " ", text.replace("&", " and ")).strip() or name
