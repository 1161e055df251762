"""What `intake.py` measures, one function an action; each returns the number of rows and, where it reads amounts, their total."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from import_export import fields, resources
from tablib import Dataset

from luodi.core.installation import city
from luodi.evidence.models import Evidence, Support
from luodi.intake import actions
from luodi.intake.checking import Run
from luodi.intake.engine.amounts import read_amount
from luodi.intake.engine.dates import read_dates
from luodi.intake.engine.parties import party_key
from luodi.intake.engine.units import UNITS
from luodi.intake.models import Batch, LedgerFile, Row
from luodi.organizations.models import Party
from luodi.projects.models import Amount, Participation, Project, StageEvent
from luodi.snapshots.models import Standing

AMOUNTS = {
    "total_investment": "总投资（万元）", "plan_this_year": "本年计划投资（万元）", "done_this_year": "本年完成投资（万元）",
    "done_to_date": "累计完成投资（万元）", "paid_in": "到位资金（万元）",
}  # fmt: skip
STAGES = {
    "signed": "签约时间",
    "registered": "注册时间",
    "landed": "落地时间",
    "started": "开工时间",
    "produced": "投产时间",
}


def luodi_check(path: Path) -> dict[str, Any]:
    run = Run(path, name=path.name, actor=None, unit=None, corrections={}, writing=False)
    for _chunk in run.chunks():
        pass
    return {"rows": run.counts["created"]}


def luodi_commit(path: Path) -> dict[str, Any]:
    batch = actions.load(actor=None, path=path, name=path.name)
    exact = Amount.objects.filter(kind="total_investment", currency="CNY", bound="exact")
    return {"rows": batch.counts["created"], "total": exact.aggregate(fen=Sum("minor"))["fen"] // 1_000_000}


def raw_copy(path: Path) -> dict[str, Any]:
    """Cells as text into a table of text columns: no heading is found, nothing is understood or checked."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[2:]
    columns = ", ".join(f"c{i} text" for i in range(len(rows[0])))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE raw ({columns})")
        with cursor.copy("COPY raw FROM STDIN") as copy:
            for row in rows:
                copy.write_row([str(value) for value in row])
        cursor.execute("SELECT count(*), sum(c12::numeric) FROM raw")
        count, total = cursor.fetchone()
    return {"rows": count, "total": int(total)}


def _dataset(path: Path) -> Dataset:
    """The sheet below its title row, as tablib's own xlsx reader gives it."""
    whole = Dataset().load(path.read_bytes(), format="xlsx", headers=False)
    table = Dataset(headers=list(whole[1]))
    for row in whole[2:]:
        table.append(row)
    return table


class ProjectResource(resources.ModelResource):
    """The documented fast options: bulk, no diffs, no report of unchanged rows, no clean."""

    name = fields.Field("name", "项目名称")
    key = fields.Field("key", "项目名称")
    number = fields.Field("number", "项目编号")
    unit = fields.Field("unit", "所在地区")
    place = fields.Field("place", "建设地址")
    chain = fields.Field("chain", "产业类别")

    class Meta:
        model = Project
        fields = ("name", "key", "number", "unit", "place", "chain")
        import_id_fields = ("number",)
        force_init_instance = True
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True
        report_skipped = False
        use_transactions = True
        clean_model_instances = False


def import_export_projects(path: Path) -> dict[str, Any]:
    result = ProjectResource().import_data(_dataset(path), raise_errors=True)
    return {"rows": result.totals["new"]}


class RecordResource(ProjectResource):
    """The same record through the documented hooks, with our own reading of cells; bulk cannot be used, because related
    rows need the saved project."""

    class Meta(ProjectResource.Meta):
        use_bulk = False

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        file = LedgerFile.objects.create(sha256="0" * 64, name="peer.xlsx", size=0)
        self.batch, self.number = Batch.objects.create(file=file, name="peer.xlsx", state="committed"), 2

    def after_save_instance(self, instance: Project, row: Any, **kwargs: Any) -> None:
        self.number += 1
        cells = {heading: str(value) for heading, value in row.items() if value not in (None, "")}
        line = Row.objects.create(
            batch=self.batch, sheet="台账", number=self.number, cells=cells, state="new", target_id=instance.pk
        )
        party, _ = Party.objects.get_or_create(key=party_key(row["投资主体"]), defaults={"name": row["投资主体"]})
        Participation.objects.create(project=instance, party=party, role="investor", row=line)
        amounts = {kind: read_amount(row[heading], unit=UNITS["万元"]).main for kind, heading in AMOUNTS.items()}
        Amount.objects.bulk_create(
            Amount(
                project=instance, kind=kind, minor=amount.minor, currency=amount.currency, bound=amount.bound, row=line
            )
            for kind, amount in amounts.items()
            if amount
        )
        events = StageEvent.objects.bulk_create(
            StageEvent(
                project=instance,
                stage=claim.stage or stage,
                kind=claim.kind,
                field=f"{stage}_on",
                starts_on=claim.period.start if claim.period else None,
                ends_on=claim.period.end if claim.period else None,
                row=line,
            )
            for stage, heading in STAGES.items()
            for claim in read_dates(row[heading]).claims
        )
        source = row["信息来源"]
        evidence = Evidence.objects.create(
            project=instance, kind="public_report", title=source, source=source, grade="A", row=line
        )
        Support.objects.bulk_create(Support(evidence=evidence, event=event) for event in events)
        reached = max((city().stage[event.stage].order for event in events if event.kind == "actual"), default=-1)
        fen = amounts["total_investment"].minor if amounts["total_investment"] else None
        Standing.objects.create(project=instance, reported=reached, amount_fen=fen, computed_on=date(2026, 11, 23))


def import_export_record(path: Path) -> dict[str, Any]:
    result = RecordResource().import_data(_dataset(path), raise_errors=True)
    total = Amount.objects.filter(kind="total_investment").aggregate(fen=Sum("minor"))["fen"]
    return {"rows": result.totals["new"], "total": total // 1_000_000}
