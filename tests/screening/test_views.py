"""Pages: who sees what, in how many queries, and that the numbers are those of the run."""

import pytest
from django.urls import reverse
from django.utils import timezone

from luodi.projects.models import Project
from luodi.screening import actions, publishing, queries
from luodi.screening.models import Rulebook
from tests.core.record import load, project
from tests.ledger_files import row, write

TODAY = timezone.localdate()


@pytest.fixture
def world(db, tmp_path):
    rows = [row(n, f"第{n}厂", amount=n * 1000, place="大洼区" if n % 2 else "盘山县") for n in range(1, 61)]
    load(write(tmp_path / "台账.xlsx", rows))
    for n in (1, 2):
        actions.declare(actor=None, project=project(f"第{n}厂"), fact="catalogue_class", value="eliminated")
    return actions.run(actor=None, as_of=TODAY)


def page(client, name, *args, **query):
    return client.get(reverse(f"screening:{name}", args=args), query)


def test_the_overview_shows_a_page_of_the_run_and_its_totals(world, signed_in):
    text = page(signed_in("project_office"), "overview").content.decode()

    assert text.count('<tr data-href="/screening/projects/') == 50
    assert "共 60 条" in text


def test_a_tile_and_the_list_behind_it_have_the_same_number(world, signed_in):
    client = signed_in("leader")

    answer = page(client, "overview", verdict="fail")

    assert "共 2 条" in answer.content.decode()
    assert world.counts["verdicts"]["0"] == 2
    assert world.counts["bands"] == {"open": 60}, "unknown is not the lowest band"
    assert "共 60 条" in page(client, "overview", band="open").content.decode()


def test_a_project_withdrawn_since_the_run_is_not_offered(world, signed_in):
    Project.objects.filter(name="第60厂").update(withdrawn_at=timezone.now())

    text = page(signed_in("project_office"), "overview", page="2").content.decode()

    assert "共 59 条" in text
    assert "第60厂" not in text


def test_a_rules_page_leads_to_the_projects_that_fail_it(world, signed_in):
    client = signed_in("auditor")

    assert "?rule=G207&amp;says=fail" in page(client, "rule", "G207").content.decode()
    assert "共 2 条" in page(client, "overview", rule="G207", says="fail").content.decode()
    assert page(client, "rule", "G999").status_code == 404


def test_a_clerk_sees_their_own_unit_and_its_totals(world, signed_in):
    client = signed_in("unit_clerk", unit="panshan")

    text = page(client, "overview").content.decode()

    assert "共 30 条" in text
    assert "第1厂" not in text
    assert page(client, "project", project("第1厂").pk).status_code == 404
    assert page(client, "panel", project("第2厂").pk).status_code == 200


@pytest.mark.parametrize("text", ["fail' OR 1=1", "\0", "9" * 30, "不通过"])
def test_strange_addresses_match_nothing_and_break_nothing(world, signed_in, text):
    client = signed_in("project_office")

    for name in ("verdict", "band", "rule", "says", "page"):
        assert page(client, "overview", **{name: text}).status_code == 200


def test_a_past_day_is_shown_as_such(world, signed_in):
    client = signed_in("project_office")
    pk = project("第1厂").pk

    text = page(client, "project", pk, as_of="2025-01-01").content.decode()

    assert "截至 2025-01-01" in text
    assert "填报一项事实" not in text, "the past is looked at, not written to"


def test_an_empty_register_offers_the_next_step(db, signed_in):
    client = signed_in("project_office")

    assert "还没有测算过" in page(client, "overview").content.decode()
    client.post(reverse("screening:take_run"))
    assert page(client, "overview").status_code == 200


def test_pages_take_a_bounded_number_of_queries(world, signed_in, django_assert_max_num_queries):
    client = signed_in("project_office")
    pk = project("第1厂").pk
    for name, args, most in [("overview", (), 14), ("project", (pk,), 34), ("panel", (pk,), 30), ("rules", (), 12)]:
        page(client, name, *args)
        with django_assert_max_num_queries(most):
            page(client, name, *args)


def test_a_draft_shows_its_trial_and_keeps_what_could_not_be_read(world, signed_in):
    client = signed_in("project_office")
    draft = publishing.copy(actor=client.user, base=Rulebook.objects.get(), reason="放宽")
    address = reverse("screening:edit", args=[draft.pk, "rules", "G207"])
    given = {"holds": "catalogue_class IN ('encouraged', 'allowed', 'eliminated')", "name": "目录", "status": "待核"}
    form = {**{field["name"]: field["value"] for field in client.get(address).context["fields"]}, **given}

    wrong = client.post(address, {**form, "holds": "catalog = 1"})
    right = client.post(address, form, follow=True)

    assert wrong.status_code == 422
    assert "catalog = 1" in wrong.content.decode()
    text = right.content.decode()
    assert "第1厂" in text
    assert Rulebook.objects.get(pk=draft.pk).document["rules"]["G207"]["holds"] == given["holds"]
    assert queries.latest_run() == world


def test_a_rules_cases_are_changed_with_it(world, signed_in):
    client = signed_in("project_office")
    draft = publishing.copy(actor=client.user, base=Rulebook.objects.get(), reason="放宽")
    address = reverse("screening:edit", args=[draft.pk, "rules", "G207"])
    got = client.get(address)
    form = {field["name"]: field["value"] for field in got.context["fields"]}

    same = client.post(address, {**form, "cases": got.context["cases"]}, follow=True)
    one = "- name: 淘汰类\n  as_of: 2025-01-01\n  facts: {catalogue_class: eliminated}\n  expect: pass\n"
    client.post(address, {**form, "cases": one})

    assert same.context["changes"] == []
    cases = [case for case in Rulebook.objects.get(pk=draft.pk).document["cases"] if case["rule"] == "G207"]
    assert [(case["name"], case["as_of"], case["expect"]) for case in cases] == [("淘汰类", "2025-01-01", "pass")]
    assert "不符" in client.get(reverse("screening:version", args=[draft.pk])).content.decode()
    for text in ("- [", "just words", "- 5"):
        assert client.post(address, {**form, "cases": text}).status_code == 422


def test_an_edited_parameter_keeps_its_earlier_value(world, signed_in):
    client = signed_in("project_office")
    draft = publishing.copy(actor=client.user, base=Rulebook.objects.get(), reason="提高")
    address = reverse("screening:edit", args=[draft.pk, "parameters", "energy_province_tce"])
    form = {field["name"]: field["value"] for field in client.get(address).context["fields"]}

    client.post(address, {**form, "value": "20000", "valid_from": TODAY.isoformat(), "source": "新办法"})

    values = Rulebook.objects.get(pk=draft.pk).document["parameters"]["energy_province_tce"]["values"]
    assert [one["value"] for one in values][-1] == 20000
    assert len(values) >= 2
    assert Project.objects.count() == 60
