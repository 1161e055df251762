"""A real site for the journeys: what `luodi demo` loads, served by a process of its own with its own data, worker and static files."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PASSWORD = "luodi-demo-2026"
PATIENCE = 60_000
"""Milliseconds that a page may take: what is slow beside two other runs is not broken."""
LOADING = 600
"""Seconds for loading the demo city: half a minute, on a machine that does other things as well many times that."""
expect.set_options(timeout=PATIENCE)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo city's data, loaded once by the command that every visitor starts with; each site serves a copy."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "luodi", "demo", "--check", "--port", str(_port())]
    done = subprocess.run(
        command, env=_environment(folder), capture_output=True, text=True, timeout=LOADING, check=False
    )
    assert done.stdout.endswith("demo ok\n"), done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the demo site."""
    yield from _served(demo, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def own_site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo site of one module's own, whose figures nobody else changes."""
    yield from _served(demo, tmp_path_factory.mktemp("own"))


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "LUODI_DATA": str(folder / "var"), "LUODI_HOSTS": "127.0.0.1", "LUODI_DEMO": "1"}
    environment.pop("DATABASE_URL", None)
    return environment


def _served(demo: Path, folder: Path) -> Iterator[str]:
    shutil.copytree(demo / "var", folder / "var")
    port = _port()
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "luodi", "serve", "--port", str(port)],
        env=_environment(folder),
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server, folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1)
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without its own calls home."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window of the size of the clerks' screens."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


@pytest.fixture
def sign_in(page: Any, site: str) -> Callable[[str], Any]:
    """Sign in through the login page, watching that nothing fails and nothing leaves this machine."""

    def go(username: str) -> Any:
        trouble: list[str] = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: None if request.url.startswith((site, "data:", "blob:")) else trouble.append(request.url),
        )
        page.trouble = trouble
        page.goto(f"{site}/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", PASSWORD)
        page.click("#login-form button")
        page.wait_for_url(f"{site}/")
        return page

    return go


@pytest.fixture
def people(browser: Browser, own_site: str) -> Iterator[Any]:
    """Windows of several people at once: `people("office")` signs one in. What their consoles complain of is in `people.trouble`."""
    contexts: list[Any] = []
    trouble: list[str] = []

    def sit(username: str) -> Page:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.goto(f"{own_site}/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", PASSWORD)
        page.click("#login-form button")
        page.wait_for_url(f"{own_site}/")
        return page

    sit.trouble = trouble  # type: ignore[attr-defined]
    yield sit
    for context in contexts:
        context.close()
