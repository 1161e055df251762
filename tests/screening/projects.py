"""Seeded projects for tests and the screening benchmark: every fact of a rulebook, three in ten unknown, words that hit some rules."""

import random
from datetime import date, timedelta
from typing import Any

NUMBERS = {
    "total_investment": (500, 2_000_000), "land_mu": (2, 3000), "jobs": (0, 900), "output_wan": (0, 900_000), "tax_wan": (0, 40_000),
    "capital_wan": (100, 500_000), "equity_wan": (0, 600_000), "energy_tce": (0, 30_000), "power_wan_kwh": (0, 2000), "stage_rank": (-1, 11),
    "proven_rank": (-1, 11), "forbidden_clauses": (0, 2), "doubts_open": (0, 1), "findings_open": (0, 2), "plot_ratio": (0, 3),
}  # fmt: skip
WORDS = [
    *("化工", "乙烯", "精细化学品", "新材料", "半导体", "储能", "粮食", "物流", "预制菜", "公园", "钢结构"),
    *("车间", "改扩建", "深加工", "数字大厦", "储气库", "泊位", "污水处理厂", "生物基", "加工", "年产", "装备"),
]


def table(book: Any, count: int, seed: int, unknown: float = 0.3) -> Any:
    """A table of `count` projects, the same for the same seed."""
    import polars as pl

    rng = random.Random(seed)
    lists = {
        "chain": book.values_on(book.valid_from)["chain_names"],
        "park": ("PJ-SX", "PJ-LB", "PJ-GX", "PJ-GS"),
        "industry_code": ("2614", "2511", "3841", "1432", "3973", "7620", "3562"),
        "unit": ("liaobin", "dawa"), "division": ("211102", "211104"),
    }  # fmt: skip
    columns: dict[str, Any] = {"id": [f"X{number:06d}" for number in range(count)]}
    for code, fact in book.facts.items():
        if fact.source == "derived" or code == "as_of":
            continue
        columns[code] = _column(rng, code, fact, count, lists, 0.0 if code == "words" else unknown)
    columns |= {f"evidence_{kind}": [rng.random() < 0.5 for _ in range(count)] for kind in book.evidence_kinds}
    return pl.DataFrame(
        columns,
        schema_overrides={
            name: pl.Date for name, fact in book.facts.items() if fact.type == "date" and name in columns
        },
    )


def _column(rng: random.Random, code: str, fact: Any, count: int, lists: dict[str, Any], unknown: float) -> list[Any]:
    if code in ("words", "name"):
        return [" ".join(rng.choices(WORDS, k=rng.randint(2, 6))) + "项目，建设厂房及配套设施" for _ in range(count)]
    if fact.type == "number":
        low, high = NUMBERS.get(code, (0, 100))
        draw = lambda: float(rng.randint(low, high))  # noqa: E731 - one of five ways to draw
    elif fact.type == "date":
        draw = lambda: date(2019, 1, 1) + timedelta(days=rng.randint(0, 2800))  # noqa: E731
    elif fact.type == "boolean":
        draw = lambda: rng.random() < 0.6  # noqa: E731
    else:
        values = lists.get(code) or tuple(fact.values) or ("",)
        draw = lambda: rng.choice(values)  # noqa: E731
    return [None if rng.random() < unknown else draw() for _ in range(count)]
