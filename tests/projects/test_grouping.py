"""Several projects that a named person takes for one undertaking: one in net, with all its amount, and back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from luodi.dashboards.filters import ProjectFilter
from luodi.dashboards.listing import ListState, totals
from luodi.evidence.actions import verify
from luodi.evidence.models import Evidence
from luodi.outcomes.record import known, weights
from luodi.projects.grouping import dissolve, unite
from luodi.projects.models import Project
from luodi.snapshots import queries
from luodi.snapshots.actions import take
from luodi.snapshots.engine.figures import COUNTINGS
from luodi.snapshots.models import Standing
from tests.core.record import figures_agree, load, ranks
from tests.ledger_files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts(tmp_path, account):
    """Three phases of one plant, of which two are proven to have started, and a stranger."""
    page = "http://www.panjin.gov.cn/"
    rows = [
        row(1, "甲一期", amount=6000, signed="2023-03-01", started="2023-09-01", source=f"{page}1"),
        row(2, "甲二期", amount=5000, signed="2023-03-10", started="2023-10-01", source=f"{page}2"),
        row(3, "甲三期", amount=7000, signed="2023-03-20", source=""),
        row(4, "乙厂", amount=9000, signed="2023-04-01", started="2023-12-01", source=f"{page}4"),
    ]
    load(write(tmp_path / "台账.xlsx", rows))
    office = account("project_office")
    for one in Evidence.objects.all():
        verify(actor=office, evidence=one, accept=True)
    return office, list(Project.objects.order_by("id")[:3].values_list("id", flat=True))


def net(stage="started"):
    found = queries.figures_as_of(timezone.localdate()).reached[stage].net
    return {one: (found.counted(one).projects, found.counted(one).amount_fen // 1_000_000) for one in COUNTINGS}


def test_it_counts_once_with_all_that_is_proven_and_dissolving_restores_every_figure(parts):
    office, ids = parts
    before, stood = queries.figures_as_of(timezone.localdate()), ranks()
    assert net() == {"packaged": (3, 20000), "unpacked": (3, 20000)}

    united = unite(actor=office, projects=ids, reason="同一宗地、同一环评")

    assert net() == {"packaged": (2, 20000), "unpacked": (2, 20000)}
    after = queries.figures_as_of(timezone.localdate())
    assert (after.total.reported, after.total.proven) == (before.total.reported, before.total.proven)
    assert figures_agree()
    first, second = (Standing.objects.get(pk=pk) for pk in ids[:2])
    assert (first.net >= 0, second.net, second.part_of_id, first.added_fen) == (True, -1, first.pk, 5000 * 1_000_000)

    dissolve(actor=office, undertaking=united, reason="复核为三项工程")

    assert queries.figures_as_of(timezone.localdate()) == before
    assert ranks() == stood
    assert figures_agree()


def test_a_snapshot_and_a_past_moment_know_it(parts):
    office, ids = parts
    moment = timezone.now()
    united = unite(actor=office, projects=ids, reason="同一宗地")
    today = timezone.localdate()

    assert take(actor=office, as_of=today).manifest["figures"]["total"]["net"]["packaged"]["projects"] == 2
    assert queries.figures_as_of(today, moment).total.net.packaged.projects == 3

    between = timezone.now()
    dissolve(actor=office, undertaking=united, reason="复核")
    assert queries.figures_as_of(today, between).total.net.packaged.projects == 2
    assert queries.figures_as_of(date(2100, 1, 1)).total.net.packaged.projects == 3


def test_the_list_behind_the_net_figure_adds_up_to_it(parts, signed_in):
    office, ids = parts
    unite(actor=office, projects=ids, reason="同一宗地")
    client = signed_in("leader")

    lists = {side: ProjectFilter(reached="started", side=side, counting="packaged") for side in ("net", "water")}
    names = {side: [one.name for one in behind.apply(client.user)] for side, behind in lists.items()}
    sums = {side: totals(ListState(behind), client.user).amount // 1_000_000 for side, behind in lists.items()}
    told = client.get(f"/projects/{ids[1]}/").content.decode()

    assert names == {"net": ["甲一期", "乙厂"], "water": ["甲二期"]}
    # The second phase is one project less, not five thousand 万元 less.
    assert sums == {"net": 20000, "water": 0}
    assert "认定与“甲一期”为同一工程" in told


def test_who_lies_in_one_already_or_in_its_own_package_is_refused(parts):
    office, ids = parts
    with pytest.raises(ValidationError, match="至少"):
        unite(actor=office, projects=ids[:1], reason="x")
    unite(actor=office, projects=ids[:2], reason="同一宗地")
    with pytest.raises(ValidationError, match="已经认定"):
        unite(actor=office, projects=ids[1:], reason="x")
    Project.objects.filter(pk=ids[2]).update(package=ids[0])
    with pytest.raises(ValidationError, match="已经认定"):
        unite(actor=office, projects=[ids[0], ids[2]], reason="x")


def test_in_rates_the_parts_share_one_unit_and_keep_their_amounts(parts):
    office, ids = parts
    unite(actor=office, projects=ids[:2], reason="同一宗地")
    every = known(None)
    last = max(every)

    assert weights(every, [*ids[:2], last], "net") == {
        ids[0]: (0.5, 6000.0),
        ids[1]: (0.5, 5000.0),
        last: (1.0, 9000.0),
    }
    assert weights(every, ids[:2], "reported") == {ids[0]: (1.0, 6000.0), ids[1]: (1.0, 5000.0)}
