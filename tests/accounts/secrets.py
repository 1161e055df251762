"""A record in which every text is a secret of its own, and eyes that read whatever comes back, workbooks included."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of
from luodi.audit.actions import record
from luodi.intake import actions as intake
from luodi.intake.models import Batch
from luodi.projects import actions as projects
from luodi.projects.models import Project
from luodi.snapshots import actions as snapshots

HEADS = {
    "number": "项目编号", "name": "项目名称", "alias": "别名", "package": "所属打包项目", "investor": "投资主体", "unit": "填报单位",
    "chain": "产业类别", "total_investment": "总投资（万元）", "done_this_year": "本年完成投资（万元）", "signed_on": "签约时间",
    "started_on": "开工时间", "progress": "进展情况", "leader": "包保领导", "contact": "联系人", "phone": "联系电话", "remark": "备注",
    "source": "来源地址",
}  # fmt: skip
PLACES = {"dawa": "大洼区", "panshan": "盘山县", "shuangtaizi": "双台子区"}
SECRET = ("number", "name", "alias", "investor", "chain", "progress", "leader", "contact", "phone", "remark", "source")


def secret(unit: str, number: int, name: str) -> str:
    """The text of a field of a project: found nowhere else."""
    token = f"{unit[0].upper()}{number}{name[:3].upper()}X"
    return {
        "number": f"{unit[:2].upper()}-{number}",
        "phone": f"13{ord(unit[0])}{number}{len(name):05d}",
        "source": f"http://www.panjin.gov.cn/{token}",
        "investor": f"密{token}实业有限公司",
    }.get(name, f"密{token}")


def line(unit: str, number: int) -> dict[str, str]:
    own = {name: secret(unit, number, name) for name in SECRET}
    return own | {
        "unit": PLACES[unit],
        # The second of each unit is a member of the first of Dawa: a package may be another unit's.
        "package": secret("dawa", 1, "name") if number == 2 else "",
        "total_investment": str(1000 * number + ord(unit[0])),
        "done_this_year": str(7_000_000 + 137 * number + ord(unit[0])),
        "signed_on": f"2023-0{number}-11",
        "started_on": f"2024-0{number}-21" if number != 3 else "",
    }


@dataclass
class World:
    """What was loaded, and who looks."""

    lines: dict[tuple[str, int], dict[str, str]]
    batches: list[Batch]
    people: dict[str, User]
    assigned: Project
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def reaches(self, reader: User, row: dict[str, str]) -> bool:
        """Told here a second time, from the ledger's own words, so that the policy is not its own witness."""
        if reader.role == "unit_clerk":
            return row["unit"] == PLACES[reader.unit]
        return row["name"] == self.assigned.name if reader.role == "department" else True

    def forbidden(self, reader: User) -> set[str]:
        """Every text that this reader may never meet."""
        found = set()
        for row in self.lines.values():
            unit = next(code for code, name in PLACES.items() if name == row["unit"])
            names = fields_of(reader, unit).hidden(SECRET) if self.reaches(reader, row) else SECRET
            found |= {row[name] for name in names}
        return found


def build(account: Any, tmp_path: Any) -> World:
    """Three units with three projects each: filed by the office, and again by a clerk of the unit."""
    people = {
        "dawa": account("unit_clerk", unit="dawa"),
        "panshan": account("unit_clerk", unit="panshan"),
        "office": account("project_office"),
        **{
            role: account(role)
            for role in ("leader", "administrator", "department", "auditor", "security_administrator")
        },
    }
    lines = {(unit, n): line(unit, n) for unit in PLACES for n in (1, 2, 3)}
    batches = [_load(tmp_path / "全市.csv", lines.values(), people["office"])]
    batches += [
        _load(
            tmp_path / f"{unit}.csv",
            # What a clerk typed themselves is no secret to them: whose package it is, only the office's ledger says.
            [{**row, "package": ""} for (of, _), row in lines.items() if of == unit]
            + [{"name": "别家的项目", "unit": "双台子区", "number": "X"}],
            people[unit],
        )
        for unit in ("dawa", "panshan")
    ]
    assigned = Project.objects.get(name=lines["dawa", 3]["name"])
    projects.assign(actor=people["office"], project=assigned, person=people["department"])
    fake = Project.objects.get(name=lines["panshan", 3]["name"])
    projects.exclude_from_net(actor=people["office"], project=fake, ground="fake", reason=lines["panshan", 3]["remark"])
    snapshots.take(actor=people["office"], as_of=date(2023, 12, 31))
    record(people["office"], "projects.net.excluded", fake, remark=lines["panshan", 1]["remark"])
    return World(lines, batches, people, assigned)


def _load(path: Any, rows: Any, actor: User) -> Batch:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS.values())
        writer.writerows([row.get(name, "") for name in HEADS] for row in rows)
    return intake.load(actor=actor, path=path, name=path.name)


def text_of(response: Any) -> str:
    """All that came back, as text: headers, page, each part of a workbook. What changes by itself is taken out."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        parts = zipfile.ZipFile(io.BytesIO(body))
        body = b"\n".join(parts.read(name) for name in sorted(parts.namelist()) if name != "docProps/core.xml")
    headers = "\n".join(
        f"{name}: {value}" for name, value in response.items() if name not in {"Content-Length", "X-Request-Id"}
    )
    text = f"{response.status_code}\n{headers}\n" + body.decode("utf-8", "replace")
    text = re.sub(r"[0-9a-f]{12,}", "HASH", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", "MOMENT", text)
    # PostgreSQL never gives a number twice, not even after a rollback: what a try made has another one in the next.
    text = re.sub(r"(/projects/views/|/intake/batches/|/jobs/|/changes/|/doubts/)\d+", r"\1NUMBER", text)
    text = re.sub(r"(树根|Tree head) \d+", r"\1 NUMBER", text)
    return re.sub(r"(csrfmiddlewaretoken\" value=\"|X-CSRFToken&quot;: &quot;|X-CSRFToken\": \")\w+", r"\1TOKEN", text)
