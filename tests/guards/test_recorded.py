"""The tables of the record are journaled by construction."""

import pytest
from django.apps import apps

from luodi.audit import words
from luodi.core.recorded import Recorded, RecordedQuerySet

RECORDED = [model for model in apps.get_models() if issubclass(model, Recorded)]
# What nobody decides by: the log itself (sealed by its own tree), work in progress, derived standings, personal views.
OTHERS = {
    "audit.Entry",
    "audit.Change",
    "audit.LogState",
    "audit.Head",
    "jobs.Job",
    "snapshots.Standing",
    "dashboards.SavedView",
}


def test_every_table_of_ours_is_the_record_or_named_here():
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith("luodi.")}

    assert ours - {model._meta.label for model in RECORDED} <= OTHERS


def test_every_table_has_a_word_on_the_audit_pages():
    assert not [model.__name__ for model in RECORDED if model.__name__ not in words.TABLES]


@pytest.mark.parametrize("model", RECORDED, ids=lambda model: model._meta.label)
def test_its_managers_journal_what_they_write(model):
    assert isinstance(model._default_manager.all(), RecordedQuerySet)
    with pytest.raises(TypeError):
        model._default_manager.all().delete()
    with pytest.raises(TypeError):
        model().delete()
