"""One run over one file, the same for checking and committing."""

import gc
import json

import pytest

from luodi.intake.checking import CHUNK, Run, row_as_dict
from tests.conftest import LEDGERS
from tests.core.record import PUBLISHED, counted, load
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


def run(path, **options):
    return Run(path, **{"name": path.name, "actor": None, "unit": None, "corrections": {}, "writing": False, **options})


def rows_of(path, **options):
    return [item for chunk in run(path, **options).chunks() for item in chunk]


def test_a_check_writes_nothing_at_all():
    before = counted()

    for name in PUBLISHED:
        rows_of(LEDGERS / name)

    assert counted() == before


def test_what_is_new_has_no_number_yet_and_what_is_known_has_its_own(tmp_path):
    load(write(tmp_path / "一.xlsx", [row(1, "甲厂", amount=1)]))

    found = [
        row_as_dict(item) for item in rows_of(write(tmp_path / "二.xlsx", [row(1, "甲厂", amount=2), row(2, "乙厂")]))
    ]

    assert [one["state"] for one in found] == ["changed", "new"]
    assert found[0]["project"] > 0
    assert found[1]["project"] is None
    assert found[0]["changes"] == {"total_investment": ["CNY 1000000 exact", "CNY 2000000 exact"]}


def test_a_row_for_scripts_is_plain_json_with_excels_row_number(tmp_path):
    (item,) = rows_of(
        write(tmp_path / "台账.xlsx", [row(1, "甲厂", place="火星", amount="10亿元以上", started="2023上半年")])
    )

    data = json.loads(json.dumps(row_as_dict(item), ensure_ascii=False))
    assert (data["sheet"], data["row"], data["name"]) == ("台账", 3, "甲厂")
    assert data["fields"]["total_investment"]["bound"] == "at_least"
    assert data["fields"]["started_on"][0]["end"] == "2023-06-30"
    assert [(one["code"], one["row"], one["sheet"]) for one in data["problems"]] == [("place_unknown", 3, "台账")]


def test_two_lines_of_one_project_are_one_and_a_known_neighbour_is_a_doubt(tmp_path):
    lines = [
        row(1, "年产十万吨高性能新材料生产基地", investor="三力公司"),
        row(2, "年产十万吨高性能新材料生产基地", investor="三力公司"),
        row(3, "年产十万吨高性能新材料生产基地建设", investor="三力公司"),
    ]
    found = rows_of(write(tmp_path / "台账.xlsx", lines))

    assert [item.state for item in found] == ["new", "unchanged", "new"]
    assert [[problem.code for problem in item.problems] for item in found] == [
        [],
        ["repeated_row"],
        ["doubtful_duplicate"],
    ]
    assert "本文件" in found[2].problems[0].message


def test_every_row_is_counted_once_and_progress_reaches_the_end(tmp_path):
    lines = [row(n, f"第{n}号厂" if n % 10 else "", amount=n) for n in range(1, CHUNK + 51)]
    one = run(write(tmp_path / "台账.xlsx", lines))
    seen = []

    list(one.chunks(lambda done, total, _: seen.append((done, total))))

    counts = one.counts
    assert (
        counts["rows"] == counts["created"] + counts["changed"] + counts["unchanged"] + counts["rejected"] == CHUNK + 50
    )
    assert counts["rejected"] == (CHUNK + 50) // 10
    assert one.has_errors
    assert [done for done, _ in seen] == [CHUNK, CHUNK + 50]


def test_the_collector_of_garbage_is_left_as_it_was(tmp_path):
    before = gc.get_threshold()
    chunks = run(write(tmp_path / "台账.xlsx", [row(1, "甲厂")])).chunks()

    next(chunks)
    chunks.close()

    assert gc.get_threshold() == before


def test_a_wrong_total_is_among_the_warnings(tmp_path):
    path = write(
        tmp_path / "台账.xlsx", [row(1, "甲厂", amount=1), row(2, "乙厂", amount=2), ["合计", "", "", "", "", 5]]
    )
    one = run(path)

    list(one.chunks())

    assert one.counts["warnings"] == 1
    assert one.sheets[0]["totals_wrong"][0]["column"] == "F"
