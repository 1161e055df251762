"""Many rows at once, on both databases."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from luodi.core.rows import insert_rows, reserve_ids, write_alone
from luodi.intake.models import Batch, LedgerFile, Row
from luodi.organizations.models import Party
from luodi.snapshots.models import Snapshot

pytestmark = pytest.mark.django_db


def test_reserved_ids_are_new_and_nobody_gets_them_again():
    first = reserve_ids(Party, 3)
    insert_rows(Party, ["id", "name", "key", "credit_code"], [[pk, f"第{pk}", str(pk), ""] for pk in first])
    by_the_orm = Party.objects.create(name="甲", key="甲")
    second = reserve_ids(Party, 2)

    assert len({*first, by_the_orm.pk, *second}) == 6
    assert max(first) < by_the_orm.pk < min(second)


def test_ids_of_deleted_rows_do_not_come_back():
    first = reserve_ids(Party, 2)
    insert_rows(Party, ["id", "name", "key", "credit_code"], [[pk, "甲", str(pk), ""] for pk in first])
    QuerySet.delete(Party.objects.all())  # as an old program did: ours never deletes

    assert min(reserve_ids(Party, 1)) > max(first)


@pytest.mark.parametrize(
    "moment", [datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)]
)
def test_what_is_inserted_reads_back_as_the_orm_would_have_written_it(moment):
    columns = ["id", "as_of", "taken_at", "sha256", "definition", "manifest"]
    (pk,) = reserve_ids(Snapshot, 1)
    insert_rows(Snapshot, columns, [[pk, date(2024, 2, 29), moment, "a" * 64, "口径", '{"a": ["一", null]}']])

    written = Snapshot.objects.create(
        as_of=date(2024, 2, 29), taken_at=moment, sha256="a" * 64, definition="口径", manifest={"a": ["一", None]}
    )
    plain = [field.attname for field in Snapshot._meta.concrete_fields if field.attname != "id"]
    assert Snapshot.objects.values(*plain).get(pk=pk) == Snapshot.objects.values(*plain).get(pk=written.pk)


def test_no_rows_are_no_fault():
    insert_rows(Party, ["id", "name"], [])

    assert list(reserve_ids(Party, 0)) == []
    assert not Party.objects.exists()


@pytest.mark.parametrize("text", ["制表\t符", "换\n行", "反\\斜", "\\N", "引'号\"", "100%s", "😀", ""])
def test_awkward_texts_arrive_unchanged(text):
    file = LedgerFile.objects.create(sha256="b" * 64, name="x", size=1)
    batch = Batch.objects.create(file=file, name="x")
    import json

    (pk,) = reserve_ids(Row, 1)
    columns = ["id", "batch_id", "sheet", "number", "cells", "state", "problems", "changes", "label", "target_id"]
    cells = json.dumps({"A": text}, ensure_ascii=False)
    insert_rows(Row, columns, [[pk, batch.pk, "台账", 1, cells, "new", "[]", "{}", text, None]])

    stored = Row.objects.get(pk=pk)
    assert (stored.cells, stored.label) == ({"A": text}, text)


def test_a_writer_may_ask_twice_to_be_alone():
    with transaction.atomic():
        write_alone()
        write_alone()
        assert connection.in_atomic_block
