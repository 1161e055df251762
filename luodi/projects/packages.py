"""Members and their packages (打包项目), joined when a whole ledger is in."""

from collections.abc import Callable, Container, Mapping, Sequence

from django.db.models import Q

from luodi.intake.engine.problems import WARNING, Problem
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.intake.models import Row
from luodi.projects import register
from luodi.projects.engine.identity import Index
from luodi.projects.models import Project

joined: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after projects changed their package."""


def join(
    members: Sequence[tuple[int, int, UnderstoodRow]], index: Index, numbers: Mapping[str, int], born: Container[int]
) -> list[tuple[UnderstoodRow, Problem]]:
    """Point each member at its package: by the ledger's own number, else by name. One that cannot be found is told.

    Members of earlier ledgers that still wait for their package get it when it is among the `born` of this one.
    """
    problems = []
    behind: dict[int, int | None] = dict(Project.objects.exclude(package=None).values_list("id", "package_id"))
    found: dict[int, int | None] = {}
    for project, _, row in members:
        text = str(row.values["package"])
        package = numbers.get(text) or index.by_name(register.key_of(text))
        found[project] = package if package != project else None
        if found[project] is None:
            problems.append((row, _unknown(row, text)))
    for project, text in _waiting() if born else ():
        package = index.by_name(register.key_of(text))
        if package is not None and package in born and project not in found:
            found[project] = package
    touched: list[int] = []
    for project, package in found.items():
        if behind.get(project) != package and not _within(package, project, behind):
            # The package that it leaves counts for less from now on.
            touched += [one for one in (project, package, behind.get(project)) if one]
            behind[project] = package
            Project.objects.filter(pk=project).update(package=package)
    for follow in joined:
        follow(touched)
    return problems


def put_back(members: Sequence[tuple[int, str, int]]) -> None:
    """After a revert: members return to the packages that the words meant, in the order in which they were said."""
    behind: dict[int, int | None] = dict(Project.objects.exclude(package=None).values_list("id", "package_id"))
    for project, text, said_by in sorted(members, key=lambda member: member[2]):
        package = _named(text, said_by)
        if not _within(package, project, behind):
            behind[project] = package
            Project.objects.filter(pk=project).update(package=package)


def move(project: int, text: str, said_by: int | None) -> None:
    """One project into the package that a person named; a name that is not known, or known twice, moves nothing."""
    behind: dict[int, int | None] = dict(Project.objects.exclude(package=None).values_list("id", "package_id"))
    package = _named(text, said_by or 0)
    if package is None or _within(package, project, behind):
        return
    Project.objects.filter(pk=project).update(package=package)
    for follow in joined:
        follow([one for one in (project, package, behind.get(project)) if one])


def _named(text: str, said_by: int) -> int | None:
    """The package that a text meant when an intake row said it: by number within that row's ledger, else by its only name."""
    batch = Row.objects.values_list("batch_id", flat=True).filter(pk=said_by).first() or 0
    same_file = Row.objects.filter(batch=batch, target_id__isnull=False).values("target_id")
    numbered = Project.objects.current().filter(number=text, pk__in=same_file).first()
    if numbered:
        return numbered.pk
    key = register.key_of(text)
    known = Project.objects.current().filter(Q(key=key) | Q(aliases__key=key, aliases__withdrawn_at=None)).order_by()
    since = dict(known.values_list("id", "created_from__batch_id"))
    # A namesake that came later made the name ambiguous for later rows, not for this one.
    first = max(batch, min(since.values(), default=0))
    # A person who says it today means what bears the name today.
    meant = [project for project, came in since.items() if came <= first or not said_by]
    return meant[0] if len(meant) == 1 else None


def _waiting() -> list[tuple[int, str]]:
    """Members whose package was not known when they came."""
    alone = Project.objects.current().filter(package=None, facts__has_key="package")
    return [(project, facts["package"][0]) for project, facts in alone.values_list("id", "facts")]


def _within(package: int | None, project: int, behind: Mapping[int, int | None]) -> bool:
    """Whether the package lies, at any depth, inside the project: then the first statement stands."""
    for _ in behind:
        if package is None or package == project:
            break
        package = behind.get(package)
    return package == project


def _unknown(row: UnderstoodRow, text: str) -> Problem:
    message = f"找不到所属的打包项目“{text}”"
    advice = "先导入打包项目，或改成它在库中的名称"
    return Problem(WARNING, "package_unknown", message, advice, row.columns.get("package", ""), "", text[:200])
