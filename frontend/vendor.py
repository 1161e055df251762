"""Copy the files named in vendor.json from node_modules to build/vendor (git-ignored), licences included."""

import json
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# Maps are not shipped, and hashed static storage fails on a pointer to a file that is not there.
MAP_POINTER = re.compile(r"(?m)^(//# sourceMappingURL=.*|/\*# sourceMappingURL=.*?\*/)\s*$")


def vendor(source: Path, target: Path, files: dict[str, str]) -> int:
    """Replace `target` by the named files and folders of `source`; bytes copied. Raises `FileNotFoundError`."""
    shutil.rmtree(target, ignore_errors=True)
    for name, place in files.items():
        copy(source / name, target / place)
    return sum(file.stat().st_size for file in target.rglob("*") if file.is_file())


def copy(source: Path, target: Path) -> None:
    """One file or folder; scripts and styles lose their pointer to a source map."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.suffix in {".js", ".mjs", ".css"}:
        target.write_text(MAP_POINTER.sub("", source.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def main() -> int:
    """Copy everything; 1 with a readable line when npm has not run yet."""
    files = json.loads((HERE / "vendor.json").read_text(encoding="utf-8"))
    try:
        size = vendor(ROOT / "node_modules", ROOT / "build" / "vendor", files)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename} is missing: run `python frontend/npm.py ci` first\n")
        return 1
    sys.stdout.write(f"build/vendor: {size // 1024} KiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
