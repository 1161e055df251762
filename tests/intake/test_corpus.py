"""Every odd, broken and hostile workbook of the corpus: rows or a refusal, soon and in little memory."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "data" / "spreadsheets"
POLICY = {"macro", "external_link", "password"}
MOST_SECONDS, MOST_MEMORY = 20, 1_500_000

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside the repository")

# One process opens all files in turn; what it and its children (the readers) need at most, the system tells.
OPEN_ALL = """
import json, resource, sys, time
from pathlib import Path
from luodi.intake.engine.guards import Refusal
from luodi.intake.engine.workbooks import open_workbook
for name in sys.stdin.read().splitlines():
    began, answer = time.monotonic(), {"file": name}
    try:
        book = open_workbook(Path(name))
        answer["rows"] = sum(1 for sheet in book.sheets for _ in sheet.rows)
        answer["sheets"] = len(book.sheets) + len(book.skipped)
    except Refusal as refused:
        answer |= {"refused": refused.code, "message": refused.message, "advice": refused.advice}
    answer["seconds"] = time.monotonic() - began
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    answer["memory"] = max(resource.getrusage(who).ru_maxrss for who in processes)
    print(json.dumps(answer), flush=True)
"""


def manifest() -> list[dict[str, str]]:
    with (CORPUS / "manifest.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    names = [str(CORPUS / entry["file"]) for entry in manifest()]
    done = subprocess.run(
        [sys.executable, "-c", OPEN_ALL], input="\n".join(names), cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {str(Path(answer["file"]).relative_to(CORPUS)): answer for answer in found}


def test_every_file_gets_an_answer(answers: dict[str, dict[str, Any]]) -> None:
    assert set(answers) == {entry["file"] for entry in manifest()}
    assert all(("rows" in answer) != ("refused" in answer) for answer in answers.values())


def test_no_file_takes_long_or_much_memory(answers: dict[str, dict[str, Any]]) -> None:
    assert max(answer["seconds"] for answer in answers.values()) < MOST_SECONDS
    assert max(answer["memory"] for answer in answers.values()) < MOST_MEMORY


def test_where_a_reference_reader_gives_rows_so_do_we_or_a_policy_is_named(answers: dict[str, dict[str, Any]]) -> None:
    for entry in manifest():
        counts = [
            int(entry[reader][3:]) for reader in ("calamine", "openpyxl", "xlrd") if entry[reader].startswith("ok:")
        ]
        if any(counts):
            answer = answers[entry["file"]]
            assert "rows" in answer or answer["refused"] in POLICY, (entry["file"], answer)


def test_a_refusal_says_in_chinese_what_is_wrong_and_what_to_do(answers: dict[str, dict[str, Any]]) -> None:
    refused = [answer for answer in answers.values() if "refused" in answer]
    assert len(refused) > 20
    for answer in refused:
        for text in (answer["message"], answer["advice"]):
            assert any("\u4e00" <= char <= "\u9fff" for char in text), answer


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("calamine/pass_protected.xlsx", "password"),
        ("calamine/pass_protected.ods", "password"),
        ("calamine/issue_385.xls", "password"),
        ("poi/password.xls", "password"),
        ("poi/protected_passtika.xlsx", "password"),
        ("poi/xor-encryption-abc.xls", "password"),
        ("calamine/issue281.xlsm", "macro"),
        ("calamine/issues.xlsb", "macro"),
        ("calamine/any_sheets.xls", "macro"),
        ("poi/ref2-56737.xlsx", "external_link"),
        ("calamine/OOM_alloc.xls", "external_link"),
        ("poi/poc-xmlbomb.xlsx", "entities"),
        ("calamine/issue_594_dos.ods", "too_complex"),
        ("calamine/OOM_alloc3.xls", "corrupt"),
        ("calamine/too_small.xls", "wrong_type"),
    ],
)
def test_a_refusal_names_the_true_reason(answers: dict[str, dict[str, Any]], file: str, code: str) -> None:
    assert answers[file].get("refused") == code


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("poi/51535.xls", 65536),
        ("poi/testEXCEL_4.xls", 163),
        ("poi/testEXCEL_95.xls", 22),
        ("calamine/minimal_package.xlsx", 196),
        ("calamine/issue_530.xlsx", 5),
        ("calamine/sst_continue.xls", 136),
    ],
)
def test_odd_but_readable_files_give_all_their_rows(answers: dict[str, dict[str, Any]], file: str, rows: int) -> None:
    assert answers[file]["rows"] == rows
