"""What the wizard shows: steps, columns, problems, differences; all of it read from the batch, so that a reload changes nothing."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.intake import likeness, words
from luodi.intake.engine.facts import is_stage_field
from luodi.intake.engine.mapping import read_vocabulary
from luodi.intake.models import Batch, Row
from luodi.intake.sight import Sight

PAGE = 100
OPEN = (Batch.State.UPLOADED, Batch.State.CHECKED)
_SURE, _LIKELY = 0.9, 0.7
_FIRST = ("investor", "owner", "unit", "total_investment")
_Model = TypeVar("_Model", bound=Model)


def steps(batch: Batch, current: str) -> list[dict[str, str]]:
    """The five steps with where we are."""
    labels = {
        "upload": _("上传"),
        "mapping": _("列的对应"),
        "problems": _("核对问题"),
        "changes": _("差异"),
        "commit": _("入库"),
    }
    order = list(labels)
    here = order.index(current)
    address = reverse("intake:batch", args=[batch.pk])
    found = []
    for position, (name, label) in enumerate(labels.items()):
        state = "current" if position == here else "done" if position < here else "ahead"
        found.append({"label": label, "state": state, "url": "" if name == "upload" else f"{address}?step={name}"})
    return found


def tables(batch: Batch, sight: Sight) -> list[dict[str, Any]]:
    """Tables of the file with their columns, and the sheets left out."""
    found = []
    for position, table in enumerate(map(sight.table, batch.sheets)):
        columns = [_column(position, column) for column in table.get("columns", [])]
        found.append({**table, "columns": columns, "heads": _rows_of(table), "left_out": _left_out(table)})
    return found


def _rows_of(table: Mapping[str, Any]) -> str:
    return "、".join(str(number) for number in table.get("heading_rows", []))


def _left_out(table: Mapping[str, Any]) -> str:
    names = {
        "subtotal": _("小计"),
        "total": _("合计"),
        "footer": _("签署"),
        "section": _("分段标题"),
        "heading": _("重复表头"),
    }
    counts = table.get("left_out", {})
    return "、".join(f"{name} {counts[kind]}" for kind, name in names.items() if counts.get(kind))


def _column(table: int, column: Mapping[str, Any]) -> dict[str, Any]:
    confidence = column["confidence"]
    if not column["field"]:
        sure = ("planned", _("不导入"))
    elif column["how"] == "remembered":
        sure = ("ok", _("已记住"))
    elif confidence >= _SURE:
        sure = ("ok", _("有把握"))
    else:
        sure = ("wait", _("较有把握") if confidence >= _LIKELY else _("请核对"))
    alternatives = [words.field_name(name) for name in column["alternatives"][:2]]
    origins = {
        "heading": _("表头写明"),
        "caption": _("表格上方写明"),
        "neighbour": _("同其他金额列"),
        "city": _("没有写，按本市默认"),
    }
    return {
        **column,
        "input": f"{table}-{column['letter']}",
        "sure": sure,
        "others": "、".join(alternatives),
        "origin": origins.get(column.get("unit_from", ""), ""),
    }


def field_choices() -> list[tuple[str, str]]:
    """Every field a column can be about, in the order of the city's vocabulary."""
    vocabulary = read_vocabulary(city().folder / "ledgers" / "headings.toml")
    return [("", _("不导入")), *((field.key, words.field_name(field.key)) for field in vocabulary.fields)]


def chosen_mapping(batch: Batch, posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """A person's corrections, {sheet: {letter: field}}: those made before, and what the form says otherwise than the proposal."""
    known = {key for key, _label in field_choices()}
    mapping: dict[str, dict[str, str]] = {sheet: dict(columns) for sheet, columns in batch.mapping.items()}
    for position, table in enumerate(batch.sheets):
        for column in table.get("columns", []):
            chosen = posted.get(f"{position}-{column['letter']}", column["field"])
            if chosen != column["field"] and chosen in known:
                mapping.setdefault(table["sheet"], {})[column["letter"]] = chosen
    return mapping


def twin(batch: Batch, user: User) -> Batch | None:
    """Another batch in which this very file is already in the record."""
    same = Batch.objects.visible_to(user).filter(file=batch.file, state=Batch.State.COMMITTED)
    return same.exclude(pk=batch.pk).first()


def problem_rows(batch: Batch, severity: str = "", sheet: str = "") -> QuerySet[Row]:
    """Rows with something to say: those that are returned, or those with reminders only."""
    rows = batch.rows.exclude(problems=[]).order_by("id")
    if sheet:
        rows = rows.filter(sheet=sheet)
    if severity == "error":
        return rows.filter(state=Row.State.REJECTED)
    if severity == "warning":
        return rows.exclude(state=Row.State.REJECTED)
    return rows


def problems(rows: QuerySet[Row], user: User, sight: Sight) -> Iterator[dict[str, Any]]:
    """One line a problem, errors first within a row."""
    some = list(rows)
    told = _alike(some, user)
    for row in some:
        for problem in sorted(row.problems, key=lambda one: one["severity"]):
            likes = told.get(row.pk, []) if problem["code"] == likeness.CODE else []
            yield {"sheet": row.sheet, "row": row.number, **sight.problem(row.sheet, problem), "likes": likes}


def _alike(rows: list[Row], user: User) -> dict[int, list[likeness.Told]]:
    """By row what this reader is told of the known projects that it resembles."""
    likes = {row.pk: found for row in rows if (found := likeness.likes_in(row.problems))}
    if not likes:
        return {}
    told = likeness.told(user, [like for some in likes.values() for like in some])
    return {
        row: list(dict.fromkeys(told[one.target] for one in some if one.target in told)) for row, some in likes.items()
    }


def tallies(batch: Batch) -> dict[str, int]:
    """Stored rows by state."""
    counted = dict(batch.rows.order_by().values_list("state").annotate(Count("id")))
    return {state: counted.get(state, 0) for state in Row.State.values}


def differences(rows: QuerySet[Row], user: User, sight: Sight) -> list[dict[str, Any]]:
    """Rows with their changes in words, field by field, as far as the reader may see them; beside them whom they resemble."""
    some = list(rows)
    told = _alike(some, user)
    return [
        {
            "likes": told.get(row.pk, []),
            "sheet": row.sheet,
            "number": row.number,
            "label": row.label or _("（无名称）"),
            "target": row.target_id,
            "summary": _summary(sight.changes(row.changes), user),
            "reason": "；".join(
                sight.problem(row.sheet, problem)["message"]
                for problem in row.problems
                if problem["severity"] == "error"
            ),
            "changes": [
                {
                    "name": words.field_name(field),
                    "old": words.fact(field, before, user.money_unit),
                    "new": words.fact(field, after, user.money_unit),
                }
                for field, (before, after) in sight.changes(row.changes).items()
            ],
        }
        for row in some
    ]


def _summary(changes: Mapping[str, Any], user: User) -> str:
    """What matters most of a row, in one line; the rest unfolds."""
    fields = [name for name in _FIRST if name in changes]
    fields += [name for name in changes if is_stage_field(name)]
    said = [f"{words.field_name(name)} {words.fact(name, changes[name][1], user.money_unit)}" for name in fields[:4]]
    return " · ".join(said)


def page_of(rows: QuerySet[_Model], number: int, address: str) -> tuple[QuerySet[_Model], dict[str, str]]:
    """One page of rows, and its place as components/pagination.html takes it."""
    total = rows.count()
    number = max(1, min(number, (total + PAGE - 1) // PAGE or 1))
    first = (number - 1) * PAGE
    last = min(first + PAGE, total)
    place = {
        "first": f"{first + 1 if total else 0:,}",
        "last": f"{last:,}",
        "total": f"{total:,}",
        "prev_url": f"{address}&page={number - 1}" if number > 1 else "",
        "next_url": f"{address}&page={number + 1}" if last < total else "",
    }
    return rows[first:last], place
