"""Writes the reference pages that are made from code and city data: `python docs/generate.py`. A test holds them fresh."""

import os
import sys
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

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


def access() -> str:
    """What comes back at every route, for every role and method; and what each role sees of a project."""
    from luodi.accounts import matrix
    from luodi.accounts.permissions import Role
    from luodi.accounts.policy import SCOPES
    from luodi.core.access import CLASSES
    from luodi.core.installation import access as city_access

    roles = list(Role)
    labels = [str(role.label) for role in roles]
    lines = [
        NOTE,
        "# 访问控制表 · Access table\n",
        "给安全管理员看的表：每个地址、每种方法、每个角色得到什么结果。由权限表生成；`tests/guards/test_access.py` 以每个角色、未登录者、"
        "GET 和 POST 调用每一个地址，逐格核对，缺一格或错一格测试就失败。\n",
        "● 受理（对象不在本人范围内仍是 404） · ○ 拒绝（403） · 登录：转到登录页 · – 不受理这种方法（405）。"
        "下表是三员不分立时的结果；分立后不同的权限见文末。\n",
        "| 地址 | 方法 | 权限 | 未登录 | " + " | ".join(labels) + " |",
        "|---|---|---|---|" + "---|" * len(roles),
    ]
    for row in matrix.rows():
        cells = " | ".join(row.results[role] for role in (matrix.STRANGER, *roles))
        lines.append(f"| `{row.address}` | {row.method} | `{row.permission}` | {cells} |")
    reach = {"city": "全市", "unit": "本单位及下级单位", "assigned": "交办给本人的项目"}
    names = dict(zip(CLASSES, ("公开", "内部", "个人信息"), strict=True))
    lines += [
        "\n## 范围与栏目 · Scope and field classes\n",
        "| 角色 | 看到哪些项目 | 本单位项目的栏目 | 其他项目的栏目 |",
        "|---|---|---|---|",
    ]
    for role in roles:
        own, other = city_access().classes_for(role)
        seen = [" ".join(names[kind] for kind in CLASSES if kind in classes) for classes in (own, other)]
        lines.append(f"| {role.label} | {reach[SCOPES[role]]} | {seen[0]} | {seen[1]} |")
    return "\n".join([*lines, *_field_classes(), *_separated(labels)]) + "\n"


def _field_classes() -> list[str]:
    """Each ledger field's class in the shipped city."""
    from luodi.core.access import CLASSES
    from luodi.core.installation import access as city_access
    from luodi.intake import words

    found = [
        "\n## 栏目分级 · Classes of fields\n",
        "没有列出的栏目按内部。城市可改 `access.toml`。\n",
        "| 分级 | 栏目 |",
        "|---|---|",
    ]
    for kind, name in zip(CLASSES, ("公开", "内部", "个人信息"), strict=True):
        own = [field for field, of in city_access().named.items() if of == kind]
        own += [f"`{pattern}`" for pattern, of in city_access().patterns if of == kind]
        found.append(f"| {name} | {'、'.join(str(words.FIELDS.get(field, field)) for field in own)} |")
    return found


def _separated(labels: list[str]) -> list[str]:
    """What the separation of administrators changes."""
    from luodi.accounts.permissions import SEPARATED, Role

    found = [
        "\n## 三员分立后不同的权限 · With separated administrators\n",
        "| permission | " + " | ".join(labels) + " |",
    ]
    found.append("|---|" + "---|" * len(labels))
    for name, allowed in SEPARATED.items():
        found.append(f"| `{name}` | " + " | ".join("●" if role in allowed else "" for role in Role) + " |")
    return found


def checks() -> str:
    """Every check: what it asks, why, from where, and its worked example."""
    from luodi.checks.engine.catalogue import CHECKS
    from luodi.checks.engine.checks import ASKING
    from luodi.checks.engine.examples import EXAMPLES
    from luodi.checks.settings import check_settings

    lines = [
        NOTE,
        "# 核对项 · Cross-checks\n",
        "结果只有七种：一致 · 缺失 · 过期 · 矛盾 · 待核 · 尚不可测 · 需人工复核。疑点是提问，不是结论；怎么用见 "
        "[材料核对](../explanation/checks.md)。参数和开关在 `cities/panjin/checks.toml`。\n",
    ]
    for code, one in CHECKS.items():
        asked, _ = EXAMPLES[code]
        result = next(result for result in one.run(asked, {}) if result.state in ASKING)
        values = check_settings().values.get(code, {})
        lines += [
            f"## {code} {one.title} · {one.title_en}\n",
            f"- **例 · Example**: {one.says.format_map(result.values)} · {one.says_en.format_map(result.values)}",
            f"- **为什么 · Why**: {one.why}",
            f"- **来源 · Source**: {one.source}",
        ]
        if values:
            lines.append("- **参数 · Settings**: " + "、".join(f"`{name} = {value}`" for name, value in values.items()))
        lines.append("")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def _rulebook() -> dict[str, str]:
    """The seed rulebook's pages, made once for all of them."""
    from luodi.screening.engine.clauses import read_clauses
    from luodi.screening.engine.pages import pages
    from luodi.screening.engine.reading import read_folder

    folder = ROOT / "cities/panjin/rulebook"
    return pages(read_folder(folder), read_clauses(folder / "clauses.toml"))


def indicators() -> str:
    """Every indicator of integrity as its file says it, with its worked example."""
    from luodi.integrity.engine.indicators import indicators as weighed
    from luodi.integrity.stated import rules

    schemes = {"fake": "假签约", "motion": "走过场", "split": "过度拆分", "dup": "重复签约"}
    lines = [
        NOTE,
        "# 指标 · Indicators of integrity\n",
        "每条是一个问题，不是结论；`luodi/integrity/indicators/` 里一条一个文件。R 打头的在 `luodi/integrity/rules/`：记录自己写明的，触发就问，不给概率。\n",
        "触发的条件全部成立才发问，不知道的不触发（专问“没有”的除外）。\n",
    ]
    for scheme, title in schemes.items():
        lines.append(f"## {title} · {scheme}\n")
        for one in (one for one in (*rules(), *weighed()) if one.scheme == scheme):
            when = "；".join(
                f"{column} {how} {than:g}" if how in "<=>=" else f"{column} {how}" for column, how, than in one.when
            )
            about = "一对项目" if one.about == "pair" else "一个项目"
            example = "、".join(
                f"{name} = {'不知道' if value is None else value}" for name, value in one.example["columns"].items()
            )
            lines += [
                f"### {one.number} {one.name['zh']} · {one.name['en']}\n",
                f"问的是{about}：“{one.pattern('zh')}” · {one.pattern('en')}\n",
                f"- 条件：{when}",
                *([f"- 算法：{one.method}"] if one.method else []),
                f"- 为什么问：{one.why}",
                f"- 不问、可以解释的：{one.exclusions}",
                *([f"- 前提：{one.assumptions}"] if one.assumptions else []),
                f"- 来源：{'；'.join(one.sources)}",
                f"- 例：{example} → {'触发' if one.example['fires'] else '不触发'}\n",
            ]
    return "\n".join(lines).rstrip() + "\n"


def _working(card: dict[str, Any]) -> list[str]:
    return [
        "\n## 工作点 · Working points\n",
        "从 0.50 起，每一类看着像、其实诚实的项目（各世界合在一起）被问到的都不超过 2% 的最低概率。扫描记录时就从这里问起；"
        "城市要另定，在 `integrity.toml` 的 `[ask_from.情形]` 写上 `at` 和 `reason`（理由），页面照样说明。\n",
        *_points_of(card["working"]),
        "\n改用指标计分时，从这里问起：\n",
        *_points_of(card["working_points"]),
    ]


def _points_of(card: dict[str, Any]) -> list[str]:
    kinds = {
        "phase1": "一期",
        "phase2": "二期",
        "group": "姊妹公司",
        "cluster": "同一供应商",
        "giant": "大项目",
        "late": "补录",
        "lazy": "懒填",
    }
    told = [
        f"| {scheme} | {one['from']:.2f} | {one['recall']:.3f} | {one['precision']:.3f} | "
        + " | ".join(f"{one['hard_negatives'][kind]:.1%}" if kind in one["hard_negatives"] else "" for kind in kinds)
        + " |"
        for scheme, one in card.items()
    ]
    return [
        "| 情形 | 起点 | 查全 | 查准 | " + " | ".join(kinds.values()) + " |",
        "|---|---|---|---|" + "---|" * len(kinds),
        *told,
    ]


def model_card() -> str:
    """What the combining model was trained on and how good it was on worlds that it had not seen."""
    from luodi.integrity.engine.learning import SCHEMES
    from luodi.integrity.engine.shipping import load

    card = load().card
    lines = [
        NOTE,
        "# 模型卡 · Model card of integrity\n",
        f"版本 `{card['version']}`，截至日 {card['as_of']}。用 {len(card['worlds'])} 个合成的有标注台账训练（临渤，虚构城市；难度 0.20–0.95），"
        "每个数是没有见过这个世界的模型给出的。真实城市的结论积累以后，用 `luodi integrity train` 连同它们重新训练。\n",
        "它看到的是项目自身的日期、金额、文字样子和与别的项目的异同；不看编号、行的次序、书写格式（有测试）。"
        f"一份台账有 {card['drift']['most']:.0%} 以上的栏目与学过的差得远（PSI > {card['drift']['far']}）时，它不作答，改用指标计分，并说明。\n",
        "| 世界 | 情形 | 平均精度 | 查全 90% 时的查准 | 校准误差 | 占比 |",
        "|---|---|---|---|---|---|",
    ]
    for world, judged in card["held_out"].items():
        for scheme in SCHEMES:
            one = judged[scheme]
            lines.append(
                f"| {world} | {scheme} | {one['auprc']:.3f} | {one['precision_at_90_recall']:.3f} | {one['ece']:.4f} | {one['prevalence']:.3f} |"
            )
        pairs = "、".join(f"{kind} {judged[f'pairs_{kind}']['auprc']:.3f}" for kind in ("split", "dup"))
        lines.append(f"| {world} | 成对 | {pairs} | | | |")
    lines += _working(card)
    lines += ["\n## 训练用的台账 · Training ledgers\n", "| 世界 | 五张表的 SHA-256 |", "|---|---|"]
    lines += [f"| {world} | `{digest}` |" for world, digest in card["worlds"].items()]
    return "\n".join(lines) + "\n"


RULEBOOK_NAMES = ("index", "safety", "law", "green", "high", "new", "fit", "real", "parameters", "facts", "clauses")

PAGES = {
    "docs/reference/checks.md": checks,
    "docs/reference/ledger-fields.md": ledger_fields,
    "docs/reference/permissions.md": permissions,
    "docs/reference/access.md": access,
    "docs/reference/indicators.md": indicators,
    "docs/reference/integrity-model.md": model_card,
    **{f"docs/reference/rulebook/{name}.md": lambda name=name: _rulebook()[f"{name}.md"] for name in RULEBOOK_NAMES},
}


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
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
