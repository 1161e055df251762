"""Which chain, node and role a project has, asked for many at once."""

import pytest
from django.utils import timezone

from luodi.chains import queries
from luodi.chains.models import Chain, ChainHolder, ChainWord
from luodi.chains.queries import roles_of
from tests.core.record import load, project
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(tmp_path):
    rows = [row(1, "甲厂", chain="精细化工"), row(2, "乙厂", chain=" 精细 化工"), row(3, "丙厂", chain="石化")]
    load(write(tmp_path / "台账.xlsx", rows))
    made = Chain.objects.create(code="fine", name="精细化工")
    ChainWord.objects.create(chain=made, word="精细化工", key="精细化工", year=2022)
    return made


def hold(chain, name, node, **given):
    return ChainHolder.objects.create(chain=chain, project=project(name), node=node, year=2022, **given)


def test_a_place_on_the_map_goes_before_the_ledgers_word(chain):
    hold(chain, "丙厂", "N1")
    hold(chain, "丙厂", "N2", role="support")
    hold(chain, "丙厂", "N3", role="head")

    ids = [project(name).pk for name in ("甲厂", "乙厂", "丙厂")]

    assert roles_of(ids) == {ids[0]: ("fine", "", ""), ids[1]: ("fine", "", ""), ids[2]: ("fine", "N2", "support")}
    assert roles_of(None) == roles_of(ids)
    assert roles_of(ids[:1]) == {ids[0]: ("fine", "", "")}


def test_what_is_withdrawn_or_has_no_row_is_not_guessed(chain, django_assert_num_queries):
    hold(chain, "丙厂", "N1", withdrawn_at=timezone.now())

    with django_assert_num_queries(2):
        found = roles_of(None)

    assert project("丙厂").pk not in found


def test_what_is_for_show_places_nobody(chain):
    hold(chain, "丙厂", "N1", role="head", mark="demo")
    hold(chain, "甲厂", "N1", role="head", mark="demo")

    assert project("丙厂").pk not in roles_of(None)
    assert roles_of(None)[project("甲厂").pk] == ("fine", "", "")


def test_many_are_asked_in_two_queries(chain, monkeypatch, django_assert_num_queries):
    hold(chain, "丙厂", "N1", role="head")
    ids = [project(name).pk for name in ("甲厂", "丙厂")]
    monkeypatch.setattr(queries, "MANY", 1)

    with django_assert_num_queries(2):
        found = roles_of(ids)

    assert found == {ids[0]: ("fine", "", ""), ids[1]: ("fine", "N1", "head")}
