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
    # vintages
    "fetch": "sources.keeping", "vintages": "sources.keeping", "diff": "sources.keeping",
    "show": "sources.keeping", "lock": "sources.keeping",
    # indicators and comparisons
    "size_share": "indicators.shares", "size_structure": "indicators.shares",
    "size_level": "indicators.shares", "average_size": "indicators.ratios",
    "without_employees": "indicators.shares", "one_person": "indicators.structure",
    "sme_density": "indicators.structure", "small_mid_caps": "indicators.structure",
    "partial_aggregate": "indicators.aggregates", "coverage": "indicators.aggregates",
    "labour_productivity": "indicators.productivity",
    "productivity_gap": "indicators.productivity", "wage_share": "indicators.productivity",
    "gross_operating_rate": "indicators.productivity",
    "investment_per_person": "indicators.productivity", "birth_rate": "indicators.demography",
    "death_rate": "indicators.demography", "churn_rate": "indicators.demography",
    "net_growth": "indicators.dynamism", "survival": "indicators.demography",
    "survival_curve": "indicators.dynamism", "implied_active": "indicators.demography",
    "size_at_birth": "indicators.dynamism", "size_at_age": "indicators.dynamism",
    "employment_in_births": "indicators.dynamism", "employment_in_deaths": "indicators.dynamism",
    "high_growth_share": "indicators.dynamism", "young_high_growth_share": "indicators.dynamism",
    "employer_birth_rate": "indicators.employers", "employer_death_rate": "indicators.employers",
    "employer_survival": "indicators.employers", "change": "indicators.growth",
    "growth_rate": "indicators.dynamics", "index_series": "indicators.dynamics",
    "contributions": "indicators.dynamics", "decompose_share": "indicators.shift_share",
    "lorenz": "indicators.distribution", "gini": "indicators.distribution",
    "pareto_tail": "indicators.tails", "rank": "indicators.comparison",
    "distance_to": "indicators.comparison", "peers": "indicators.comparison",
    "convergence": "indicators.spread", "link": "indicators.linking",
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
    from sme_stats.indicators.aggregates import coverage as coverage
    from sme_stats.indicators.aggregates import partial_aggregate as partial_aggregate
    from sme_stats.indicators.comparison import distance_to as distance_to
    from sme_stats.indicators.comparison import peers as peers
    from sme_stats.indicators.comparison import rank as rank
    from sme_stats.indicators.demography import birth_rate as birth_rate
    from sme_stats.indicators.demography import churn_rate as churn_rate
    from sme_stats.indicators.demography import death_rate as death_rate
    from sme_stats.indicators.demography import implied_active as implied_active
    from sme_stats.indicators.demography import survival as survival
    from sme_stats.indicators.distribution import gini as gini
    from sme_stats.indicators.distribution import lorenz as lorenz
    from sme_stats.indicators.dynamics import contributions as contributions
    from sme_stats.indicators.dynamics import growth_rate as growth_rate
    from sme_stats.indicators.dynamics import index_series as index_series
    from sme_stats.indicators.dynamism import employment_in_births as employment_in_births
    from sme_stats.indicators.dynamism import employment_in_deaths as employment_in_deaths
    from sme_stats.indicators.dynamism import high_growth_share as high_growth_share
    from sme_stats.indicators.dynamism import net_growth as net_growth
    from sme_stats.indicators.dynamism import size_at_age as size_at_age
    from sme_stats.indicators.dynamism import size_at_birth as size_at_birth
    from sme_stats.indicators.dynamism import survival_curve as survival_curve
    from sme_stats.indicators.dynamism import young_high_growth_share as young_high_growth_share
    from sme_stats.indicators.employers import employer_birth_rate as employer_birth_rate
    from sme_stats.indicators.employers import employer_death_rate as employer_death_rate
    from sme_stats.indicators.employers import employer_survival as employer_survival
    from sme_stats.indicators.growth import change as change
    from sme_stats.indicators.linking import link as link
    from sme_stats.indicators.productivity import gross_operating_rate as gross_operating_rate
    from sme_stats.indicators.productivity import investment_per_person as investment_per_person
    from sme_stats.indicators.productivity import labour_productivity as labour_productivity
    from sme_stats.indicators.productivity import productivity_gap as productivity_gap
    from sme_stats.indicators.productivity import wage_share as wage_share
    from sme_stats.indicators.ratios import average_size as average_size
    from sme_stats.indicators.shares import size_level as size_level
    from sme_stats.indicators.shares import size_share as size_share
    from sme_stats.indicators.shares import size_structure as size_structure
    from sme_stats.indicators.shares import without_employees as without_employees
    from sme_stats.indicators.shift_share import decompose_share as decompose_share
    from sme_stats.indicators.spread import convergence as convergence
    from sme_stats.indicators.structure import one_person as one_person
    from sme_stats.indicators.structure import small_mid_caps as small_mid_caps
    from sme_stats.indicators.structure import sme_density as sme_density
    from sme_stats.indicators.tails import pareto_tail as pareto_tail
    from sme_stats.loading import datasets as datasets
    from sme_stats.loading import labels as labels
    from sme_stats.loading import load as load
    from sme_stats.report.display import view as view
    from sme_stats.sources.formats import read as read
    from sme_stats.sources.keeping import diff as diff
    from sme_stats.sources.keeping import fetch as fetch
    from sme_stats.sources.keeping import lock as lock
    from sme_stats.sources.keeping import show as show
    from sme_stats.sources.keeping import vintages as vintages
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
