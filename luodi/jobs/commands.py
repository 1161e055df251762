"""`luodi worker`."""

import signal
import threading

import click

from luodi.jobs.worker import work


@click.command()
@click.option("--once", is_flag=True, help="stop when nothing waits")
def worker(once: bool) -> None:
    """处理排队的任务 · Work through the queue of jobs."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    finished = work(stop, once=once)
    click.echo(f"完成任务 {finished} 个")
