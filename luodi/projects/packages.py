"""Members and their packages (打包项目), joined when a whole ledger is in."""

from collections.abc import Callable, Mapping, Sequence

from luodi.intake.engine.problems import WARNING, Problem
from luodi.intake.engine.text import name_key
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.projects.engine.identity import Index
from luodi.projects.models import Project

joined: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after projects changed their package."""


def join(
    members: Sequence[tuple[int, int, UnderstoodRow]], index: Index, numbers: Mapping[str, int]
) -> list[tuple[UnderstoodRow, Problem]]:
    """Point each member at its package: by the ledger's own number, else by name. One that cannot be found is told."""
    problems, touched = [], []
    for project, _, row in members:
        text = str(row.values["package"])
        package = numbers.get(text) or index.by_name(name_key(text))
        if package is None or package == project:
            message = f"找不到所属的打包项目“{text}”"
            advice = "先导入打包项目，或改成它在库中的名称"
            problems.append(
                (
                    row,
                    Problem(
                        WARNING, "package_unknown", message, advice, row.columns.get("package", ""), "", text[:200]
                    ),
                )
            )
            continue
        if Project.objects.filter(pk=package, package=project).exists():
            continue  # the two would contain each other; the first statement stands
        Project.objects.filter(pk=project).update(package=package)
        touched += [project, package]
    for follow in joined:
        follow(touched)
    return problems
