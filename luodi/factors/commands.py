"""`luodi factors plan|schedule`: the planner on a file alone; no database is asked."""

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import click

REFUSED = 2
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


@factors.command(name="plan")
@click.argument("problem", type=EXISTING)
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), default=60.0, show_default=True)
@click.option(
    "--iterations", type=click.IntRange(1, 10_000_000),
    help="按工作量而不按时间停：同一种子得同一排期 · stop after counted work instead: the same seed gives the same plan",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--out", type=FILE, help="排期写到哪里 · where the plan is written")
@click.option("--json", "as_json", is_flag=True, help="机器可读 · for scripts")
def plan_(
    problem: Path, seconds: float, iterations: int | None, workers: int, seed: int, out: Path | None, as_json: bool
) -> None:
    """排期：先少等待，再少花钱 · A plan: least waiting first, then least cost of works.

    Prints progress on standard error. Ctrl-C keeps the best plan so far.
    """
    begun = time.monotonic()
    from luodi.factors.engine.document import document_of
    from luodi.factors.engine.planning import Limits, Progress, plan
    from luodi.factors.engine.problem import ProblemRefused, load, problem_of

    told = [0.0]

    def tell(now: Progress) -> None:
        if now.seconds - told[0] >= 1.0 or not told[0]:
            told[0] = now.seconds or 1e-9
            click.echo(
                f"{now.seconds:7.1f} 秒  等待 {now.waiting:,.0f}  下界 {now.bound:,.0f}  差 {now.gap:.1%}", err=True
            )

    spent = time.monotonic() - begun
    try:
        limits = Limits(time.monotonic, max(0.05, seconds - spent), iterations, workers, seed, Interrupted())
        read = problem_of(load(problem))
        made = plan(read, limits, tell)
    except ProblemRefused as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    document = document_of(read, made)
    if out:
        out.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    told_ = {key: document[key] for key in ("status", "waiting", "cost", "bound", "gap", "seconds", "seed")}
    if as_json:
        click.echo(json.dumps(told_ if out else document, ensure_ascii=False))
        return
    click.echo(
        f"等待 {made.waiting:,.0f} 加权{read.unit}，下界 {made.bound:,.0f}，差 {made.gap:.1%}；工程费 {made.cost:,.0f}；"
        f"{made.seconds:.1f} 秒，种子 {made.seed}，{'已证最优' if made.status == 'optimal' else '可行'}"
    )


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
        click.echo(str(error), err=True)
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
