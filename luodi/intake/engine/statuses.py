"""The words of a status column ("在建", "已投产", "拟签约"), a section title or a sheet's name, as a claim about a stage."""

import re
from typing import Literal

from luodi.intake.engine.dates import Claim

# The furthest stage first: "签约落地开工" says that it has started.
_WORDS = (
    ("exited", "终止|退出|取消|解约|流产|落空"),
    ("full_capacity", "达产|达效"),
    ("produced", "投产|投用|投运|投入使用|运营|正常生产"),
    ("completed", "竣工|完工|建成"),
    ("in_statistics", "入统"),
    ("started", "开工|在建|建设中|正在建设|施工|续建|动工|主体"),
    ("landed", "落地"),
    ("registered", "注册"),
    ("signed", "签约|已签"),
    ("negotiating", "洽谈|在谈|在议|对接|跟踪"),
    ("reserve", "储备"),
    ("packaged", "包装"),
    ("idea", "谋划"),
)
_NOT_YET = re.compile(r"(?:(?:未|没有|无法|不能|暂缓|待)[^，,；;、]{0,2}|(?:未能|不具备)[^，,；;、]{0,4})$")
# A plan may name its time: 预计2026年底前投产, 计划于明年二季度开工.
_WHEN = r"[\d０-９〇零一二三四五六七八九十第明今后年月日底初末中上下半旬季度前于在]{0,16}"
_PLANNED = re.compile(rf"(?:拟|计划|预计|即将|将于|准备|力争|争取|有望|推进){_WHEN}[^，,；;、]{{0,3}}$")


def status_claims(text: str) -> tuple[Claim, ...]:
    """The furthest stage that the words claim, without a day, and a plan beyond it; nothing when they say not yet."""
    plan: tuple[Claim, ...] = ()
    for stage, words in _WORDS:
        for match in re.finditer(words, text):
            before = text[: match.start()]
            if _NOT_YET.search(before):
                continue
            kind: Literal["planned", "actual"] = "planned" if _PLANNED.search(before) else "actual"
            claim = Claim(kind=kind, period=None, stage=stage, basis=text[:300], raw=text)
            if kind == "actual":
                return (claim, *plan)
            plan = plan or (claim,)
    return plan
