"""A problem of one cell: what, where, and what to do."""

from dataclasses import asdict, dataclass
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """`error` keeps its row out of the record, `warning` does not. `column` is Excel's letter, blank = the whole row.

    `alike`: [known target, probability, fields that agree], where the row resembles what is known already.
    """

    severity: str
    code: str
    message: str
    advice: str
    column: str = ""
    heading: str = ""
    value: str = ""
    alike: tuple[list[Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        if not self.alike:
            del told["alike"]
        return told
