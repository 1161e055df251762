"""The factor pages with 3,000 projects: seconds and queries warm and cold, first paint of a thousand bars, photographs.

    python benchmarks/factors_pages.py [--projects 3000] [--seconds 30] [--folder DATA] [--photographs FOLDER]

A seeded ledger through intake, pools sized by the needs, a plan that a worker would keep and that is adopted, a second one to compare.
`--folder` keeps the installation: a second run measures it as it is. Cold: nothing kept in this process; warm: median of the next five, and their mean CPU.
"""

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SEED, WARM = 20261127, 5
PLACES = ("双台子区", "兴隆台区", "大洼区", "盘山县", "辽滨沿海经济技术开发区", "市直")
CHAINS = ("石化及精细化工", "高端装备", "新材料", "粮食", "电子信息", "文旅", "物流", "新能源")
NAMES = ("年产{n}万吨{w}新材料项目", "{w}装备制造基地", "{w}精细化工园{n}号地块一体化扩建及配套公用工程项目", "{w}粮食仓储", "{w}文旅综合体")  # fmt: skip
WORDS = "华锦辽河宝来金发瑞德浩业北沥新发地中蓝格林三力杰润京环苇海长春威格斯道达正威"
GOAL_PAINT = 1000


def rows(count: int, today: date) -> list[list[object]]:
    """Signed 2024 to now, 0.5 to 80 亿 log-normal, some started."""
    dice = random.Random(SEED)
    return [_row(number, dice, today) for number in range(1, count + 1)]


def _row(number: int, dice: random.Random, today: date) -> list[object]:
    from tests.ledger_files import row

    amount = round(min(800_000.0, max(5_000.0, dice.lognormvariate(10.3, 1.1))))
    signed = date(2024, 1, 1) + timedelta(days=dice.randrange((today - date(2024, 1, 1)).days))
    started = signed + timedelta(days=dice.randrange(90, 500))
    name = dice.choice(NAMES).format(n=dice.randrange(1, 900), w="".join(dice.sample(WORDS, 4)))
    about = {"place": dice.choice(PLACES), "chain": dice.choice(CHAINS), "amount": amount, "signed": signed.isoformat()}
    begun = started.isoformat() if started < today and dice.random() < 0.5 else ""  # noqa: PLR2004
    return row(number, f"{name}（{number}）", investor=f"{''.join(dice.sample(WORDS, 4))}公司", started=begun, **about)


def build(count: int, seconds: int) -> None:
    """Everything that the pages show, through the product's own actions."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from luodi.accounts.actions import ensure_account
    from luodi.dashboards.demo import ACCOUNTS, PASSWORD
    from luodi.factors import demo, planning
    from luodi.intake import actions as intake
    from tests.ledger_files import write

    call_command("migrate", verbosity=0)
    users = {
        one["username"]: ensure_account(
            username=one["username"], password=PASSWORD, role=one["role"], unit=one["unit"], name=one["name"]
        )
        for one in ACCOUNTS
    }
    today = timezone.localdate()
    table = rows(count, today)
    path = write(Path(settings.DATA_DIR) / "ledger.xlsx", table)
    intake.load(actor=users["office"], path=path, name=path.name)
    demo.fill(users["office"], today)
    plan = _plan(users["office"], "年度排期", seconds, {})
    planning.adopt(actor=users["chief"], plan=plan, reason="会议纪要")
    new = ["巨型一体化项目", "liaobin", 300 * 10_000_000_000, "石化及精细化工"]
    _plan(users["office"], "假如来了巨型项目", max(3, seconds // 3), {"arriving": [new]})


def _plan(office: Any, name: str, seconds: int, change: dict[str, Any]) -> Any:
    from django.utils import timezone

    from luodi.factors import planning
    from luodi.factors.answering import answer
    from luodi.factors.asking import WhatIf, ask
    from luodi.factors.plans import documents_of, newest_entry

    plan = planning.ask_plan(
        actor=office, name=name, as_of=timezone.localdate(), seconds=seconds, change=change, queue=False
    )
    base = documents_of(plan.base) if plan.base else None
    begin = time.monotonic()
    found = answer(
        ask(plan.as_of, WhatIf.of(change)), base, seconds, 1, lambda _now: None, lambda: False, time.monotonic
    )
    assert not isinstance(found, str), found
    told = (
        f"waiting {found.waiting:,.0f}, bound {found.bound:,.0f}, {len(found.lines)} projects, {len(found.unfit)} unfit"
    )
    print(f"plan in {time.monotonic() - begin:.1f} s: {told}", flush=True)
    return planning.keep(actor=office, plan=plan, found=found, entry=newest_entry())


def check(count: int) -> None:
    """Known answers: every project is planned, unfit or left out, with the weight that its investment gives."""
    from django.db.models import Sum

    from luodi.factors.asking import weight_of
    from luodi.factors.models import Plan, PlanLine, PlanStep
    from luodi.factors.open_needs import outlook
    from luodi.projects.models import Project

    plan = Plan.objects.get(state=Plan.State.ADOPTED)
    lines, found = PlanLine.objects.filter(plan=plan), outlook(plan.as_of)
    unfit = {pk for pk, _name, _pool in plan.unfit}
    assert Project.objects.count() == count
    assert len(found.ways) + sum(found.left_out.values()) == count
    assert lines.count() + len(unfit) == len(found.ways)
    weight = sum(weight_of(way.amount_fen) for way in found.ways.values() if way.project not in unfit)
    assert lines.aggregate(sum=Sum("weight"))["sum"] == weight, "weights by investment"
    waiting = sum(line.weight * line.waits_days // 7 for line in lines)
    assert waiting == plan.waiting, (waiting, plan.waiting)
    assert PlanStep.objects.filter(line__plan=plan).count() == sum(
        len(way.weeks) for way in found.ways.values() if way.project not in unfit
    )
    print(
        f"{count:,} projects: {lines.count():,} planned, weight {weight:,}, {len(unfit)} unfit, {dict(found.left_out)}"
    )


def addresses() -> dict[str, str]:
    """The pages, each at its heaviest."""
    from luodi.factors.models import Plan, Pool

    plan = Plan.objects.get(state=Plan.State.ADOPTED)
    other = Plan.objects.exclude(pk=plan.pk).latest("pk")
    project = plan.lines.filter(project__unit="dawa").latest("waits_days").project_id  # both who look may see it
    pool = Pool.objects.get(factor="power", unit="dawa")
    return {
        "factor cockpit": "/factors/", "cockpit, one park": "/factors/?unit=dawa", "factor": "/factors/factor/power/",
        "park": "/factors/parks/dawa/", "pool": f"/factors/pools/{pool.pk}/", "project": f"/factors/projects/{project}/",
        "panel": f"/factors/projects/{project}/panel/", "month": "/factors/month/", "plans": "/factors/plans/",
        "plan": f"/factors/plans/{plan.pk}/", "plan, last page": f"/factors/plans/{plan.pk}/?page=999",
        "what-if": f"/factors/plans/{other.pk}/", "compare": f"/factors/plans/compare/?a={plan.pk}&b={other.pk}",
        "export": "/factors/export/", "import": "/factors/import/", "open pool": "/factors/pools/new/",
    }  # fmt: skip


def measure() -> None:
    """Cold and warm, as the project office and as a clerk of one unit."""
    from django.conf import settings
    from django.test import Client
    from pages import counted

    from luodi.accounts.models import User

    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    for username in ("office", "dawa"):
        client = Client()
        client.force_login(User.objects.get(username=username))
        client.get("/factors/import/")
        print(f"{username:24} {'cold s':>8} {'queries':>8} {'warm s':>8} {'CPU s':>8} {'queries':>8} {'kB':>7}")
        for name, address in addresses().items():
            if username == "dawa" and name == "open pool":
                continue
            forget()
            cold, (answer, many) = timed(partial(counted, client, address))
            assert answer.status_code == 200, (name, answer.status_code)
            times, few, spent = [], 0, time.process_time()
            for _ in range(WARM):
                seconds, (answer, few) = timed(partial(counted, client, address))
                times.append(seconds)
            spent = (time.process_time() - spent) / WARM
            size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content) / 1000
            print(
                f"{name:24} {cold:8.2f} {many:8} {sorted(times)[WARM // 2]:8.2f} {spent:8.2f} {few:8} {size:7.0f}",
                flush=True,
            )


def timed(call: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    found = call()
    return time.perf_counter() - begin, found


def forget() -> None:
    """What pages keep for a state of the record."""
    for name, module in list(sys.modules.items()):
        if name.startswith("luodi.factors"):
            for one in vars(module).values():
                if hasattr(one, "cache_clear") and one.__module__ == name and name != "luodi.factors.settings":
                    one.cache_clear()


def paint(photographs: Path | None) -> None:
    """In Chromium against the real server: first paint of the plan page; pictures of every page."""
    sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
    from playwright.sync_api import sync_playwright

    from luodi.dashboards.demo import PASSWORD
    from tests.e2e.conftest import FLAGS

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    where = addresses()
    environment = {**os.environ, "LUODI_HOSTS": "127.0.0.1", "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-m", "luodi", "serve", "--port", str(port), "--without-worker"]
    server = subprocess.Popen(command, env=environment)
    try:
        _answers(f"{site}/health")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
            page.goto(f"{site}/login/")
            page.fill("#id_username", "office")
            page.fill("#id_password", PASSWORD)
            page.click("#login-form button")
            page.wait_for_url(f"{site}/")
            _first_paint(page, site + where["plan"])
            if photographs is not None:
                _photograph(page, site, where, photographs)
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


def _answers(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(address)


def _first_paint(page: Any, address: str) -> None:
    found = []
    for _ in range(WARM + 1):
        page.goto(address)
        while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length"):
            time.sleep(0.02)  # the policy forbids what wait_for_function does
        entries = page.evaluate("performance.getEntriesByType('paint').map(e => [e.name, e.startTime])")
        answered = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
        found.append((dict(entries)["first-contentful-paint"], answered))
    bars = page.locator("td .bar").count()
    painted = [round(one) for one, _ in found]
    print(f"plan page: {bars} bars, first contentful paint {painted} ms (goal {GOAL_PAINT}), answer {[round(a) for _, a in found]} ms")  # fmt: skip


def _photograph(page: Any, site: str, where: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, address in where.items():
        if name == "export":
            continue
        page.goto(site + address)
        page.screenshot(path=folder / f"{name.replace(', ', '-').replace(' ', '-')}.png", full_page=False)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            print(f"{name}: {wide} px wider than the window")
    page.emulate_media(media="print")
    for name in ("plan", "factor cockpit"):
        page.goto(site + where[name])
        page.screenshot(path=folder / f"{name.replace(' ', '-')}-print.png")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--photographs", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = given.folder or Path(own)
        os.environ.update(LUODI_DATA=str(folder), DJANGO_SETTINGS_MODULE="luodi.settings")
        import django

        django.setup()
        load = [f"{one:.1f}" for one in os.getloadavg()]
        print(json.dumps({"seed": SEED, "projects": given.projects, "load": load}))
        if not (folder / "ledger.xlsx").exists():
            build(given.projects, given.seconds)
        check(given.projects)
        measure()
        paint(given.photographs)


if __name__ == "__main__":
    main()
