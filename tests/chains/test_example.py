"""The worked example: 20 materials, 667.4 万吨 surplus, published totals only; and the dictionary with the names that are published."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from luodi.chains import dictionary, targeting
from luodi.chains.models import Chain, ChainEdition, ChainHolder, ChainName, ChainNode, ChainTarget
from luodi.chains.panels import editions
from luodi.chains.queries import chart, horizon, totals
from luodi.chains.settings import shipped_dictionary

pytestmark = pytest.mark.django_db


def test_the_materials_add_up_to_what_was_published(example):
    found = chart(example)
    checks = {one.total.measure: one for one in totals(found)}

    assert (checks["materials"].total.value, checks["materials"].own) == (20, 20)
    assert (checks["surplus"].total.value, checks["surplus"].own) == (Decimal("667.4"), Decimal("667.4"))
    assert checks["planned_projects"].total.value == 60
    assert all(one.agrees for one in (checks["materials"], checks["surplus"]))
    # Every single quantity is for show; only the totals are published.
    assert {node.mark for node in found.nodes} == {"demo"}
    assert found.demo


def test_it_yields_targets_that_stay_for_show(example, account):
    found, office = chart(example), account("project_office")
    gaps = {gap.node: gap for gap in found.analysis.gaps if gap.kind in {"missing", "short", "surplus"}}
    assert sum(gap.kind == "surplus" for gap in gaps.values()) == 20
    assert gaps["D05"].kind == "missing"

    for gap in gaps.values():
        targeting.set_target(
            actor=office,
            chain=example,
            gap=gap,
            what="引下游",
            quantity=gap.amount,
            due_on=horizon(timezone.localdate()),
        )

    assert ChainTarget.objects.count() == len(gaps) == 32
    assert set(ChainTarget.objects.values_list("mark", flat=True)) == {"demo"}


def test_the_dictionary_has_the_published_counts_and_invents_no_name(example):
    lines = {line.edition.code: line for line in editions()}

    assert {code: (line.edition.stated_count, len(line.names), line.unnamed) for code, line in lines.items()} == {
        "2021": (8, 0, 8),
        "2022": (12, 3, 9),
        "2023-clusters": (3, 3, 0),
        "2024-fine": (17, 0, 17),
    }
    assert lines["2022"].edition.stated_majors == 3
    assert lines["2022"].unknown_majors
    assert lines["2024-fine"].edition.within == example
    assert {name.name for name in ChainName.objects.all()} == {
        "石化及新材料", "精细化工", "高端能源装备制造", "石化及精细化工", "粮食和精深加工", "电子信息"
    }  # fmt: skip
    assert all(one.source.startswith("http") for one in ChainEdition.objects.all())


def test_loading_it_again_adds_nothing_and_an_edit_outlives_it(example, account):
    assert dictionary.seed(actor=None) == 0
    edition = ChainEdition.objects.get(code="2022")
    given = {"name": "精细化工（高端）", "major": "yes"}
    dictionary.state_name(actor=None, edition=edition, code="fine-chemicals", given=given, reason="市里明确")

    assert dictionary.seed(actor=None) == 0
    assert Chain.objects.get(code="fine-chemicals").name == "精细化工（高端）"
    said = ChainName.objects.filter(chain=example).order_by("id").values_list("name", "withdrawn_at", "year")
    assert [(name, gone is None, year) for name, gone, year in said] == [
        ("精细化工", False, 2022),
        ("精细化工（高端）", True, 2022),
    ]


def test_the_evidenced_map_says_only_what_published_rows_say(example):
    petro = Chain.objects.get(code="petrochemicals")
    found = chart(petro)

    assert {node.mark for node in found.nodes} == {"pending"}
    assert not any(node.supply or node.demand or node.capacity for node in found.nodes)
    for holder in found.holders:
        if holder.capacity is not None:
            assert f"{holder.capacity.normalize():f}" in holder.role_reason.replace(" ", "")
    assert not found.analysis.gaps
    assert ChainNode.objects.filter(chain=petro, withdrawn_at=None).count() == 14
    assert ChainHolder.objects.filter(chain=petro).exclude(project=None).count() == 18


def test_every_source_of_the_dictionary_is_written_down():
    data = shipped_dictionary()

    assert all(one["source"] for one in (*data["editions"], *data["totals"]))
    assert [one["year"] for one in data["editions"]] == [2021, 2022, 2023, 2024]


def test_the_day_decides_which_projects_count(world):
    def expected(day):
        return chart(world.chain, day).analysis.balances["B"].expected

    # Started, not proven: the city's table gives 0.60.
    assert expected(date(2028, 12, 30)) == 0
    assert expected(date(2028, 12, 31)) == Decimal("12.00")
