"""What a condition may say, and how it is refused."""

import pytest

from luodi.screening.engine.documents import problems_of
from luodi.screening.engine.language import Refused, parse
from luodi.screening.engine.nodes import Kind, Name

NAMES = {
    "amount": Name("fact", Kind.NUMBER),
    "ok": Name("fact", Kind.BOOLEAN),
    "words": Name("fact", Kind.TEXT),
    "role": Name("fact", Kind.TEXT, frozenset({"head", "tail"})),
    "day": Name("fact", Kind.DATE),
    "floor": Name("parameter", Kind.NUMBER),
    "terms": Name("parameter", Kind.WORDS),
}


@pytest.mark.parametrize(
    "text",
    [
        "amount / 2 >= floor", "amount BETWEEN 1 AND floor", "ok AND NOT ok OR amount IS NULL", "role IN ('head', 'tail')", "words IN terms",
        "contains(words, '化工')", "contains(words, terms)", "starts_with(words, terms)", "days(day, DATE '2024-08-01') > 30",
        "add_months(day, 24) >= DATE '2024-08-01'", "CASE WHEN ok THEN amount ELSE floor END > -1", "role <> 'head' -- 注释",
        " OR ".join(["ok"] * 330),
    ],
)  # fmt: skip
def test_these_are_read(text):
    assert parse(text, NAMES).kind is Kind.BOOLEAN


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("amout > 1", "是不是 amount"),
        ("amount > '1'", "不能用 > 比较"),
        ("words > 'a'", "只能用 =、<>、IN"),
        ("ok = TRUE", "NOT ok"),
        ("amount AND ok", "要的是是非，写的是数"),
        ("role = 'haed'", "没有“haed”这个代码"),
        ("'hade' = role", "没有“hade”这个代码"),
        ("role IN ('head', 'tial')", "没有“tial”这个代码"),
        ("words LIKE '%化工%'", "contains(words, '词')"),
        ("COALESCE(amount, 0) > 1", "IS NOT NULL"),
        ("amount = NULL", "x IS NULL"),
        ("ok IS TRUE", "NULL 或 NOT NULL"),
        ("CASE WHEN ok THEN 1 END > 0", "要写 ELSE"),
        ("CASE WHEN ok THEN 1 ELSE 'a' END > 0", "CASE 的每个结果"),
        ("day - day > 3", "days(起, 止)"),
        ("days(day, amount) > 3", "days 的两项要的是日期"),
        ("DATE '2024-02-30' = day", "没有这一天"),
        ("now() > day", "没有"),
        ("sqrt(amount) > 3", "不能用"),
        ("amount IN (SELECT 1)", "不能写查询"),
        ("(SELECT 1) = 1", "不能用"),
        ("amount > 1; DROP TABLE projects", "分号"),
        ("other.amount > 1", "没有叫 other.amount"),
        ("amount >", "读不懂"),
        ("(" * 40 + "ok" + ")" * 40, "套得太深"),
        ("+1" * 500 + " > amount", "套得太深"),
        ("ok OR " * 400 + "ok", "超过 2000 字"),
        ("", "空的"),
    ],
)
def test_these_are_refused_with_what_to_write_instead(text, says):
    with pytest.raises(Refused) as refused:
        parse(text, NAMES)

    assert says in refused.value.message
    assert refused.value.message_en


def test_every_problem_of_a_rulebook_is_told_at_once_with_its_place():
    from tests.screening.engine.books import document, gate, score

    wrong = document(
        rules={"G101": gate("amout > 1"), "G102": gate("ok", gate="nowhere"), "S101": score("ok", "amount"), "S102": score("words LIKE 'x'")}
    )  # fmt: skip

    found = {(problem.code, problem.field) for problem in problems_of(wrong)}

    assert found == {("G101", "holds"), ("G102", "gate"), ("S101", "points"), ("S102", "holds")}
