"""`make check`: style, types, layers, migrations, templates. Every check runs; the exit code is 1 when any failed."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def main() -> int:
    templates = sorted(str(path) for path in ROOT.glob("luodi/**/templates/**/*.html"))
    # Two at a time; the one that takes as long as all others begins.
    checks = {
        "mypy": ["mypy", "luodi"],
        "ruff": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "layers": ["lint-imports"],
        "django": ["python", "manage.py", "check"],
        "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
        "templates": ["djade", "--check", "--target-version", "5.2", *templates],
    }
    with ThreadPoolExecutor(2) as two:
        passed = dict(zip(checks, two.map(passes, checks, checks.values()), strict=True))
    failed = [name for name, well in passed.items() if not well]
    print("检查未通过：" + "、".join(failed) if failed else "检查全部通过", flush=True)  # noqa: T201
    return int(bool(failed))


def passes(name: str, command: list[str]) -> bool:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    told = [f"{'通过' if done.returncode == 0 else '失败'} {name}"]
    if done.returncode:
        told += [done.stdout, done.stderr]
    print("\n".join(told), flush=True)  # noqa: T201
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
