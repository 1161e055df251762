"""Writes the reference pages that are made from code and city data: `python docs/generate.py`. A test holds them fresh."""

import os
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- made by docs/generate.py; do not edit -->\n"


def ledger_fields() -> str:
    """Fields a column can be about, with the words that are known for each."""
    headings = tomllib.loads((ROOT / "cities/panjin/ledgers/headings.toml").read_text(encoding="utf-8"))["fields"]
    lines = [NOTE, "# 台账字段 · Ledger fields\n", "盘锦市的列标题词表；改 `cities/panjin/ledgers/headings.toml`。\n"]
    lines += ["| field | 名称 | 认得的写法 |", "|---|---|---|"]
    lines += [
        f"| `{key}` | {entry['zh']} | {'、'.join(entry.get('synonyms', []))} |" for key, entry in headings.items()
    ]
    return "\n".join(lines) + "\n"


def permissions() -> str:
    """Who may do what, and the permission of every route."""
    from luodi.accounts.permissions import PERMISSIONS, ROUTES, Role

    roles = list(Role)
    lines = [
        NOTE,
        "# 权限表 · Permissions\n",
        "一张表管页面、导出、接口和命令（`--as`）。填报员另受本单位范围限制；不在范围内的项目查无此项（404）。\n",
    ]
    lines += ["| permission | " + " | ".join(str(role.label) for role in roles) + " |", "|---|" + "---|" * len(roles)]
    for name, allowed in PERMISSIONS.items():
        lines.append(f"| `{name}` | " + " | ".join("●" if role in allowed else "" for role in roles) + " |")
    lines += ["\n## 地址 · Routes\n", "| route | permission |", "|---|---|"]
    lines += [f"| `{route}` | `{permission}` |" for route, permission in sorted(ROUTES.items())]
    return "\n".join(lines) + "\n"


PAGES = {"docs/reference/ledger-fields.md": ledger_fields, "docs/reference/permissions.md": permissions}


def main() -> None:
    """Write every page."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
    import django
    from django.urls import get_resolver
    from django.utils import translation

    django.setup()
    translation.activate("zh-hans")
    len(get_resolver().url_patterns)  # loads every urls.py, which register their routes
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
