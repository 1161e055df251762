"""Documentation cannot fall behind: settings, commands, fields, permissions and dependencies are all written down."""

import re
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.utils import translation

DOCS = Path("docs")
_spec = spec_from_file_location("generate", DOCS / "generate.py")
generate = module_from_spec(_spec)
_spec.loader.exec_module(generate)


@pytest.mark.parametrize("page", generate.PAGES)
def test_a_generated_page_is_fresh(page):
    assert get_resolver().url_patterns  # the parts name their routes beside their addresses
    with translation.override("zh-hans"):
        made = generate.PAGES[page]()

    assert Path(page).read_text(encoding="utf-8") == made, "运行 python docs/generate.py"


def test_no_conflict_of_a_merge_is_left_in_a_page():
    marks = re.compile(r"^(<{7}|>{7}|={7}$)", re.MULTILINE)

    assert not [str(path) for path in DOCS.rglob("*.md") if marks.search(path.read_text(encoding="utf-8"))]


def test_every_setting_is_documented():
    source = Path("luodi/settings.py").read_text(encoding="utf-8")
    written = (DOCS / "reference/settings.md").read_text(encoding="utf-8")

    assert not [name for name in re.findall(r'environ\.get\("(\w+)"', source) if f"`{name}`" not in written]


def test_every_command_is_documented():
    written = (DOCS / "reference/commands.md").read_text(encoding="utf-8")
    sources = [Path("luodi/__main__.py"), *Path("luodi").glob("*/commands.py")]
    commands = [
        name
        for path in sources
        for name in re.findall(
            r"@\w+\.command\(\)\n(?:@.*\n|    .*\n|\)\n)*def (\w+)\(", path.read_text(encoding="utf-8")
        )
    ]

    assert {"migrate", "serve", "worker", "check", "commit", "revert", "export", "figures", "snapshot", "demo"} <= set(
        commands
    )
    assert not [name for name in commands if not re.search(rf"luodi (?:\w+ )?{name}\b", written)]


def test_every_dependency_has_its_reason():
    written = (DOCS / "decisions/0002-dependencies.md").read_text(encoding="utf-8").lower()
    names = [re.split(r"[\[<>=]", line)[0] for line in Path("requirements/base.in").read_text().splitlines() if line]

    assert not [name for name in names if name.lower() not in written and name.lower() != "psycopg"]
    assert "psycopg" in written


def test_the_version_is_the_newest_in_the_changelog():
    version = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]

    assert re.search(r"^## (\S+)", Path("CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1] == version


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_links_of_the_readme_lead_somewhere(readme):
    text = Path(readme).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]

    assert links
    assert not [link for link in links if not Path(link).exists()]
