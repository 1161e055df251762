"""What the words around a date say: which stage, planned or done, under way, not yet, or only reported.

Order matters: 竣工投产 names production, and 未开工 must be taken out before 开工 is looked for.
"""

import re

# The furthest stage first: words that name two stages mean the further one.
_STAGES = (
    ("exited", r"落空|终止|退出|解约|撤资|取消|流产|放弃|清退"),
    ("paused", r"停工|暂停|停建|缓建|中止|停滞|停摆"),
    ("resumed", r"复工|恢复施工"),
    ("full_capacity", r"达产|达效|满产"),
    ("produced", r"(?<!试)投产|投运|投用|投入使用|投入运营|商运|商业运营|正式运营"),
    ("completed", r"竣工|完工|建成|中交"),
    ("in_statistics", r"入统|纳统"),
    ("started", r"开工|动工|开建|在建|续建|建设中|施工中|土建|桩基|破土"),
    ("landed", r"落地|摘地|拿地"),
    ("registered", r"注册(?!资|地)|领照|领取营业执照"),
    ("signed", r"签约|签订|签署|签合同|正式签"),
    ("negotiating", r"在谈|洽谈|商谈|接洽|对接|推进"),
    ("reserve", r"储备"),
    ("packaged", r"包装(?!膜|材|盒|物|袋)"),
    ("idea", r"谋划"),
)
_STAGE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _STAGES))
_RANK = {code: rank for rank, (code, _) in enumerate(_STAGES)}

_NOT_YET = r"(?:尚未|还未|暂未|未能|没有|未|无法|不)(?:正式|全面|实质性?|能|予)*"
_SOON = r"(?:即将|准备|筹备|待|等待)(?:正式|全面)*"
_STAGE_WORD = "|".join(words for _, words in _STAGES)
_NEGATED = re.compile(rf"{_NOT_YET}\s*(?:{_STAGE_WORD})")
_PROSPECT = re.compile(rf"{_SOON}\s*(?:{_STAGE_WORD})")

# Talks about a contract are talks: 拟签约(2020-09) was not signed.
_TALKS = re.compile(r"在谈|洽谈|商谈|接洽|对接|推进|拟签")
_PRESENT = re.compile(r"在谈|在建|续建|建设中|施工中|推进中|拟签")
# Seen under construction at that time: it began then or earlier.
_UNDER_WAY = re.compile(
    r"在建|续建|建设中|施工中|主体(?:结构|工程)?(?:完工|封顶|竣工|施工)|封顶|设备(?:安装|调试)|复工|恢复施工"
)
# A finished frame or machines under test are construction still, not completion.
_FRAME = re.compile(r"主体(?:结构|工程)?(?:完工|封顶|竣工|施工)|封顶|设备(?:安装|调试)")
_PLANNED = re.compile(
    r"计划|规划(?!许可|证|局|条件|设计|院)|预计|预期|拟|力争|争取|将于|将在|目标|有望|应于|须于|约定|确保|即将|"
    r"(?<![接招优])待(?!遇)|准备"
)
_DONE = re.compile(r"已|实际")
_REPORTED = re.compile(r"\s*(?:[月日]?(?:报道|媒体|消息|公告|新闻)?称|报道|口径|公文|年鉴)")
_UNDATED = re.compile(r"无年份|无日期|日期不详|时间不详|年份不详")
_WAITING = re.compile(r"前期|手续|筹备|筹建|招标|设计|征地|拆迁|办理|待|未|无|没有|不|暂|报批|审批|环评|论证|研究")

NO_CLAIM = frozenset(
    (
        "",
        "/",
        "\\",
        "-",
        "--",
        "---",
        "——",
        "*",
        "?",
        "否",
        "无",
        "暂无",
        "未",
        "n",
        "no",
        "n/a",
        "na",
        "none",
        "×",
        "✗",
        "✘",
    )
)
DONE_MARKS = frozenset(("是", "有", "√", "✓", "✔", "☑", "●", "y", "yes", "已完成", "完成", "已办理", "已办"))


def stage_named(words: str) -> str | None:
    """Code of the furthest stage that the words name; negated and prospective mentions do not count."""
    stated = _PROSPECT.sub("", _NEGATED.sub("", words))
    if _TALKS.search(stated):
        return "negotiating"
    if _FRAME.search(stated):
        return "started"
    codes = [match.lastgroup or "" for match in _STAGE.finditer(stated)]
    return min(codes, key=_RANK.__getitem__) if codes else None


def stage_ahead(words: str) -> str | None:
    """Stage that is announced without a date (待开工, 即将投产); None when there is none."""
    match = _PROSPECT.search(words)
    return next((found.lastgroup for found in _STAGE.finditer(match[0])), None) if match else None


def is_planned(words: str) -> bool:
    return bool(_PLANNED.search(words)) and not _TALKS.search(words)


def is_done(words: str) -> bool:
    return bool(_DONE.search(words))


def is_present(words: str) -> bool:
    """A state at the time of writing (在谈, 在建): true then, whatever column it stands in."""
    return bool(_PRESENT.search(words))


def is_under_way(words: str) -> bool:
    return bool(_UNDER_WAY.search(words))


def is_talks(words: str) -> bool:
    return bool(_TALKS.search(words))


def is_resumption(words: str) -> bool:
    return stage_named(words) == "resumed"


def is_waiting(words: str) -> bool:
    """Words that say it has not happened (未开工, 前期手续办理中)."""
    return bool(_WAITING.search(words))


def reported_length(text: str, position: int) -> int:
    """Length of 称, 报道, 口径… right behind a date: then the date is that of the report. 0 when there is none."""
    match = _REPORTED.match(text, position)
    return match.end() - position if match else 0


def admits_no_date(words: str) -> bool:
    return bool(_UNDATED.search(words))
