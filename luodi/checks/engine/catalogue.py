"""Every check there is. Importing this module fills the catalogue."""

from luodi.checks.engine import money, order, papers, told
from luodi.checks.engine.checks import CHECKS, run_all

__all__ = ["CHECKS", "money", "order", "papers", "run_all", "told"]
