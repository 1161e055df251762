"""How a guard calls an action by its name, and the rows of what each action leaves in the log, a file for each room of the product."""

import importlib
from datetime import date
from pathlib import Path

TODAY = date(2024, 12, 31)


ROOMS = (
    "actions",
    "reporting",
    "rechecking",
    "dictionary",
    "targeting",
    "publishing",
    "grouping",
    "hearing",
    "deciding",
    "sampling",
    "supplying",
    "demanding",
    "reserving",
    "planning",
    "loading",
)
"""Modules of a part that hold its actions."""


def rooms(part):
    return [room for room in ROOMS if Path(f"luodi/{part}/{room}.py").exists()]


def act(action, /, **arguments):
    part, _, function = action.partition(".")
    modules = [importlib.import_module(f"luodi.{part}.{room}") for room in rooms(part)]
    return getattr(next(module for module in modules if hasattr(module, function)), function)(**arguments)
