"""A rulebook as reference pages in Markdown: every rule and parameter with its flag, method, examples that were run, why, sources, exclusions."""

from collections.abc import Mapping
from datetime import date

from luodi.screening.engine.cases import Ran, run_cases
from luodi.screening.engine.clauses import ClauseKind, ClauseList
from luodi.screening.engine.nodes import KINDS_ZH, Node
from luodi.screening.engine.rulebook import (
    DIMENSIONS_ZH,
    GATE,
    VERDICTS_ZH,
    Dimension,
    Fact,
    Parameter,
    Parsed,
    Rulebook,
)
from luodi.screening.engine.speaking import Speaker, shown

NOTE = "<!-- made by docs/generate.py; do not edit -->\n"


def pages(book: Rulebook, clauses: ClauseList) -> dict[str, str]:
    """File name and text of each page."""
    ran: dict[str, list[Ran]] = {}
    for one in run_cases(book):
        ran.setdefault(one.case.rule, []).append(one)
    made = {f"{dimension}.md": _dimension(book, dimension, ran) for dimension in Dimension}
    lists = {"parameters.md": _parameters(book), "facts.md": _facts(book), "clauses.md": _clauses(clauses)}
    return {"index.md": _index(book), **made, **lists}


def _table(head: str, rows: list[str]) -> list[str]:
    columns = head.count("|") + 1
    return [f"| {head} |", "|" + "---|" * columns, *(f"| {row} |" for row in rows), ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _index(book: Rulebook) -> str:
    lines = [
        NOTE,
        f"# {book.title} · {book.title_en}\n",
        f"版本 {book.version}，{book.valid_from} 起；摘要 `{book.digest}`。{book.note}\n",
    ]
    lines.append(
        "怎么读、怎么写见[规则怎样写](../../explanation/rules.md)。[参数](parameters.md) · [事实](facts.md) · [协议条款](clauses.md)\n"
    )
    by_status = {
        status: sum(rule.status == status for rule in book.rules.values()) for status in ("有出处", "参考", "待核")
    }
    told = "、".join(f"{status} {count}" for status, count in by_status.items())
    lines.append(f"{len(book.rules)} 条规则（{told}），{len(book.parameters)} 个参数，{len(book.cases)} 个案例。\n")
    for dimension in Dimension:
        rules = [rule for _, rule in sorted(book.rules.items()) if rule.dimension is dimension]
        lines.append(
            f"## {'准入' if dimension in GATE else '评分'}：{DIMENSIONS_ZH[dimension]} · {dimension.title()}\n"
        )
        rows = [
            f"[{rule.code}]({dimension}.md#{rule.code.lower()}) | {rule.name} | {rule.name_en} | {_cell(rule.flag)} | {rule.status}"
            for rule in rules
        ]
        lines += _table("代码 | 规则 | Rule | 一句话 | 状态", rows)
    return "\n".join(lines)


def _dimension(book: Rulebook, dimension: Dimension, ran: Mapping[str, list[Ran]]) -> str:
    kind = "准入：不成立就不能进入所写的关口" if dimension in GATE else "评分：成立得分，不成立不得分"
    lines = [
        NOTE,
        f"# {DIMENSIONS_ZH[dimension]} · {dimension.title()}\n",
        f"{kind}；缺事实是“尚不可判”，不是“否”。[目录](index.md)\n",
    ]
    for code in sorted(book.rules):
        if book.rules[code].dimension is dimension:
            lines += _rule(book, book.parsed[code], ran.get(code, []))
    return "\n".join(lines)


def speakers(book: Rulebook, day: date) -> tuple[Speaker, Speaker]:
    """Who says conditions in Chinese and in English, with the parameters of a day."""
    named: list[Fact | Parameter] = [*book.facts.values(), *book.parameters.values()]
    dated = [(one, value) for one in book.parameters.values() if (value := one.on(day)) is not None]
    zh = {one.code: shown(value.value, one.unit) for one, value in dated}
    en = {one.code: shown(value.value, one.unit, "en") for one, value in dated}
    return (
        Speaker({one.code: one.name for one in named}, zh),
        Speaker({one.code: one.name_en for one in named}, en, "en"),
    )


def _rule(book: Rulebook, parsed: Parsed, ran: list[Ran]) -> list[str]:
    rule = parsed.rule
    zh, en = speakers(book, max(rule.valid_from, book.valid_from))
    gates = {gate.stage: gate for gate in book.gates}
    lines = [
        f'<a id="{rule.code.lower()}"></a>\n',
        f"## {rule.code} {rule.name} · {rule.name_en}\n",
        f"**{rule.flag}** · {rule.flag_en}\n",
    ]
    if rule.is_gate:
        lines.append(f"- **关口 · Gate**: {gates[rule.gate].name} · {gates[rule.gate].name_en}")
    if parsed.applies is not None:
        lines += _said("适用 · Applies", parsed.applies, rule.applies, zh, en)
    lines += _said("方法 · Method", parsed.holds, rule.holds, zh, en)
    if parsed.points is not None:
        lines += _said("分值 · Points", parsed.points, str(rule.points), zh, en)
    if rule.method:
        lines.append(f"- **说明 · Note**: {rule.method} · {rule.method_en}")
    lines += [f"- **例 · Example**: {_example(book, one)}" for one in ran]
    lines += [
        f"- **为什么 · Why**: {rule.why} · {rule.why_en}",
        f"- **来源 · Source**（{rule.status}）: {rule.citation}",
    ]
    lines.append(f"- **怎么办 · What to do**: {rule.advice} · {rule.advice_en}")
    if rule.exclusions:
        lines.append(f"- **不适用、局限 · Exclusions**: {rule.exclusions} · {rule.exclusions_en}")
    if rule.evidence:
        lines.append(f"- **要的佐证 · Evidence**: {'、'.join(f'`{need}`' for need in rule.evidence)}")
    if parsed.parameters:
        links = [f"[{book.parameters[code].name}](parameters.md#{code})" for code in parsed.parameters]
        lines.append(f"- **参数 · Parameters**: {'、'.join(links)}")
    ends = f" 至 {rule.valid_to}" if rule.valid_to else ""
    return [*lines, f"- **起用 · In force**: {rule.valid_from}{ends}\n"]


def _said(title: str, node: Node, text: str, zh: Speaker, en: Speaker) -> list[str]:
    return [f"- **{title}**: {zh.say(node)} · {en.say(node)}", f"  `{text}`"]


def _example(book: Rulebook, one: Ran) -> str:
    """The case as it ran when the page was made."""
    given = [f"{book.facts[code].name}：{_value(book.facts[code], value)}" for code, value in one.case.facts.items()]
    verdict = VERDICTS_ZH[one.outcome.verdict] if one.outcome else "没有生效"
    reason = one.outcome.reason if one.outcome else ""
    return f"{one.case.name}（{'；'.join(given) or '什么都不知道'}）→ **{verdict}**。{reason}"


def _value(fact: Fact, value: object) -> str:
    named = fact.values.get(value, value) if isinstance(value, str) else value
    return shown(named, fact.unit)


def _parameters(book: Rulebook) -> str:
    lines = [
        NOTE,
        "# 参数 · Parameters\n",
        "改数就加一期，写明起用日、来源和状态；旧的一期留着，过去的结论照旧数重算。[目录](index.md)\n",
    ]
    for code, parameter in sorted(book.parameters.items()):
        lines += _parameter(book, parameter, code)
    return "\n".join(lines)


def _parameter(book: Rulebook, parameter: Parameter, code: str) -> list[str]:
    users = [f"[{rule}]({book.rules[rule].dimension}.md#{rule.lower()})" for rule in book.rules_using(code)]
    lines = [f'<a id="{code}"></a>\n', f"## `{code}` {parameter.name} · {parameter.name_en}\n"]
    rows = []
    for one in parameter.values:
        text = "、".join(map(str, one.value)) if isinstance(one.value, tuple) else shown(one.value, parameter.unit)
        rows.append(f"{one.valid_from} | {_cell(text)} | {one.status} | {_cell(one.source)}")
    lines += _table("起用 · From | 值 · Value | 状态 | 来源 · Source", rows)
    if parameter.note:
        lines.append(f"- **说明 · Note**: {parameter.note}{' · ' if parameter.note_en else ''}{parameter.note_en}")
    return [*lines, f"- **用在 · Used by**: {'、'.join(users) or '没有规则用'}\n"]


def _facts(book: Rulebook) -> str:
    lines = [NOTE, "# 事实 · Facts\n", "规则只能看这些。没有的就是未知；未知不当作“否”，也不当作零。[目录](index.md)\n"]
    titles = {
        "record": "档案里的 · From the record",
        "stated": "由人填报、附佐证的 · Stated with evidence",
        "derived": "算出来的 · Derived",
    }
    for source, title in titles.items():
        lines.append(f"## {title}\n")
        rows = []
        for fact in book.facts_from(source):
            codes = "；".join(f"`{code}` {name}" for code, name in fact.values.items())
            note = "。".join(filter(None, (fact.note, codes, f"`{_cell(fact.expression)}`" if fact.expression else "")))
            kind = f"{KINDS_ZH[fact.type]}{f'（{fact.unit}）' if fact.unit else ''}"
            rows.append(
                f"`{fact.code}` | {fact.name} | {fact.name_en} | {kind} | {note} | {len(book.rules_using(fact.code))}"
            )
        lines += _table("代码 | 名称 | Name | 类型（单位） | 说明 | 用它的规则数", rows)
    return "\n".join(lines)


def _clauses(clauses: ClauseList) -> str:
    lines = [
        NOTE,
        "# 协议条款 · Clauses\n",
        f"版本 {clauses.version}。命中是提问，不是结论；由人确认后才进入 G202。含否定词的一段（{'、'.join(clauses.denials)}）不算。[目录](index.md)\n",
    ]
    for kind in clauses.kinds:
        lines += _clause(kind)
    return "\n".join(lines)


def _clause(kind: ClauseKind) -> list[str]:
    groups = " ＋ ".join("（" + "、".join(group) + "）" for group in kind.words)
    lines = [
        f'<a id="{kind.code.lower()}"></a>\n',
        f"## {kind.code} {kind.name} · {kind.name_en}\n",
        f"- **同一句里有 · In one sentence**: {groups}",
        f"- **依据 · Source**（{kind.status}）: {kind.citation}",
        f"- **为什么 · Why**: {kind.why} · {kind.why_en}",
        f"- **怎么改 · What to do**: {kind.ask} · {kind.ask_en}",
    ]
    if kind.unless:
        lines.append(f"- **不算 · Unless**: {'、'.join(kind.unless)}")
    if kind.exceptions:
        lines.append(f"- **例外 · Exceptions**: {kind.exceptions} · {kind.exceptions_en}")
    return [*lines, ""]
