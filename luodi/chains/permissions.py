"""Who writes on which chain: the project office on all, a department that is a chain's office on its own."""

from typing import Any

from luodi.accounts.permissions import Role, may

VIEW, EXPORT = "chains.chain.view", "chains.chain.export"
DICTIONARY, MAP, TARGET, TASK = (
    "chains.dictionary.write",
    "chains.map.write",
    "chains.target.write",
    "chains.task.finish",
)


def may_on(user: Any, permission: str, chain: Any) -> bool:
    """Whether the person holds the permission for this chain. `None` as user is the console of the server."""
    if user is None:
        return True
    if not may(user, permission):
        return False
    return user.role != Role.DEPARTMENT or (bool(chain.office) and chain.office == user.unit)


def may_finish(user: Any, task: Any) -> bool:
    """Who may report a task done: its unit's own people (or the one person it was given to), the chain's office, the project office."""
    if not may(user, TASK):
        return False
    own = user.unit == task.unit and (task.person_id is None or task.person_id == user.pk)
    return user.role == Role.PROJECT_OFFICE or own or may_on(user, TARGET, task.target.chain)
