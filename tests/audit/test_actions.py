"""The log: who did what, and nobody can make it say something else."""

import pytest
from django.db import transaction

from luodi.audit.actions import actor_name, record
from luodi.audit.models import Entry

pytestmark = pytest.mark.django_db


def test_an_entry_names_the_person_the_unit_and_the_thing(account):
    clerk = account("unit_clerk", unit="dawa", username="zhang")
    clerk.first_name = "张三"

    entry = record(clerk, "intake.batch.received", clerk, size=5)

    assert entry.actor_name == "大洼区 张三（zhang）"
    assert (entry.object_type, entry.object_id, entry.object_name) == ("accounts.user", clerk.pk, "zhang")
    assert entry.detail == {"size": 5}


def test_the_console_is_named_with_the_account_that_used_it():
    import getpass

    assert actor_name(None) == f"控制台（{getpass.getuser()}）"
    assert record(None, "intake.batch.received").actor is None


def test_somebody_without_an_account_is_named_as_they_called_themselves():
    assert record(None, "accounts.session.refused", by="x" * 400).actor_name == "x" * 150


@pytest.mark.parametrize(
    "change",
    [lambda entries: entries.update(action="x.y.z"), lambda entries: entries.delete()],
    ids=["update", "delete"],
)
def test_entries_cannot_be_updated_or_deleted(change):
    entry = record(None, "intake.batch.received")

    with pytest.raises(TypeError, match="append-only"):
        change(Entry.objects.filter(pk=entry.pk))
    with pytest.raises(TypeError, match="append-only"):
        change(Entry.objects.all())
    assert Entry.objects.get().action == "intake.batch.received"


def test_entries_cannot_be_updated_in_bulk():
    entry = record(None, "intake.batch.received")
    entry.action = "x.y.z"

    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        Entry.objects.bulk_update([entry], ["action"])
    assert Entry.objects.get().action == "intake.batch.received"


def test_an_entry_in_hand_cannot_be_changed_or_removed(db):
    entry = record(None, "test.entry.made")

    entry.action = "test.entry.forged"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    assert Entry.objects.get(pk=entry.pk).action == "test.entry.made"
