"""A city's own word on who sees what and how people sign in, read from its `access.toml`. Without the file the strict defaults hold."""

import tomllib
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

OPEN, INTERNAL, PERSONAL = CLASSES = ("open", "internal", "personal")

ALWAYS_OPEN = ("name", "unit", "stage")
"""Without these there is no list and no figure; whoever may not know them is given no permission to look."""


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """What a password must be; 0 and False switch a rule off."""

    name: str = "dengbao"
    min_length: int = 10
    classes: int = 3
    no_username: bool = True
    max_age_days: int = 90
    history: int = 5
    change_first: bool = True


@dataclass(frozen=True, slots=True)
class Department:
    """An office that people belong to and that files no projects; `verifies` names kinds of evidence."""

    code: str
    name: str
    verifies: frozenset[str] = frozenset()
    name_en: str = ""


@dataclass(frozen=True)
class Access:
    """Everything of `access.toml`. `sees`: {role: (classes in own rows, classes in other rows)}."""

    named: dict[str, str] = field(default_factory=dict)
    patterns: tuple[tuple[str, str], ...] = ()
    sees: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    grants: dict[str, frozenset[str]] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    passwords: PasswordProfile = PasswordProfile()
    separated_administrators: bool = False
    idle_minutes: int = 30
    session_hours: int = 12
    lock_after: int = 5
    lock_minutes: int = 30
    second_factor_for: frozenset[str] = frozenset()

    def class_of(self, name: str) -> str:
        """Class of a field; what nobody has classified is internal."""
        if name in self.named:
            return self.named[name]
        return next((found for pattern, found in self.patterns if fnmatchcase(name, pattern)), INTERNAL)

    def classes_for(self, role: str) -> tuple[frozenset[str], frozenset[str]]:
        return self.sees.get(role, (frozenset({OPEN}), frozenset({OPEN})))


def load(folder: Path) -> Access:
    """Raises `ValueError` that names what is wrong: a slip here would open a door."""
    path = folder / "access.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    named = {name: kind for kind, names in data.get("fields", {}).items() for name in names}
    own = data.get("accounts", {})
    _must(set(data.get("fields", {})) <= set(CLASSES), "fields", CLASSES)
    for name in ALWAYS_OPEN:
        _must(named.setdefault(name, OPEN) == OPEN, f"fields.{name}", (OPEN,))
    profile = str(own.get("passwords", "dengbao"))
    numbers = {f.name for f in fields(Access)} - {"passwords"}
    return Access(
        named={name: kind for name, kind in named.items() if "*" not in name},
        patterns=tuple((name, kind) for name, kind in named.items() if "*" in name),
        sees={role: _seen(role, row) for role, row in data.get("sees", {}).items()},
        grants={name: frozenset(roles) for name, roles in data.get("grants", {}).items()},
        departments={item["code"]: _department(item) for item in data.get("departments", ())},
        passwords=PasswordProfile(**{"name": profile, **data.get("passwords", {}).get(profile, {})}),
        second_factor_for=frozenset(own.get("require_second_factor_for", ())),
        **{name: value for name, value in own.items() if name in numbers},
    )


def _seen(role: str, row: dict[str, list[str]]) -> tuple[frozenset[str], frozenset[str]]:
    own, other = frozenset(row.get("own", ())), frozenset(row.get("other", ()))
    _must(own | other <= set(CLASSES), f"sees.{role}", CLASSES)
    return own | {OPEN}, other | {OPEN}


def _department(data: dict[str, Any]) -> Department:
    return Department(data["code"], data["name"], frozenset(data.get("verifies", ())), data.get("name_en", ""))


def _must(holds: bool, where: str, choices: tuple[str, ...]) -> None:
    if not holds:
        raise ValueError(f"access.toml: {where} 只能是 {'、'.join(choices)}")
