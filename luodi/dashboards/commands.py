"""`luodi demo`: set the demo city up and serve it."""

import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import click
from django.utils import timezone

from luodi.core.schema import bring_up_to_date
from luodi.dashboards import demo as city_demo

PAGES = ("/", "/projects/", "/projects/?reached=started&side=proven")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8120, show_default=True)
@click.option("--check", is_flag=True, help="look at three pages as each role, print `demo ok`, stop")
def demo(host: str, port: int, check: bool) -> None:
    """装好演示城市并启动网站 · Set the demo city up and serve it."""
    bring_up_to_date()
    loaded = city_demo.load(timezone.localdate())
    click.echo(f"演示城市就绪：本次导入 {loaded} 个项目")
    # A fresh process, so that demo mode is set before any setting is read.
    command = [sys.executable, "-m", "luodi", "serve", "--host", host, "--port", str(port)]
    environment = {**os.environ, "LUODI_DEMO": "1"}
    if not check:
        os.execve(sys.executable, command, environment)  # noqa: S606 - our own command
    site = f"http://{host}:{port}"
    server = subprocess.Popen(command, env=environment)
    try:
        _wait(f"{site}/health")
        for account in city_demo.ACCOUNTS:
            _visit(site, account["username"])
    finally:
        server.terminate()
        server.wait(timeout=20)
    click.echo("demo ok")


def _wait(address: str, seconds: int = 30) -> None:
    """Until the site answers, or say that it does not."""
    for _ in range(seconds * 5):
        try:
            urllib.request.urlopen(address, timeout=2).read()  # noqa: S310 - our own address
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise click.ClickException(f"{address} 没有应答")


def _visit(site: str, username: str) -> None:
    """Sign in through the login page like a person and open the pages; anything but 200 fails."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = opener.open(f"{site}/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    if token is None:
        raise click.ClickException("登录页没有表单")
    fields = {"csrfmiddlewaretoken": token[1], "username": username, "password": city_demo.PASSWORD}
    opener.open(f"{site}/login/", urllib.parse.urlencode(fields).encode())
    for page in PAGES:
        answer = opener.open(site + page)
        if answer.status != 200 or answer.url != site + page:
            raise click.ClickException(f"{username} 打不开 {page}")
