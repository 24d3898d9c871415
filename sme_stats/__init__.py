"""Every published number about European SMEs, recomputed, drawn, and checked where it is printed.

Importing does nothing but define names: no folder, no download, no global setting. What is heavy
(pandas, matplotlib, the network) is imported when a name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: Public name to the module that defines it, by group.
_WHERE = {
    # cells
    "load": "loading", "datasets": "loading", "labels": "loading", "read": "sources.formats",
    # indicators
    "size_share": "indicators.shares", "size_structure": "indicators.shares",
    "size_level": "indicators.shares", "without_employees": "indicators.shares",
    "average_size": "indicators.ratios", "birth_rate": "indicators.demography",
    "death_rate": "indicators.demography", "churn_rate": "indicators.demography",
    "survival": "indicators.demography", "implied_active": "indicators.demography",
    "change": "indicators.growth", "partial_aggregate": "indicators.aggregates",
    # uncertainty
    "bounds": "uncertainty.withheld", "class_sums": "uncertainty.coherence",
    "audit": "uncertainty.audit", "contradictions": "uncertainty.contradictions",
    # claims
    "Claim": "claims.model", "read_claims": "claims.files", "check": "claims.verdicts",
    "reconcile": "claims.search", "parse_printed": "claims.printed",
    # how results look in a notebook
    "view": "report.display",
    # errors
    "SmeStatsError": "errors",
}  # fmt: skip
_NAMESPACES = ("plotting", "register")

if TYPE_CHECKING:
    from sme_stats.claims.files import read_claims as read_claims
    from sme_stats.claims.model import Claim as Claim
    from sme_stats.claims.printed import parse_printed as parse_printed
    from sme_stats.claims.search import reconcile as reconcile
    from sme_stats.claims.verdicts import check as check
    from sme_stats.errors import SmeStatsError as SmeStatsError
    from sme_stats.indicators.aggregates import partial_aggregate as partial_aggregate
    from sme_stats.indicators.demography import birth_rate as birth_rate
    from sme_stats.indicators.demography import churn_rate as churn_rate
    from sme_stats.indicators.demography import death_rate as death_rate
    from sme_stats.indicators.demography import implied_active as implied_active
    from sme_stats.indicators.demography import survival as survival
    from sme_stats.indicators.growth import change as change
    from sme_stats.indicators.ratios import average_size as average_size
    from sme_stats.indicators.shares import size_level as size_level
    from sme_stats.indicators.shares import size_share as size_share
    from sme_stats.indicators.shares import size_structure as size_structure
    from sme_stats.indicators.shares import without_employees as without_employees
    from sme_stats.loading import datasets as datasets
    from sme_stats.loading import labels as labels
    from sme_stats.loading import load as load
    from sme_stats.report.display import view as view
    from sme_stats.sources.formats import read as read
    from sme_stats.uncertainty.audit import audit as audit
    from sme_stats.uncertainty.coherence import class_sums as class_sums
    from sme_stats.uncertainty.contradictions import contradictions as contradictions
    from sme_stats.uncertainty.withheld import bounds as bounds

__all__ = [*_WHERE, *_NAMESPACES]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        value = getattr(importlib.import_module(f"sme_stats.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    if name in _NAMESPACES:
        return importlib.import_module(f"sme_stats.{name}")
    raise AttributeError(f"module 'sme_stats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
