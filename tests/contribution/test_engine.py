"""Promised against brought: sums against a brute force, ratios against fractions, proposals against the code list."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from luodi.contribution.engine.balance import Balance, Pair, collapse, rows
from luodi.contribution.engine.proposals import Rule, propose, section


def say(promised=None, reported=None, proven=None, **more):
    values = [None if value is None else Decimal(value) for value in (promised, reported, proven)]
    return Balance(*values, **more)


def row(*balances, n=None):
    return rows([("", one) for one in balances], projects={"": len(balances) if n is None else n})[""]


def test_unknown_is_no_zero_and_zero_is_a_statement():
    found = row(say(100, 80), say(100), say(None, 50), say(0, 5), say(200, 0))

    assert (found.promised.projects, found.reported.projects) == (4, 4)
    assert (found.both.projects, found.both.promised, found.both.brought, found.unknown) == (3, 300, 85, 2)
    assert found.both.percent == 28


def test_a_ratio_of_nothing_promised_is_none():
    assert row(say(0, 5)).both.percent is None
    assert row(say(5)).both.percent is None
    assert Pair().percent is None


def test_what_a_named_person_took_out_proves_nothing_net():
    found = row(say(10, 10, 10, out=True), say(10, 10, 5))

    assert (found.proven.value, found.net.value, found.both_proven.brought) == (15, 5, 5)


def test_a_package_counts_once_by_its_own_word():
    found = collapse({1: say(100), 2: say(40, package=1), 3: say(90, package=1), 4: say(7)})

    assert {pk: one.promised for pk, one in found.items()} == {1: 100, 4: 7}


def test_a_silent_package_is_its_members_if_all_of_them_said_something():
    whole = collapse({1: say(), 2: say(40, 1, package=1), 3: say(2, None, package=1)})[1]

    assert (whole.promised, whole.reported) == (42, None)


def test_a_fake_member_proves_nothing_for_its_package():
    assert collapse({1: say(), 2: say(1, 1, 1, package=1), 3: say(1, 1, 1, package=1, out=True)})[1].proven is None


def test_a_member_whose_package_is_out_of_sight_counts_by_itself_and_a_ring_ends():
    assert collapse({2: say(40, package=1)})[2].promised == 40
    assert collapse({1: say(1, package=2), 2: say(2, package=1)}) == {}


@pytest.mark.parametrize("seed", range(20))
def test_a_row_is_what_a_loop_finds(seed):
    """Second source: fractions, project by project."""
    dice = random.Random(seed)

    def some():
        return dice.choice([None, 0, dice.randint(1, 999)])

    balances = [say(some(), some(), some(), out=dice.random() < 0.2) for _ in range(60)]
    found = row(*balances, n=70)
    both = [b for b in balances if b.promised is not None and b.reported is not None]
    assert found.both.projects == len(both)
    assert found.unknown == 70 - len(both)
    promised = sum(int(b.promised) for b in both)
    exact = Fraction(sum(int(b.reported) for b in both), promised) * 100 if promised else None
    assert found.both.percent == (None if exact is None else int(exact + Fraction(1, 2)))
    assert found.net.value == sum((b.proven for b in balances if b.proven is not None and not b.out), Decimal(0))


def test_groups_keep_their_order_and_those_that_said_nothing_their_count():
    found = rows([("b", say(1))], projects={"a": 3, "b": 2})

    assert [(group, one.projects, one.unknown) for group, one in found.items()] == [("a", 3, 3), ("b", 2, 2)]


@pytest.mark.parametrize(
    ("code", "letter"),
    [
        ("C2614", "C"),
        ("2614", "C"),
        ("26", "C"),
        ("0111", "A"),
        ("4620", "D"),
        ("83", "P"),
        ("97", "T"),
        ("", ""),
        ("98", ""),
        ("化工", ""),
    ],
)
def test_the_section_of_a_code(code, letter):
    """GB/T 4754-2017: 13–43 C, 01–05 A, 44–46 D, 83 P, 97 T; division 98 does not exist."""
    assert section(code) == letter


def test_a_proposal_says_what_spoke_for_it_once_an_end():
    rules = [
        Rule("industry", ("C",), ("化工",), "", ""),
        Rule("people", (), ("医院",), "", ""),
        Rule("industry", (), ("园",), "", ""),
    ]

    assert [(p.end, p.sign) for p in propose(rules, industry="2614", text="化工园医院")] == [
        ("industry", "2614"),
        ("people", "医院"),
    ]
    assert [(p.end, p.sign) for p in propose(rules, industry="", text="化工园")] == [("industry", "化工")]
    assert propose(rules, industry="", text="某项目") == []
