"""The record as of a day as the five tables of the engine: everything it knows, unknown = null.

Only what had been recorded by the end of the day is in them, so that a scan of a past day can be repeated. Ids are the record's own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from luodi.checks.models import Particular
from luodi.core.installation import city
from luodi.evidence.models import Evidence
from luodi.intake.words import stage_name
from luodi.integrity.engine.ledger import STAGES
from luodi.integrity.settings import IntegritySettings, integrity_settings
from luodi.organizations.models import Capital, Party, Shareholding
from luodi.projects.clocks import stood, stood_at
from luodi.projects.models import Amount, Participation, Progress, Project, StageEvent
from luodi.snapshots import queries as snapshots

LONGEST = 31
"""Days of a period that still counts as a day: a month does, a year does not."""
FEN_A_WAN = 1_000_000
Row = dict[str, Any]


def frames(as_of: date) -> dict[str, Any]:
    """Polars frames for `ledger.from_frames`."""
    import polars as pl

    known_at = moment(as_of)
    tables = _Tables(as_of, known_at)
    built = {
        "projects": tables.projects(),
        "parties": tables.parties(),
        "events": tables.events,
        "progress": tables.progress(),
        "funds": tables.funds(),
    }
    return {name: pl.DataFrame(_even(rows), infer_schema_length=None) for name, rows in built.items() if rows}


def moment(as_of: date) -> datetime | None:
    """Until when things had to be recorded: None for today, which is still going on."""
    if as_of >= timezone.localdate():
        return None
    return timezone.make_aware(datetime.combine(as_of, time.max))


def _even(rows: Sequence[Row]) -> list[Row]:
    """Every row with every column, as text."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: None if row.get(name) is None else str(row[name]) for name in columns} for row in rows]


class _Tables:
    """The statements that stood, read once, a query a kind."""

    def __init__(self, as_of: date, known_at: datetime | None) -> None:
        self.as_of, self.known_at, self.rules = as_of, known_at, integrity_settings()
        self.events = _events(known_at, self.rules) + _papers(known_at, self.rules)
        self.acting = _acting(known_at)
        self.capital = capital(known_at)
        self.holders = _holders(known_at)

    def projects(self) -> list[Row]:
        days, amounts = _first_days(self.events), snapshots.exact_amounts(None, self.known_at)
        signed, places = _signed(self.known_at), _coordinates(self.known_at)
        parcels, stands = _parcels(self.known_at), snapshots.standings(None, as_of=self.as_of, known_at=self.known_at)
        found = []
        columns = ("id", "name", "chain", "unit", "place", "facts", "created_from__batch__created_by__username")
        for project, name, chain, unit, place, facts, filer in (
            snapshots.known_projects(self.known_at).order_by("id").values_list(*columns)
        ):
            fen, rank = amounts.get(project), stands[project].reported if project in stands else -1
            row = {
                "项目编号": project, "项目名称": name, "产业链": chain or None, "责任区县": city().unit[unit].name if unit in city().unit else None,
                "签约日期": signed.get(project), "建设地点": place or None, "宗地编号": parcels.get(project),
                "联系电话": _said(facts, "phone"), "注册地址": _said(facts, "address"),
                "总投资亿元": None if fen is None else f"{fen / 1e10:.6f}", "填报人": filer or unit or None,
                "当前阶段": _stage(rank), **dict(zip(("经度", "纬度"), places.get(project, ()), strict=False)),
            }  # fmt: skip
            row |= self._parties_of(project)
            row |= {f"{stage}日期": days[project].get(stage) for stage in STAGES}
            found.append(row)
        return found

    def _parties_of(self, project: int) -> Row:
        """The first investor and the first owner; their code, capital and shareholders as far as somebody recorded them."""
        acting = self.acting.get(project, {})
        investor, owner = acting.get("investor"), acting.get("owner")
        company = owner or investor
        row: Row = {}
        if investor is not None:
            registered, paid = self.capital.get(investor.pk, (None, None))
            row |= {"投资方": investor.name, "投资方注册资本万元": registered, "投资方实缴资本万元": paid}
        if company is not None:
            registered, paid = self.capital.get(company.pk, (None, None))
            row |= {
                "承接主体": owner.name if owner else None, "主体编号": f"Z{company.pk}" if owner else None,
                "统一社会信用代码": company.credit_code or None, "股东": "、".join(self.holders.get(company.pk, ())) or None,
            }  # fmt: skip
            if owner:
                row |= {"注册资本万元": registered, "实缴资本万元": paid}
        return row

    def parties(self) -> list[Row]:
        companies = {one.pk: one for acting in self.acting.values() for one in acting.values()}
        rows = []
        for pk, party in sorted(companies.items()):
            registered, paid = self.capital.get(pk, (None, None))
            rows.append({
                "主体编号": f"Z{pk}", "企业名称": party.name, "统一社会信用代码": party.credit_code or None,
                "注册资本万元": registered, "实缴资本万元": paid, "股东": "、".join(self.holders.get(pk, ())) or None,
            })  # fmt: skip
        return rows

    def progress(self) -> list[Row]:
        """What was said of the progress, in words or per cent, and of the money spent to date."""
        rows: list[Row] = [
            {"项目编号": project, "年月": on, "形象进度": f"{basis}{percent.normalize():f}%", "填报人": filer}
            for project, percent, basis, on, filer in stood(Progress.objects.all(), self.known_at)
            .order_by("stated_on", "id")
            .values_list("project_id", "percent", "basis", "stated_on", "filed_by__username")
        ]
        for project, minor, on in _amounts("done_to_date", self.known_at):
            rows.append({"项目编号": project, "年月": on, "累计完成投资万元": minor / FEN_A_WAN})
        return rows

    def funds(self) -> list[Row]:
        """Money that came in is told as a sum to date: what a later statement adds is a payment of its day."""
        rows: list[Row] = []
        before: dict[int, int] = {}
        for project, minor, on in _amounts("paid_in", self.known_at):
            came = minor - before.get(project, 0)
            before[project] = minor
            if came > 0:
                rows.append({"项目编号": project, "到账日期": on, "金额万元": came / FEN_A_WAN, "资金性质": "到位资金"})
        return rows


def _said(facts: Mapping[str, Any], field: str) -> str | None:
    return facts[field][0] or None if field in facts else None


def _stage(rank: int) -> str | None:
    return stage_name(city().stages[rank].code) if rank >= 0 else None


def _day(first: date | None, last: date | None) -> date | None:
    """The day of a claim, the last of its period; a period longer than a month names no day."""
    if first is None or last is None or (last - first).days > LONGEST:
        return None
    return last


def _claims(known_at: datetime | None) -> Iterable[tuple[Any, ...]]:
    live = stood(StageEvent.objects.filter(kind=StageEvent.Kind.ACTUAL, project__withdrawn_at=None), known_at)
    return live.order_by("id").values_list("project_id", "stage", "starts_on", "ends_on", "recorded_at", "row__batch__name")  # fmt: skip


def _events(known_at: datetime | None, rules: IntegritySettings) -> list[Row]:
    """Steps that somebody claims. Who reports one here tells it on a day; a ledger's day of loading is no day of telling."""
    rows = []
    for project, stage, first, last, recorded_at, batch in _claims(known_at):
        if name := rules.events.get(stage):
            day, told = _day(first, last), snapshots.local_day(recorded_at)
            rows.append({
                "项目编号": project, "事件": name, "发生日期": day, "录入日期": None if batch and day else told, "来源": batch or "填报",
            })  # fmt: skip
    return rows


def _papers(known_at: datetime | None, rules: IntegritySettings) -> list[Row]:
    """Steps that a paper dates: a permit is a step of its day."""
    said = stood(Particular.objects.filter(name="issued_on", evidence__kind__in=rules.papers), known_at)
    live = said.filter(stood_at(known_at, "evidence__"), evidence__project__withdrawn_at=None).order_by("id")
    columns = ("evidence__project_id", "evidence__kind", "value", "recorded_at", "evidence__title")
    return [
        {
            "项目编号": project, "事件": rules.papers[kind], "发生日期": value,
            "录入日期": snapshots.local_day(recorded_at), "来源": title,
        }
        for project, kind, value, recorded_at, title in live.values_list(*columns)
    ]  # fmt: skip


def _first_days(events: Iterable[Row]) -> Mapping[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in events:
        if row["发生日期"] is not None:
            day, held = str(row["发生日期"]), found[row["项目编号"]].get(row["事件"])
            found[row["项目编号"]][row["事件"]] = min(day, held) if held else day
    return found


def _signed(known_at: datetime | None) -> dict[int, date]:
    """The latest signing that is dated to a month or better: who signs again starts again."""
    found: dict[int, date] = {}
    for project, stage, first, last, _recorded, _batch in _claims(known_at):
        day = _day(first, last) if stage == "signed" else None
        if day is not None:
            found[project] = max(day, found.get(project, day))
    return found


def _acting(known_at: datetime | None) -> dict[int, dict[str, Party]]:
    roles = (Participation.Role.INVESTOR, Participation.Role.OWNER)
    found: dict[int, dict[str, Party]] = defaultdict(dict)
    for one in stood(Participation.objects.filter(role__in=roles), known_at).select_related("party").order_by("id"):
        found[one.project_id].setdefault(one.role, one.party)
    return found


def capital(known_at: datetime | None) -> dict[int, tuple[float, float | None]]:
    """The latest statement in CNY: registered and paid in, 万元."""
    rows = stood(Capital.objects.filter(currency="CNY"), known_at).order_by("stated_on", "id")
    return {
        party: (minor / FEN_A_WAN, None if paid is None else paid / FEN_A_WAN)
        for party, minor, paid in rows.values_list("party_id", "minor", "paid_minor")
    }


def _holders(known_at: datetime | None) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for party, name in stood(Shareholding.objects.all(), known_at).order_by("id").values_list("party_id", "holder__name"):  # fmt: skip
        found[party].append(name)
    return found


def _coordinates(known_at: datetime | None) -> dict[int, tuple[float, float]]:
    """Where the latest photo with a camera's own place was taken: a place by somebody's word is none."""
    placed = stood(Evidence.objects.filter(is_stated=False, latitude__isnull=False, longitude__isnull=False), known_at)
    rows = placed.order_by("id").values_list("project_id", "longitude", "latitude")
    return {project: (float(x or 0), float(y or 0)) for project, x, y in rows}


def _parcels(known_at: datetime | None) -> dict[int, str]:
    """The number on the land contract."""
    said = stood(Particular.objects.filter(name="number", evidence__kind="land_contract"), known_at)
    rows = said.filter(stood_at(known_at, "evidence__")).order_by("id")
    return dict(rows.values_list("evidence__project_id", "value"))


def _amounts(kind: str, known_at: datetime | None) -> list[tuple[int, int, date]]:
    """Statements of an amount to date in CNY, each on the day that it is of, else of its recording; withdrawn ones were said, too."""
    said = Amount.objects.filter(kind=kind, currency="CNY", project__withdrawn_at=None)
    if known_at is not None:
        said = said.filter(recorded_at__lte=known_at)
    rows = said.order_by("recorded_at", "id").values_list("project_id", "minor", "stated_on", "recorded_at")
    return [(project, minor, on or snapshots.local_day(at)) for project, minor, on, at in rows]


def names(ids: Iterable[int]) -> dict[int, str]:
    """Names for sentences."""
    return dict(Project.objects.filter(pk__in=ids).values_list("id", "name"))
