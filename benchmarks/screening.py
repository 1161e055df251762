"""Projects a second through the whole seed rulebook with every reason stored, beside two peers in the same run.

    python benchmarks/screening.py [PROJECTS]       default 100,000

Peers: zen-engine with the same rules in its own language (fewer rows, its rate taken; the fastest of its routes), and sixteen of the rules
written in Polars by hand, against Luodi with the same sixteen. Known answers are asserted before a figure is printed.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SEED, DAY = 20261126, date(2026, 11, 26)
TIMES = 5


def fastest(action: Callable[[], Any], times: int = TIMES) -> tuple[float, Any]:
    """Seconds of the fastest of some runs, and what it gave."""
    best, answer = float("inf"), None
    for _ in range(times):
        begin = time.perf_counter()
        answer = action()
        best = min(best, time.perf_counter() - begin)
    return best, answer


def luodi(book: Any, table: Any, folder: Path) -> tuple[float, float, Any]:
    """Seconds to screen, seconds to screen and store, and what came out; one row is explained to see that it can be."""
    from luodi.screening.engine.screening import Screened, read_one, screen

    plain, screened = fastest(lambda: screen(book, table, DAY))
    stored, _ = fastest(lambda: screen(book, table, DAY).write(folder / "run.parquet"))
    again = Screened.read(folder / "run.parquet", book)
    assert read_one(again, "X000007") == read_one(screened, "X000007")
    return plain, stored, screened


def zen(book: Any, screened: Any, rows: int) -> tuple[float, str, int]:
    """Rows a second of zen's fastest route. On projects without an unknown its verdicts and points must be ours."""
    import screening_peers
    from zen import ZenEngine

    months = {
        one.rule.code
        for one in book.rules_on(DAY)
        if any(n.op == "add_months" for node in one.nodes for n in node.walk())
    }
    rules = [one for one in book.rules_on(DAY) if one.rule.code not in months]
    maker = screening_peers.Zen(book.values_on(DAY), dict(book.derived))
    content = maker.decision(book, rules)
    names = [code for code, fact in book.facts.items() if fact.source != "derived"]
    given = screening_peers.contexts(screened.facts.head(rows), names)
    decision = ZenEngine().create_decision(content)
    engine = ZenEngine({"loader": {"type": "static", "content": {"book": json.loads(content)}}})
    as_text = [json.dumps(one, ensure_ascii=False).encode() for one in given]
    routes = {
        "evaluate(dict)": lambda: [decision.evaluate(one)["result"] for one in given],
        "evaluate(json)": lambda: [decision.evaluate(one)["result"] for one in as_text],
        "evaluate_batch": lambda: [one["data"]["result"] for one in engine.evaluate_batch([{"key": "book", "context": one} for one in given])],
    }  # fmt: skip
    timed = {name: fastest(route, 2) for name, route in routes.items()}
    for name, (seconds, answers) in timed.items():
        _same(rules, screened, answers)
        print(f"  zen {name:20} {rows / seconds:10,.0f} projects/s")
    name = min(timed, key=lambda one: timed[one][0])
    return rows / timed[name][0], name, len(rules)


def _same(rules: list[Any], screened: Any, answers: list[dict[str, Any]]) -> None:
    """Where zen decides it decides as we do; it says undefined more often, since it asks for every fact."""
    decided = 0
    for row, answer in zip(screened.results.head(len(answers)).iter_rows(named=True), answers, strict=True):
        for one in rules:
            code = one.rule.code
            if answer[code] != 2:
                decided += 1
                assert answer[code] == row[code], (row["id"], code, answer[code], row[code])
    assert decided > len(answers) * len(rules) / 4


def hand(book: Any, table: Any, folder: Path) -> dict[str, float]:
    """Sixteen rules by hand and by Luodi, with and without storing; every verdict, bit and point is the same."""
    import screening_peers

    small = only(book, screening_peers.BY_HAND)
    plain, stored, screened = luodi(small, table, folder)
    values = book.values_on(DAY)
    by_hand, theirs = fastest(lambda: screening_peers.by_hand(table, values, DAY))
    kept, _ = fastest(lambda: _stored_by_hand(table, values, folder / "hand.parquet"))
    for name in theirs.columns:
        if name != "verdict":  # by hand the gate does not look at the stage
            assert theirs[name].to_list() == screened.results[name].to_list(), name
    return {"hand": by_hand, "hand stored": kept, "luodi": plain, "luodi stored": stored}


def _stored_by_hand(table: Any, values: dict[str, Any], path: Path) -> None:
    """With the facts beside, as Luodi stores them: a verdict without them explains nothing."""
    import polars as pl
    import screening_peers

    found = screening_peers.by_hand(table, values, DAY)
    pl.concat([found, table.drop("id")], how="horizontal").write_parquet(path, compression_level=1)


def only(book: Any, codes: tuple[str, ...]) -> Any:
    """The rulebook with some rules, and the derived facts they need."""
    from luodi.screening.engine.documents import from_document, to_document

    document = to_document(book)
    document["rules"] = {code: document["rules"][code] for code in codes}
    document["cases"] = []
    needed: set[str] = set()
    fresh = {name for code in codes for name in book.parsed[code].direct_facts if name in book.derived}
    while fresh:
        needed |= fresh
        fresh = {name for code in fresh for name in book.derived[code].names("fact") if name in book.derived} - needed
    document["facts"] = {
        code: fact for code, fact in document["facts"].items() if fact["source"] != "derived" or code in needed
    }
    return from_document(document)


def main() -> None:
    """Make the projects, run everything, print rates and ratios."""
    from luodi.screening.engine.reading import read_folder
    from tests.screening import projects

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    book = read_folder(HERE.parent / "cities/panjin/rulebook")
    table = projects.table(book, count, SEED)
    rules = len(book.rules_on(DAY))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, stored, screened = luodi(book, table, folder)
        answer = screened.results["verdict"].value_counts().sort("verdict").rows()
        if count == 100_000:
            assert answer == KNOWN, answer
        size = (folder / "run.parquet").stat().st_size / 1e6
        print(
            f"{count:,} projects x {rules} rules, seed {SEED}, verdicts {answer}, {size:.1f} MB of Parquet with facts"
        )
        print(
            f"  luodi, screened       {plain:7.2f} s {count / plain:10,.0f} projects/s {count * rules / plain / 1e6:8.1f} M rules/s"
        )
        print(
            f"  luodi, and stored     {stored:7.2f} s {count / stored:10,.0f} projects/s {count * rules / stored / 1e6:8.1f} M rules/s"
        )
        rate, route, zen_rules = zen(book, screened, min(count, 2_000))
        print(
            f"  luodi stored / zen    {count * rules / stored / (rate * zen_rules):7.0f} x ({zen_rules} rules, {route}; rules a second)"
        )
        found = hand(book, table, folder)
    for key, seconds in found.items():
        print(f"  16 rules, {key:14} {seconds:7.3f} s {count / seconds:10,.0f} projects/s")
    print(
        f"  luodi / by hand       {found['hand'] / found['luodi']:7.2f} x screened, {found['hand stored'] / found['luodi stored']:.2f} x stored"
    )


KNOWN = [(0, 94070), (1, 53), (2, 5877)]

if __name__ == "__main__":
    main()
