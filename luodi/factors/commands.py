"""`luodi factors plan|explain|schedule`: the planner on a file alone; no database is asked. Those that ask it are in `record_commands.py`."""

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

REFUSED = 2
TOLD = 20
STEPS = {"day": "天", "week": "周"}
FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def factors() -> None:
    """要素：让要素等项目 · Factors: let the factors wait for the projects."""


class Interrupted:
    """The first Ctrl-C says "enough, keep what you have"; a second one ends at once."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask)

    def _ask(self, number: int, _frame: Any) -> None:
        self.asked = True
        signal.signal(number, signal.SIG_DFL)

    def __call__(self) -> bool:
        return self.asked


@contextlib.contextmanager
def chatter_aside() -> Iterator[None]:
    """What a solver writes to standard output by itself goes to standard error: scripts read what is ours."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)  # C keeps a buffer of its own
        os.dup2(kept, 1)
        os.close(kept)


@factors.command(name="plan")
@click.argument("problem", type=EXISTING)
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), default=60.0, show_default=True)
@click.option(
    "--iterations", type=click.IntRange(1, 10_000_000),
    help="按工作量而不按时间停：同一种子得同一排期 · stop after counted work instead: the same seed gives the same plan",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--from", "in_force", type=EXISTING, help="已公布的排期，从它改起 · the plan in force")
@click.option(
    "--keep-weight", type=click.FloatRange(0, 1e6), default=1.0, show_default=True,
    help="完工期每动一步的代价，按项目权重 · price of moving an announced end by a step, times the project's weight",
)  # fmt: skip
@click.option(
    "--frozen-weeks",
    type=click.IntRange(0, 10_000),
    default=0,
    show_default=True,
    help="最近几步照旧 · steps that stay",
)
@click.option("--change", type=EXISTING, help="假设：批次推迟、工程取消、新来的项目 · a what-if as JSON")
@click.option("--out", type=FILE, help="排期写到哪里 · where the plan is written")
@click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts")
def plan_(
    problem: Path, seconds: float, iterations: int | None, workers: int, seed: int, in_force: Path | None,
    keep_weight: float, frozen_weeks: int, change: Path | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """排期：先少等待，再少花钱 · A plan: least waiting first, then least cost of works.

    Prints progress on standard error. Ctrl-C keeps the best plan so far. With --from, announced ends are kept where that is worth it.
    """
    begun = time.monotonic()
    from luodi.factors.engine import document as documents
    from luodi.factors.engine.limits import Limits
    from luodi.factors.engine.planning import plan
    from luodi.factors.engine.problem import ProblemRefused, load, problem_of
    from luodi.factors.engine.terms import changed, terms_of

    stop = Interrupted()
    try:
        asked = load(problem) if change is None else changed(load(problem), load(change))
        read = problem_of(asked)
        terms = (
            terms_of(read, *documents.starts_of(read, load(in_force)), keep_weight, frozen_weeks) if in_force else None
        )
        left = max(0.05, seconds - (time.monotonic() - begun))
        with chatter_aside():
            made = plan(read, Limits(time.monotonic, left, iterations, workers, seed, stop), _telling(), terms)
    except ProblemRefused as error:
        click.echo(f"{error}\n{error.english}", err=True)
        sys.exit(REFUSED)
    document = documents.document_of(read, made, terms)
    if out:
        out.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    if as_json:
        told = [key for key in document if key not in {"starts", "works", "prices"}] if out else list(document)
        click.echo(json.dumps({key: document[key] for key in told}, ensure_ascii=False))
        return
    for one in document.get("moved", [])[:TOLD]:
        click.echo(_moved(one))
    click.echo(
        f"等待 {made.waiting:,.0f} 加权{STEPS.get(read.unit, '步')}，下界 {made.bound:,.0f}，差 {made.gap:.1%}；"
        f"工程费 {made.cost:,.0f}；{made.seconds:.1f} 秒，种子 {made.seed}，{'已证最优' if made.status == 'optimal' else '可行'}"
    )


def _telling() -> Callable[[Any], None]:
    """Once a second, and the first at once."""
    last = [-1.0]

    def tell(now: Any) -> None:
        if now.seconds - last[0] >= 1.0:
            last[0] = now.seconds
            click.echo(
                f"{now.seconds:7.1f} 秒  等待 {now.waiting:,.0f}  下界 {now.bound:,.0f}  差 {now.gap:.1%}", err=True
            )

    return tell


def _moved(one: dict[str, Any]) -> str:
    if "work" in one:
        return f"{one['work']}\t{'未做' if one['from'] is None else one['from']} → {'不做' if one['to'] is None else one['to']}"
    before = "新" if one["from"] is None else one["from"]
    return f"{one['project']}\t{before} → {one['to']}\t{one['why']}"


@factors.command(name="explain")
@click.argument("problem", type=EXISTING)
@click.argument("plan", type=EXISTING)
@click.option("--most", type=click.IntRange(1), default=TOLD, show_default=True, help="说几个项目 · how many projects")
@click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts")
def explain_(problem: Path, plan: Path, most: int, as_json: bool) -> None:
    """为什么等：卡在哪个要素、哪一批；多给一单位省多少 · What holds each waiting project, and what a unit more would save."""
    from luodi.factors.engine import explain
    from luodi.factors.engine.document import starts_of
    from luodi.factors.engine.problem import ProblemRefused, load, problem_of

    try:
        read, document = problem_of(load(problem)), load(plan)
        told = explain.reasons(read, *starts_of(read, document), most)
    except ProblemRefused as error:
        click.echo(f"{error}\n{error.english}", err=True)
        sys.exit(REFUSED)
    prices = document.get("prices", [])
    if as_json:
        click.echo(json.dumps({"reasons": [asdict(one) for one in told], "prices": prices}, ensure_ascii=False))
        return
    for one in told:
        click.echo(one.words)
    for price in explain.telling(prices):
        click.echo(explain.sentence(price, 10, read.unit))


@factors.command(name="schedule")
@click.argument("file", type=EXISTING)
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), default=30.0, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts")
def schedule_(file: Path, seconds: float, workers: int, seed: int, as_json: bool) -> None:
    """一个项目最早何时完工（.sm .rcp .sch .rcmp） · The earliest end of one project of a published set."""
    from luodi.factors.engine.instance import read_instance
    from luodi.factors.engine.problem import ProblemRefused
    from luodi.factors.engine.schedule import schedule

    try:
        made = schedule(read_instance(file), time.monotonic, seconds, workers, seed, Interrupted())
    except ProblemRefused as error:
        click.echo(f"{error}\n{error.english}", err=True)
        sys.exit(REFUSED)
    if as_json:
        told = {key: getattr(made, key) for key in ("makespan", "bound", "proven", "infeasible", "seconds")}
        click.echo(json.dumps({"instance": file.name, "seed": seed, **told, "starts": made.starts}))
        return
    if made.makespan is None:
        click.echo("已证无解" if made.infeasible else f"未找到；下界 {made.bound}")
        return
    click.echo(
        f"工期 {made.makespan}，下界 {made.bound}，{'已证最优' if made.proven else '未证'}；{made.seconds:.1f} 秒，种子 {seed}"
    )


@factors.command()
def warm() -> None:
    """预先编译内核（装好后做一次，约二十秒） · Compile the inner loops ahead; once after installing."""
    from luodi.factors.engine.warming import warm as compiled

    compiled(time.monotonic)
