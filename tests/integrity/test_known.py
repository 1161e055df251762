"""The register as an index: what a commit makes anew, and what stays on disk."""

from itertools import pairwise

import pytest

from luodi.intake import likeness
from luodi.integrity import known
from luodi.projects.models import Project
from tests.core.record import load, project
from tests.integrity.plant import OTHER
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


def test_the_index_on_disk_answers_as_the_one_in_memory_and_newcomers_are_asked_beside_it(
    register, tmp_path, monkeypatch
):
    facts = {
        "name": "钢结构加工基地",
        "investor": "杭萧钢构股份有限公司",
        "unit": "panshan",
        "total_investment": "CNY 8500000000 exact",
    }
    in_memory = likeness.ask([facts])
    assert known.make() == 0, "a small register needs none"
    monkeypatch.setattr(known, "SMALL", 5)
    known._part.cache_clear()

    assert known.make() == 31
    assert known.make() == 0, "it stands already"
    on_disk = likeness.ask([facts])
    load(write(tmp_path / "新.xlsx", [OTHER]))
    newcomer = likeness.ask(
        [
            {
                "name": "海水养殖场",
                "investor": "辽河渔业有限公司",
                "unit": "dawa",
                "total_investment": "CNY 3300000000 exact",
            }
        ]
    )

    assert on_disk == in_memory
    assert [like.target for like in newcomer[0]] == [project("海水养殖").pk]
    assert known.make() == 32
    known._part.cache_clear()


@pytest.mark.parametrize(
    ("last", "newest", "wanted"),
    [
        (1_000_000, 1_000_000, [1_000_000]),
        (1_000_000, 1_000_007, [1_000_000, 1_000_007]),
        (1_000_000, 1_000_100, [1_000_000, 1_000_064, 1_000_096, 1_000_100]),
        (1_000_000, 1_003_000, [1_000_000, 1_002_496, 1_002_880, 1_002_992, 1_003_000]),
        (0, 40, [0, 32, 40]),
    ],
)
def test_newcomers_are_cut_so_that_a_commit_makes_anew_only_the_last_few(last, newest, wanted):
    found = known.cuts(last, newest)

    assert found == wanted
    assert found[-1] - found[-2:][0] <= known.STEPS[-1]


def test_a_thousand_commits_of_one_row_make_few_rows_anew():
    """A commit that meets a large step makes hundreds anew; it is the mean that stays small, wherever the counting begins."""
    for last in (1_000_000, 4_087):
        known_parts, rows = set(), 0
        for newest in range(last + 1, last + 1 + known.STEPS[0]):
            parts = set(pairwise(known.cuts(last, newest)))
            rows += sum(final - first for first, final in parts - known_parts)
            known_parts = parts

        assert rows / known.STEPS[0] < 20


def newest():
    return Project.objects.order_by("-id").values_list("id", flat=True).first()


def test_after_each_commit_only_the_smallest_index_is_made_anew(register, tmp_path, monkeypatch):
    made = []
    whole = known._index
    monkeypatch.setattr(known, "SMALL", 5)
    known.make()
    monkeypatch.setattr(known, "_index", lambda projects: made.append(projects.count()) or whole(projects))
    crowd = [row(n, f"新{n}号线", investor=f"新{n}号制造有限公司", amount=50 + 13 * n) for n in range(300)]
    last = newest()
    load(write(tmp_path / "更多.xlsx", crowd))
    known.indexes()
    before = set(pairwise(known.cuts(last, newest())))
    made.clear()

    load(write(tmp_path / "又一.xlsx", [OTHER]))

    known.indexes()
    anew = sorted(set(pairwise(known.cuts(last, newest()))) - before)
    assert made == [Project.objects.filter(pk__gt=first, pk__lte=final).count() for first, final in anew]
