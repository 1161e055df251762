"""Stated totals against their rows: every arrangement of 小计 and 合计, and a brute-force second opinion."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.layout import find_tables
from luodi.intake.engine.mapping import read_vocabulary
from luodi.intake.engine.totals import LedgerLine, check_totals, step_of
from luodi.intake.engine.workbooks import open_workbook

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT.parent / "shared" / "data" / "ledgers" / "盘锦市招商引资项目台账.xlsx"
KINDS = {"小计": "subtotal", "合计": "total", "总计": "total"}
WAN = 1_000_000  # 分 in one 万元
YI = 10_000_000_000


def ledger(*entries: Any) -> list[LedgerLine]:
    """Lines from numbers (a project), (label, stated) pairs and section titles."""
    lines = []
    for row, entry in enumerate(entries, start=1):
        if isinstance(entry, str):
            lines.append(LedgerLine(row, "section", entry))
        elif isinstance(entry, tuple):
            label, stated = entry
            kind = next((kind for word, kind in KINDS.items() if word in label), "subtotal")
            kind = "subtotal" if "区" in label else kind
            lines.append(LedgerLine(row, kind, label, {1: stated}))
        else:
            lines.append(LedgerLine(row, "data", "", {1: entry}))
    return lines


def wrong(*entries: Any) -> list[tuple[int, int]]:
    return [(check.row, check.difference) for check in check_totals(ledger(*entries)) if not check.agrees]


@pytest.mark.parametrize(
    "entries",
    [
        (1, 2, ("小计", 3), 4, ("小计", 4), ("合计", 7)),
        (("合计", 7), 1, 2, 4),
        (("合计", 7), ("小计", 3), 1, 2, ("小计", 4), 4),
        (1, 2, ("小计", 3), 4, ("小计", 4), ("合计", 7), 5, ("小计", 5), ("合计", 5), ("总计", 12)),
        (("总计", 12), ("大洼区合计", 7), 3, 4, ("盘山区合计", 5), 5),
        ("一、石化", 1, 2, ("小计", 3), "二、粮食", 4, ("小计", 4), ("总计", 7)),
        (("一、石化（2个）", 3), 1, 2, ("二、粮食（1个）", 4), 4, ("合计（3个）", 7)),
        ("一、石化", "（一）新建", 1, "（二）续建", 2, ("小计", 3), ("合计", 3)),
        (("小计", 0), 1, 2, ("小计", 3), ("合计", 3)),
        (("小计", 3), 1, 2, ("小计", 0)),
        (("合计", 3), 1, 2, ("合计", 3)),
        (1, 2, ("合计", 3), 4, ("合计", 4), ("合计", 7)),
        (1, None, 2, ("小计", 3), None, ("小计", 0), ("合计", 3)),
        (1, 2, ("小计", 3), ("其中：续建", 1), ("合计", 3)),
    ],
)
def test_totals_below_above_nested_and_by_section_agree(entries: tuple[Any, ...]) -> None:
    assert wrong(*entries) == []
    assert len(check_totals(ledger(*entries))) >= sum(isinstance(e, tuple) and "其中" not in e[0] for e in entries)


def test_a_wrong_total_is_told_with_its_difference() -> None:
    assert wrong(1, 2, ("小计", 4), 4, ("小计", 4), ("合计", 7)) == [(3, 1)]
    assert wrong(("合计", 8), 1, 2, 4) == [(1, 1)]


def test_numbers_of_projects_in_a_label_are_checked() -> None:
    checks = check_totals(ledger(1, 2, ("合计（3个）", 3)))
    assert [(check.column, check.stated, check.computed, check.agrees) for check in checks] == [
        (1, 3, 3, True),
        (None, 3, 2, False),
    ]


def test_when_subtotals_and_rows_give_different_sums_both_are_told() -> None:
    grand = check_totals(ledger(1, 2, ("小计", 5), 4, ("小计", 4), ("合计", 9)))[-1]
    assert (grand.computed, grand.from_subtotals, grand.agrees) == (7, 9, False)
    grand = check_totals(ledger(1, 2, ("小计", 3), 4, ("小计", 4), ("合计", 9)))[-1]
    assert grand.from_subtotals is None


def test_unknown_values_are_counted_and_blank_totals_not_checked() -> None:
    (check,) = check_totals(ledger(1, None, None, ("小计", 1), ("合计", None)))
    assert (check.agrees, check.unknown) == (True, 2)


@pytest.mark.parametrize(
    ("value", "unit", "step"),
    [
        ("123.45", YI, YI // 100),
        (123.4, YI, YI // 10),
        (23390500.0, WAN, WAN),
        ("1,234.50", WAN, WAN // 100),
        ("约3亿", YI, 1),
        ("0.00000000001", YI, 1),
    ],
)
def test_the_step_of_a_stated_total_is_its_last_place(value: object, unit: int, step: int) -> None:
    assert step_of(value, unit) == step


def test_a_total_rounded_in_its_unit_agrees_and_says_so() -> None:
    rows = [
        LedgerLine(n, "data", "", {1: amount}) for n, amount in enumerate((12_300_000_000, 5_100_000_000, 3), start=1)
    ]
    (check,) = check_totals([*rows, LedgerLine(4, "total", "合计", {1: 17_400_000_000}, {1: YI // 100})])
    assert (check.agrees, check.rounded, check.difference) == (True, True, -3)
    (check,) = check_totals([*rows, LedgerLine(4, "total", "合计", {1: 17_500_000_000}, {1: YI // 100})])
    assert not check.agrees


def test_all_seven_totals_of_the_real_ledger_agree() -> None:
    vocabulary = read_vocabulary(ROOT / "cities" / "panjin" / "ledgers" / "headings.toml")
    (table,) = find_tables(open_workbook(LEDGER).sheets[0], known=vocabulary.knows)
    lines = []
    for row in table.rows():
        cell = row.values[5]
        value = int(cell) * WAN if isinstance(cell, int | float) else None
        lines.append(LedgerLine(row.number, row.kind, row.label, {6: value}, {6: WAN}))
    checks = check_totals(lines)
    assert [check.row for check in checks] == [22, 39, 45, 52, 57, 65, 66]
    assert all(check.agrees and not check.rounded for check in checks)
    assert (checks[-1].stated, checks[-1].from_subtotals) == (23_390_500 * WAN, None)


BLOCKS = st.lists(st.lists(st.integers(1, 10**13), min_size=1, max_size=5), min_size=1, max_size=5)
ARRANGEMENT = st.tuples(st.booleans(), st.sampled_from(["first", "last", "none"]), st.booleans())


def arranged(
    blocks: list[list[int]], arrangement: tuple[bool, str, bool]
) -> tuple[list[LedgerLine], dict[int, set[int]]]:
    """A ledger whose totals are right, and for each total's row the rows it covers, both made without the engine."""
    above, grand, titled = arrangement
    lines: list[LedgerLine] = []
    covers: dict[int, set[int]] = {}

    def add(kind: str, label: str, value: int | None) -> int:
        lines.append(LedgerLine(len(lines) + 1, kind, label, {} if kind == "section" else {1: value}))
        return len(lines)

    everything = sum(map(sum, blocks))
    top = add("total", "合计", everything) if grand == "first" else None
    for block in blocks:
        if titled:
            add("section", "一、区块", None)
        own = add("subtotal", "小计", sum(block)) if above else None
        rows = {add("data", "", value) for value in block}
        covers[own or add("subtotal", "小计", sum(block))] = rows
    bottom = add("total", "合计", everything) if grand == "last" else None
    if top or bottom:
        covers[top or bottom or 0] = set().union(*covers.values())
    return lines, covers


@given(BLOCKS, ARRANGEMENT)
def test_a_ledger_with_right_totals_always_agrees(blocks: list[list[int]], arrangement: tuple[bool, str, bool]) -> None:
    lines, covers = arranged(blocks, arrangement)
    checks = check_totals(lines)
    assert {check.row for check in checks} == set(covers)
    assert all(check.agrees and check.from_subtotals is None for check in checks)


@given(BLOCKS, ARRANGEMENT, st.data(), st.integers(1, 10**9))
def test_one_changed_cell_makes_exactly_the_totals_over_it_disagree(
    blocks: list[list[int]], arrangement: tuple[bool, str, bool], data: st.DataObject, change: int
) -> None:
    lines, covers = arranged(blocks, arrangement)
    position = data.draw(st.sampled_from([p for p, line in enumerate(lines) if line.values]))
    line = lines[position]
    lines[position] = LedgerLine(line.row, line.kind, line.label, {1: (line.values[1] or 0) + change})
    affected = {row for row, rows in covers.items() if line.row == row or line.row in rows}
    assert {check.row for check in check_totals(lines) if not check.agrees} == affected
