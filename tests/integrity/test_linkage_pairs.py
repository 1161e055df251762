"""Pairs that are compared and decided: against all pairs of small tables, whatever the order of rows and the names of ids."""

import csv
import random

import numpy as np
import pytest

from luodi.integrity.engine.linkage import blocking
from luodi.integrity.engine.linkage.columns import encode
from luodi.integrity.engine.linkage.companies import company_key
from luodi.integrity.engine.linkage.comparing import compare
from luodi.integrity.engine.linkage.deciding import groups, one_to_one
from luodi.integrity.engine.linkage.index import Index
from luodi.integrity.engine.linkage.kinds import Kind, guess
from luodi.integrity.engine.linkage.linking import link
from luodi.integrity.engine.linkage.scripts import simplified
from luodi.integrity.engine.linkage.tables import from_rows
from luodi.integrity.engine.linkage.vectors import cosine, grams, matrix, nearest, words
from tests.integrity.worlds import SHARED

SETS = SHARED.parents[1] / "data/entity-resolution"
ON = ("first_name", "surname", "dob", "city", "email")


@pytest.fixture(scope="module")
def people():
    with (SETS / "fake1000/fake_1000.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found(rows, **options):
    table = from_rows(rows, "unique_id")
    linked = link(table, None, ON, **options)
    pairs = zip(linked.i.tolist(), linked.j.tolist(), linked.p.tolist(), strict=True)
    return {frozenset((table.ids[i], table.ids[j])): round(p, 6) for i, j, p in pairs}


def test_renamed_ids_and_another_order_of_rows_change_nothing(people):
    before = found(people)
    mixed = [{**row, "unique_id": f"x{row['unique_id']}"} for row in people]
    random.Random(4).shuffle(mixed)
    after = {frozenset(name[1:] for name in pair): p for pair, p in found(mixed).items()}
    likely = {pair for pair, p in before.items() if p >= 0.5}
    again = {pair for pair, p in after.items() if p >= 0.5}
    # u starts from pairs drawn at random, and equal neighbours fall in by the order of rows: a few pairs at the edge may differ.
    assert len(likely ^ again) <= 0.01 * len(likely)


def test_columns_in_another_order_change_nothing(people):
    table = from_rows(people, "unique_id")
    one, other = (likely(link(table, None, names)) for names in (ON, ON[::-1]))
    # A sum of logs in another order may fall on the other side of one half.
    assert len(one ^ other) <= 0.002 * len(one)


def likely(linked):
    keep = linked.p >= 0.5
    return set(zip(linked.i[keep].tolist(), linked.j[keep].tolist(), strict=True))


def test_two_tables_exchanged_give_the_same_pairs(people):
    first, second = (from_rows(people[start::2], "unique_id") for start in (0, 1))
    there, back = link(first, second, ON, single=True), link(second, first, ON, single=True)
    forth = {
        (first.ids[i], second.ids[j - len(first)])
        for i, j, p in zip(there.i, there.j, there.p, strict=True)
        if p >= 0.5
    }
    again = {
        (first.ids[j - len(second)], second.ids[i]) for i, j, p in zip(back.i, back.j, back.p, strict=True) if p >= 0.5
    }
    assert len(forth ^ again) <= 0.03 * len(forth)


def test_candidates_are_among_all_pairs_and_have_every_pair_that_agrees_on_a_seldom_value(people):
    rows = encode(from_rows(people[:200], "unique_id"), None, ON)
    i, j = blocking.candidates(rows)
    pairs = set(zip(i.tolist(), j.tolist(), strict=True))
    assert len(pairs) == len(i)
    assert all(0 <= a < b < 200 for a, b in pairs)
    email = rows.columns[4].codes.tolist()
    by_hand = {(a, b) for a in range(200) for b in range(a + 1, 200) if email[a] == email[b] >= 0}
    assert by_hand <= pairs


def test_a_value_that_all_rows_share_makes_no_pairs_and_glues_nobody(people):
    agency = [{**row, "phone": "010-88886666"} for row in people]
    table = from_rows(agency, "unique_id")
    linked = link(table, None, (*ON, "phone"))
    sizes = np.bincount(linked.group)
    assert sizes.max() < 20
    assert len(linked.i) < 60 * len(people)


def test_groups_of_equal_keys_are_all_pairs_by_brute_force():
    rows = encode(from_rows([{"id": str(n), "x": f"v{n % 7}"} for n in range(40)]), None, ["x"])
    key = np.array([n % 7 for n in range(40)], dtype=np.int64)
    i, j = blocking.in_groups(key, rows, cap=10)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == {
        (a, b) for a in range(40) for b in range(a + 1, 40) if a % 7 == b % 7
    }
    assert not len(blocking.in_groups(key, rows, cap=3)[0])


def test_nearest_rows_are_those_that_brute_force_finds():
    texts = ["辽宁智晨科技", "智晨科技", "盘锦化工", "盘锦化工集团", "north star ltd", "north star", "south star"]
    at = matrix(*grams(texts), len(texts))
    every = (at @ at.T).toarray()
    np.fill_diagonal(every, -1)
    i, j = nearest(at, at, 1, itself=True)
    for a, b in zip(i.tolist(), j.tolist(), strict=True):
        assert every[a, b] == pytest.approx(every[a].max())


def test_a_cosine_is_one_with_itself_symmetric_and_zero_without_common_words():
    texts = ["a b c", "c b a", "d e", "a d"]
    at = matrix(*words(texts), 4)
    i, j = np.array([0, 0, 0, 3]), np.array([1, 2, 3, 0])
    value = cosine(at, at, i, j)
    assert value[0] == pytest.approx(1)
    assert value[1] == 0
    assert value[2] == pytest.approx(value[3])


def test_likeness_counts_signs_not_bytes():
    rows = encode(from_rows([{"id": "1", "x": "张三"}, {"id": "2", "x": "李四"}]), None, ["x"], {"x": Kind.NAME})
    assert compare(rows, np.array([0]), np.array([1])).alike[0, 0] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("香港安纳联合制药有限公司", "香港安納聯合制葯有限公司"),
        ("招商银行武汉东湖支行", "招商银行股份有限公司武汉东湖支行"),
        ("中国农业银行荆门市分行", "中国农业银行股份有限公司荆门分行"),
        ("万方(香港)实业有限公司", "萬方實業（香港）有限公司"),
        ("农行荆门分行", "中国农业银行股份有限公司荆门市分行"),
        ("平安信托有限公司", "平安信托有限责任公司"),
        ("Siemens AG", "siemens"),
        ("The Coca-Cola Company", "coca cola co."),
    ],
)
def test_company_names_that_differ_in_writing_have_one_key(one, other):
    assert company_key(simplified(one).lower()) == company_key(simplified(other).lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳市融源资本管理股份有限公司", "深圳市融通资本管理股份有限公司"),
        ("交通银行宁波支行", "交通银行宁波观城支行"),
    ],
)
def test_company_names_of_different_companies_keep_different_keys(one, other):
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize(
    ("heading", "cells", "kind"),
    [
        ("dob", ["1971-06-24", "1990-01-02"], Kind.DATE),
        ("date_of_birth", ["19151111", "19161214"], Kind.DATE),
        ("year", ["1999", "2001"], Kind.YEAR),
        ("电话", ["13812345678", "0427-2823456"], Kind.PHONE),
        ("email", ["a@b.c", "d@e.f"], Kind.EMAIL),
        ("price", ["399", "$1,299.00"], Kind.NUMBER),
        ("postcode", ["4223", "4560"], Kind.CODE),
        ("投资方", ["盘锦某某有限公司"], Kind.COMPANY),
        ("authors", ["D. Scott Mackay, V. Poosala"], Kind.TEXT),
        ("surname", ["neumann", "painter"], Kind.NAME),
    ],
)
def test_a_column_is_known_by_its_cells_and_its_heading(heading, cells, kind):
    assert guess(heading, cells * 5) is kind


def test_one_to_one_leaves_each_row_its_likeliest_partner():
    p = np.array([0.9, 0.8, 0.7])
    out = one_to_one(p, np.array([0, 0, 1]), np.array([5, 6, 5]))
    assert out.tolist() == [0.9, pytest.approx(0.0008), pytest.approx(0.0007)]


def test_one_weak_pair_does_not_join_two_groups():
    i, j = np.array([0, 0, 1, 3, 3, 4, 2]), np.array([1, 2, 2, 4, 5, 5, 3])
    group = groups(np.array([0.9] * 6 + [0.6]), i, j, 6)
    assert len(set(group[:3])) == 1
    assert len(set(group[3:])) == 1
    assert group[0] != group[3]


def test_a_row_asked_of_the_index_finds_itself_and_its_doubles(people, tmp_path):
    table = from_rows(people, "unique_id")
    linked = link(table, None, ON)
    index = Index.build(linked, table.ids, tmp_path / "index")
    assert Index.open(tmp_path / "index").ask(people[0]) == index.ask(people[0])
    cluster = {row["unique_id"] for row in people if row["cluster"] == people[0]["cluster"]}
    answers = {answer.id for answer in index.ask(people[0]) if answer.probability >= 0.5}
    assert people[0]["unique_id"] in answers
    assert answers <= cluster
    assert index.ask({"surname": "Nobody-of-this-name"}) == []
