"""Charts: observation frame in, chart out, with title, unit, source, flags and alt text.

Every chart takes a frame and, if you like, an axes, and returns a `Chart`. No global setting of
matplotlib is read or changed; matplotlib itself is imported when a chart is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

#: Chart to the module that draws it.
_WHERE = {
    "size_structure": "structures", "ranking": "ranks", "one_person": "solo", "trend": "trends",
    "births_deaths": "demographics", "claim_against_data": "printed",
    "definition_map": "definitions",
    "small_multiples": "panels", "heat_map": "heat", "tile_map": "maps", "waffle": "waffles",
    "lorenz_curve": "curves", "survival_curves": "curves", "slope": "slopes",
    "productivity_gap": "gaps", "revisions": "vintages", "contributions": "growth_parts",
    "shift_share": "shifts", "convergence": "scatters",
}  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sme_stats.plotting.chart import Chart as Chart
    from sme_stats.plotting.curves import lorenz_curve as lorenz_curve
    from sme_stats.plotting.curves import survival_curves as survival_curves
    from sme_stats.plotting.definitions import definition_map as definition_map
    from sme_stats.plotting.demographics import births_deaths as births_deaths
    from sme_stats.plotting.gaps import productivity_gap as productivity_gap
    from sme_stats.plotting.growth_parts import contributions as contributions
    from sme_stats.plotting.heat import heat_map as heat_map
    from sme_stats.plotting.maps import tile_map as tile_map
    from sme_stats.plotting.panels import small_multiples as small_multiples
    from sme_stats.plotting.printed import claim_against_data as claim_against_data
    from sme_stats.plotting.ranks import ranking as ranking
    from sme_stats.plotting.scatters import convergence as convergence
    from sme_stats.plotting.shifts import shift_share as shift_share
    from sme_stats.plotting.slopes import slope as slope
    from sme_stats.plotting.solo import one_person as one_person
    from sme_stats.plotting.structures import size_structure as size_structure
    from sme_stats.plotting.trends import trend as trend
    from sme_stats.plotting.vintages import revisions as revisions
    from sme_stats.plotting.waffles import waffle as waffle

    #: Every chart by name, with those of plugins.
    CHARTS: Mapping[str, Callable[..., Chart]]

__all__ = [*_WHERE, "CHARTS", "Chart"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f"sme_stats.plotting.{_WHERE[name]}"), name)
    if name == "Chart":
        return importlib.import_module("sme_stats.plotting.chart").Chart
    if name == "CHARTS":
        return importlib.import_module("sme_stats.plotting.added").CHARTS
    raise AttributeError(f"module 'sme_stats.plotting' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
