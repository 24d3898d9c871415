"""Tables as Eurostat publishes them from firm-level records, on the engine that the user has."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

#: Public name to its module; engines and solvers are imported when a name is first used.
_WHERE = {
    "tabulate": "tables", "Tables": "tables", "Problem": "checks",
    "generate": "generator", "Generated": "generator", "ENGINES": "adapter",
    "Protection": "disclosure",
}  # fmt: skip

if TYPE_CHECKING:
    from sme_stats.register.adapter import ENGINES as ENGINES
    from sme_stats.register.checks import Problem as Problem
    from sme_stats.register.disclosure import Protection as Protection
    from sme_stats.register.generator import Generated as Generated
    from sme_stats.register.generator import generate as generate
    from sme_stats.register.tables import Tables as Tables
    from sme_stats.register.tables import tabulate as tabulate

__all__ = [*_WHERE]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f"sme_stats.register.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'sme_stats.register' has no attribute {name!r}")
