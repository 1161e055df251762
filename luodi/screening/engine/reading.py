"""A rulebook from a city's folder: `book.toml`, `facts.toml`, `parameters/*.toml`, `rules/*.toml`, `cases/*.yaml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from luodi.screening.engine.documents import from_document
from luodi.screening.engine.problems import Problem, RulebookRefused
from luodi.screening.engine.rulebook import Rulebook


def read_folder(folder: Path) -> Rulebook:
    """Read and check a folder; raises RulebookRefused with every problem in it."""
    return from_document(document_of(folder))


def document_of(folder: Path) -> dict[str, Any]:
    """The folder as one document. A code that stands in two files is a mistake, not an override."""
    problems: list[Problem] = []
    document = {**_toml(folder / "book.toml", problems), "facts": _toml(folder / "facts.toml", problems)}
    for part in ("parameters", "rules"):
        found: dict[str, Any] = {}
        for path in sorted((folder / part).glob("*.toml")):
            for code, entry in _toml(path, problems).items():
                if code in found:
                    problems.append(Problem(part, code, "code", f"{path.name} 里又写了一次", f"Again in {path.name}"))
                found[code] = entry
        document[part] = found
    document["cases"] = [case for path in sorted((folder / "cases").glob("*.yaml")) for case in _cases(path, problems)]
    if problems:
        raise RulebookRefused(problems)
    return document


def _toml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        problems.append(Problem("book", path.name, "", f"读不了这个文件：{error}", f"Cannot read the file: {error}"))
        return {}


def _cases(path: Path, problems: list[Problem]) -> list[Mapping[str, Any]]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        problems.append(Problem("cases", path.name, "", f"读不了这个文件：{error}", f"Cannot read the file: {error}"))
        return []
    if not isinstance(found, list) or not all(isinstance(case, dict) for case in found):
        problems.append(Problem("cases", path.name, "", "案例文件是一个清单，每条以“- rule:”开头", "A list of cases"))
        return []
    return found
