"""`luodi screening`: the same results as the pages, for scripts."""

import json
import shutil

import pytest
from click.testing import CliRunner
from django.conf import settings

from luodi.screening import actions, queries
from luodi.screening.commands import screening
from luodi.screening.models import Run
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path):
    load(write(tmp_path / "台账.xlsx", [row(1, "甲厂", amount=100_000, signed="2025-03-01"), row(2, "乙厂")]))
    actions.declare(actor=None, project=project("甲厂"), fact="catalogue_class", value="allowed")
    return project("甲厂").pk


@pytest.fixture
def other_book(tmp_path):
    """The city's book with the catalogue closed, its case left as it was."""
    folder = shutil.copytree(settings.CITY_DIR / "rulebook", tmp_path / "rulebook")
    law = folder / "rules" / "G2-law.toml"
    text = law.read_text(encoding="utf-8")
    changed = text.replace("catalogue_class IN ('encouraged', 'allowed')", "catalogue_class = 'eliminated'")
    assert changed != text
    law.write_text(changed, encoding="utf-8")
    return folder


def said(*arguments, code=0):
    done = CliRunner().invoke(screening, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.stdout


def test_run_tells_every_project_with_every_rule(world):
    found = json.loads(said("run", "--json"))

    assert [one["name"] for one in found] == ["甲厂", "乙厂"]
    rule = found[0]["rules"]["G207"]
    assert (rule["verdict"], rule["missing"], bool(rule["citation"])) == ("pass", [], True)
    assert found[1]["rules"]["G207"]["missing"] == ["catalogue_class"]
    assert not Run.objects.exists(), "a look leaves nothing behind"


def test_a_past_day_is_screened_with_the_rules_and_steps_of_that_day(world):
    before, after = (json.loads(said("run", "--as-of", day, "--json")) for day in ("2023-06-30", "2025-06-30"))

    assert "G201" not in before[0]["rules"], "the fair-competition rules came in 2024"
    assert "G201" in after[0]["rules"]
    assert before[0]["rules"]["S401"]["verdict"] != after[0]["rules"]["S401"]["verdict"] == "pass"


def test_explain_is_the_same_as_run(world):
    one, (first, _) = json.loads(said("explain", world, "--json")), json.loads(said("run", "--json"))

    assert {"name": "甲厂", **one} == first
    assert "甲厂" in said("explain", world)
    assert "项目库里没有" in CliRunner().invoke(screening, ["explain", "999"]).output


def test_a_kept_run_replays(world):
    said("run", "--keep")
    kept = Run.objects.get()

    assert "一致" in said("replay", kept.pk)
    queries.frozen_facts(kept).head(1).write_parquet(kept.path / "facts.parquet")
    assert "不一致" in said("replay", kept.pk, code=2)


def test_cases_and_trial_of_another_book(world, other_book):
    assert "0 个不符" in said("cases")
    assert json.loads(said("cases", other_book, "--json", code=2))["differ"][0]["rule"] == "G207"

    found = json.loads(said("simulate", other_book, "--json"))

    assert [(row["id"], row["verdict_before"], row["verdict_after"]) for row in found["changed"]] == [(world, 2, 0)]
    assert found["total"] == 2
    assert "没有这份规则集" in CliRunner().invoke(screening, ["simulate", "没有.json"]).output


def test_a_fact_is_stated_or_refused_in_words(world):
    said("declare", world, "energy_tce", "12000", "--note", "可研")

    refused = CliRunner().invoke(screening, ["declare", str(world), "energy_tce", "很多"])
    assert refused.exit_code == 1
    assert "读不懂" in refused.output
