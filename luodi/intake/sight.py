"""What of a batch's own lines a reader may see. The file holds every column; not every reader of the batch may read each."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import MASK, fields_of
from luodi.intake.models import Batch


class Sight:
    """One reader before one batch. A column that no field was found for is classified like every unknown field."""

    def __init__(self, batch: Batch, user: User) -> None:
        self.sees = fields_of(user)
        self._hidden: dict[tuple[str, str], str] = {
            (table["sheet"], column["letter"]): column["heading"] or column["letter"]
            for table in batch.sheets
            for column in table.get("columns", ())
            if not self.sees[column["field"]]
        }

    def column(self, sheet: str, letter: str) -> bool:
        return (sheet, letter) not in self._hidden

    def changes(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        return {name: pair for name, pair in changes.items() if self.sees[name]}

    def problem(self, sheet: str, problem: dict[str, Any]) -> dict[str, Any]:
        """A problem of a hidden column still counts and still names its column, but not what stands in it."""
        if self.column(sheet, problem.get("column", "")):
            return problem
        covered = {"message": _("这一栏有问题，内容不向您的角色开放"), "advice": _("请填报单位核对")}
        return {**problem, "value": MASK, **covered}

    def table(self, table: dict[str, Any]) -> dict[str, Any]:
        """A table's report without the samples and sums of hidden columns."""
        sheet = table["sheet"]
        columns = [
            column if self.column(sheet, column["letter"]) else {**column, "samples": [MASK]}
            for column in table.get("columns", ())
        ]
        wrong = [total for total in table.get("totals_wrong", ()) if self.column(sheet, total.get("column", ""))]
        return {**table, "columns": columns, "totals_wrong": wrong} if "columns" in table else table

    def permit_download(self) -> None:
        """The file leaves whole or not at all. Raises `PermissionDenied` that names the columns in the way."""
        if self._hidden:
            names = "、".join(dict.fromkeys(self._hidden.values()))
            raise PermissionDenied(_("台账里有您的角色不能看的栏目，不能下载：%(names)s") % {"names": names[:200]})
