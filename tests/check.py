"""`make check`: style, types, layers, migrations, templates. Every check runs; the exit code is 1 when any failed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def main() -> int:
    templates = sorted(str(path) for path in ROOT.glob("luodi/**/templates/**/*.html"))
    checks = {
        "ruff": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy", "luodi"],
        "layers": ["lint-imports"],
        "django": ["python", "manage.py", "check"],
        "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
        "templates": ["djade", "--check", "--target-version", "5.2", *templates],
    }
    failed = [name for name, command in checks.items() if not passes(name, command)]
    print("检查未通过：" + "、".join(failed) if failed else "检查全部通过", flush=True)  # noqa: T201
    return int(bool(failed))


def passes(name: str, command: list[str]) -> bool:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"{'通过' if done.returncode == 0 else '失败'} {name}", flush=True)  # noqa: T201
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", flush=True)  # noqa: T201
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
