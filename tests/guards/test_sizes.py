"""The tail is where a code base becomes hard to enter: no file over 500 lines, 95 % of files under 300."""

from pathlib import Path

LUODI = Path("luodi")


def _lines(pattern):
    files = [path for path in LUODI.rglob(pattern) if "migrations" not in path.parts]
    return {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}


def test_python_files_stay_short():
    lines = _lines("*.py")

    assert not {str(path): count for path, count in lines.items() if count > 500}
    assert sorted(lines.values())[int(len(lines) * 0.95)] <= 300


def test_templates_stay_short():
    assert not {str(path): count for path, count in _lines("*.html").items() if count > 150}


def test_every_part_has_its_signpost():
    parts = [path for path in LUODI.iterdir() if (path / "apps.py").exists()]

    assert parts
    assert not [part.name for part in parts if not (part / "__init__.py").read_text(encoding="utf-8").startswith('"""')]


def test_no_room_without_a_name():
    names = {"utils.py", "helpers.py", "common.py", "manager.py", "base.py", "misc.py"}

    assert not [str(path) for path in LUODI.rglob("*.py") if path.name in names]
