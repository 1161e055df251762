"""The columns of the list: what each is called, how wide it prints, how it sorts, and what a row says in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from luodi.accounts.policy import Fields, Scope
from luodi.core.templatetags.money import money
from luodi.dashboards.filters import tells
from luodi.intake import words

FIELDS = (
    "id", "name", "number", "project_code", "place", "unit", "chain", "package_id", "package__name", "package__unit",
    "facts",
    "standing__reported", "standing__proven", "standing__net", "standing__amount_fen", "standing__tier",
    "standing__investor", "nature", "standing__packed", "standing__unpacked", "standing__unpacked_fen",
    "standing__state",
)  # fmt: skip
"""What a row is made from: plain values, because a list of 200 model instances costs more than its page."""


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in Excel characters; `sort` a key of `filters.SORTS`, blank = not sortable."""

    code: str
    width: int
    sort: str = ""
    default: bool = True
    css: str = ""

    @property
    def label(self) -> str:
        return words.field_name(self.code) if self.code not in _LABELS else _LABELS[self.code]()


_LABELS = {
    "amount": lambda: words.field_name("total_investment"),
    "reported": lambda: _("上报阶段"),
    "proven": lambda: _("佐证阶段"),
    "net": lambda: _("净"),
    "tier": lambda: _("层级"),
    "state": lambda: _("状态"),
}
COLUMNS = (
    Column("name", 42, "name", css="name"),
    Column("investor", 30, "investor", css="wrap"),
    Column("unit", 20, "unit"),
    Column("chain", 16, "chain"),
    Column("nature", 14, default=False),
    Column("amount", 15, "amount", css="num"),
    Column("reported", 10, "reported", css="fig-reported"),
    Column("proven", 10, "proven", css="fig-proven"),
    Column("net", 10, "net", css="fig-net"),
    Column("tier", 12),
    Column("state", 10, default=False),
    Column("place", 20, default=False),
    Column("number", 10, "number", default=False),
    Column("project_code", 28, default=False, css="code"),
    Column("package", 30, default=False, css="wrap"),
    Column("signed_on", 20, default=False),
    Column("registered_on", 20, default=False),
    Column("started_on", 20, default=False),
    Column("produced_on", 20, default=False),
    Column("remark", 40, default=False, css="wrap"),
)
BY_CODE = {column.code: column for column in COLUMNS}
DEFAULT = tuple(column.code for column in COLUMNS if column.default)


def allowed(sees: Fields) -> tuple[Column, ...]:
    """Columns whose fields a person may see in every row of a list."""
    return tuple(column for column in COLUMNS if sees.all(tells(column.code)))


def chosen(codes: list[str], sees: Fields) -> tuple[str, ...]:
    """Known and allowed columns in their own order, the name always among them; without a choice the default."""
    mine = allowed(sees)
    wanted = {code for text in codes for code in text.split(",")} & {column.code for column in mine}
    if not wanted:
        return tuple(column.code for column in mine if column.default)
    return tuple(column.code for column in mine if column.code in wanted or column.code == "name")


def bounded(row: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """A row without the name of a package that another unit files."""
    if row["package_id"] and not scope.covers(row["package__unit"]):
        row["package__name"] = _("（其他单位的打包项目）")
    return row


def text(code: str, row: Mapping[str, Any], unit: str) -> str:
    """What the row says in a column, for a page. `unit`: 万元 or 亿元."""
    if code in _SIMPLE:
        return str(row[_SIMPLE[code]] or "")
    if code in _WORDED:
        return _WORDED[code](row)
    if code == "amount":
        return _amount(row, unit)
    if code == "nature":
        return words.nature_name(row["nature"]) or _("未写明")
    held = row["facts"].get(code)
    return words.fact(code, held[0], unit) if held else ""


def css(code: str, row: Mapping[str, Any]) -> str:
    """Classes of a page's cell; a figure that is missing is not coloured like one that is there."""
    if code in words.SIDES and not _stands(row[f"standing__{code}"]):
        return "muted"
    return BY_CODE[code].css


def counted(row: dict[str, Any], counting: str) -> dict[str, Any]:
    """The row with the amount that its counting adds up."""
    return {**row, "standing__amount_fen": row["standing__unpacked_fen"]} if counting == "unpacked" else row


def counting_note(row: Mapping[str, Any]) -> str:
    """How a row counts, where it is not simply one project."""
    inside, several = row["package_id"] is not None, row["standing__unpacked"]
    if several == 0:
        return _("打包项目")
    if several is not None and several > 1:
        return _("按 %(n)s 个计") % {"n": f"{several:,}"}
    return _("子项目") if inside else ""


_SIMPLE = {
    "name": "name",
    "number": "number",
    "project_code": "project_code",
    "place": "place",
    "chain": "chain",
    "investor": "standing__investor",
    "package": "package__name",
}


def _amount(row: Mapping[str, Any], unit: str) -> str:
    """The exact amount without its unit; a bound or a foreign currency with it; never a zero for what is unknown."""
    if row["standing__amount_fen"] is not None:
        return money(row["standing__amount_fen"], unit)
    held = row["facts"].get("total_investment")
    return words.fact("total_investment", held[0], unit) if held else _("未写明")


def _proven(row: Mapping[str, Any]) -> str:
    return words.rank_name(row["standing__proven"]) or (_("缺佐证") if _stands(row["standing__reported"]) else "—")


def _net(row: Mapping[str, Any]) -> str:
    return words.rank_name(row["standing__net"]) or (_("不计") if _stands(row["standing__proven"]) else "—")


def _stands(rank: int | None) -> bool:
    return rank is not None and rank >= 0


_WORDED = {
    "unit": lambda row: words.unit_name(row["unit"]),
    "tier": lambda row: words.tier_name(row["standing__tier"] or ""),
    "reported": lambda row: words.rank_name(row["standing__reported"]) or "—",
    "proven": _proven,
    "state": lambda row: str(words.STATES[row["standing__state"] or "active"]),
    "net": _net,
}
