"""The demo city: an account a role, the city's own ledger through the same intake code, a first screening, a snapshot."""

from datetime import date

from luodi.accounts.actions import ensure_account
from luodi.accounts.permissions import Role
from luodi.chains import demo as chains
from luodi.core.installation import city
from luodi.factors import demo as factors
from luodi.intake import actions as intake
from luodi.intake.models import Batch
from luodi.integrity import actions as integrity
from luodi.projects.actions import assign
from luodi.projects.models import Project
from luodi.screening import actions as screening
from luodi.snapshots import actions as snapshots

PASSWORD = "luodi-demo-2026"  # noqa: S105 - printed on the login page of the demo, and only there
ACCOUNTS = [
    {
        "username": "admin",
        "role": Role.ADMINISTRATOR,
        "unit": "bigdata",
        "name": "管理员",
        "note": "账号与系统，不改项目",
    },
    {
        "username": "office",
        "role": Role.PROJECT_OFFICE,
        "unit": "office",
        "name": "项目专员",
        "note": "导入、核实、认定、快照",
    },
    {
        "username": "chief",
        "role": Role.PROJECT_OFFICE,
        "unit": "office",
        "name": "项目办负责人",
        "note": "审核变更、发布规则、批准例外",
    },
    {
        "username": "deputy",
        "role": Role.PROJECT_OFFICE,
        "unit": "office",
        "name": "项目办副主任",
        "note": "复核：再看一遍别人的核定",
    },
    {"username": "dawa", "role": Role.UNIT_CLERK, "unit": "dawa", "name": "填报员", "note": "只看、只填大洼区"},
    {"username": "panshan", "role": Role.UNIT_CLERK, "unit": "panshan", "name": "填报员", "note": "只看、只填盘山县"},
    {
        "username": "housing",
        "role": Role.DEPARTMENT,
        "unit": "housing",
        "name": "核实员",
        "note": "核实交办项目的开工材料",
    },
    {"username": "leader", "role": Role.LEADER, "unit": "leaders", "name": "分管领导", "note": "只读"},
    {"username": "audit", "role": Role.AUDITOR, "unit": "audit", "name": "审计员", "note": "只读，含审计日志"},
]


def login_rows() -> list[dict[str, str]]:
    """The accounts as the login page lists them."""
    return [
        {"username": a["username"], "password": PASSWORD, "role_label": str(Role(a["role"]).label), "note": a["note"]}
        for a in ACCOUNTS
    ]


def load(today: date) -> int:
    """Make the accounts and load the city's ledgers once. Returns the number of projects' rows loaded now."""
    users = {
        a["username"]: ensure_account(
            username=a["username"], password=PASSWORD, role=a["role"], unit=a["unit"], name=a["name"]
        )
        for a in ACCOUNTS
    }
    if Batch.objects.exists():
        return 0
    loaded = 0
    for path in sorted((city().folder / "ledgers").glob("*.xlsx")):
        batch = intake.load(actor=users["office"], path=path, name=path.name)
        loaded += batch.counts["created"]
    # Who verifies starts in Dawa: a department sees what was put into its hands.
    for project in Project.objects.current().filter(unit="dawa").order_by("id"):
        assign(actor=users["office"], project=project, person=users["housing"], reason="核实开工、竣工材料")
    chains.load(users["office"], today)
    factors.load(users["office"], users["chief"], today)
    screening.run(actor=users["office"], as_of=today)
    integrity.scan_record(actor=users["office"], as_of=today)
    snapshots.take(actor=users["office"], as_of=date(today.year - 1, 12, 31))
    return loaded
