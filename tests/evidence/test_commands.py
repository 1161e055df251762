"""`luodi evidence` in an installation of its own."""

import pytest

from tests.core import installation
from tests.evidence import papers
from tests.ledger_files import row, write


@pytest.fixture
def site(tmp_path):
    made = installation.make(tmp_path / "var", "evidence")
    made.migrate()
    path = write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=9000, signed="2022-03-01", started="2024-05-06")])
    made.json("intake", "commit", path)
    yield made
    installation.drop(made)


def test_a_document_is_filed_and_what_is_missing_is_told(site, tmp_path):
    photo = papers.photo(tmp_path / "桩.jpg")
    before = site.json("evidence", "missing", 1)
    assert [line["stage"] for line in before][:2] == ["started", "signed"]

    filed = site.json("evidence", "add", 1, photo, "--kind", "piling_photo", "--stage", "started")

    assert (filed["state"], filed["type"], filed["meta"]["taken_at"]) == ("clean", "jpg", "2024-05-06T09:30:00")
    assert len(filed["events"]) == 1
    items = site.json("evidence", "missing", 1, "--stage", "started")[0]["sets"][0]["items"]
    assert {item["item"]: item["state"] for item in items} == {
        "piling": "待核",
        "works_contract": "缺失",
        "permit": "缺失",
    }
    assert "施工合同" in site.run("evidence", "missing", 1).stdout


def test_what_is_refused_leaves_with_code_2_and_the_reason(site, tmp_path):
    bad = papers.scripted(tmp_path / "脚本.pdf")

    done = site.run("evidence", "add", 1, bad, "--kind", "contract")
    assert (done.returncode, "脚本或自动动作" in done.stderr) == (2, True)
    assert site.run("evidence", "add", 99, bad, "--kind", "contract").returncode == 2
    assert site.run("evidence", "missing", 1, "--stage", "nonsense").returncode == 2
    assert site.run("evidence", "redraw", 1).returncode == 2
